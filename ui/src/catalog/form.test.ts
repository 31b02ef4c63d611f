import { describe, expect, it } from "vitest";
import { combinations, emptyProduct, emptySku, firstMissing, inputOf, marginPermille, mergeMatrix } from "./form";

const colours = { name: "Colour", values: ["red", "green", "blue"] };
const sizes = { name: "Size", values: ["S", "M", "L", "XL"] };

describe("the grid of SKUs", () => {
  it("has a row for each combination", () => {
    expect(combinations([colours, sizes])).toHaveLength(12);
    expect(combinations([colours, sizes])[4]).toEqual(["green", "S"]);
    expect(combinations([])).toEqual([[]]);
  });

  it("keeps what was typed when a value is added", () => {
    const typed = { ...emptySku(["red"]), code: "T-RED", price: 1990, weight_g: 180, id: "a" };
    const grid = mergeMatrix([typed], [
      { sku_id: "a", option_values: ["red"], code: "X-1", price: 0 },
      { sku_id: null, option_values: ["blue"], code: "X-2", price: 0 },
    ]);
    expect(grid[0]).toMatchObject({ id: "a", code: "T-RED", price: 1990 });
    expect(grid[1]).toMatchObject({ id: null, code: "X-2", price: 1990, weight_g: 180, opening_stock: null });
  });

  it("follows a SKU whose value was renamed", () => {
    const typed = { ...emptySku(["red"]), id: "a", code: "T-RED", price: 500 };
    const grid = mergeMatrix([typed], [{ sku_id: "a", option_values: ["crimson"], code: "N", price: 0 }]);
    expect(grid[0]).toMatchObject({ id: "a", code: "T-RED", option_values: ["crimson"] });
  });
});

describe("the form", () => {
  it("names what is missing first", () => {
    expect(firstMissing(emptyProduct())).toBe("title");
    expect(firstMissing({ ...emptyProduct(), title: "Tea" })).toBeNull();
    expect(firstMissing({ ...emptyProduct(), title: "Tea", options: [{ name: "", values: ["x"] }] })).toBe("options");
  });

  it("sends opening stock for new SKUs only, and no empty rows", () => {
    const f = { ...emptyProduct(), title: " Tea ", specs: [{ name: "Origin", value: "" }, { name: "Origin", value: "Fujian" }], skus: [{ ...emptySku(), id: "a", opening_stock: 9 }, { ...emptySku(["b"]), opening_stock: 4, barcode: " " }] };
    const input = inputOf(f, null);
    expect(input.title).toBe("Tea");
    expect(input.specs).toEqual([{ name: "Origin", value: "Fujian" }]);
    expect(input.skus.map((s) => s.opening_stock)).toEqual([null, 4]);
    expect(input.skus[1]?.barcode).toBeNull();
    expect(input.skus[0]).not.toHaveProperty("on_hand");
  });

  it("keeps the state of what is not on sale", () => {
    const f = { ...emptyProduct(), title: "Tea", listed: false };
    expect(inputOf(f, null).state).toBe("draft");
    expect(inputOf(f, "unlisted").state).toBe("unlisted");
    expect(inputOf(f, "listed").state).toBe("unlisted");
    expect(inputOf(f, "archived").state).toBe("archived");
  });

  it("computes the margin in whole numbers", () => {
    expect(marginPermille(1000, 650)).toBe(350);
    expect(marginPermille(0, 10)).toBeNull();
    expect(marginPermille(100, null)).toBeNull();
  });
});
