import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** A product travels with two names: the shop's own, and an English one that may be missing. Rows that bear only one are shown by it. */
export interface Titled {
  title: string;
  title_en?: string | null | undefined;
}

/** What the product is called in this language; the other name where this language has none. */
export function titleOf(p: Titled, lang: string): string {
  const own = p.title.trim();
  const english = p.title_en?.trim() ?? "";
  return lang === "en" ? english || own : own || english;
}

/** The name in the other language, for whoever knows the product by that one. Empty where there is none, or the same. */
export function otherTitleOf(p: Titled, lang: string): string {
  const other = (lang === "en" ? p.title : (p.title_en ?? "")).trim();
  return other === titleOf(p, lang) ? "" : other;
}

export interface Titles {
  title: (p: Titled) => string;
  other: (p: Titled) => string;
  /** "Linen shirt · Navy, M": what a line of text calls a SKU. */
  withOptions: (p: Titled & { options: string }) => string;
}

/** Both names, bound to the language of the screen: `const titles = useTitles(); titles.title(row)`. */
export function useTitles(): Titles {
  const { i18n } = useTranslation();
  const lang = i18n.language;
  return useMemo(
    () => ({
      title: (p) => titleOf(p, lang),
      other: (p) => otherTitleOf(p, lang),
      withOptions: (p) => [titleOf(p, lang), p.options].filter(Boolean).join(" · "),
    }),
    [lang],
  );
}
