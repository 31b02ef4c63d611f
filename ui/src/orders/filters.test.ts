import { expect, it } from "vitest";
import { meant } from "./BulkModal";
import { notes } from "./entry/PayBox";
import { hiddenCount, readFilter, readSort } from "./filters";
import type { Row } from "./types";

it("reads an address of the list, and passes over what it does not know", () => {
  const f = readFilter({ stage: "ready,nonsense", payment: "paid", fulfilment: "x", day_from: "2026-03-05", min: "1,000", max: "abc", held: "true", q: " 138 " }, "CNY");
  expect(f).toMatchObject({ stages: ["ready"], payment_status: "paid", fulfilment_status: null, from_day: 20517, to_day: null, amount_min: 100000, amount_max: null, held: true, archived: false, search: "138" });
  expect(readFilter({}, "JPY")).toMatchObject({ stages: [], search: null, held: false });
  expect(readFilter({ min: "1000" }, "JPY").amount_min).toBe(1000);
});

it("sorts by time or amount", () => {
  expect([readSort({}), readSort({ sort: "-total" }), readSort({ sort: "placed" }), readSort({ sort: "x" })]).toEqual([null, "amount_desc", "oldest", null]);
});

it("tells how many filters stand behind the button", () => {
  expect(hiddenCount({ min: "1", waybill: "SF", stage: "ready" })).toBe(2);
});

it("means only the orders a bulk action fits", () => {
  const row = (stage: string, holds: number, archived: boolean) => ({ stage, holds, archived }) as Row;
  const rows = [row("review", 0, false), row("review", 1, false), row("ready", 0, true)];
  expect(meant("approve", rows)).toEqual([rows[0]]);
  expect(meant("archive", rows)).toHaveLength(2);
  expect(meant("unarchive", rows)).toEqual([rows[2]]);
  expect(meant("flag", rows)).toHaveLength(3);
});

it("offers the notes people pay with", () => {
  expect(notes(12_900, "CNY")).toEqual([12_900, 13_000, 15_000, 20_000]);
  expect(notes(5_000, "CNY")).toEqual([5_000, 10_000]);
  expect(notes(0, "CNY")).toEqual([]);
  expect(notes(980, "JPY")[0]).toBe(980);
});
