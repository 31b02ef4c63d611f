import { useAsk } from "../lib/api";
import { useSettled } from "../lib/ready";

const SALES_TAGS = ["orders", "payments"];

export function useDashboard(from: number, to: number, compare: boolean) {
  return useAsk("analytics.dashboard", { from_day: from, to_day: to, compare }, { tags: SALES_TAGS, keep: true });
}

/** Below the numbers, and dearer than them: not asked before they stand there. */
export function useTopProducts(from: number, to: number) {
  const enabled = useSettled();
  return useAsk("analytics.sales_by", { dimension: "product", from_day: from, to_day: to, sort: "amount", ascending: false, limit: 6, parent: null, compare: false }, { tags: SALES_TAGS, keep: true, enabled });
}

export function useCounters() {
  return useAsk("orders.board", {}, { tags: ["payments", "shipping"] });
}

export function useLowStock() {
  const enabled = useSettled();
  return useAsk("stock.low", {}, { enabled, tags: ["orders", "catalog", "settings"] });
}
