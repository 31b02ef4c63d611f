import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The dev server may stand in front of a running `shopctl serve`: set SHOPKEEPER_RPC to its address.
const rpc = process.env.SHOPKEEPER_RPC;

export default defineConfig({
  base: "./",
  plugins: [react()],
  server: {
    port: 5183,
    strictPort: false,
    ...(rpc ? { proxy: { "/rpc": rpc, "/events": rpc } } : {}),
  },
  // Words come as text to be parsed, which is quicker than a program that makes them.
  json: { stringify: true },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 900,
    // What the start needs comes in one piece: each file asked for costs the window a round trip.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
  },
  test: {
    environment: "jsdom",
    globals: true,
    setupFiles: ["src/test/setup.ts"],
    // Only as text, for the test of the theme.
    css: { include: [/[?&]raw/] },
    // A busy machine is slow, not wrong.
    testTimeout: 30_000,
    // By default one core stands by.
    maxWorkers: "100%",
  },
});
