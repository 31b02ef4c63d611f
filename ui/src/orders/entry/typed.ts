/** What a line of typing in the product field means, in the grammar of a till. */
import { parseMoney } from "../../lib/money";
import { MAX_QTY, changeLine, clampQty, unitPrice, type OrderDraft } from "./draft";

export type Typed =
  /** A product to look up, `3*6901028075831` with its quantity in front. */
  | { do: "find"; text: string; qty: number }
  | { do: "qty"; qty: number }
  | { do: "price"; minor: number }
  | { do: "off"; minor: number }
  | { do: "offPercent"; percent: number }
  | { do: "wrong" }
  | { do: "nothing" };

const STAR = "[*×xX＊]";

/** `*3` quantity, `=9.90` price, `-5` and `-10%` off the price of each piece; everything else is looked up. */
export function readTyped(input: string, currency: string): Typed {
  const s = input.trim().normalize("NFKC");
  if (s === "") return { do: "nothing" };
  const qty = new RegExp(`^${STAR}\\s*(\\d{1,7})$`).exec(s);
  if (qty) return within(Number(qty[1])) ? { do: "qty", qty: Number(qty[1]) } : { do: "wrong" };
  if (/^[*×＊]/.test(s)) return { do: "wrong" };
  if (s.startsWith("=")) {
    const m = parseMoney(s.slice(1), currency);
    return m.ok && m.minor >= 0 ? { do: "price", minor: m.minor } : { do: "wrong" };
  }
  const percent = /^-\s*(\d{1,3})\s*%$/.exec(s);
  if (percent) return Number(percent[1]) <= 100 ? { do: "offPercent", percent: Number(percent[1]) } : { do: "wrong" };
  if (/^-\s*[\d.]/.test(s)) {
    const m = parseMoney(s.slice(1), currency);
    return m.ok && m.minor >= 0 ? { do: "off", minor: m.minor } : { do: "wrong" };
  }
  const many = /^(\d{1,7})\s*[*×＊]\s*(.+)$/.exec(s);
  if (many?.[2]) return within(Number(many[1])) ? { do: "find", text: many[2], qty: Number(many[1]) } : { do: "wrong" };
  return { do: "find", text: s, qty: 1 };
}

function within(qty: number): boolean {
  return qty >= 1 && qty <= MAX_QTY;
}

/** Changes the line the cursor is on. Null when it does not fit: no line, or more off than a piece costs. */
export function applyTyped(d: OrderDraft, typed: Typed): OrderDraft | null {
  const line = d.lines[d.at];
  if (!line) return null;
  const now = unitPrice(line);
  const priced = (minor: number) => changeLine(d, d.at, { unit_price: minor === line.price ? null : minor });
  switch (typed.do) {
    case "qty":
      return changeLine(d, d.at, { qty: clampQty(typed.qty) });
    case "price":
      return priced(typed.minor);
    case "off":
      return typed.minor <= now ? priced(now - typed.minor) : null;
    case "offPercent":
      return priced(now - percentOf(now, typed.percent));
    default:
      return null;
  }
}

/** A share of an amount in whole minor units, half up, without a fraction in between. */
export function percentOf(minor: number, percent: number): number {
  return Number((BigInt(minor) * BigInt(percent) * 2n + 100n) / 200n);
}
