import { isoToDay } from "./dates";
import type { Search } from "./listState";

export const CHOICES = ["today", "7", "30", "custom"] as const;
export type Choice = (typeof CHOICES)[number];

export interface Span {
  choice: Choice;
  from: number;
  to: number;
}

/** The period in the address; without one, the last seven days. */
export function readSpan(search: Search, today: number): Span {
  const from = isoToDay(search.from ?? "");
  const to = isoToDay(search.to ?? "");
  if (from !== undefined && to !== undefined) return { choice: "custom", from: Math.min(from, to), to: Math.max(from, to) };
  if (search.period === "today") return { choice: "today", from: today, to: today };
  if (search.period === "30") return { choice: "30", from: today - 29, to: today };
  return { choice: "7", from: today - 6, to: today };
}

/** The change against before, in hundredths of a percent; null when there was nothing to compare with. */
export function change(now: number, before: number): number | null {
  if (before === 0) return null;
  const diff = (BigInt(now) - BigInt(before)) * 10_000n;
  const base = BigInt(Math.abs(before));
  // Half away from zero, as every rounding in the shop.
  const twice = diff * 2n;
  return Number((twice + (diff < 0n ? -base : base)) / (base * 2n));
}
