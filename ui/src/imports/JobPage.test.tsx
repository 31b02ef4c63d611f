import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startI18n } from "../i18n";
import { ApiError } from "../lib/errors";
import { setTransport } from "../lib/transport";
import ToastHost from "../app/ToastHost";
import JobPage from "./JobPage";

const trial = {
  id: "trial", kind: "products", file_name: "goods.csv", file_path: "/shop/goods.csv", file_size: 10, encoding: "gb18030", dry_run: true, state: "done",
  rows_read: 3, rows_total: 3, bytes: 10, created: 3, updated: 0, unchanged: 0, rejected: 0, reasons: [], made: [], sums: [], notes: [],
  rate: null, seconds_left: null, error: null, started_at: 0, updated_at: 0, finished_at: 0,
};
const asked = { path: "/shop/goods.csv", kind: "products", mapping: [{ column: "Name", field: "title" }], options: { encoding: "gb18030", without_stock: true }, dry_run: true };
let audited: unknown[] = [];
let told: { name: string; input: unknown }[] = [];

beforeAll(async () => {
  await startI18n("en");
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});
beforeEach(() => {
  audited = [{ command_id: "trial", command: "imports.start", input: JSON.stringify(asked) }];
  told = [];
  setTransport({
    call: async (name, input) => {
      told.push({ name, input });
      if (name === "imports.get") return { ...trial, id: (input as { id: string }).id };
      if (name === "app.audit") return { items: audited, next: null };
      if (name === "imports.start") return { ...trial, id: "earnest", dry_run: false };
      throw new ApiError(name, "unknown_command", { name });
    },
    onChanged: () => () => undefined,
  });
});
afterEach(() => setTransport(undefined));

function show() {
  const root = createRootRoute();
  const page = createRoute({ getParentRoute: () => root, path: "/imports/$id", component: JobPage });
  const router = createRouter({ routeTree: root.addChildren([page]), history: createMemoryHistory({ initialEntries: ["/imports/trial"] }) });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <ToastHost />
        <RouterProvider router={router as never} />
      </App>
    </QueryClientProvider>,
  );
}
const last = (name: string) => told.filter((x) => x.name === name).at(-1)?.input;

it("imports in earnest just as the trial read the file", async () => {
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Import" }));
  await waitFor(() => expect(last("imports.start")).toEqual({ ...asked, dry_run: false }));
  expect(last("app.audit")).toMatchObject({ subject: "trial", command: "imports.start" });
});

it("starts nothing when it is not known how the trial read the file", async () => {
  audited = [];
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Import" }));
  await screen.findByText(/choose the file again/);
  expect(last("imports.start")).toBeUndefined();
});
