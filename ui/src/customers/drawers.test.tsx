import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startI18n } from "../i18n";
import { ApiError } from "../lib/errors";
import { installHotkeys } from "../lib/hotkeys";
import { setTransport } from "../lib/transport";
import { AddressDrawer } from "./AddressDrawer";
import { CustomerDrawer } from "./CustomerDrawer";
import type { Address, Customer } from "./types";

const home: Address = { id: "a1", customer_id: "c1", name: "Shen", phone: "13900010002", country: "CN", region_code: "330106", province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 1 号", postcode: "", preferred: true };
const shen: Customer = {
  id: "c1", version: 1, name: "Shen", phone: "13900010002", email: "", country: "CN", note: "", source: "counter", merged_into: null,
  erased_at: null,
  order_count: 0, order_total: 0, average_order: null, last_order_at: null, created_at: 0, updated_at: 0, addresses: [home],
};

// The shop: what it has, and what it was told.
let stored: Customer;
let told: { name: string; input: Record<string, unknown> }[];

function answer(name: string, input: Record<string, unknown>): unknown {
  switch (name) {
    case "customers.get":
      return stored;
    case "customers.save": {
      if (input.id !== null && input.version !== stored.version) throw new ApiError(name, "stale", { kind: "customer", id: "c1", current: stored.version });
      told.push({ name, input });
      return { ...stored, ...input };
    }
    case "customers.save_address": {
      const was = input.was as Address | null;
      const now = stored.addresses.find((a) => a.id === input.id);
      if (was && !now) throw new ApiError(name, "not_found", { kind: "address", id: was.id });
      if (was && JSON.stringify(was) !== JSON.stringify(now)) throw new ApiError(name, "stale", { kind: "address", id: was.id, current: 0 });
      told.push({ name, input });
      return { ...home, ...input };
    }
    default:
      return { items: [] };
  }
}

const closed = vi.fn();

function show(form: (customer: Customer) => React.ReactNode) {
  const client = new QueryClient();
  const page = () => <QueryClientProvider client={client}>{form(stored)}</QueryClientProvider>;
  const { rerender } = render(page());
  return () => rerender(page());
}

const save = () => fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const merging = () => screen.findByText("Save merged").then((b) => b.closest<HTMLElement>("[role=dialog]") as HTMLElement);

beforeAll(async () => {
  // jsdom measures nothing.
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  await startI18n("en");
  installHotkeys();
});
beforeEach(() => {
  localStorage.clear();
  stored = structuredClone(shen);
  told = [];
  closed.mockReset();
  setTransport({ call: async (name, input) => answer(name, (input ?? {}) as Record<string, unknown>), onChanged: () => () => undefined });
});

it("keeps what is typed into a customer when the record is read anew, and merges it", async () => {
  const again = show((customer) => <CustomerDrawer open customer={customer} onClose={closed} />);
  type("Name", "Shen Zhixia");
  type("Note", "likes tea");
  stored = { ...stored, version: 2, phone: "13900010003", note: "mornings" };
  again();
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Shen Zhixia");
  expect(await screen.findByText(/was changed meanwhile/)).toBeInTheDocument();
  save();
  const dialog = await merging();
  const radios = within(dialog).getAllByRole("radio");
  expect(radios).toHaveLength(2);
  fireEvent.click(radios[1] as HTMLElement);
  save();
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(told.map((x) => x.input)).toMatchObject([{ id: "c1", version: 2, name: "Shen Zhixia", phone: "13900010003", note: "mornings" }]);
});

it("sends an address as it was read, and takes the place as one thing", async () => {
  show((customer) => <AddressDrawer customer={customer} address={home} onClose={closed} />);
  type("Street and number", "文三路 9 号");
  const theirs = { ...home, name: "Mr Shen", district: "拱墅区", street: "莫干山路 2 号" };
  stored = { ...stored, version: 2, addresses: [theirs] };
  save();
  const dialog = await merging();
  expect(within(dialog).getByText("浙江省杭州市西湖区文三路 9 号")).toBeInTheDocument();
  fireEvent.click(within(dialog).getAllByRole("radio")[0] as HTMLElement);
  save();
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(told.map((x) => x.input)).toMatchObject([{ id: "a1", name: "Mr Shen", district: "西湖区", street: "文三路 9 号", was: theirs }]);
});

it("makes an address anew that was deleted while it was typed in", async () => {
  const again = show((customer) => <AddressDrawer customer={customer} address={home} onClose={closed} />);
  type("Street and number", "文三路 10 号");
  stored = { ...stored, version: 2, addresses: [] };
  again();
  expect(await screen.findByText("This address was deleted meanwhile")).toBeInTheDocument();
  save();
  const text = await screen.findByLabelText<HTMLTextAreaElement>("What you typed");
  expect(text.value).toContain("文三路 10 号");
  fireEvent.click(screen.getByRole("button", { name: "Make it anew" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(told.map((x) => x.input)).toMatchObject([{ id: null, customer_id: "c1", street: "文三路 10 号", was: null }]);
});
