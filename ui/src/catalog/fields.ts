import { useTranslation } from "react-i18next";
import type { OptionAxis, Product, ProductSpec } from "../bindings";
import { ask } from "../lib/api";
import { useFormats } from "../lib/shop";
import type { FormFields, Versioned } from "../lib/useMerge";
import { formOf, type ProductForm, type SkuForm } from "./form";
import { pathOf, useCategories } from "./queries";

export function versionOf(p: Product): Versioned<ProductForm> {
  return { version: p.version, value: formOf(p) };
}

export async function newestProduct(id: string): Promise<Versioned<ProductForm>> {
  return versionOf(await ask("catalog.get_product", { id }));
}

/** Rows and combinations that the shop no longer has are made anew: an id that is gone cannot be saved. */
export function onTopOf(form: ProductForm, theirs: ProductForm): ProductForm {
  const known = new Set(theirs.skus.map((s) => s.id));
  return { ...form, skus: form.skus.map((s) => (s.id === null || known.has(s.id) ? s : { ...s, id: null, opening_stock: null, on_hand: 0, available: 0 })) };
}

/** A product that is gone, as a new one. */
export function anewOf(form: ProductForm): ProductForm {
  return { ...form, id: null, version: null, skus: form.skus.map((s) => ({ ...s, id: null, opening_stock: null, on_hand: 0, available: 0 })) };
}

const SHOWN = 20;

/** The form's fields by the names they have on it, and how two people's changes to them become one. */
export function useProductFields(): FormFields<ProductForm> {
  const { t } = useTranslation();
  const f = useFormats();
  const categories = useCategories().data?.items ?? [];
  const list = (all: string[], joint = t("common.comma")) => (all.length > SHOWN ? [...all.slice(0, SHOWN), `… (${f.count(all.length)})`] : all).join(joint);
  const text = (v: unknown) => String(v ?? "");
  const money = (v: unknown) => (typeof v === "number" ? f.money(v) : "");
  const count = (v: unknown) => (typeof v === "number" ? f.count(v) : "");
  const yes = (v: unknown) => t(v ? "common.yes" : "common.no");
  const called = (s: SkuForm) => s.option_values.join(" / ") || s.code || t("catalog.sku");
  return {
    title: { label: t("catalog.title"), show: text },
    title_en: { label: t("catalog.titleEn"), show: text },
    brand: { label: t("catalog.brand"), show: text },
    category_id: { label: t("catalog.category"), show: (v) => (v ? pathOf(categories, text(v)) || text(v) : t("catalog.categoryNone")) },
    tags: { label: t("catalog.tags"), set: true, show: (v) => list(v as string[]) },
    listed: { label: t("catalog.onSale"), show: yes },
    options: { label: t("fields.options"), show: (v) => (v as OptionAxis[]).map((o) => `${o.name}: ${list(o.values)}`).join("\n") },
    skus: {
      label: t("catalog.options"),
      show: (v) => list((v as SkuForm[]).map((s) => [called(s), money(s.price)].filter(Boolean).join("  ")), "\n"),
      name: (item) => called(item as SkuForm),
      items: {
        key: (s: SkuForm, known: ReadonlySet<string>) => (s.id !== null && known.has(s.id) ? s.id : s.option_values.join("\u001f")),
        fields: ["code", "barcode", "price", "list_price", "cost", "weight_g", "volume_cm3", "low_stock", "backorder", "tax_ppm"],
        shape: ["option_values"],
        with: ["options"],
      },
      parts: {
        code: { label: t("catalog.code"), show: text },
        barcode: { label: t("catalog.barcode"), show: text },
        price: { label: t("catalog.price"), show: money },
        list_price: { label: t("catalog.listPrice"), show: money },
        cost: { label: t("catalog.cost"), show: money },
        weight_g: { label: t("catalog.weight"), show: (v) => (typeof v === "number" ? `${f.count(v)} g` : "") },
        volume_cm3: { label: t("catalog.volume"), show: (v) => (typeof v === "number" ? `${f.count(v)} cm³` : "") },
        low_stock: { label: t("catalog.lowAt"), show: count },
        backorder: { label: t("catalog.backorder"), show: yes },
        tax_ppm: { label: t("fields.tax_ppm"), show: (v) => (typeof v === "number" ? `${f.decimal(String(v / 10_000))} %` : "") },
      },
    },
    description: { label: t("catalog.description"), show: text },
    media: { label: t("catalog.pictures"), set: true, show: (v) => list(v as string[], "\n") },
    specs: { label: t("catalog.specs"), show: (v) => (v as ProductSpec[]).map((s) => `${s.name}: ${s.value}`).join("\n") },
  };
}
