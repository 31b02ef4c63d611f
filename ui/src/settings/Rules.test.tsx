import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, expect, it } from "vitest";
import { startI18n, switchLanguage } from "../i18n";
import { setTransport } from "../lib/transport";
import type { Preferences, ShopFacts } from "./queries";
import { Rules } from "./Rules";

const preferences = {
  low_stock: 5,
  reserve_on_place: true,
  unpaid_minutes: 60,
  auto_review: true,
  complete_days: 7,
  erase_years: 0,
  second_person_from: 0,
  watch_exports: 0,
  watch_contacts: 0,
  watch_sign_ins: 0,
  watch_refunds: 0,
  hours_from: 0,
  hours_to: 0,
  tax_inclusive: true,
  tax_ppm: 0,
  tax_per_order: false,
} as Preferences;
const shop = { id: "01a20a7e-3a08-7000-93fd-821bb0601500", name: "S", version: 3, currency: "CNY", zone: "Asia/Shanghai", preferences } as ShopFacts;

beforeAll(async () => {
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
  await startI18n("en");
});
afterEach(() => setTransport(undefined));

/** The page on a shop in which `old(years)` customers are that old; what is saved comes back. */
function show(old: (years: number) => number): { saved: Preferences[] } {
  const saved: Preferences[] = [];
  setTransport({
    call: async (name, asked) => {
      const input = asked as { years: number; preferences: Preferences };
      if (name === "customers.count_old") return { customers: old(input.years) };
      if (name === "settings.save_preferences") saved.push(input.preferences);
      return name === "settings.shop" ? { shop } : {};
    },
    onChanged: () => () => undefined,
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <Rules facts={shop} />
      </App>
    </QueryClientProvider>,
  );
  return { saved };
}

async function type(years: string) {
  const user = userEvent.setup();
  const field = screen.getByRole("spinbutton", { name: /Erase who has bought nothing for|抹除久未购买的客户/ });
  await user.clear(field);
  await user.type(field, years);
  return user;
}

it("says how many a rule would erase, and saves it only when that is meant", async () => {
  const { saved } = show((years) => (years === 3 ? 1234 : 0));
  const user = await type("3");
  expect(await screen.findByText(/That is 1,234 customers as of now\./)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Save" }));
  // The title is there twice: antd repeats it for whoever listens.
  expect(await screen.findAllByText("Erase 1,234 customers for good?")).not.toEqual([]);
  expect(saved).toEqual([]);
  await user.click(screen.getByText("Save and erase"));
  await waitFor(() => expect(saved.map((p) => p.erase_years)).toEqual([3]));
});

it("asks nothing when it would erase nobody, or when something else is changed", async () => {
  const { saved } = show(() => 0);
  const user = await type("5");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(saved.map((p) => p.erase_years)).toEqual([5]));
  expect(screen.queryByText(/as of now/)).toBeNull();
});

it("says it in Chinese", async () => {
  await switchLanguage("zh-CN");
  show(() => 1234);
  const user = await type("3");
  expect(await screen.findByText(/目前符合的有 1,234 位客户/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /保\s*存/ }));
  expect(await screen.findAllByText("永久抹除 1,234 位客户？")).not.toEqual([]);
});
