import { expect, it } from "vitest";
import { en, gather, zh } from ".";

function keys(o: object, prefix = ""): string[] {
  return Object.entries(o).flatMap(([k, v]) => (v && typeof v === "object" ? keys(v as object, `${prefix}${k}.`) : [`${prefix}${k}`.replace(/_(one|other)$/, "")]));
}

it("has every word in both languages", () => {
  expect([...new Set(keys(gather(zh)))].sort()).toEqual([...new Set(keys(gather(en)))].sort());
});
