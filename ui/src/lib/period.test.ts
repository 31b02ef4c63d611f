import { expect, it } from "vitest";
import { isoToDay } from "./dates";
import { change, readSpan } from "./period";

it("reads the period from the address", () => {
  expect(readSpan({}, 100)).toEqual({ choice: "7", from: 94, to: 100 });
  expect(readSpan({ period: "today" }, 100)).toEqual({ choice: "today", from: 100, to: 100 });
  expect(readSpan({ period: "30" }, 100)).toEqual({ choice: "30", from: 71, to: 100 });
  const from = isoToDay("2026-01-01") as number;
  expect(readSpan({ from: "2026-01-03", to: "2026-01-01" }, 100)).toEqual({ choice: "custom", from, to: from + 2 });
});

it("compares without floats", () => {
  expect(change(150, 100)).toBe(5000);
  expect(change(50, 100)).toBe(-5000);
  expect(change(2, 3)).toBe(-3333);
  expect(change(5, 0)).toBeNull();
  expect(change(100, -50)).toBe(30000);
  expect(change(9007199254740991, 1)).toBeGreaterThan(0);
});
