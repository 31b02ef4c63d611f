import { createStore } from "./store";

export type Lang = "zh-CN" | "en";
export type ThemeChoice = "light" | "dark" | "system";

/** What belongs to this screen and this person, not to the shop: it stays on the device. */
export interface Prefs {
  lang: Lang | null;
  theme: ThemeChoice;
  navCollapsed: boolean;
  /** How numbers and dates are written, when it should differ from the language: a BCP 47 tag. */
  formatLocale: string | null;
  /** Who signed in here last. */
  lastLogin: string | null;
}

export const prefs = createStore<Prefs>({ lang: null, theme: "system", navCollapsed: false, formatLocale: null, lastLogin: null }, "prefs");

export function guessLang(): Lang {
  return (navigator.languages ?? [navigator.language]).some((l) => l.toLowerCase().startsWith("zh")) ? "zh-CN" : "en";
}

export function currentLang(): Lang {
  return prefs.get().lang ?? guessLang();
}

export function setPref<K extends keyof Prefs>(key: K, value: Prefs[K]): void {
  prefs.set((p) => ({ ...p, [key]: value }));
}
