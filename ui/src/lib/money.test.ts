import { describe, expect, it } from "vitest";
import { exponent, formatDecimal, formatMoney, parseMoney, toDecimalText } from "./money";

describe("money", () => {
  it("knows how many digits a currency has", () => {
    expect([exponent("CNY"), exponent("JPY"), exponent("KWD")]).toEqual([2, 0, 3]);
  });

  it("writes minor units without arithmetic", () => {
    expect(toDecimalText(123450, "CNY")).toBe("1234.50");
    expect(toDecimalText(5, "CNY")).toBe("0.05");
    expect(toDecimalText(-5, "CNY")).toBe("-0.05");
    expect(toDecimalText(5, "JPY")).toBe("5");
    expect(toDecimalText(Number.MAX_SAFE_INTEGER, "CNY")).toBe("90071992547409.91");
  });

  it("shows the largest amount exactly", () => {
    expect(formatMoney(Number.MAX_SAFE_INTEGER, "CNY", "zh-CN")).toBe("¥90,071,992,547,409.91");
    expect(formatMoney(-1205, "GBP", "en")).toBe("-£12.05");
    expect(formatMoney(1205, "JPY", "en")).toBe("¥1,205");
  });

  it.each([
    ["12", 1200],
    ["12.5", 1250],
    ["12.50", 1250],
    ["12.500", 1250],
    [".5", 50],
    ["1,234.56", 123456],
    ["¥1,234.56", 123456],
    ["￥１２.５", 1250],
    ["12元", 1200],
    ["-3.10", -310],
    [" 7 ", 700],
    ["90071992547409.91", Number.MAX_SAFE_INTEGER],
    ["0.1", 10],
    ["-0", 0],
  ])("reads %j", (text, minor) => {
    expect(parseMoney(text, "CNY")).toEqual({ ok: true, minor });
  });

  it.each([
    ["", "empty"],
    ["-", "empty"],
    ["abc", "not_a_number"],
    ["1.2.3", "not_a_number"],
    ["1e5", "not_a_number"],
    [".", "not_a_number"],
    ["12.345", "too_many_decimals"],
    ["90071992547409.92", "too_large"],
  ])("refuses %j", (text, why) => {
    expect(parseMoney(text, "CNY")).toEqual({ ok: false, why });
  });

  it("is its own inverse", () => {
    for (let i = 0; i < 500; i++) {
      const minor = Math.floor(Math.random() * 2 ** 40) - 2 ** 39;
      for (const c of ["CNY", "JPY", "KWD"]) expect(parseMoney(toDecimalText(minor, c), c)).toEqual({ ok: true, minor });
    }
  });

  it("writes an exact decimal with its own digits", () => {
    expect(formatDecimal("9007199254740993.10", "en-GB")).toBe("9,007,199,254,740,993.10");
    expect(formatDecimal("-12", "en-GB")).toBe("-12");
  });
});
