import { useQuery, type QueryClient } from "@tanstack/react-query";
import { question, useAsk } from "../lib/api";
import { today } from "../lib/dates";
import type { Search } from "../lib/listState";
import { readSpan } from "../lib/period";
import { shop } from "../lib/shop";

const SALES_TAGS = ["orders", "payments"];

const dashboard = (from: number, to: number) => question("analytics.dashboard", { from_day: from, to_day: to, compare: true }, { tags: SALES_TAGS, keep: true });
const counters = question("orders.board", {}, { tags: ["payments", "shipping"] });
const products = question("catalog.counts", {}, { tags: ["imports"] });

/** What the first picture shows, asked for before it is drawn. */
export async function askFirst(client: QueryClient, search: Search): Promise<void> {
  const { from, to } = readSpan(search, today(shop.get().zone));
  await Promise.all([client.prefetchQuery(dashboard(from, to)), client.prefetchQuery(counters), client.prefetchQuery(products)]);
}

export function useDashboard(from: number, to: number) {
  return useQuery(dashboard(from, to));
}

export function useTopProducts(from: number, to: number) {
  return useAsk("analytics.sales_by", { dimension: "product", from_day: from, to_day: to, sort: "amount", ascending: false, limit: 6, parent: null, compare: false }, { tags: SALES_TAGS, keep: true });
}

export function useCounters() {
  return useQuery(counters);
}

export function useProductCounts() {
  return useQuery(products);
}

export function useLowStock() {
  return useAsk("stock.low", {}, { tags: ["orders", "catalog", "settings"] });
}
