/**
 * Money is an integer of minor units and a currency code, on the wire and here. Nothing in this file (or anywhere else in
 * the interface) turns it into a fraction: text is cut and joined as digits.
 */
const exponents = new Map<string, number>();

/** How many decimal digits the currency has: 2 for CNY, 0 for JPY, 3 for KWD. */
export function exponent(currency: string): number {
  let e = exponents.get(currency);
  if (e === undefined) {
    try {
      e = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    } catch {
      e = 2;
    }
    exponents.set(currency, e);
  }
  return e;
}

/** "1234.50" for 123450 CNY: the plain form that goes into an input or a file. */
export function toDecimalText(minor: number, currency: string): string {
  const e = exponent(currency);
  const neg = minor < 0;
  const digits = BigInt(Math.abs(minor)).toString().padStart(e + 1, "0");
  const whole = digits.slice(0, digits.length - e);
  const frac = e ? `.${digits.slice(digits.length - e)}` : "";
  return `${neg ? "-" : ""}${whole}${frac}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Formats are dear to make and cheap to keep. */
function format(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  let f = formats.get(key);
  if (!f) {
    try {
      f = new Intl.NumberFormat(locale, options);
    } catch {
      // A currency that is none.
      f = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });
    }
    formats.set(key, f);
  }
  return f;
}

function moneyFormat(locale: string, currency: string): Intl.NumberFormat {
  return format(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
}

/** "¥1,234.50". Intl takes the decimal as text, so that no digit passes through a float. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  return moneyFormat(locale, currency).format(toDecimalText(minor, currency) as unknown as number);
}

/** "¥1.2K", "¥1.2万": for the scale of a chart, where there is no room for cents. Never for an amount that somebody pays. */
export function formatMoneyShort(minor: number, currency: string, locale: string): string {
  return format(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 }).format(toDecimalText(minor, currency) as unknown as number);
}

/** What stands before the amount in an input: "¥", "£". */
export function symbol(currency: string, locale: string): string {
  const part = moneyFormat(locale, currency).formatToParts(0).find((p) => p.type === "currency");
  return part?.value ?? currency;
}

export type ParsedMoney = { ok: true; minor: number } | { ok: false; why: "empty" | "not_a_number" | "too_many_decimals" | "too_large" };

/**
 * Reads what a person typed: full-width digits and punctuation, grouping, a currency sign, a sign. Refuses rather than
 * rounds: a tenth of a fen is a slip of the finger.
 */
export function parseMoney(text: string, currency: string): ParsedMoney {
  const e = exponent(currency);
  const s = text
    .normalize("NFKC")
    .replace(/[\s\u00a0'’_]/g, "")
    .replace(/[。]/g, ".")
    .replace(/^([-+]?)(?:[A-Z]{3}|[^\d.,+-]{1,3})(?=[\d.])/u, "$1")
    .replace(/(?:元|[A-Z]{3})$/u, "");
  if (s === "" || s === "-" || s === "+") return { ok: false, why: "empty" };
  const m = /^([-+]?)((?:\d{1,3}(?:,\d{2,3})+)|\d*)(?:\.(\d*))?$/.exec(s);
  if (!m || ((m[2] ?? "") === "" && (m[3] ?? "") === "")) return { ok: false, why: "not_a_number" };
  const whole = (m[2] ?? "").replace(/,/g, "");
  const frac = (m[3] ?? "").replace(/0+$/, "");
  if (frac.length > e) return { ok: false, why: "too_many_decimals" };
  const minor = BigInt((whole || "0") + frac.padEnd(e, "0"));
  if (minor > BigInt(Number.MAX_SAFE_INTEGER)) return { ok: false, why: "too_large" };
  return { ok: true, minor: m[1] === "-" ? (minor === 0n ? 0 : -Number(minor)) : Number(minor) };
}

/** Groups an integer for reading: 12,345. */
export function formatCount(n: number, locale: string): string {
  return format(locale).format(n);
}

/** "12345.60" as "12,345.60": as many decimals as it came with, and no digit through a float. */
export function formatDecimal(text: string, locale: string): string {
  const digits = text.split(".")[1]?.length ?? 0;
  return format(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(text as unknown as number);
}

/** A share in basis points (1/10,000) as "12.5 %"; the division of integers happens on the other side. */
export function formatBasisPoints(bp: number, locale: string, digits = 1): string {
  return format(locale, { style: "percent", maximumFractionDigits: digits, minimumFractionDigits: digits, signDisplay: "auto" }).format(bp / 10_000);
}
