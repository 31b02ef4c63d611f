import { Button, Input } from "antd";
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { ProductSpec } from "../bindings";

/** Material, origin …: facts for the page of the product. */
export function SpecsEditor({ value, onChange }: { value: ProductSpec[]; onChange: (specs: ProductSpec[]) => void }) {
  const { t } = useTranslation();
  const put = (i: number, patch: Partial<ProductSpec>) => onChange(value.map((s, n) => (n === i ? { ...s, ...patch } : s)));
  return (
    <div className="ca-options">
      {value.map((s, i) => (
        <div key={i} className="ca-option">
          <Input aria-label={t("catalog.specName")} placeholder={t("catalog.specName")} value={s.name} maxLength={80} onChange={(e) => put(i, { name: e.target.value })} />
          <Input aria-label={t("catalog.specValue", { name: s.name })} placeholder={t("catalog.specHint")} value={s.value} maxLength={500} onChange={(e) => put(i, { value: e.target.value })} />
          <Button icon={<DeleteOutlined />} aria-label={t("catalog.specDrop", { name: s.name })} onClick={() => onChange(value.filter((_, n) => n !== i))} />
        </div>
      ))}
      <Button type="dashed" icon={<PlusOutlined />} onClick={() => onChange([...value, { name: "", value: "" }])}>
        {t("catalog.specAdd")}
      </Button>
    </div>
  );
}
