import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startI18n } from "../i18n";
import { installHotkeys } from "../lib/hotkeys";
import { ApiError } from "../lib/errors";
import { setTransport } from "../lib/transport";
import NewOrder from "./NewOrder";
import { keptAt } from "./entry/useOrderDraft";
import type { Place } from "./types";

const tea = { sku_id: "sku-tea", code: "TEA-1", barcode: "6901028075831", title: "Tea", options: "", price: 1290, available: 50 };
const cup = { sku_id: "sku-cup", code: "CUP-1", barcode: "6901028000001", title: "Cup", options: "red", price: 3990, available: 2 };

interface Sent {
  name: string;
  input: unknown;
  id: string | undefined;
}
let sent: Sent[] = [];
let place: () => unknown;
let drafts: { id: string; body: string; updated_at: number }[] = [];

function answer(name: string, input: unknown): unknown {
  switch (name) {
    case "catalog.search_skus": {
      const q = (input as { query: string }).query.toLowerCase();
      return { items: [tea, cup].filter((s) => `${s.title} ${s.code} ${s.barcode}`.toLowerCase().includes(q)).map((s) => ({ ...s, exact: [s.code.toLowerCase(), s.barcode].includes(q) })) };
    }
    case "orders.quote": {
      const o = input as Place;
      const lines = (o.lines ?? []).map((l) => ({ ...l, price: l.unit_price ?? (l.sku_id === "sku-tea" ? 1290 : 3990) }));
      const goods = lines.reduce((n, l) => n + l.price * l.qty, 0);
      const total = goods - (o.discount ?? 0);
      const shortages = lines.filter((l) => l.sku_id === "sku-cup" && l.qty > 2).map((l) => ({ sku: "CUP-1", title: "Cup", wanted: l.qty, available: 2 }));
      return { goods, discount: o.discount, freight: 0, tax: 0, total, due: total, change: 0, units: 0, weight_g: 0, lines: [], shortages, problems: [] };
    }
    case "orders.place":
      return place();
    case "app.drafts":
      return { items: drafts };
    case "app.status":
      return { database: "/home/shop/shop.db" };
    case "app.save_draft": {
      const d = input as { id: string; body: string };
      drafts = [...drafts.filter((x) => x.id !== d.id), { id: d.id, body: d.body, updated_at: Date.now() }];
      return {};
    }
    case "app.discard_draft":
      drafts = drafts.filter((x) => x.id !== (input as { id: string }).id);
      return {};
    case "customers.search":
      return { items: [] };
    default:
      return {};
  }
}

function open() {
  const root = createRootRoute({ component: NewOrder });
  const router = createRouter({ routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: "/" })]), history: createMemoryHistory() });
  return render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <RouterProvider router={router as never} />
      </App>
    </QueryClientProvider>,
  );
}

const field = () => screen.findByRole("combobox", { name: "Product" });
const kept = () => JSON.parse(localStorage.getItem(`shopkeeper.${keptAt()}`) ?? "null") as { value: { commandId: string; lines: { qty: number; unit_price: number | null }[] } } | null;

let unhook: () => void;
beforeAll(async () => {
  await startI18n("en");
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= ((q: string) => ({ matches: false, media: q, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});
beforeEach(() => {
  localStorage.clear();
  sent = [];
  drafts = [];
  place = () => ({ order_id: "o1", number: "SO-1", total: 7740, due: 0, change: 2260, stage: "completed", existing: false });
  setTransport({
    call: async (name, input, id) => {
      sent.push({ name, input: JSON.parse(JSON.stringify(input)), id });
      return answer(name, input);
    },
    onChanged: () => () => undefined,
  });
  unhook = installHotkeys();
});
afterEach(() => {
  unhook();
  setTransport(undefined);
  vi.useRealTimers();
});

it("takes an order with the keyboard alone", async () => {
  const user = userEvent.setup();
  open();
  await user.click(await field());
  await user.keyboard("6901028075831{Enter}");
  await screen.findByText("TEA-1");
  await user.keyboard("*6{Enter}");
  await waitFor(() => expect(screen.getByTestId("total")).toHaveTextContent("77.40"));
  await user.keyboard("{F9}");
  await user.keyboard("100");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText("SO-1");
  expect(screen.getByText(/22\.60/)).toBeInTheDocument();

  const placed = sent.filter((s) => s.name === "orders.place");
  expect(placed).toHaveLength(1);
  const input = placed[0]?.input as Place;
  expect(input.lines).toEqual([{ sku_id: "sku-tea", qty: 6, unit_price: null, note: "" }]);
  expect(input.payments).toEqual([{ method: "cash", amount: 7740, tendered: 10000, reference: "" }]);
  expect(placed[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(kept()).toBeNull();
  await user.keyboard("{Enter}");
  expect(await field()).toHaveFocus();
});

it("counts every beep of the scanner, however fast they come", async () => {
  const user = userEvent.setup({ delay: null });
  open();
  await user.click(await field());
  await user.keyboard("6901028075831{Enter}6901028000001{Enter}6901028075831{Enter}");
  await waitFor(() => expect(kept()?.value.lines.map((l) => l.qty)).toEqual([2, 1]));
});

it("means the product that is still being looked up", async () => {
  const user = userEvent.setup({ delay: null });
  open();
  await user.click(await field());
  await user.keyboard("TEA-1{Enter}*4{Enter}CUP-1{Enter}=9{Enter}");
  await waitFor(() => expect(kept()?.value.lines).toMatchObject([{ code: "TEA-1", qty: 4, unit_price: null }, { code: "CUP-1", qty: 1, unit_price: 900 }]));
});

it("places what was scanned a moment before, too", async () => {
  const user = userEvent.setup({ delay: null });
  open();
  await user.click(await field());
  await user.keyboard("6901028075831{Enter}6901028000001{Enter}{Control>}{Enter}{/Control}");
  await screen.findByText("SO-1");
  expect((sent.find((s) => s.name === "orders.place")?.input as Place).lines).toHaveLength(2);
});

it("shows what is short in its line, and does not place it", async () => {
  const user = userEvent.setup();
  open();
  await user.click(await field());
  await user.keyboard("3*CUP-1{Enter}");
  expect(await screen.findByText(/Only 2 in stock, 3 wanted/)).toBeInTheDocument();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(/not enough/i);
  expect(sent.some((s) => s.name === "orders.place")).toBe(false);
});

it("finds the order again after a crash, and sends an unanswered one as the same command", async () => {
  const user = userEvent.setup();
  place = () => {
    throw new ApiError("orders.place", "unreachable");
  };
  const first = open();
  await user.click(await field());
  await user.keyboard("TEA-1{Enter}");
  await screen.findByRole("cell", { name: /TEA-1/ });
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(/no answer came/);
  first.unmount();

  place = () => ({ order_id: "o1", number: "SO-7", total: 1290, due: 0, change: 0, stage: "completed", existing: false });
  open();
  await user.click((await screen.findAllByRole("button", { name: /Send again/ }))[0] as HTMLElement);
  await screen.findByText("SO-7");
  const [a, b] = sent.filter((s) => s.name === "orders.place");
  expect(b?.id).toBe(a?.id);
  expect(b?.input).toEqual(a?.input);
});

it("takes the draft from the shop when the device has lost its own", async () => {
  const body = { commandId: "0190aaaa-0000-7000-8000-000000000001", lines: [{ sku_id: "sku-tea", code: "TEA-1", barcode: "", title: "Tea", options: "", price: 1290, available: 5, qty: 4, unit_price: null }], at: 0 };
  drafts = [{ id: body.commandId, body: JSON.stringify(body), updated_at: 1_790_000_000_000 }];
  Object.assign(window, { __TAURI_INTERNALS__: {} });
  await act(async () => void open());
  expect(await screen.findByText(/is still here/)).toBeInTheDocument();
  await waitFor(() => expect(screen.getByTestId("total")).toHaveTextContent("51.60"));
  Reflect.deleteProperty(window, "__TAURI_INTERNALS__");
});

it("sets an order aside for the next buyer, and takes it up again", async () => {
  const user = userEvent.setup();
  open();
  await user.click(await field());
  await user.keyboard("TEA-1{Enter}");
  await screen.findByRole("cell", { name: /TEA-1/ });
  await user.keyboard("{F6}");
  await screen.findByText("Scan the first product");
  expect(drafts).toHaveLength(1);
  await user.click(await screen.findByRole("button", { name: /Orders set aside/ }));
  await user.click(await screen.findByText("Tea"));
  await screen.findByRole("cell", { name: /TEA-1/ });
  expect(kept()?.value.lines).toHaveLength(1);
});

it("leaves alone what another desk of the same shop is typing", async () => {
  localStorage.setItem("shopkeeper.desk", JSON.stringify("mine"));
  const body = { commandId: "0190aaaa-0000-7000-8000-000000000001", desk: "theirs", lines: [{ sku_id: "sku-tea", code: "TEA-1", barcode: "", title: "Tea", options: "", price: 1290, available: 5, qty: 4, unit_price: null }], at: 0 };
  drafts = [{ id: body.commandId, body: JSON.stringify(body), updated_at: 1_790_000_000_000 }];
  open();
  await field();
  await waitFor(() => expect(sent.some((s) => s.name === "app.drafts")).toBe(true));
  expect(screen.queryByText(/is still here/)).toBeNull();
});
