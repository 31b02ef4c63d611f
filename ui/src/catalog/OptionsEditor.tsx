import { Button, Input, Select } from "antd";
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/useToast";
import { ask } from "../lib/api";
import { combinations, emptySku, mergeMatrix, type ProductForm } from "./form";

const MAX_AXES = 3;

/** Colour, size …: each with its values. The shop makes a SKU of every combination and keeps those that are there. */
export function OptionsEditor({ form, onChange, wrong }: { form: ProductForm; onChange: (patch: Partial<ProductForm>) => void; wrong: boolean }) {
  const { t } = useTranslation();
  const toast = useToast();

  const apply = async (options: ProductForm["options"]) => {
    const real = options.filter((o) => o.values.length > 0);
    if (real.length === 0) {
      onChange({ options, skus: [{ ...emptySku([], form.skus[0]), ...(form.skus.length === 1 ? { ...form.skus[0], option_values: [] } : {}), key: "only" }] });
      return;
    }
    try {
      const base = form.skus[0]?.code || form.title;
      const named = real.map((o, i) => ({ ...o, name: o.name.trim() || String(i + 1) }));
      const { rows } = await ask("catalog.sku_matrix", { product_id: form.id, options: named, base, price: form.skus[0]?.price ?? 0 });
      // Codes are made by the shop; should it not answer, the combinations are known all the same.
      onChange({ options, skus: mergeMatrix(form.skus, rows.length > 0 ? rows : combinations(real).map((values) => ({ sku_id: null, option_values: values, code: "", price: 0 }))) });
    } catch (e) {
      toast.error(e);
    }
  };
  const put = (i: number, patch: Partial<ProductForm["options"][number]>) => form.options.map((o, n) => (n === i ? { ...o, ...patch } : o));

  return (
    <div className="ca-options">
      {form.options.map((o, i) => (
        <div key={i} className="ca-option">
          <Input aria-label={t("catalog.optionName")} placeholder={t("catalog.optionName")} value={o.name} maxLength={40} {...(wrong && o.name.trim() === "" ? { status: "error" as const } : {})} onChange={(e) => onChange({ options: put(i, { name: e.target.value }) })} />
          <Select aria-label={t("catalog.optionValues", { name: o.name })} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，"]} placeholder={t("catalog.optionValuesHint")} value={o.values} onChange={(values: string[]) => void apply(put(i, { values: [...new Set(values.map((x) => x.trim()).filter(Boolean))] }))} />
          <Button icon={<DeleteOutlined />} aria-label={t("catalog.optionDrop", { name: o.name })} onClick={() => void apply(form.options.filter((_, n) => n !== i))} />
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
