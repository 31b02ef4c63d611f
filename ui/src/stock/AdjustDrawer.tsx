import { Form, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdjustMode, MoveReason, StockRow } from "../bindings";
import { FormDrawer } from "../components/FormDrawer";
import { ProductTitle } from "../components/ProductTitle";
import { QtyInput } from "../components/QtyInput";
import { useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { ADJUST_REASONS } from "./queries";
import "./stock.css";

/** What a line will hold after the correction; null while nothing is typed. */
export function after(row: Pick<StockRow, "on_hand">, mode: AdjustMode, qty: number | null): number | null {
  if (qty === null) return null;
  return mode === "set" ? qty : row.on_hand + qty;
}

/** Corrects what the shelf holds. It is a document: reason, person, before and after stay in the history. */
export function AdjustDrawer({ rows, onClose, onDone }: { rows: StockRow[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [mode, setMode] = useState<AdjustMode>("set");
  const [qty, setQty] = useState<Record<string, number | null>>({});
  const [reason, setReason] = useState<MoveReason>("adjustment_count");
  const [note, setNote] = useState("");
  const adjust = useTell("stock.adjust", { undo: (done) => t("stock.corrected", { number: done.number }) });

  const lines = rows.flatMap((r) => {
    const q = qty[r.sku_id] ?? null;
    return q === null || (mode === "delta" && q === 0) ? [] : [{ sku_id: r.sku_id, mode, qty: q }];
  });
  const impossible = rows.some((r) => (after(r, mode, qty[r.sku_id] ?? null) ?? 0) < 0);

  const save = async () => {
    try {
      await adjust.mutateAsync({ lines, reason, note: note.trim() });
      onDone();
      onClose();
    } catch {
      // Shown in the drawer.
    }
  };

  return (
    <FormDrawer open title={t("stock.correct")} onClose={onClose} onSave={() => void save()} saving={adjust.isPending} disabled={lines.length === 0 || impossible} error={adjust.error} width={560}>
      <Form layout="vertical" component="div">
        <Form.Item label={t("stock.how")}>
          <Segmented<AdjustMode>
            aria-label={t("stock.how")}
            value={mode}
            onChange={(m) => (setMode(m), setQty({}))}
            options={[
              { value: "set", label: t("stock.mode.set") },
              { value: "delta", label: t("stock.mode.delta") },
            ]}
          />
        </Form.Item>
        <ul className="st-adjust">
          {rows.map((r, i) => {
            const then = after(r, mode, qty[r.sku_id] ?? null);
            return (
              <li key={r.sku_id}>
                <label htmlFor={`st-${r.sku_id}`}>
                  <ProductTitle of={r} options={r.options} />
                  <span className="sk-muted sk-num">{r.code}</span>
                </label>
                <QtyInput
                  id={`st-${r.sku_id}`}
                  autoFocus={i === 0}
                  min={mode === "set" ? 0 : -r.on_hand}
                  max={9_007_199_254}
                  value={qty[r.sku_id] ?? null}
                  placeholder={mode === "set" ? String(r.on_hand) : "+0"}
                  onChange={(n) => setQty((old) => ({ ...old, [r.sku_id]: n }))}
                  onPressEnter={() => lines.length > 0 && !impossible && void save()}
                />
                <span className="sk-num st-then" aria-live="polite">
                  {f.count(r.on_hand)} → {then === null ? "…" : f.count(then)}
                  {then !== null && then < r.reserved && !r.backorder && <span className="st-warn"> {t("stock.belowReserved", { n: f.count(r.reserved) })}</span>}
                </span>
              </li>
            );
          })}
        </ul>
        <Form.Item label={t("stock.reasonTitle")} htmlFor="st-reason">
          <Select<MoveReason> id="st-reason" value={reason} onChange={setReason} options={ADJUST_REASONS.map((r) => ({ value: r, label: t(`stock.reason.${r}`) }))} />
        </Form.Item>
        <Form.Item label={t("stock.note")} htmlFor="st-note">
          <Input id="st-note" value={note} maxLength={500} onChange={(e) => setNote(e.target.value)} />
        </Form.Item>
      </Form>
    </FormDrawer>
  );
}
