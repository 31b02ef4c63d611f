import type { ListMoves, ListStock, MoveReason, MoveRow, StockRow, StockSort } from "../bindings";
import { useAsk, usePages, type ListSource } from "../lib/api";
import { isoToDay } from "../lib/dates";
import type { Search } from "../lib/listState";

const SORTS: Record<string, StockSort> = { code: "code", available: "scarcest", "-on_hand": "on_hand" };

/** The list behind an address such as `?q=tea&level=low&sort=available`. */
export function stockInput(s: Search): Omit<ListStock, "cursor"> {
  return { search: s.q?.trim() || null, location_id: null, low_only: s.level === "low", sort: SORTS[s.sort ?? ""] ?? "code", limit: 100 };
}

export function useStock(s: Search): ListSource<StockRow> {
  return usePages("stock.list", stockInput(s), { tags: ["catalog", "orders", "settings"] });
}

export const REASONS: MoveReason[] = ["opening", "sale", "sale_return", "cancel", "adjustment_count", "adjustment_found", "adjustment_lost", "adjustment_damaged", "adjustment_other", "purchase", "purchase_return", "transfer", "transfer_loss", "assembly"];

/** What a person may give as the reason of a correction. */
export const ADJUST_REASONS: MoveReason[] = ["adjustment_count", "adjustment_found", "adjustment_lost", "adjustment_damaged", "adjustment_other"];

/** The ledger behind an address such as `?sku=…&reason=sale&day_from=2026-03-01`. */
export function movesInput(s: Search): Omit<ListMoves, "cursor"> {
  return {
    sku_id: s.sku || null,
    reason: REASONS.find((r) => r === s.reason) ?? null,
    from_day: isoToDay(s.day_from ?? "") ?? null,
    to_day: isoToDay(s.day_to ?? "") ?? null,
    limit: 100,
  };
}

export function useMoves(s: Search): ListSource<MoveRow> {
  return usePages("stock.moves", movesInput(s), { tags: ["orders"] });
}

export function useStockCard(skuId: string) {
  return useAsk("stock.get", { sku_id: skuId }, { enabled: skuId !== "", tags: ["orders", "catalog"] });
}

export function useDifferences() {
  return useAsk("stock.check", {}, { staleTime: 0 });
}
