import { describe, expect, it } from "vitest";
import type { InspectedFile } from "../bindings";
import { mapColumn, missingFields } from "./wizard";

const mapping = [
  { column: "Name", field: "title" },
  { column: "Price", field: "price" },
  { column: "Colour", field: null },
];

describe("the mapping of columns", () => {
  it("gives a field to one column only", () => {
    const m = mapColumn(mapping, "Colour", "title");
    expect(m.find((x) => x.column === "Name")?.field).toBeNull();
    expect(m.find((x) => x.column === "Colour")?.field).toBe("title");
    expect(m.find((x) => x.column === "Price")?.field).toBe("price");
  });

  it("can leave a column out", () => {
    expect(mapColumn(mapping, "Price", null)[1]?.field).toBeNull();
    expect(mapColumn(mapping, "Price", null)[0]?.field).toBe("title");
  });

  it("knows what is missing", () => {
    const found = { fields: [{ name: "title", needed: true }, { name: "sku", needed: true }, { name: "cost", needed: false }] } as InspectedFile;
    expect(missingFields(found, mapping)).toEqual(["sku"]);
  });
});
