import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeAll, expect, it } from "vitest";
import { startI18n } from "../i18n";
import { merge } from "../lib/merge";
import { setTransport } from "../lib/transport";
import { anewOf, onTopOf, useProductFields } from "./fields";
import { emptyProduct, emptySku, type ProductForm, type SkuForm } from "./form";

const sku = (id: string | null, value: string, price: number): SkuForm => ({ ...emptySku([value]), id, key: id ?? value, code: `MUG-${value}`, price });
const base: ProductForm = { ...emptyProduct(), id: "p", version: 3, title: "Mug", media: ["a", "b"], options: [{ name: "Colour", values: ["red", "blue"] }], skus: [sku("1", "red", 3900), sku("2", "blue", 4100)] };
const withGreen = (p: ProductForm, green: SkuForm): ProductForm => ({ ...p, options: [{ name: "Colour", values: ["red", "blue", "green"] }], skus: [...p.skus, green] });

function rules() {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(() => useProductFields(), { wrapper }).result.current;
}

beforeAll(async () => {
  await startI18n("en");
  setTransport({ call: async () => ({ items: [] }), onChanged: () => () => undefined });
});

it("names every field of the form that a person fills in", () => {
  const settledByItself = ["id", "version", "accept_odd_barcode"];
  expect(Object.keys(rules()).sort()).toEqual(Object.keys(base).filter((k) => !settledByItself.includes(k)).sort());
  const items = rules().skus?.items;
  const ofTheShop = ["key", "id", "on_hand", "available", "opening_stock", "option_values"];
  expect([...(items?.fields ?? [])].sort()).toEqual(Object.keys(sku("1", "red", 1)).filter((k) => !ofTheShop.includes(k)).sort());
  expect(Object.keys(rules().skus?.parts ?? {}).sort()).toEqual([...(items?.fields ?? [])].sort());
});

it("puts a variant of mine beside a price of theirs, and the stock of the shop beside both", () => {
  const mine = withGreen({ ...base, skus: [{ ...sku("1", "red", 4200) }, sku("2", "blue", 4100)] }, { ...sku(null, "green", 5000), opening_stock: 7 });
  const theirs = { ...base, version: 4, skus: [{ ...sku("1", "red", 3900), on_hand: 9 }, sku("2", "blue", 4500)] };
  const m = merge(base, mine, theirs, rules());
  expect(m.conflicts).toEqual([]);
  expect(m.value.skus.map((s) => [s.id, s.price, s.on_hand, s.opening_stock])).toEqual([["1", 4200, 9, null], ["2", 4500, 0, null], [null, 5000, 0, 7]]);
  expect(m.value).toMatchObject({ version: 4, options: [{ values: ["red", "blue", "green"] }] });
});

it("keeps a new cover of mine beside a picture of theirs", () => {
  expect(merge(base, { ...base, media: ["b", "a"] }, { ...base, media: ["a", "b", "c"] }, rules()).value.media).toEqual(["b", "a", "c"]);
});

it("makes a variant anew that they took away and I want", () => {
  const theirs = { ...base, version: 4, options: [{ name: "Colour", values: ["red"] }], skus: [sku("1", "red", 3900)] };
  const mine = { ...base, skus: [sku("1", "red", 3900), sku("2", "blue", 4900)] };
  const asked = merge(base, mine, theirs, rules());
  expect(asked.conflicts.map((c) => c.path)).toEqual(["skus"]);
  const kept = onTopOf(merge(base, mine, theirs, rules(), { skus: "mine" }).value, theirs);
  expect(kept.skus.map((s) => [s.id, s.code, s.price])).toEqual([["1", "MUG-red", 3900], [null, "MUG-blue", 4900]]);
  expect(anewOf(base)).toMatchObject({ id: null, version: null, skus: [{ id: null }, { id: null }] });
});
