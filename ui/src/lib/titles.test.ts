import { describe, expect, it } from "vitest";
import { otherTitleOf, titleOf } from "./titles";

const shirt = { title: "亚麻衬衫", title_en: "Linen shirt" };

describe("the two names of a product", () => {
  it("follow the language", () => {
    expect(titleOf(shirt, "en")).toBe("Linen shirt");
    expect(titleOf(shirt, "zh-CN")).toBe("亚麻衬衫");
    expect(otherTitleOf(shirt, "en")).toBe("亚麻衬衫");
    expect(otherTitleOf(shirt, "zh-CN")).toBe("Linen shirt");
  });

  it("stand in for each other where one is missing", () => {
    expect(titleOf({ title: "红茶", title_en: " " }, "en")).toBe("红茶");
    expect(titleOf({ title: "红茶" }, "en")).toBe("红茶");
    expect(titleOf({ title: "", title_en: "Black tea" }, "zh-CN")).toBe("Black tea");
    expect(otherTitleOf({ title: "红茶", title_en: "" }, "en")).toBe("");
    expect(otherTitleOf({ title: "Tea", title_en: "Tea" }, "zh-CN")).toBe("");
  });
});
