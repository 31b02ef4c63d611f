import { ConfigProvider, theme } from "antd";
import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { themeConfig } from "./themeConfig";

const sources = import.meta.glob<string>(["../**/*.css", "../**/*.tsx", "!./tokens.*"], { query: "?raw", import: "default", eager: true });

/** What the shop's own styles take from the theme, by the names that stand in them. */
function used(): string[] {
  const names = Object.values(sources).flatMap((text) => [...text.matchAll(/var\(--sk-([a-z0-9-]+)\)/g)].map((m) => m[1] ?? ""));
  return [...new Set(names)].filter((n) => n !== "tabular").sort();
}

function values(dark: boolean): string {
  const { result } = renderHook(() => theme.useToken(), { wrapper: ({ children }) => <ConfigProvider theme={themeConfig(dark)}>{children}</ConfigProvider> });
  const token = result.current.token as unknown as Record<string, string | number | undefined>;
  return used()
    .map((name) => {
      const value = token[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
      if (value === undefined) throw new Error(`the theme has no ${name}`);
      return `  --sk-${name}: ${typeof value === "number" ? `${value}px` : value};\n`;
    })
    .join("");
}

it("knows the theme's values before the component library is there (write them anew with `npx vitest run tokens -u`)", async () => {
  const sheet = `/* Of themeConfig.ts, by tokens.test.tsx. */\n:root {\n${values(false)}}\n[data-theme="dark"] {\n${values(true)}}\n`;
  expect(used().length).toBeGreaterThan(10);
  await expect(sheet).toMatchFileSnapshot("tokens.css");
});
