import { useTranslation } from "react-i18next";
import { formatCount, formatDecimal, formatMoney, formatMoneyShort } from "./money";
import { formatAgo, formatDate, formatDateTime, formatDay, formatDuration } from "./dates";
import { prefs } from "./prefs";
import { createStore, useStore } from "./store";

/**
 * The facts about the shop that every screen needs to write a number or a time. Filled by the shell after start; until then
 * they are those of the last time, so that the start can ask for what the first page will want.
 */
export interface Shop {
  /** Empty until a shop is open. */
  id: string;
  name: string;
  currency: string;
  zone: string;
  logoText: string;
  sample: boolean;
  /** After so many minutes without a hand on it the desk asks again who is there; 0 never does. */
  lockMinutes: number;
}

export const shop = createStore<Shop>({ id: "", name: "", currency: "CNY", zone: "UTC", logoText: "", sample: false, lockMinutes: 0 }, "shop");

export function useShop(): Shop {
  return useStore(shop);
}

/** How numbers and dates are written: as chosen; else as the machine does in this language; else day before month. */
export function formatLocale(lang: string): string {
  const chosen = prefs.get().formatLocale;
  if (chosen) return chosen;
  if (lang !== "en") return lang;
  return navigator.languages?.find((l) => /^en-[A-Z]{2}$/.test(l)) ?? "en-GB";
}

export interface Formats {
  money: (minor: number, currency?: string) => string;
  /** For the scale of a chart. */
  moneyShort: (minor: number) => string;
  count: (n: number) => string;
  /** An exact decimal that travels as text. */
  decimal: (text: string) => string;
  date: (ms: number) => string;
  dateTime: (ms: number) => string;
  day: (day: number, style?: "full" | "short") => string;
  ago: (ms: number) => string;
  duration: (seconds: number) => string;
  locale: string;
}

/** Formats bound to the shop and the reader: `const f = useFormats(); f.money(line.total)`. */
export function useFormats(): Formats {
  const s = useShop();
  useStore(prefs);
  const { i18n } = useTranslation();
  const locale = formatLocale(i18n.language);
  return {
    money: (minor, currency) => formatMoney(minor, currency ?? s.currency, locale),
    moneyShort: (minor) => formatMoneyShort(minor, s.currency, locale),
    count: (n) => formatCount(n, locale),
    decimal: (text) => formatDecimal(text, locale),
    date: (ms) => formatDate(ms, s.zone, locale),
    dateTime: (ms) => formatDateTime(ms, s.zone, locale),
    day: (d, style) => formatDay(d, locale, style),
    ago: (ms) => formatAgo(ms, s.zone, locale),
    duration: (seconds) => formatDuration(seconds, locale),
    locale,
  };
}
