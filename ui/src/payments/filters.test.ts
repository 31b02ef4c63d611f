import { expect, it } from "vitest";
import { readFilter, tillDays } from "./filters";

it("counts the till of the days that are shown, and of today when none are", () => {
  const all = readFilter({ method: "cash", kind: "bogus" });
  expect(all).toEqual({ method: "cash", kind: null, from_day: null, to_day: null });
  expect(tillDays(all, 20_000)).toEqual({ from_day: 20_000, to_day: 20_000 });
  expect(tillDays(readFilter({ day_from: "2024-10-01", day_to: "2024-10-04" }), 20_100)).toEqual({ from_day: 19_997, to_day: 20_000 });
  expect(tillDays(readFilter({ day_from: "2024-10-04" }), 20_005)).toEqual({ from_day: 20_000, to_day: 20_005 });
});
