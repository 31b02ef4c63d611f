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
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    globals: true,
    setupFiles: ["src/test/setup.ts"],
    css: false,
    // A busy machine is slow, not wrong.
    testTimeout: 30_000,
  },
});
