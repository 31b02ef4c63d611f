import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App } from "antd";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import { setTransport } from "../../lib/transport";
import { DataList, type DataListProps } from ".";

interface Row {
  id: string;
  name: string;
  total: number;
}

const rows: Row[] = ["Ann", "Bo", "Chi"].map((name, i) => ({ id: String(i), name, total: i * 100 }));
const views: { id: string; area: string; name: string; body: string; position: number }[] = [];

setTransport({
  async call(name, input) {
    const i = input as { id: string; area: string; name: string; body: string };
    if (name === "app.save_view") views.push({ ...i, position: 0 });
    return { items: [...views] };
  },
  onChanged: () => () => undefined,
});

beforeAll(async () => {
  await startI18n("en");
  let wide = true;
  Object.defineProperty(window, "matchMedia", { value: (q: string) => ({ matches: wide && /min-width/.test(q), media: q, addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn() }) });
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  wide = true;
});

beforeEach(() => localStorage.clear());

async function show(more: Partial<DataListProps<Row>> = {}, at = "/") {
  const list = () => (
    <DataList<Row>
      id="people"
      label="People"
      rowKey={(r) => r.id}
      source={{ rows, total: 3, loading: false, fetching: false, error: null, hasMore: false, loadMore: () => undefined, refetch: () => undefined }}
      empty={<p>Nobody yet</p>}
      searchHint="Search people"
      columns={[
        { key: "name", title: "Name", always: true, render: (r) => r.name, text: (r) => r.name },
        { key: "total", title: "Total", render: (r) => String(r.total), text: (r) => String(r.total) },
      ]}
      {...more}
    />
  );
  const root = createRootRoute({ component: list });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: [at] }), parseSearch: (s) => Object.fromEntries(new URLSearchParams(s)), stringifySearch: (s) => `?${new URLSearchParams(s as Record<string, string>)}` });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <App>
        <RouterProvider router={router} />
      </App>
    </QueryClientProvider>,
  );
  await screen.findByRole("region", { name: "People" });
  return router;
}

it("opens with the arrow keys and Enter, and chooses with Space", async () => {
  const open = vi.fn();
  const run = vi.fn();
  await show({ onOpen: open, bulk: [{ key: "archive", label: "Archive", run }] });
  const table = screen.getByRole("group", { name: /People/ });
  fireEvent.keyDown(table, { key: "ArrowDown" });
  fireEvent.keyDown(table, { key: "ArrowDown" });
  fireEvent.keyDown(table, { key: " " });
  fireEvent.keyDown(table, { key: "Enter" });
  expect(open).toHaveBeenCalledWith(rows[1]);
  await userEvent.click(await screen.findByRole("button", { name: "Archive" }));
  expect(run.mock.calls[0]?.[0]).toEqual([rows[1]]);
});

it("keeps what is searched in the address", async () => {
  const router = await show();
  await userEvent.type(screen.getByLabelText("Search people"), "bo");
  await waitFor(() => expect(router.state.location.search).toEqual({ q: "bo" }));
});

it("teaches when there is nothing, and says so when nothing matches", async () => {
  const none = { rows: [], total: 0, loading: false, fetching: false, error: null, hasMore: false, loadMore: () => undefined, refetch: () => undefined };
  await show({ source: none });
  expect(screen.getByText("Nobody yet")).toBeInTheDocument();
  document.body.innerHTML = "";
  await show({ source: none }, "/?q=zzz");
  expect(screen.getByText("Nothing matches")).toBeInTheDocument();
});

it("saves a view with Enter and shows it beside the others", async () => {
  await show({ views: [{ key: "all", label: "All", search: {} }] }, "/?q=an");
  await userEvent.click(screen.getByRole("button", { name: /Save as view/ }));
  await userEvent.type(await screen.findByPlaceholderText("Name of the view"), "Anns{Enter}");
  await waitFor(() => expect(views[0]).toMatchObject({ area: "people", name: "Anns", body: '{"q":"an"}' }));
  expect(await within(screen.getByRole("group", { name: "Views" })).findByText("Anns")).toBeInTheDocument();
});
