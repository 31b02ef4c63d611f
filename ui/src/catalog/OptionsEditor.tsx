import { Button, Input, Select } from "antd";
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { SkuMatrixRow } from "../bindings";
import { useToast } from "../components/useToast";
import { ask } from "../lib/api";
import { combinations, emptySku, mergeMatrix, type ProductForm } from "./form";

const MAX_AXES = 3;

/** Colour, size …: each with its values. The shop makes a SKU of every combination and keeps those that are there. */
export function OptionsEditor({ form, onChange, wrong }: { form: ProductForm; onChange: (patch: Partial<ProductForm>) => void; wrong: boolean }) {
  const { t } = useTranslation();
  const toast = useToast();

  // Values are typed faster than the shop answers: what was typed stands at once, and only the newest answer counts.
  const latest = useRef(form);
  latest.current = form;
  const newest = useRef(0);

  const apply = async (options: ProductForm["options"]) => {
    newest.current += 1;
    const mine = newest.current;
    const real = options.filter((o) => o.values.length > 0);
    if (real.length === 0) {
      const first = form.skus[0];
      onChange({ options, skus: [{ ...emptySku([], first), ...(form.skus.length === 1 ? { ...first, option_values: [] } : {}), key: "only" }] });
      return;
    }
    latest.current = { ...form, options };
    onChange({ options });
    const unnamed = () => combinations(real).map((values) => ({ sku_id: null, option_values: values, code: "", price: 0 }));
    let rows: SkuMatrixRow[] = [];
    try {
      const named = real.map((o, i) => ({ ...o, name: o.name.trim() || String(i + 1) }));
      rows = (await ask("catalog.sku_matrix", { product_id: form.id, options: named, base: baseOf(form), price: form.skus[0]?.price ?? 0 })).rows;
    } catch (e) {
      toast.error(e);
    }
    // Codes are made by the shop; should it not answer, the combinations are known all the same.
    if (mine === newest.current) onChange({ skus: mergeMatrix(latest.current.skus, rows.length > 0 ? rows : unnamed()) });
  };
  const put = (i: number, patch: Partial<ProductForm["options"][number]>) => latest.current.options.map((o, n) => (n === i ? { ...o, ...patch } : o));

  return (
    <div className="ca-options">
      {form.options.map((o, i) => (
        <div key={i} className="ca-option">
          <Input aria-label={t("catalog.optionName")} placeholder={t("catalog.optionName")} value={o.name} maxLength={40} {...(wrong && o.name.trim() === "" ? { status: "error" as const } : {})} onChange={(e) => onChange({ options: put(i, { name: e.target.value }) })} />
          <Select aria-label={t("catalog.optionValues", { name: o.name })} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，"]} placeholder={t("catalog.optionValuesHint")} value={o.values} onChange={(values: string[]) => void apply(put(i, { values: [...new Set(values.map((x) => x.trim()).filter(Boolean))] }))} />
          <Button icon={<DeleteOutlined />} aria-label={t("catalog.optionDrop", { name: o.name })} onClick={() => void apply(latest.current.options.filter((_, n) => n !== i))} />
        </div>
      ))}
      {form.options.length < MAX_AXES && (
        <Button type="dashed" icon={<PlusOutlined />} onClick={() => onChange({ options: [...form.options, { name: "", values: [] }] })}>
          {t("catalog.optionAdd")}
        </Button>
      )}
    </div>
  );
}

/** What new codes begin with: what the codes of an old product share, else its title. */
export function baseOf(form: Pick<ProductForm, "id" | "title" | "skus" | "options">): string {
  const codes = form.skus.map((s) => s.code);
  if (codes.length === 1 && form.skus[0]?.option_values.length === 0) return codes[0] || form.title;
  if (form.id === null || codes.length < 2) return form.title;
  const parts = codes.map((c) => c.split("-"));
  const first = parts[0] ?? [];
  const same = first.findIndex((part, i) => parts.some((p) => p[i] !== part));
  return first.slice(0, same < 0 ? first.length : same).join("-") || form.title;
}
