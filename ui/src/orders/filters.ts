/** Between the address of the list and what the shop is asked: `?stage=ready&day_from=2026-03-01&min=100&sort=-total`. */
import { isoToDay } from "../lib/dates";
import type { Search } from "../lib/listState";
import { parseMoney } from "../lib/money";
import type { Filter, Flag, Row, Sort, Stage } from "./types";

export const STAGES: Stage[] = ["placed", "review", "ready", "shipping", "delivered", "completed", "cancelled"];
export const PAYMENT_STATUSES: Row["payment_status"][] = ["unpaid", "partial", "paid", "overpaid", "partially_refunded", "refunded"];
export const FULFILMENT_STATUSES: Row["fulfilment_status"][] = ["none", "allocated", "partial_shipped", "shipped", "partial_delivered", "delivered", "returned_part", "returned"];
export const FLAGS: Flag[] = ["none", "red", "yellow", "green", "blue", "purple"];

export function readFilter(s: Search, currency: string): Filter {
  const text = (v: string | undefined) => (v && v.trim() !== "" ? v.trim() : null);
  const amount = (v: string | undefined) => {
    const m = parseMoney(v ?? "", currency);
    return m.ok ? m.minor : null;
  };
  return {
    stages: (s.stage ?? "").split(",").filter((x): x is Stage => (STAGES as string[]).includes(x)),
    payment_status: oneOf(s.payment, PAYMENT_STATUSES),
    fulfilment_status: oneOf(s.fulfilment, FULFILMENT_STATUSES),
    channel: text(s.channel),
    customer_id: text(s.customer),
    from_day: isoToDay(s.day_from ?? "") ?? null,
    to_day: isoToDay(s.day_to ?? "") ?? null,
    sku_id: text(s.sku),
    flag: oneOf(s.flag, FLAGS),
    assignee: text(s.assignee),
    tag: text(s.tag),
    held: s.held === "true",
    archived: s.archived === "true",
    amount_min: amount(s.min),
    amount_max: amount(s.max),
    waybill: text(s.waybill),
    search: text(s.q),
  };
}

const SORTS: Record<string, Sort> = { placed: "oldest", "-placed": "newest", total: "amount_asc", "-total": "amount_desc" };

export function readSort(s: Search): Sort | null {
  return SORTS[s.sort ?? ""] ?? null;
}

/** The filters that are not in the bar, so that the button behind which they stand can tell how many are set. */
export const HIDDEN = ["min", "max", "assignee", "tag", "waybill", "sku", "customer", "held"];

export function hiddenCount(s: Search): number {
  return HIDDEN.filter((k) => (s[k] ?? "") !== "").length;
}

function oneOf<T extends string>(v: string | undefined, all: T[]): T | null {
  return all.find((x) => x === v) ?? null;
}
