import type { OptionAxis, Product, ProductSpec, SaveProduct, SaveSku, SkuMatrixRow } from "../bindings";

/** A row of the grid while it is typed. */
export interface SkuForm extends SaveSku {
  /** For React; the id where there is one. */
  key: string;
  on_hand: number;
  available: number;
}

export interface ProductForm {
  id: string | null;
  version: number | null;
  title: string;
  title_en: string;
  description: string;
  category_id: string | null;
  brand: string;
  tags: string[];
  options: OptionAxis[];
  specs: ProductSpec[];
  media: string[];
  skus: SkuForm[];
  listed: boolean;
  accept_odd_barcode: boolean;
}

export function emptySku(values: string[] = [], from?: SkuForm): SkuForm {
  return {
    key: values.join("\u001f") || "only",
    id: null,
    code: "",
    barcode: null,
    option_values: values,
    price: from?.price ?? 0,
    list_price: from?.list_price ?? null,
    cost: from?.cost ?? null,
    weight_g: from?.weight_g ?? null,
    volume_cm3: from?.volume_cm3 ?? null,
    backorder: from?.backorder ?? false,
    tax_ppm: from?.tax_ppm ?? null,
    low_stock: from?.low_stock ?? null,
    opening_stock: null,
    on_hand: 0,
    available: 0,
  };
}

export function emptyProduct(): ProductForm {
  return { id: null, version: null, title: "", title_en: "", description: "", category_id: null, brand: "", tags: [], options: [], specs: [], media: [], skus: [emptySku()], listed: true, accept_odd_barcode: false };
}

export function formOf(p: Product): ProductForm {
  return {
    id: p.id,
    version: p.version,
    title: p.title,
    title_en: p.title_en,
    description: p.description,
    category_id: p.category_id,
    brand: p.brand,
    tags: p.tags,
    options: p.options,
    specs: p.specs,
    media: p.media,
    skus: p.skus.map((s) => ({
      key: s.id,
      id: s.id,
      code: s.code,
      barcode: s.barcode,
      option_values: s.option_values,
      price: s.price,
      list_price: s.list_price,
      cost: s.cost,
      weight_g: s.weight_g,
      volume_cm3: s.volume_cm3,
      backorder: s.backorder,
      tax_ppm: s.tax_ppm,
      low_stock: s.low_stock,
      opening_stock: null,
      on_hand: s.on_hand,
      available: s.available,
    })),
    listed: p.state === "listed",
    accept_odd_barcode: false,
  };
}

/** What the shop is told. `state` is kept for products that are neither on sale nor new. */
export function inputOf(f: ProductForm, state: Product["state"] | null): SaveProduct {
  const options = f.options.filter((o) => o.name.trim() !== "" && o.values.length > 0);
  return {
    id: f.id,
    version: f.version,
    title: f.title.trim(),
    title_en: f.title_en.trim(),
    description: f.description,
    category_id: f.category_id,
    brand: f.brand.trim(),
    tags: f.tags,
    options,
    specs: f.specs.filter((s) => s.name.trim() !== "" && s.value.trim() !== ""),
    media: f.media,
    skus: f.skus.map(({ key: _key, on_hand: _on, available: _available, ...s }) => ({ ...s, barcode: s.barcode?.trim() || null, opening_stock: s.id === null ? s.opening_stock : null })),
    state: f.listed ? "listed" : state === null || state === "draft" ? "draft" : state === "archived" ? "archived" : "unlisted",
    accept_odd_barcode: f.accept_odd_barcode,
  };
}

/**
 * The grid after the options changed. A combination that was there keeps all that was typed into its row; a new one
 * takes price, cost and weight from the first row, which is what most variants share.
 */
export function mergeMatrix(old: SkuForm[], rows: SkuMatrixRow[]): SkuForm[] {
  const name = (values: string[]) => values.join("\u001f");
  const before = new Map(old.map((s) => [name(s.option_values), s]));
  return rows.map((r) => {
    const kept = before.get(name(r.option_values)) ?? (r.sku_id ? old.find((s) => s.id === r.sku_id) : undefined);
    if (kept) return { ...kept, option_values: r.option_values, code: kept.code || r.code };
    return { ...emptySku(r.option_values, old[0]), code: r.code };
  });
}

/** Every combination of the options, in their order: what the shop will be asked to name. */
export function combinations(options: OptionAxis[]): string[][] {
  return options.filter((o) => o.values.length > 0).reduce<string[][]>((all, o) => all.flatMap((c) => o.values.map((v) => [...c, v])), [[]]);
}

/** Margin on the price, in tenths of a percent; null without a cost or a price. */
export function marginPermille(price: number, cost: number | null): number | null {
  if (cost === null || price <= 0) return null;
  return Math.round(((price - cost) * 1000) / price);
}

/** The first field that keeps the form from being saved. */
export function firstMissing(f: ProductForm): "title" | "options" | "skus" | null {
  if (f.title.trim() === "") return "title";
  if (f.options.some((o) => o.name.trim() === "" && o.values.length > 0)) return "options";
  if (f.skus.length === 0) return "skus";
  return null;
}
