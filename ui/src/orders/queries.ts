import { useEffect, useState } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { ask, useAsk, usePages, type ListSource } from "../lib/api";
import type { ApiError } from "../lib/errors";
import type { FoundSku } from "./entry/draft";
import type { Board, Filter, Order, Place, Quoted, Row, Sort } from "./types";

export function useOrders(filter: Filter, sort: Sort | null): ListSource<Row> {
  return usePages("orders.list", { filter, sort, limit: 100 });
}

/** The tags in use, to choose from while typing. */
export function useTags(): string[] {
  return useAsk("orders.tags", {}, { keep: true }).data?.tags ?? [];
}

export function useBoard(): Board | undefined {
  return useAsk("orders.board", {}, { keep: true }).data;
}

export function useOrder(id: string): UseQueryResult<Order, ApiError> {
  return useAsk("orders.get", { order_id: id }, { tags: ["payments", "shipping", "customers"], enabled: id !== "" });
}

/** What the order comes to, asked anew a moment after each change. The last answer stays while the next is on its way. */
export function useQuote(place: Place | null): { quoted: Quoted | null; fresh: boolean; error: ApiError | null } {
  const text = place ? JSON.stringify(place) : "";
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const q = useAsk("orders.quote", asked ? JSON.parse(asked) : {}, { keep: true, enabled: asked !== "", tags: ["catalog", "stock", "settings"] });
  return {
    quoted: text === "" ? null : (q.data ?? null),
    fresh: text === asked && !q.isFetching && q.isSuccess,
    error: text === "" ? null : (q.error ?? null),
  };
}

export async function findOrders(text: string): Promise<Row[]> {
  return (await ask("orders.list", { filter: { search: text }, limit: 6 })).items;
}

/** A product the search found; `exact` when its code or barcode is what was asked for. */
export interface Hit extends FoundSku {
  exact: boolean;
}

/** The catalogue's answer, as the till needs it. */
export async function findSkus(query: string): Promise<Hit[]> {
  const { items } = await ask("catalog.search_skus", { query, limit: 10, only_for_sale: true });
  return items.map((s) => ({ sku_id: s.sku_id, code: s.code, barcode: s.barcode ?? "", title: s.title, title_en: s.title_en, options: s.options, price: s.price, available: s.backorder ? null : s.available, exact: s.exact }));
}
