import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Alert, Me, RefundRequest } from "../bindings";
import { startI18n, switchLanguage } from "../i18n";
import { ApiError } from "../lib/errors";
import { me } from "../lib/me";
import { setTransport } from "../lib/transport";
import { GiveRefund } from "../payments";
import AttentionPage from "./AttentionPage";
import { ConnectionFacts } from "./ConnectionFacts";

const order = { id: "o1", number: "SO-1", total: 1990, due: 0, refundable: 1990, captured: 1990, refunded: 0 };
const request: RefundRequest = {
  id: "r1", order_id: "o1", order_number: "SO-1", amount: 1990, currency: "CNY", method: "cash", reason: "broken", refundable: 1990,
  asked_at: 0, asked_name: "Qian", mine: false, may_approve: true, decided_at: null, decided_name: "", decision: null, answer: "", read: false,
};
let told: { name: string; input: Record<string, unknown> }[] = [];
let answer: (name: string) => unknown;

beforeAll(async () => {
  await startI18n("en");
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});
beforeEach(async () => {
  localStorage.clear();
  await switchLanguage("en");
  told = [];
  answer = () => ({});
  me.set(null);
  setTransport({
    call: async (name, input) => {
      told.push({ name, input: input as Record<string, unknown> });
      return answer(name);
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
const given = (name: string) => told.filter((x) => x.name === name).map((x) => x.input);
const refund = () => show(<GiveRefund order={order} method="cash" goodsOut onClose={() => undefined} />);

it("pays back what the role allows, and asks for a cent more", async () => {
  const user = userEvent.setup();
  me.set({ refund_limit: 1000, permissions: ["payments_refund"] } as unknown as Me);
  refund();
  const amount = await screen.findByLabelText("Amount");
  await user.clear(amount);
  await user.type(amount, "10.01");
  const ask = await screen.findByRole("button", { name: /Ask for approval of .*10\.01/ });
  expect(ask).toBeDisabled();
  await user.type(screen.getByLabelText("Reason"), "broken");
  await user.click(ask);
  await waitFor(() => expect(given("payments.ask_refund")).toEqual([{ order_id: "o1", amount: 1001, method: "cash", reason: "broken", lowers_due: true }]));
  expect(given("payments.refund")).toEqual([]);
  await user.clear(amount);
  await user.type(amount, "10");
  await user.click(await screen.findByRole("button", { name: /^Refund .*10/ }));
  await waitFor(() => expect(given("payments.refund")).toMatchObject([{ amount: 1000 }]));
});

it("offers to ask when the shop wants a second person", async () => {
  const user = userEvent.setup();
  answer = (name) => {
    if (name === "payments.refund") throw new ApiError(name, "second_person", { from: 1000, wanted: 1990 });
    return {};
  };
  refund();
  await user.click(await screen.findByRole("button", { name: /^Refund .*19\.90/ }));
  await screen.findByText("You may not pay this much back alone");
  await user.type(screen.getByLabelText("Reason"), "late");
  await user.click(screen.getByRole("button", { name: /Ask for approval/ }));
  await waitFor(() => expect(given("payments.ask_refund")).toMatchObject([{ amount: 1990, reason: "late" }]));
});

const attention = (items: RefundRequest[], alerts: Alert[] = []) => {
  answer = (name) => (name === "payments.refund_requests" ? { items } : name === "access.alerts" ? { items: alerts } : name === "offline.cases" ? { cases: [], open: 0 } : {});
  show(<AttentionPage />);
};

it("shows what waits with its amount and order, and approves it after a question", async () => {
  const user = userEvent.setup();
  attention([request]);
  await screen.findByText(/Asked for by Qian/);
  expect(screen.getByText("SO-1")).toBeInTheDocument();
  expect(screen.queryByText("Nothing needs attention")).toBeNull();
  await user.click(screen.getByRole("button", { name: /Pay back .*19\.90…/ }));
  expect(given("payments.approve_refund")).toEqual([]);
  await user.click(await screen.findByRole("button", { name: /Pay back .*19\.90$/ }));
  await waitFor(() => expect(given("payments.approve_refund")).toEqual([{ id: "r1" }]));
});

it("declines with a reason only", async () => {
  const user = userEvent.setup();
  attention([request]);
  await user.click(await screen.findByRole("button", { name: "Decline…" }));
  const decline = await screen.findByRole("button", { name: "Decline" });
  expect(decline).toBeDisabled();
  await user.type(screen.getByLabelText("Why? Qian will read it."), "repair it");
  await user.click(decline);
  await waitFor(() => expect(given("payments.decline_refund")).toEqual([{ id: "r1", answer: "repair it" }]));
});

it("says that the order has changed, and offers no payment then", async () => {
  attention([{ ...request, refundable: 1499 }]);
  expect(await screen.findByText(/14\.99 at most can be paid back now/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /Pay back/ })).toBeDisabled();
});

it("tells the asker the outcome, in their language", async () => {
  await switchLanguage("zh-CN");
  attention([{ ...request, mine: true, may_approve: false, decision: "declined", decided_at: 1, decided_name: "Lin", answer: "先维修" }]);
  expect(await screen.findByText(/Lin 已拒绝，/)).toHaveTextContent("先维修");
  await userEvent.click(screen.getByRole("button", { name: "知道了" }));
  await waitFor(() => expect(given("payments.read_refund")).toEqual([{ id: "r1" }]));
});

const alert: Alert = { id: "a1", kind: "contacts", actor_name: "Zhou", how_many: 21, most: 20, from_at: 0, to_at: 1, raised_at: 1, acknowledged_at: null, acknowledged_by: "", note: "" };

it("tells who did what out of the ordinary, and how often, and keeps what it was about", async () => {
  const user = userEvent.setup();
  attention([], [alert]);
  await screen.findByText("Zhou opened 21 contacts in full");
  expect(screen.getByText(/told beyond 20/)).toBeInTheDocument();
  const seen = screen.getByRole("button", { name: "Seen to" });
  expect(seen).toBeDisabled();
  await user.type(screen.getByLabelText("What was it about?"), "the newsletter");
  await user.click(seen);
  await waitFor(() => expect(given("access.acknowledge_alert")).toEqual([{ id: "a1", note: "the newsletter" }]));
});

it("shows what was seen to, in Chinese", async () => {
  await switchLanguage("zh-CN");
  attention([], [{ ...alert, kind: "hours", acknowledged_at: 2, acknowledged_by: "Lin", note: "盘点" }]);
  await screen.findByText("Zhou 在非营业时间操作 21 次");
  expect(screen.getByText(/Lin 已处理，/)).toHaveTextContent("盘点");
  expect(screen.queryByRole("button", { name: "已处理" })).toBeNull();
});

it("asks for nothing that one may not see", async () => {
  me.set({ permissions: ["orders_read"] } as unknown as Me);
  attention([request], [alert]);
  await screen.findByText("Nothing needs attention");
  expect(told.map((x) => x.name).filter((name) => name !== "offline.connection")).toEqual(["offline.cases"]);
});

it("tells of a clock that is wrong, where the shop is shared and where it is not", async () => {
  const connection = { shared: true, ready: true, offline_since: null, catching_up: false, waiting: 0, synced_at: 0, problem: null, open_cases: 0, clock_behind: 7_200_000 };
  answer = (name) => (name === "offline.connection" ? connection : { cases: [], open: 0, items: [] });
  const first = show(<ConnectionFacts />);
  await screen.findByText("This computer’s clock is 120 minutes slow");
  await screen.findByText(/Orders get the server’s time/);
  first.unmount();
  connection.clock_behind = -1_000;
  const second = show(<ConnectionFacts />);
  await screen.findByText("Connected to the server");
  expect(screen.queryByText(/clock/)).toBeNull();
  second.unmount();
  Object.assign(connection, { shared: false, clock_behind: 180_000 });
  await switchLanguage("zh-CN");
  show(<ConnectionFacts />);
  await screen.findByText("时钟倒退了 3 分钟");
});
