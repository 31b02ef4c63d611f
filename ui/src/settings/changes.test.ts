import { describe, expect, it } from "vitest";
import { aboutOf, pageOf, readChanges } from "./changes";

const shipped = JSON.stringify([{ kind: "order", id: "o1", before: { stage: "ready", version: 1 }, after: { stage: "shipping", version: 2 } }]);
const placed = JSON.stringify([
  { kind: "customer", id: "c1", after: { name: "Amélie" } },
  { kind: "order", id: "o1", after: { number: "SO-4", stage: "ready" } },
]);

describe("the audit log", () => {
  it("tells what changed, without the plumbing", () => {
    expect(readChanges(shipped)[0]?.fields).toEqual([{ field: "stage", before: "ready", after: "shipping" }]);
  });

  it("tells a record within a record by its own fields", () => {
    const json = JSON.stringify([{ kind: "shop", id: "s", before: { name: "A", preferences: { low_stock: 5, tax_ppm: 0 } }, after: { name: "A", preferences: { low_stock: 7, tax_ppm: 0 } } }]);
    expect(readChanges(json)[0]?.fields).toEqual([{ field: "low_stock", before: 5, after: 7 }]);
  });

  it("names what it was about", () => {
    expect(aboutOf(readChanges(placed), "o1")).toBe("SO-4");
    expect(aboutOf(readChanges(shipped), "o1")).toBe("");
  });

  it("leads only to what the log says is there", () => {
    expect(pageOf("orders.place", "o1", readChanges(placed))).toBe("/orders/o1");
    expect(pageOf("catalog.save_category", "k1", readChanges(JSON.stringify([{ kind: "category", id: "k1", after: { name: "Tea" } }])))).toBeNull();
    expect(pageOf("imports.start", "j1", [])).toBe("/imports/j1");
  });

  it("survives what it cannot read", () => {
    expect(readChanges("{")).toEqual([]);
    expect(readChanges("{}")).toEqual([]);
  });
});
