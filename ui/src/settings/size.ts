import { i18next } from "../i18n";
import type { Formats } from "../lib/shop";

/** Whole megabytes, rounded up: a shop of a few kilobytes is not nothing. */
export function megabytes(bytes: number, f: Formats): string {
  return i18next.t("settings.data.megabytes", { n: f.count(Math.ceil(bytes / 1_048_576)) });
}
