import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Me, Permission } from "../bindings";
import { startI18n, switchLanguage } from "../i18n";
import { ApiError } from "../lib/errors";
import { setTransport } from "../lib/transport";
import { pushUndo } from "../lib/undo";
import { App } from "./App";
import { client } from "./client";

const shop = { id: "1", name: "Harbour Books", currency: "GBP", zone: "Europe/London", country: "GB", contact: "", phone: "", address: "", tax_id: "", version: 1, sample: false, preferences: {} };
const calls: { name: string; input: unknown; id: string | undefined }[] = [];
let hasShop = true;
let damaged = false;
const EVERYTHING: Permission[] = ["open", "app_read", "app_write", "settings_read", "settings_write", "orders_read", "orders_write", "catalog_read", "stock_read", "customers_read", "analytics_read", "payments_read", "imports_read", "access_read", "access_write", "audit_read"];
const alone: Me = { asks: false, person: null, permissions: EVERYTHING, refund_limit: null, sees: { own_orders: false, channels: [] }, view_as: null, names: [], pins: [] };
let me: Me = alone;
let announce: (tags: string[]) => void = () => undefined;

setTransport({
  async call(name, input, id) {
    calls.push({ name, input, id });
    if (name === "app.status" && damaged) throw new ApiError(name, "damaged", {});
    if (name === "app.status") return { shop, version: "1", database: "shop.db", locked: false };
    if (name === "app.pick_open") return "/stick/shop.backup";
    if (name === "app.restore") return (damaged = false);
    if (name === "settings.shop") return { shop: hasShop ? shop : null };
    if (name === "access.me") return me;
    if (name === "access.sign_in") {
      me = { ...me, person: { id: "7", name: "Ann", login: "ann", role_id: "4", preset: "warehouse", role_name: "", active: true, last_sign_in_at: null, locked_until: null, pin: false, pin_blocked: false, two_steps: false, recovery_codes: 0, version: 1 }, permissions: ["app_read", "app_write", "settings_read", "orders_read", "shipping_write", "catalog_read", "stock_read", "stock_write"] };
      return { session: "s" };
    }
    if (name === "settings.setup") {
      hasShop = true;
      return shop;
    }
    throw new ApiError(name, "unknown_command", { name });
  },
  onChanged(listener) {
    announce = listener;
    return () => undefined;
  },
});

beforeAll(async () => {
  await startI18n("en");
  Object.defineProperty(window, "matchMedia", { value: (q: string) => ({ matches: /min-width/.test(q), media: q, addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn() }) });
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  Element.prototype.scrollIntoView = vi.fn();
});

beforeEach(() => {
  client.clear();
  hasShop = true;
  me = alone;
  calls.length = 0;
  window.location.hash = "#/settings/regional";
});

it("opens a shop on the first day: a name is enough", async () => {
  hasShop = false;
  render(<App />);
  await userEvent.click(await screen.findByRole("button", { name: /Set up my shop/ }));
  await userEvent.type(await screen.findByLabelText(/Name of the shop/), "Harbour Books{Enter}");
  await waitFor(() => expect(calls.find((c) => c.name === "settings.setup")).toBeTruthy());
  const sent = calls.find((c) => c.name === "settings.setup");
  expect(sent?.input).toMatchObject({ name: "Harbour Books" });
  expect(sent?.id).toMatch(/^[0-9a-f-]{36}$/);
});

it("reaches every page by Ctrl+K, and speaks the other language at once", async () => {
  render(<App />);
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  await userEvent.keyboard("{Control>}k{/Control}");
  const box = await screen.findByRole("combobox", { name: /Search pages/ });
  const list = screen.getByRole("listbox");
  for (const page of ["Dashboard", "Orders", "Customers", "Reports", "Settings"]) expect(within(list).getAllByText(page).length).toBeGreaterThan(0);
  await userEvent.type(box, "yuyan english");
  expect(within(list).getAllByRole("option")).toHaveLength(1);
  await userEvent.clear(box);
  await userEvent.type(box, "简体");
  await userEvent.keyboard("{Enter}");
  await screen.findByRole("heading", { level: 1, name: "设置" });
  await act(() => switchLanguage("en"));
});

it("asks who is there in a shop with people, and offers what they may do", async () => {
  me = { ...alone, asks: true, permissions: ["open"], names: [{ login: "ann", name: "Ann" }] };
  render(<App />);
  const password = await screen.findByLabelText("Password");
  expect(screen.queryByRole("navigation")).toBeNull();
  await userEvent.type(password, "correct horse{Enter}");
  await waitFor(() => expect(calls.find((c) => c.name === "access.sign_in")?.input).toEqual({ login: "ann", password: "correct horse" }));
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  const menu = within(screen.getByRole("navigation", { name: "Main menu" }));
  expect(menu.getAllByRole("link").map((a) => a.textContent)).toEqual(["Harbour Books", "Orders", "Products", "Stock", "Settings"]);
  expect(screen.queryByRole("button", { name: "New order" })).toBeNull();
  expect(screen.getByRole("button", { name: "Signed in: Ann" })).toBeTruthy();
});

it("asks again once whoever was signed in is not any more", async () => {
  me = { ...alone, asks: true, person: { id: "7", name: "Ann", login: "ann", role_id: "1", preset: "owner", role_name: "", active: true, last_sign_in_at: null, locked_until: null, pin: false, pin_blocked: false, two_steps: false, recovery_codes: 0, version: 1 }, names: [{ login: "ann", name: "Ann" }] };
  render(<App />);
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  me = { ...me, person: null, permissions: ["open"] };
  await act(() => client.fetchQuery({ queryKey: ["any"], queryFn: () => Promise.reject(new ApiError("orders.board", "sign_in_required")) }).catch(() => undefined));
  await screen.findByLabelText("Password");
});

it("takes back the last thing with Ctrl+Z", async () => {
  render(<App />);
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  const back = vi.fn(async () => undefined);
  act(() => pushUndo({ label: "3 orders archived", run: back }));
  await screen.findByText("3 orders archived");
  await userEvent.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(back).toHaveBeenCalledOnce());
});

it("asks again when the shop says that something changed", async () => {
  render(<App />);
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  const before = calls.filter((c) => c.name === "settings.shop").length;
  act(() => announce(["settings"]));
  await waitFor(() => expect(calls.filter((c) => c.name === "settings.shop").length).toBeGreaterThan(before));
});

it("brings the last backup back where the own shop is damaged", async () => {
  damaged = true;
  Object.assign(window, { __TAURI_INTERNALS__: {} });
  try {
    render(<App />);
    await userEvent.click(await screen.findByRole("button", { name: /Restore/ }));
    await screen.findByText("Harbour Books");
    expect(calls.find((c) => c.name === "app.restore")?.input).toEqual({ path: "/stick/shop.backup", code: null });
  } finally {
    delete (window as { __TAURI_INTERNALS__?: unknown }).__TAURI_INTERNALS__;
  }
});
