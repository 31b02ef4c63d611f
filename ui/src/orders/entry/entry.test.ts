import { describe, expect, it } from "vitest";
import { addSku, cash, changeLine, emptyDraft, isTouched, moveTo, paymentsNow, readDraft, removeLine, roughTotals, toPlace, type FoundSku } from "./draft";
import { applyTyped, percentOf, readTyped } from "./typed";

const tea: FoundSku = { sku_id: "a", code: "TEA-1", barcode: "6901028075831", title: "Tea", title_en: "", options: "", price: 1290, available: 5 };
const cup: FoundSku = { sku_id: "b", code: "CUP-1", barcode: "", title: "Cup", title_en: "", options: "red", price: 3990, available: null };

describe("the order being entered", () => {
  it("counts a product scanned twice as two, and the cursor follows it", () => {
    let d = addSku(addSku(emptyDraft(), tea), cup);
    expect(d.at).toBe(1);
    d = addSku(d, tea);
    expect(d.lines.map((l) => l.qty)).toEqual([2, 1]);
    expect(d.at).toBe(0);
  });

  it("adds up goods, what is off and freight, freight only when it is sent", () => {
    let d = addSku(addSku(emptyDraft(), tea, 2), cup);
    d = changeLine(d, 1, { unit_price: 4000 });
    d = { ...d, discount: 190, freight: 800 };
    expect(roughTotals(d)).toEqual({ goods: 6580, discount: 190, freight: 0, total: 6390, units: 3 });
    expect(roughTotals({ ...d, delivery: "ship" }).total).toBe(7190);
  });

  it("keeps the cursor on a line when one is removed", () => {
    let d = addSku(addSku(emptyDraft(), tea), cup);
    d = removeLine(d, 0);
    expect([d.at, d.lines.length]).toEqual([0, 1]);
    d = removeLine(d, 0);
    expect(d.at).toBe(-1);
    expect(moveTo(d, 3).at).toBe(-1);
  });

  it("knows the change and what is missing", () => {
    expect(cash(2580, 5000)).toEqual({ amount: 2580, change: 2420, short: 0 });
    expect(cash(2580, 2000)).toEqual({ amount: 2000, change: 0, short: 580 });
    expect(cash(2580, null)).toEqual({ amount: 2580, change: 0, short: 0 });
  });

  it("says what is paid at once, and that the goods may go before the money", () => {
    const d = addSku(emptyDraft(), tea, 2);
    expect(paymentsNow({ ...d, tendered: 5000 }, 2580)).toEqual([{ method: "cash", amount: 2580, tendered: 5000, reference: "" }]);
    expect(paymentsNow({ ...d, tendered: 2000 }, 2580)[0]?.amount).toBe(2000);
    expect(paymentsNow({ ...d, pay: "bank_transfer", tendered: 3000, reference: " T1 " }, 2580)).toEqual([{ method: "bank_transfer", amount: 3000, tendered: null, reference: "T1" }]);
    expect(paymentsNow({ ...d, pay: "later" }, 2580)).toEqual([]);
    expect(paymentsNow(d, 0)).toEqual([]);
    expect(toPlace(d, 2580).pay_later).toBe(false);
    expect(toPlace({ ...d, pay: "later" }, 2580).pay_later).toBe(true);
    expect(toPlace({ ...d, pay: "later", delivery: "ship" }, 2580).pay_later).toBe(false);
    expect(toPlace({ ...d, pay: "later", delivery: "ship", goodsFirst: true }, 2580).pay_later).toBe(true);
  });

  it("sends an address and freight only with a parcel, and the buyer's name where the address has none", () => {
    const d = { ...addSku(emptyDraft(), tea), freight: 800, buyer: { id: null, name: "张三", phone: "13800138000" }, address: { ...emptyDraft().address, street: "文三路 1 号" } };
    expect([toPlace(d, null).ship_to, toPlace(d, null).freight]).toEqual([null, 0]);
    const sent = toPlace({ ...d, delivery: "ship" }, null);
    expect(toPlace({ ...d, delivery: "ship", buyer: null, address: { ...d.address, name: "李想", phone: "139" } }, null)).toMatchObject({ buyer_name: "李想", buyer_phone: "139" });
    expect([sent.ship_to?.name, sent.ship_to?.phone, sent.freight]).toEqual(["张三", "13800138000", 800]);
  });

  it("takes a kept draft back, with its command id, and refuses nonsense", () => {
    const d = addSku(emptyDraft(), tea);
    const back = readDraft(JSON.parse(JSON.stringify(d)));
    expect(back).toEqual(d);
    expect(readDraft(null)).toBeNull();
    expect(readDraft({ lines: 3 })).toBeNull();
    expect(readDraft({ commandId: "x", lines: [{ sku_id: 1 }] })?.lines).toEqual([]);
    expect(isTouched(d)).toBe(true);
    expect(isTouched(emptyDraft())).toBe(false);
  });
});

describe("the grammar of the till", () => {
  it("reads quantities, prices, discounts and products", () => {
    expect(readTyped("*3", "CNY")).toEqual({ do: "qty", qty: 3 });
    expect(readTyped("＊１２", "CNY")).toEqual({ do: "qty", qty: 12 });
    expect(readTyped("=9.90", "CNY")).toEqual({ do: "price", minor: 990 });
    expect(readTyped("-5", "CNY")).toEqual({ do: "off", minor: 500 });
    expect(readTyped("-10%", "CNY")).toEqual({ do: "offPercent", percent: 10 });
    expect(readTyped("3*6901028075831", "CNY")).toEqual({ do: "find", text: "6901028075831", qty: 3 });
    expect(readTyped("x-ray lamp", "CNY")).toEqual({ do: "find", text: "x-ray lamp", qty: 1 });
    expect(readTyped("红茶", "CNY")).toEqual({ do: "find", text: "红茶", qty: 1 });
  });

  it("refuses what is none of them", () => {
    for (const s of ["*0", "*", "=abc", "-101%", "=-3", "*99999999"]) expect(readTyped(s, "CNY")).toEqual({ do: "wrong" });
    expect(readTyped("  ", "CNY")).toEqual({ do: "nothing" });
  });

  it("changes the line under the cursor only, and never below nothing", () => {
    const d = addSku(addSku(emptyDraft(), tea), cup);
    expect(applyTyped(d, { do: "qty", qty: 4 })?.lines.map((l) => l.qty)).toEqual([1, 4]);
    expect(applyTyped(d, { do: "off", minor: 3991 })).toBeNull();
    expect(applyTyped(d, { do: "off", minor: 90 })?.lines[1]?.unit_price).toBe(3900);
    expect(applyTyped(d, { do: "offPercent", percent: 10 })?.lines[1]?.unit_price).toBe(3591);
    expect(applyTyped(d, { do: "price", minor: 3990 })?.lines[1]?.unit_price).toBeNull();
    expect(applyTyped(emptyDraft(), { do: "qty", qty: 4 })).toBeNull();
  });

  it("takes a percentage half up", () => {
    expect([percentOf(3990, 10), percentOf(5, 10), percentOf(4, 10), percentOf(0, 50)]).toEqual([399, 1, 0, 0]);
  });
});
