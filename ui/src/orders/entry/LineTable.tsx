import { Button } from "antd";
import { DeleteOutlined, WarningOutlined } from "@ant-design/icons";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Money } from "../../components/Money";
import { MoneyInput } from "../../components/MoneyInput";
import { QtyInput } from "../../components/QtyInput";
import { useFormats } from "../../lib/shop";
import { useTitles } from "../../lib/titles";
import type { Shortage } from "../types";
import { MAX_QTY, unitPrice, type EntryLine } from "./draft";

interface Props {
  lines: EntryLine[];
  at: number;
  /** Shortages by SKU code, from the quote. */
  short: Map<string, Shortage>;
  disabled: boolean;
  onAt: (i: number) => void;
  onChange: (i: number, patch: Partial<EntryLine>) => void;
  onRemove: (i: number) => void;
  /** Enter in a cell: back to the product field. */
  onDone: () => void;
}

export function LineTable(p: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    row.current?.scrollIntoView?.({ block: "nearest" });
  }, [p.at, p.lines.length]);

  const done = (e: KeyboardEvent) => {
    if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && !e.nativeEvent.isComposing) {
      e.preventDefault();
      p.onDone();
    }
  };

  return (
    <table className="so-lines">
      <caption className="sk-visually-hidden">{t("orders.entry.lines")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("orders.line.product")}</th>
          <th scope="col" className="so-end">{t("orders.line.qty")}</th>
          <th scope="col" className="so-end">{t("orders.line.price")}</th>
          <th scope="col" className="so-end">{t("orders.line.amount")}</th>
          <th scope="col">
            <span className="sk-visually-hidden">{t("orders.entry.remove")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {p.lines.map((l, i) => {
          const short = p.short.get(l.code);
          const name = titles.withOptions(l);
          const other = titles.other(l);
          const amount = unitPrice(l) * l.qty;
          return (
            <tr key={l.sku_id} ref={i === p.at ? row : null} className={i === p.at ? "so-at" : ""} aria-current={i === p.at ? "true" : undefined} onFocus={() => p.onAt(i)} onClick={() => p.onAt(i)}>
              <td className="so-what">
                <div className="so-title">{name}</div>
                <div className="sk-muted so-code">
                  {l.code}
                  {other && ` · ${other}`}
                </div>
                {short && (
                  <div className="so-short" role="alert">
                    <WarningOutlined aria-hidden /> {t("orders.entry.short", { available: f.count(Math.max(0, short.available)), wanted: f.count(short.wanted) })}
                  </div>
                )}
              </td>
              <td className="so-qty" data-label={t("orders.line.qty")}>
                <QtyInput
                  min={1}
                  max={MAX_QTY}
                  value={l.qty}
                  disabled={p.disabled}
                  aria-label={t("orders.entry.qtyOf", { name })}
                  {...(short ? { status: "error" as const } : {})}
                  onChange={(v) => typeof v === "number" && v >= 1 && p.onChange(i, { qty: Math.trunc(v) })}
                  onKeyDown={done}
                />
              </td>
              <td className="so-price" data-label={t("orders.line.price")}>
                <MoneyInput
                  value={unitPrice(l)}
                  disabled={p.disabled}
                  aria-label={t("orders.entry.priceOf", { name })}
                  onChange={(v) => p.onChange(i, { unit_price: v === null || v === l.price ? null : v })}
                  onKeyDown={done}
                />
                {l.unit_price !== null && (
                  <div className="sk-muted so-was">
                    <s>{f.money(l.price)}</s>
                  </div>
                )}
              </td>
              <td className="so-end so-amount" data-label={t("orders.line.amount")}>
                <Money minor={amount} />
              </td>
              <td className="so-drop">
                <Button type="text" size="small" disabled={p.disabled} icon={<DeleteOutlined />} aria-label={t("orders.entry.removeOf", { name })} onClick={(e) => (e.stopPropagation(), p.onRemove(i))} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
