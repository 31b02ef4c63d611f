import dayjs from "dayjs";
import i18next, { type ParseKeys } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "antd/es/locale";
import { formatMoney } from "../lib/money";
import { formatDateTime } from "../lib/dates";
import { currentLang, setPref, type Lang } from "../lib/prefs";
import { formatLocale, shop } from "../lib/shop";

/** A key that exists, in full: "orders.list.title". */
export type Key = ParseKeys;

type Words = Record<string, unknown>;

const files = { "zh-CN": () => import("./words.zh-CN"), en: () => import("./words.en") };
const antdLocales: Partial<Record<Lang, Locale>> = {};

export function antdLocale(lang: string): Locale | undefined {
  return antdLocales[lang as Lang];
}

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

async function load(lang: Lang): Promise<void> {
  if (!i18next.hasResourceBundle(lang, "translation")) {
    const file = await files[lang]();
    antdLocales[lang] = file.locale;
    i18next.addResourceBundle(lang, "translation", gather(file.words));
  }
  dayjs.locale(lang === "zh-CN" ? "zh-cn" : "en");
  document.documentElement.lang = lang;
}

export async function startI18n(lang: Lang = currentLang()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false,
    resources: {},
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
  // {{amount, money}}, {{at, time}} and {{n, count}} inside a sentence.
  i18next.services.formatter?.add("money", (v, lng) => formatMoney(Number(v), shop.get().currency, formatLocale(lng ?? "en")));
  i18next.services.formatter?.add("time", (v, lng) => formatDateTime(Number(v), shop.get().zone, formatLocale(lng ?? "en")));
  i18next.services.formatter?.add("count", (v, lng) => new Intl.NumberFormat(formatLocale(lng ?? "en")).format(Number(v)));
  await load(lang);
}

/** Live: every text on the screen changes at once, nothing is lost. */
export async function switchLanguage(lang: Lang): Promise<void> {
  await load(lang);
  setPref("lang", lang);
  await i18next.changeLanguage(lang);
}

export { i18next };
