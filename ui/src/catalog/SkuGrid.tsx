import { Checkbox, Form, Input } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { MoneyInput } from "../components/MoneyInput";
import { QtyInput } from "../components/QtyInput";
import { useCan } from "../lib/me";
import { useFormats } from "../lib/shop";
import { marginPermille, type ProductForm, type SkuForm } from "./form";

/** How many rows of a large matrix are shown before the rest is asked for. */
const SHOWN = 60;

/** One SKU: plain fields. Several: a grid like a spreadsheet, a row each. */
export function SkuGrid({ form, onChange }: { form: ProductForm; onChange: (patch: Partial<ProductForm>) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const [shown, setShown] = useState(SHOWN);
  const put = (i: number, patch: Partial<SkuForm>) => onChange({ skus: form.skus.map((s, n) => (n === i ? { ...s, ...patch } : s)) });
  const axes = form.options.filter((o) => o.values.length > 0);
  // A row that is new among old ones has a field for its opening stock in the same column.
  const saved = form.skus.some((s) => s.id !== null);

  const cells = (s: SkuForm, i: number): { key: string; label: string; node: ReactNode; numeric?: boolean }[] => {
    const margin = marginPermille(s.price, s.cost);
    const id = (name: string) => `ca-${name}-${i}`;
    const cost = {
      key: "cost",
      numeric: true,
      label: t("catalog.cost"),
      node: (
        <>
          <MoneyInput id={id("cost")} value={s.cost} onChange={(cost) => put(i, { cost })} />
          {margin !== null && <span className={margin < 0 ? "ca-margin ca-low" : "ca-margin sk-muted"}>{t("catalog.margin", { percent: `${Math.trunc(margin / 10)}.${Math.abs(margin % 10)}` })}</span>}
        </>
      ),
    };
    return [
      { key: "code", label: t("catalog.code"), node: <Input id={id("code")} value={s.code} maxLength={64} placeholder={t("catalog.codeAuto")} onChange={(e) => put(i, { code: e.target.value })} /> },
      { key: "price", numeric: true, label: t("catalog.price"), node: <MoneyInput id={id("price")} value={s.price === 0 && s.id === null ? null : s.price} onChange={(price) => put(i, { price: price ?? 0 })} /> },
      { key: "barcode", label: t("catalog.barcode"), node: <Input id={id("barcode")} value={s.barcode ?? ""} maxLength={32} inputMode="numeric" onChange={(e) => put(i, { barcode: e.target.value })} /> },
      s.id === null
        ? { key: "stock", numeric: true, label: t("catalog.openingStock"), node: <QtyInput id={id("stock")} value={s.opening_stock} onChange={(n) => put(i, { opening_stock: n })} /> }
        : { key: "stock", numeric: true, label: t("catalog.onHand"), node: <Shelf sku={s} /> },
      { key: "weight", numeric: true, label: t("catalog.weight"), node: <QtyInput id={id("weight")} value={s.weight_g} suffix="g" onChange={(n) => put(i, { weight_g: n })} /> },
      ...(can("cost_read") ? [cost] : []),
      { key: "list", numeric: true, label: t("catalog.listPrice"), node: <MoneyInput id={id("list")} value={s.list_price} onChange={(list_price) => put(i, { list_price })} /> },
      { key: "volume", numeric: true, label: t("catalog.volume"), node: <QtyInput id={id("volume")} value={s.volume_cm3} suffix="cm³" onChange={(n) => put(i, { volume_cm3: n })} /> },
      { key: "low", numeric: true, label: t("catalog.lowAt"), node: <QtyInput id={id("low")} value={s.low_stock} onChange={(n) => put(i, { low_stock: n })} /> },
      { key: "backorder", label: t("catalog.backorder"), node: <Checkbox id={id("backorder")} checked={s.backorder} onChange={(e) => put(i, { backorder: e.target.checked })}><span className="sk-visually-hidden">{t("catalog.backorder")}</span></Checkbox> },
    ];
  };

  const only = form.skus.length === 1 && axes.length === 0 ? form.skus[0] : undefined;
  if (only)
    return (
      <Form layout="vertical" component="div" className="ca-only">
        {cells(only, 0).map((c) => (
          <Form.Item key={c.key} label={c.label} htmlFor={`ca-${c.key}-0`}>
            {c.node}
          </Form.Item>
        ))}
      </Form>
    );

  return (
    <div className="ca-grid" role="region" aria-label={t("catalog.grid")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{axes.map((o) => o.name || t("catalog.optionName")).join(" / ")}</th>
            {form.skus[0] && cells(form.skus[0], 0).map((c) => <th key={c.key} scope="col" {...(c.numeric ? { className: "ca-numeric" } : {})}>{c.key === "stock" && saved ? t("catalog.onHand") : c.label}</th>)}
          </tr>
        </thead>
        <tbody>
          {form.skus.slice(0, shown).map((s, i) => (
            <tr key={s.key}>
              <th scope="row">{s.option_values.join(" / ")}</th>
              {cells(s, i).map((c) => (
                <td key={c.key} {...(c.numeric ? { className: "ca-numeric" } : {})}>
                  <label>
                    <span className="sk-visually-hidden">
                      {s.option_values.join(" ")} {c.label}
                    </span>
                    {c.node}
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {form.skus.length > shown && (
        <button type="button" className="ca-more" onClick={() => setShown((n) => n + 200)}>
          {t("catalog.moreSkus", { count: form.skus.length - shown })}
        </button>
      )}
    </div>
  );
}

/** What lies on the shelf, and what of it can still be sold where orders hold some. */
function Shelf({ sku }: { sku: SkuForm }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <span className="ca-onhand sk-num" data-testid="shelf">
      {f.count(sku.on_hand)}
      {sku.available !== sku.on_hand && <span className="ca-under sk-muted">{t("catalog.availableOf", { n: f.count(sku.available) })}</span>}
    </span>
  );
}
