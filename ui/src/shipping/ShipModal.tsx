import { Link } from "@tanstack/react-router";
import { Checkbox, Form, Input, Modal, Select } from "antd";
import { CheckCircleOutlined, ExclamationCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { ProductTitle } from "../components/ProductTitle";
import { QtyInput } from "../components/QtyInput";
import { ScannerInput } from "../components/ScannerInput";
import { useQueryClient } from "@tanstack/react-query";
import { invalidateTags, useAsk, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { load, save } from "../lib/store";
import { useTitles } from "../lib/titles";
import { OWN_DELIVERY, useCarrierName, useCarriers } from "./carriers";
import type { Shippable, WaybillChecked } from "./types";
import "./shipping.css";

interface Props {
  order: { id: string; number: string; version: number; lines: Shippable[] };
  onClose: () => void;
}

export function open(l: Shippable): number {
  return Math.max(0, l.qty - l.cancelled - l.shipped);
}

/** One parcel: scan the waybill and press Enter. The carrier is guessed from the number, the rest is all that is left. */
export function ShipModal({ order, onClose }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const client = useQueryClient();
  const carriers = useCarriers();
  const nameOf = useCarrierName();
  const left = order.lines.filter((l) => open(l) > 0);
  const [waybill, setWaybill] = useState("");
  const [carrier, setCarrier] = useState<string | null>(null);
  // The shop mostly uses one carrier; a number that says otherwise wins, and a hand that chose wins over both.
  const usual = load<string>("shipping.carrier", "");
  const [qty, setQty] = useState<Record<string, number>>(() => Object.fromEntries(left.map((l) => [l.id, open(l)])));
  const [note, setNote] = useState("");
  const [accept, setAccept] = useState(false);
  const [asked, setAsked] = useState("");
  const ship = useTell("shipping.ship", { undo: () => t("shipping.done", { number: order.number }) });

  useEffect(() => {
    const timer = setTimeout(() => setAsked(waybill.trim()), 150);
    setAccept(false);
    return () => clearTimeout(timer);
  }, [waybill]);

  const guess = useAsk("shipping.check_waybill", { carrier: carrier ?? usual, waybill: asked }, { enabled: asked !== "", keep: true });
  const checked = asked === "" ? null : (guess.data ?? null);
  const likely = checked?.likely[0];
  const chosen = carrier ?? (checked && likely && !checked.likely.includes(usual) ? likely : usual);
  // Once the guess has changed the carrier, it is this carrier's check that counts.
  const final = useAsk("shipping.check_waybill", { carrier: chosen, waybill: asked }, { enabled: asked !== "" && chosen !== "", keep: true });
  const verdict = asked === "" ? null : (final.data ?? checked);
  const own = chosen === OWN_DELIVERY;
  const doubtful = verdict !== null && (verdict.duplicates.length > 0 || verdict.check.code === "unknown_format");
  const wrong = verdict !== null && verdict.check.code === "wrong_check_digit";
  const chosenLines = left.filter((l) => (qty[l.id] ?? 0) > 0).map((l) => ({ line_id: l.id, qty: qty[l.id] ?? 0 }));
  const all = chosenLines.length === left.length && left.every((l) => qty[l.id] === open(l));
  const ready = chosenLines.length > 0 && chosen !== "" && (own || waybill.trim() !== "") && !(doubtful && !accept) && !(wrong && !accept);

  const run = async () => {
    if (!ready || ship.isPending) return;
    try {
      await ship.mutateAsync({ order_id: order.id, version: order.version, carrier: chosen, waybill: waybill.trim(), lines: all ? [] : chosenLines, note: note.trim(), accept_warnings: accept });
      if (!own) save("shipping.carrier", chosen);
      invalidateTags(client, ["orders", "stock"]);
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open width={620} title={t("shipping.ship", { number: order.number })} okText={t("shipping.confirm")} okButtonProps={{ disabled: !ready }} confirmLoading={ship.isPending} onOk={() => void run()} onCancel={onClose}>
      {ship.error && <ErrorNotice error={ship.error} />}
      <Form layout="vertical" component="div" className="sh-form">
        {!own && (
          <Form.Item label={t("shipping.waybill")} htmlFor="sh-waybill" {...(wrong ? { validateStatus: "error" as const } : doubtful ? { validateStatus: "warning" as const } : {})}>
            <ScannerInput id="sh-waybill" autoFocus size="large" value={waybill} maxLength={60} placeholder={t("shipping.waybillHint")} aria-describedby="sh-verdict" onChange={(e) => setWaybill(e.target.value)} onSubmit={() => void run()} />
            <div id="sh-verdict" className="sh-verdict" aria-live="polite">
              {verdict && <Verdict checked={verdict} carrier={nameOf(chosen)} />}
            </div>
          </Form.Item>
        )}
        {verdict && verdict.duplicates.length > 0 && (
          <ul className="sh-doubles">
            {verdict.duplicates.map((d) => (
              <li key={d.parcel_id}>
                <Link to="/orders/$id" params={{ id: d.order_id }}>
                  {d.order_number}
                </Link>{" "}
                <span className="sk-muted">
                  {nameOf(d.carrier)} · {f.dateTime(d.shipped_at)}
                </span>
              </li>
            ))}
          </ul>
        )}
        {(doubtful || wrong) && (
          <Form.Item>
            <Checkbox checked={accept} onChange={(e) => setAccept(e.target.checked)}>
              {t("shipping.accept")}
            </Checkbox>
          </Form.Item>
        )}
        <Form.Item label={t("shipping.carrier")} htmlFor="sh-carrier">
          <Select
            id="sh-carrier"
            value={chosen || null}
            placeholder={t("shipping.carrierHint")}
            showSearch={{ optionFilterProp: "search" }}
            onChange={(v: string) => setCarrier(v)}
            options={[{ value: OWN_DELIVERY, label: t("shipping.own"), search: `${t("shipping.own")} self ziti` }, ...carriers.map((c) => ({ value: c.code, label: nameOf(c.code), search: `${c.name_zh} ${c.name_en} ${c.code}` }))]}
          />
        </Form.Item>
        <table className="sh-lines">
          <caption className="sk-visually-hidden">{t("shipping.inside")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("shipping.inside")}</th>
              <th scope="col">{t("shipping.left")}</th>
              <th scope="col">{t("shipping.now")}</th>
            </tr>
          </thead>
          <tbody>
            {left.map((l) => (
              <tr key={l.id}>
                <td>
                  <ProductTitle of={l} options={l.options} />
                  <div className="sk-muted">{l.sku_code}</div>
                </td>
                <td className="sk-num">{f.count(open(l))}</td>
                <td>
                  <QtyInput min={0} max={open(l)} value={qty[l.id] ?? 0} aria-label={t("shipping.qtyOf", { name: titles.withOptions(l) })} onChange={(v) => setQty((old) => ({ ...old, [l.id]: typeof v === "number" ? v : 0 }))} onPressEnter={() => void run()} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Form.Item label={t("shipping.note")} htmlFor="sh-note">
          <Input id="sh-note" value={note} maxLength={200} autoComplete="off" onChange={(e) => setNote(e.target.value)} onPressEnter={() => void run()} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Verdict({ checked, carrier }: { checked: WaybillChecked; carrier: string }) {
  const { t } = useTranslation();
  const c = checked.check;
  const line = (look: "good" | "warn" | "bad", icon: ReactNode, text: string) => (
    <span className={`sh-${look}`}>
      {icon} {text}
    </span>
  );
  return (
    <>
      {c.code === "ok" && line("good", <CheckCircleOutlined aria-hidden />, t("shipping.check.ok", { carrier }))}
      {c.code === "plausible" && line("good", <CheckCircleOutlined aria-hidden />, t("shipping.check.plausible", { carrier }))}
      {c.code === "unknown_format" && line("warn", <WarningOutlined aria-hidden />, t("shipping.check.unknownFormat", { carrier }))}
      {c.code === "wrong_check_digit" && line("bad", <ExclamationCircleOutlined aria-hidden />, t("shipping.check.wrongDigit", { expected: c.expected }))}
      {c.code === "unknown_carrier" && line("warn", <WarningOutlined aria-hidden />, t("shipping.check.noCarrier"))}
      {checked.duplicates.length > 0 && line("warn", <WarningOutlined aria-hidden />, t("shipping.check.duplicate"))}
    </>
  );
}
