import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startI18n } from "../i18n";
import { setTransport } from "../lib/transport";
import { TakePayment } from "../payments";
import { ShipModal } from "./ShipModal";

const line = { id: "l1", title: "Tea", options: "", sku_code: "TEA-1", qty: 5, cancelled: 1, shipped: 1 };
const order = { id: "o1", number: "SO-1", version: 4, lines: [line, { ...line, id: "l2", title: "Cup", qty: 2, cancelled: 0, shipped: 2 }] };
let told: { name: string; input: Record<string, unknown> }[] = [];

function check(waybill: string, carrier: string) {
  if (waybill.startsWith("RR")) return { check: { code: "wrong_check_digit", expected: "5" }, likely: ["royalmail"], duplicates: [] };
  const duplicates = waybill === "SF2" ? [{ parcel_id: "p", order_id: "o9", order_number: "SO-9", carrier: "shunfeng", shipped_at: 0 }] : [];
  return { check: carrier === "shunfeng" ? { code: "ok", normalised: waybill } : { code: "unknown_format" }, likely: ["shunfeng"], duplicates };
}

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
  localStorage.clear();
  told = [];
  setTransport({
    call: async (name, input) => {
      told.push({ name, input: input as Record<string, unknown> });
      if (name === "shipping.carriers") return [{ code: "shunfeng", name_zh: "顺丰速运", name_en: "SF Express" }, { code: "royalmail", name_zh: "皇家邮政", name_en: "Royal Mail" }];
      if (name === "shipping.check_waybill") return check(String((input as { waybill: string }).waybill), String((input as { carrier: string }).carrier));
      return {};
    },
    onChanged: () => () => undefined,
  });
});
afterEach(() => setTransport(undefined));

function show(what: React.ReactNode) {
  const root = createRootRoute({ component: () => what });
  return render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <RouterProvider router={createRouter({ routeTree: root, history: createMemoryHistory() }) as never} />
      </App>
    </QueryClientProvider>,
  );
}
const last = (name: string) => told.filter((x) => x.name === name).at(-1)?.input;

it("knows the carrier by the number, and sends all that is left", async () => {
  const user = userEvent.setup();
  show(<ShipModal order={order} onClose={() => undefined} />);
  await user.type(await screen.findByLabelText("Waybill number"), "SF1");
  await screen.findByText("SF Express: the number is right");
  expect(screen.queryByText("Cup")).toBeNull();
  await user.type(screen.getByLabelText("Waybill number"), "{Enter}");
  await waitFor(() => expect(last("shipping.ship")).toEqual({ order_id: "o1", version: 4, carrier: "shunfeng", waybill: "SF1", lines: [], note: "", accept_warnings: false }));
});

it("sends a part of it", async () => {
  const user = userEvent.setup();
  show(<ShipModal order={order} onClose={() => undefined} />);
  const qty = await screen.findByLabelText("Quantity of Tea in this parcel");
  expect(qty).toHaveValue("3");
  await user.clear(qty);
  await user.type(qty, "2");
  await user.type(screen.getByLabelText("Waybill number"), "SF1");
  await screen.findByText(/the number is right/);
  await user.click(screen.getByRole("button", { name: "Ship" }));
  await waitFor(() => expect(last("shipping.ship")?.lines).toEqual([{ line_id: "l1", qty: 2 }]));
});

it("lets a wrong digit or a number used before pass only when told to", async () => {
  const user = userEvent.setup();
  show(<ShipModal order={order} onClose={() => undefined} />);
  const field = await screen.findByLabelText("Waybill number");
  await user.type(field, "RR1");
  await screen.findByText(/check digit should be 5/);
  expect(screen.getByRole("button", { name: "Ship" })).toBeDisabled();
  await user.clear(field);
  await user.type(field, "SF2");
  await screen.findByText(/Another parcel already has this number/);
  expect(await screen.findByRole("link", { name: "SO-9" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Ship" })).toBeDisabled();
  await user.click(screen.getByLabelText(/all the same/));
  await user.click(screen.getByRole("button", { name: "Ship" }));
  await waitFor(() => expect(last("shipping.ship")).toMatchObject({ waybill: "SF2", accept_warnings: true }));
});

it("gives change for cash, and keeps what a transfer brings too much", async () => {
  const user = userEvent.setup();
  show(<TakePayment order={{ id: "o1", number: "SO-1", total: 10_000, due: 7_350, refundable: 0, captured: 2_650, refunded: 0 }} onClose={() => undefined} />);
  const given = await screen.findByLabelText("Cash given");
  expect(given).toHaveValue("73.50");
  await user.clear(given);
  await user.type(given, "100{Enter}");
  await waitFor(() => expect(last("payments.capture")).toMatchObject({ amount: 7_350, tendered: 10_000, method: "cash", keep_overpayment: false }));
  await user.click(screen.getByText("Bank transfer"));
  await user.click(screen.getByRole("button", { name: /Take/ }));
  await waitFor(() => expect(last("payments.capture")).toMatchObject({ amount: 10_000, tendered: null, method: "bank_transfer" }));
});
