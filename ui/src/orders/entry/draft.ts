/**
 * An order while it is being entered: what the screen holds, what is kept on the device, and what each keystroke does to it.
 * Nothing in here knows React or the network.
 */
import { uuidv7 } from "../../lib/ids";
import type { AddressValue } from "../../customers";
import type { DeliveryMethod, Place, PlacePayment } from "../types";

/** `later` takes no money now. */
export type PayNow = "cash" | "bank_transfer" | "elsewhere" | "later";

/** A SKU as the search gave it: enough to show and to price the line until the quote arrives. */
export interface FoundSku {
  sku_id: string;
  code: string;
  barcode: string;
  title: string;
  title_en: string;
  options: string;
  price: number;
  available: number | null;
}

export interface EntryLine extends FoundSku {
  qty: number;
  /** Null while the catalogue's price counts. */
  unit_price: number | null;
}

export interface Buyer {
  /** Null for somebody new, who is created together with the order. */
  id: string | null;
  name: string;
  phone: string;
}

export interface OrderDraft {
  /** Made with the draft and kept with it: placing again after a crash is answered, not doubled. */
  commandId: string;
  lines: EntryLine[];
  /** Which line `*3`, `=9.90` and Delete mean. */
  at: number;
  buyer: Buyer | null;
  delivery: DeliveryMethod;
  address: AddressValue;
  /** Which of the buyer's addresses that is: what of it is shown masked, the shop fills in. */
  addressId: string | null;
  freight: number | null;
  discount: number | null;
  buyerNote: string;
  sellerNote: string;
  pay: PayNow;
  /** Cash handed over, or what was transferred; null means exactly the total. */
  tendered: number | null;
  reference: string;
  /** The goods go before the money. Null: at the counter they do. */
  goodsFirst: boolean | null;
  /**
   * What was sent and not answered yet. While it stands, the order can only be sent again as it was, under the same
   * command id: whether it had been placed before or not, it is placed once.
   */
  sent: Place | null;
  /** Which desk types it; another desk of the same shop must not find it on its own screen. */
  desk: string;
  /** Set aside while the next buyer is served; any desk may take it up again. */
  parked: boolean;
}

export const MAX_QTY = 1_000_000;

export const noAddress: AddressValue = { name: "", phone: "", country: "", region_code: "", province: "", city: "", district: "", street: "", postcode: "" };

export function emptyDraft(): OrderDraft {
  return {
    commandId: uuidv7(),
    lines: [],
    at: -1,
    buyer: null,
    delivery: "counter",
    address: noAddress,
    addressId: null,
    freight: null,
    discount: null,
    buyerNote: "",
    sellerNote: "",
    pay: "cash",
    tendered: null,
    reference: "",
    goodsFirst: null,
    sent: null,
    desk: "",
    parked: false,
  };
}

/** Adds a product; one that is there already gets one more, as at any till. */
export function addSku(d: OrderDraft, sku: FoundSku, qty = 1): OrderDraft {
  const there = d.lines.findIndex((l) => l.sku_id === sku.sku_id);
  const old = d.lines[there];
  if (old) return changeLine({ ...d, at: there }, there, { qty: clampQty(old.qty + qty), available: sku.available });
  return { ...d, lines: [...d.lines, { sku_id: sku.sku_id, code: sku.code, barcode: sku.barcode, title: sku.title, title_en: sku.title_en, options: sku.options, price: sku.price, available: sku.available, qty: clampQty(qty), unit_price: null }], at: d.lines.length };
}

export function changeLine(d: OrderDraft, i: number, patch: Partial<EntryLine>): OrderDraft {
  return { ...d, lines: d.lines.map((l, at) => (at === i ? { ...l, ...patch } : l)) };
}

export function removeLine(d: OrderDraft, i: number): OrderDraft {
  const lines = d.lines.filter((_, at) => at !== i);
  return { ...d, lines, at: Math.min(d.at > i ? d.at - 1 : d.at, lines.length - 1) };
}

export function moveTo(d: OrderDraft, at: number): OrderDraft {
  return { ...d, at: d.lines.length === 0 ? -1 : Math.max(0, Math.min(d.lines.length - 1, at)) };
}

export function clampQty(n: number): number {
  return Math.max(1, Math.min(MAX_QTY, Math.trunc(n)));
}

export function unitPrice(l: EntryLine): number {
  return l.unit_price ?? l.price;
}

/** Before tax on top and freight; the shop's own quote is what counts and follows within a moment. */
export function roughTotals(d: OrderDraft): { goods: number; discount: number; freight: number; total: number; units: number } {
  let goods = 0;
  let units = 0;
  for (const l of d.lines) {
    goods += unitPrice(l) * l.qty;
    units += l.qty;
  }
  const freight = d.delivery === "ship" ? (d.freight ?? 0) : 0;
  const discount = d.discount ?? 0;
  return { goods, discount, freight, total: Math.max(0, goods - discount) + freight, units };
}

/** What of the money at hand counts, and what goes back over the counter. */
export function cash(total: number, tendered: number | null): { amount: number; change: number; short: number } {
  const given = tendered ?? total;
  return { amount: Math.min(given, total), change: Math.max(0, given - total), short: Math.max(0, total - given) };
}

export function goodsFirst(d: OrderDraft): boolean {
  return d.goodsFirst ?? d.delivery === "counter";
}

/** What is paid at once, when the order comes to `total`. */
export function paymentsNow(d: OrderDraft, total: number): PlacePayment[] {
  if (d.pay === "later" || total <= 0) return [];
  if (d.pay === "cash") {
    const { amount } = cash(total, d.tendered);
    return amount > 0 ? [{ method: "cash", amount, tendered: d.tendered === null ? null : d.tendered, reference: "" }] : [];
  }
  const amount = d.tendered ?? total;
  return amount > 0 ? [{ method: d.pay, amount, tendered: null, reference: d.reference.trim() }] : [];
}

/** The order as the shop wants it. Without a total nothing is paid yet: that is what a quote asks for. */
export function toPlace(d: OrderDraft, total: number | null): Place {
  const payments = total === null ? [] : paymentsNow(d, total);
  const paid = payments.reduce((n, p) => n + p.amount, 0);
  // Whoever a parcel goes to is the buyer when nobody else is named.
  const recipient = d.delivery === "ship" ? d.address : noAddress;
  return {
    customer_id: d.buyer?.id ?? null,
    buyer_name: (d.buyer?.name ?? recipient.name).trim(),
    buyer_phone: (d.buyer?.phone ?? recipient.phone).trim(),
    channel: "counter",
    external_id: null,
    delivery: d.delivery,
    ship_to: d.delivery === "ship" ? { ...d.address, name: d.address.name || (d.buyer?.name ?? ""), phone: d.address.phone || (d.buyer?.phone ?? "") } : null,
    address_id: d.delivery === "ship" ? d.addressId : null,
    lines: d.lines.map((l) => ({ sku_id: l.sku_id, qty: l.qty, unit_price: l.unit_price, note: "" })),
    discount: d.discount ?? 0,
    freight: d.delivery === "ship" ? (d.freight ?? 0) : 0,
    buyer_note: d.buyerNote.trim(),
    seller_note: d.sellerNote.trim(),
    payments,
    pay_later: (total === null || paid < total) && goodsFirst(d),
    assignee: "",
    placed_at: null,
  };
}

/** Has anything been typed that would be a pity to lose? */
export function isTouched(d: OrderDraft): boolean {
  return d.lines.length > 0 || d.buyer !== null || d.address.street !== "" || d.sellerNote !== "" || d.buyerNote !== "";
}

/** What an older version of the program may have left on the device is taken as far as it is understood. */
export function readDraft(raw: unknown): OrderDraft | null {
  if (!raw || typeof raw !== "object") return null;
  const o = raw as Partial<OrderDraft>;
  if (typeof o.commandId !== "string" || !Array.isArray(o.lines)) return null;
  const lines = o.lines.filter((l) => l && typeof l.sku_id === "string" && Number.isSafeInteger(l.qty) && l.qty > 0 && Number.isSafeInteger(l.price)).map((l) => ({ ...l, title_en: l.title_en ?? "" }));
  return { ...emptyDraft(), ...o, lines, at: Math.min(o.at ?? lines.length - 1, lines.length - 1), address: { ...noAddress, ...o.address } };
}
