import { useAsk } from "../lib/api";

const SALES_TAGS = ["orders", "payments"];

export function useDashboard(from: number, to: number, compare: boolean) {
  return useAsk("analytics.dashboard", { from_day: from, to_day: to, compare }, { tags: SALES_TAGS, keep: true });
}

export function useTopProducts(from: number, to: number) {
  return useAsk("analytics.sales_by", { dimension: "product", from_day: from, to_day: to, sort: "amount", ascending: false, limit: 6, parent: null, compare: false }, { tags: SALES_TAGS, keep: true });
}

export function useCounters() {
  return useAsk("orders.board", {}, { tags: ["payments", "shipping"] });
}

export function useLowStock() {
  return useAsk("stock.low", {}, { tags: ["orders", "catalog", "settings"] });
}
