import i18next, { type ParseKeys } from "i18next";
import { initReactI18next } from "react-i18next";
import { formatCount, formatMoney } from "../lib/money";
import { formatDateTime } from "../lib/dates";
import { currentLang, setPref, type Lang } from "../lib/prefs";
import { formatLocale, shop } from "../lib/shop";

/** A key that exists, in full: "orders.list.title". */
export type Key = ParseKeys;

type Words = Record<string, unknown>;

export const en = import.meta.glob<Words>("../*/en.json", { eager: true, import: "default" });
export const zh = import.meta.glob<Words>("../*/zh-CN.json", { eager: true, import: "default" });

/** The frame's words stand at the top; an area's stand under its name. */
export function gather(found: Record<string, Words>): Words {
  const all: Words = {};
  for (const [path, words] of Object.entries(found)) {
    const area = path.startsWith("./") ? "i18n" : (path.split("/")[1] ?? "");
    if (area === "i18n") Object.assign(all, words);
    else all[area] = words;
  }
  return all;
}

export async function startI18n(lang: Lang = currentLang()): Promise<void> {
  document.documentElement.lang = lang;
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false,
    resources: { "zh-CN": { translation: gather(zh) }, en: { translation: gather(en) } },
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
  // {{amount, money}}, {{at, time}} and {{n, count}} inside a sentence.
  i18next.services.formatter?.add("money", (v, lng) => formatMoney(Number(v), shop.get().currency, formatLocale(lng ?? "en")));
  i18next.services.formatter?.add("time", (v, lng) => formatDateTime(Number(v), shop.get().zone, formatLocale(lng ?? "en")));
  i18next.services.formatter?.add("count", (v, lng) => formatCount(Number(v), formatLocale(lng ?? "en")));
}

/** Live: every text on the screen changes at once, nothing is lost. */
export async function switchLanguage(lang: Lang): Promise<void> {
  document.documentElement.lang = lang;
  setPref("lang", lang);
  await i18next.changeLanguage(lang);
}

export { i18next };
