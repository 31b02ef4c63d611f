import type { Category, ListProducts, ProductRow, ProductState } from "../bindings";
import { ask, useAsk, usePages, type ListSource } from "../lib/api";
import type { Search } from "../lib/listState";

export const STATES: ProductState[] = ["listed", "unlisted", "draft", "archived"];

/** The list behind an address such as `?q=hongcha&state=listed&category=…&sort=title`. */
export function listInput(s: Search): Omit<ListProducts, "cursor"> {
  const text = (v: string | undefined) => v?.trim() || null;
  return {
    search: text(s.q),
    states: STATES.filter((x) => x === s.state),
    category_id: text(s.category),
    tag: text(s.tag),
    brand: text(s.brand),
    low_only: s.level === "low",
    incomplete_only: s.missing === "1",
    sort: s.sort === "title" ? "title" : "updated",
    limit: 100,
  };
}

export function useProducts(s: Search): ListSource<ProductRow> {
  return usePages("catalog.list_products", listInput(s), { tags: ["stock", "orders"] });
}

export function useCounts() {
  return useAsk("catalog.counts", {}, { tags: ["stock"] }).data;
}

export function useProduct(id: string) {
  return useAsk("catalog.get_product", { id }, { enabled: id !== "", tags: ["stock", "orders"] });
}

export function useHistory(id: string) {
  return useAsk("catalog.history", { id }, { enabled: id !== "" });
}

export function useCategories() {
  return useAsk("catalog.categories", {}, { staleTime: 30_000 });
}

export async function findProducts(text: string): Promise<ProductRow[]> {
  return (await ask("catalog.list_products", { ...listInput({ q: text }), limit: 5, cursor: null })).items;
}

export interface TreeNode {
  value: string;
  title: string;
  children: TreeNode[];
}

/** The flat list of the wire as a tree, in the order of the shop. */
export function treeOf(all: Category[], parent: string | null = null): TreeNode[] {
  return all
    .filter((c) => c.parent_id === parent)
    .sort((a, b) => a.position - b.position)
    .map((c) => ({ value: c.id, title: c.name, children: treeOf(all, c.id) }));
}

/** "Home > Garden > Pots", for a category that may be deep. */
export function pathOf(all: Category[], id: string | null): string {
  const names: string[] = [];
  for (let c = all.find((x) => x.id === id); c; c = all.find((x) => x.id === c?.parent_id)) names.unshift(c.name);
  return names.join(" › ");
}
