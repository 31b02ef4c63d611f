import { beforeAll, describe, expect, it } from "vitest";
import { i18next, startI18n, switchLanguage } from "../i18n";
import { ApiError, describeError, toApiError } from "./errors";

beforeAll(() => startI18n("en"));

describe("errors", () => {
  it("reads every shape an error arrives in", () => {
    expect(toApiError("orders.place", { code: "busy" }).code).toBe("busy");
    expect(toApiError("orders.place", { error: { code: "busy" } }).code).toBe("busy");
    expect(toApiError("orders.place", "command orders_place not allowed").code).toBe("refused");
    expect(toApiError("orders.place", new TypeError("Failed to fetch")).code).toBe("unreachable");
    expect(toApiError("orders.place", 17).code).toBe("internal");
  });

  it("speaks by code and data", async () => {
    const e = new ApiError("orders.place", "insufficient_stock", { lines: [{ sku: "A", title: "Mug", wanted: 3, available: 1 }] });
    expect(describeError(i18next, e).title).toBe("Not enough in stock: Mug (wanted 3, available 1)");
    await switchLanguage("zh-CN");
    expect(describeError(i18next, e).title).toBe("库存不足：Mug（需要 3，可用 1）");
    await switchLanguage("en");
  });

  it("names a field inside a list as people count", () => {
    const title = (field: string) => describeError(i18next, new ApiError("orders.place", "invalid", { field, rule: "not_positive", detail: "" })).title;
    expect(title("lines.2.qty")).toContain("Quantity (3)");
    expect(title("ship_to.name")).toContain("Recipient");
    expect(title("never.0.heard")).toContain("never.0.heard (1)");
  });

  it("says something useful of a code it never met", () => {
    const x = describeError(i18next, new ApiError("orders.place", "martians"));
    expect(x.title).not.toContain("martians");
    expect(x.ref).toBe("orders.place:martians");
  });

  it("never shows an empty variable", () => {
    for (const code of ["invalid", "duplicate", "not_found"]) {
      const x = describeError(i18next, new ApiError("customers.save", code, { kind: "customer", field: "phone", rule: "too_long", value: "1", detail: "", id: "1" }));
      expect(`${x.title} ${x.next}`).not.toMatch(/\{\{|undefined/);
    }
  });

  it("leaks no word of the wire: states, rules, reasons", async () => {
    const say = (call: string, code: string, data: Record<string, unknown>) => describeError(i18next, new ApiError(call, code, data)).title;
    expect(say("imports.resume", "wrong_state", { kind: "import", state: "running", action: "resume" })).toContain("Running");
    expect(say("shipping.hand_over", "wrong_state", { kind: "order", state: "held", action: "hand_over" })).toContain("on hold");
    expect(say("app.connect", "invalid", { field: "host", rule: "not_a_port", detail: "db2:x" })).toBe("Server: “db2:x” has no valid port: a number from 1 to 65535 stands after the colon");
    expect(say("app.restore", "wrong_state", { kind: "shop", state: "not_empty", action: "restore" })).toBe("There is a shop on this computer already");
    expect(say("app.backup", "bad_file", { file: "/b", reason: "permission denied" })).toBe("“/b”: this program may not write there");
    await switchLanguage("zh-CN");
    expect(say("app.backup", "bad_file", { file: "/b", reason: "some new io error" })).toBe("“/b”：无法使用");
    expect(say("catalog.save_product", "invalid", { field: "title", rule: "never_heard", detail: "expected a thing" })).toBe("名称：不正确");
    await switchLanguage("en");
  });
});
