import { useEffect, useState } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { ask, useAsk, usePages, type ListSource } from "../lib/api";
import type { ApiError } from "../lib/errors";
import type { Search } from "../lib/listState";
import type { Customer, CustomerRow, CustomerSort, ParsedAddress, Purchase } from "./types";

const SORTS: Record<string, CustomerSort> = { last: "last_order", total: "total", created: "created" };

/** The list behind an address such as `?q=zhang&sort=-total`. */
export function listInput(search: Search): { query: string; sort: CustomerSort; ascending: boolean; limit: number } {
  const sort = search.sort ?? "-last";
  return { query: search.q ?? "", sort: SORTS[sort.replace(/^-/, "")] ?? "last_order", ascending: !sort.startsWith("-"), limit: 100 };
}

export function useCustomers(search: Search): ListSource<CustomerRow> {
  return usePages("customers.list", listInput(search));
}

export function useCustomer(id: string): UseQueryResult<Customer, ApiError> {
  return useAsk("customers.get", { id }, { enabled: id !== "" });
}

export function usePurchases(customerId: string): ListSource<Purchase> {
  return usePages("customers.orders", { customer_id: customerId, limit: 50 }, { tags: ["orders"] });
}

/**
 * Few, at once, for pickers; asked 150 ms after the last keystroke. Without words: the latest buyers. While the answer to
 * what is typed is on its way there is none: Enter must not take somebody found for an earlier word.
 */
export function useFoundCustomers(text: string): { data: CustomerRow[] | undefined; waiting: boolean } {
  const [query, setQuery] = useState(text.trim());
  useEffect(() => {
    const timer = setTimeout(() => setQuery(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const q = useAsk("customers.search", { query, limit: 8 });
  const waiting = query !== text.trim() || q.isPending;
  return { data: waiting ? undefined : q.data?.items, waiting };
}

export async function findCustomers(text: string): Promise<CustomerRow[]> {
  return (await ask("customers.search", { query: text, limit: 5 })).items;
}

export function customerOf(id: string): Promise<Customer> {
  return ask("customers.get", { id });
}

export async function parseAddress(text: string): Promise<ParsedAddress> {
  return (await ask("customers.parse_address", { text })).address;
}
