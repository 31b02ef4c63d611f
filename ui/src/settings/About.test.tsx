import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { About as AboutFacts } from "../bindings";
import { startI18n, switchLanguage } from "../i18n";
import { setTransport } from "../lib/transport";
import { About } from "./About";

const facts: AboutFacts = {
  version: "0.1.0",
  built_at: Date.UTC(2026, 10, 23),
  audited_on: null,
  components: [
    { from: "crate", name: "sqlx", version: "0.9.0", licence: "MIT OR Apache-2.0" },
    { from: "npm", name: "antd", version: "6.6.8", licence: "MIT" },
    { from: "crate", name: "moved", version: "1.0.0", licence: "" },
  ],
};

beforeAll(async () => {
  await startI18n("en");
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});
afterEach(() => setTransport(undefined));

function show(about: AboutFacts) {
  setTransport({ call: async (name) => (name === "app.about" ? about : {}), onChanged: () => () => undefined });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <About />
      </App>
    </QueryClientProvider>,
  );
}

it("says what it is made of, since when, and how to ask what is known against it", async () => {
  const user = userEvent.setup();
  show(facts);
  expect(await screen.findByText("Version 0.1.0")).toBeInTheDocument();
  expect(screen.getByText(/^Built .*2026/)).toBeInTheDocument();
  expect(screen.getByText(/^3 components/)).toBeInTheDocument();
  expect(screen.getByText("Nobody asked the advisories when this was built.")).toBeInTheDocument();
  expect(screen.getByText(/cargo deny check advisories/)).toHaveTextContent("npm audit --omit=dev");
  expect(screen.getByText("not known")).toBeInTheDocument();
  await user.type(screen.getByLabelText("Find by name or licence"), "apache");
  expect(screen.getByText("sqlx")).toBeInTheDocument();
  expect(screen.queryByText("antd")).toBeNull();
});

it("names the day on which CI asked, in Chinese", async () => {
  await switchLanguage("zh-CN");
  show({ ...facts, audited_on: "2026-11-23" });
  expect(await screen.findByText("构建前已于 2026-11-23 查询漏洞公告，没有已知的严重问题。")).toBeInTheDocument();
});
