import type { ImportKind, ImportOptions, InspectedFile, MappedColumn } from "../bindings";

export const KINDS: ImportKind[] = ["products", "orders", "customers", "online_retail", "shopify_products", "woocommerce_products", "litemall", "barcodes"];
export const ENCODINGS = ["utf-8", "gb18030", "utf-16le", "utf-16be"];
export const ENDINGS = ["csv", "tsv", "txt", "xlsx", "sql"];

/** What the person has decided about a file so far. */
export interface Plan {
  path: string;
  kind: ImportKind;
  mapping: MappedColumn[];
  options: ImportOptions;
}

export function planOf(path: string, found: InspectedFile, options: ImportOptions): Plan {
  return { path, kind: found.kind, mapping: found.mapping, options };
}

/** A field belongs to one column: giving it to another takes it from the first. */
export function mapColumn(mapping: MappedColumn[], column: string, field: string | null): MappedColumn[] {
  return mapping.map((m) => (m.column === column ? { ...m, field } : field !== null && m.field === field ? { ...m, field: null } : m));
}

/** Needed fields that no column is mapped to. */
export function missingFields(found: InspectedFile, mapping: MappedColumn[]): string[] {
  return found.fields.filter((f) => f.needed && !mapping.some((m) => m.field === f.name)).map((f) => f.name);
}

/** Kinds with a layout of their own need no mapping by hand. */
export function mapsByHand(kind: ImportKind): boolean {
  return kind === "products" || kind === "orders" || kind === "customers" || kind === "barcodes";
}
