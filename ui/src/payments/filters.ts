import { isoToDay } from "../lib/dates";
import type { Search } from "../lib/listState";
import { METHODS } from "./methods";
import type { Method, PaymentKind } from "./types";

export interface PaymentFilter {
  method: Method | null;
  kind: PaymentKind | null;
  from_day: number | null;
  to_day: number | null;
}

export function readFilter(search: Search): PaymentFilter {
  return {
    method: METHODS.find((m) => m === search.method) ?? null,
    kind: search.kind === "capture" || search.kind === "refund" ? search.kind : null,
    from_day: isoToDay(search.day_from ?? "") ?? null,
    to_day: isoToDay(search.day_to ?? "") ?? null,
  };
}

/** The days whose till is counted: those of the filter, else today. */
export function tillDays(f: PaymentFilter, today: number): { from_day: number; to_day: number } {
  if (f.from_day === null && f.to_day === null) return { from_day: today, to_day: today };
  return { from_day: f.from_day ?? 0, to_day: f.to_day ?? today };
}
