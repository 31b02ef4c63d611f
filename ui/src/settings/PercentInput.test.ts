import { expect, it } from "vitest";
import { fromPercent, toPercent } from "./PercentInput";

it("moves digits between percent and millionths", () => {
  for (const ppm of [0, 1, 60_000, 130_000, 72_500, 1_000_000]) expect(fromPercent(toPercent(ppm))).toBe(ppm);
  expect(toPercent(130_000)).toBe("13");
  expect(toPercent(72_500)).toBe("7.25");
  expect(fromPercent("13")).toBe(130_000);
  for (const bad of ["", "x", "-1", "101", "1.23456"]) expect(fromPercent(bad)).toBeNull();
});
