import "./payments.css";
import { Checkbox, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money } from "../components/Money";
import { MoneyInput } from "../components/MoneyInput";
import { useToast } from "../components/useToast";
import { invalidateTags, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { useQueryClient } from "@tanstack/react-query";
import { METHODS } from "./methods";
import type { Method, Payable } from "./types";

/** Takes money for an order: what is due stands there already; Enter takes it. */
export function TakePayment({ order, onClose }: { order: Payable; onClose: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const client = useQueryClient();
  const [method, setMethod] = useState<Method>("cash");
  const [given, setGiven] = useState<number | null>(order.due > 0 ? order.due : null);
  const [reference, setReference] = useState("");
  const [note, setNote] = useState("");
  const [keep, setKeep] = useState(false);
  const capture = useTell("payments.capture");

  const over = Math.max(0, (given ?? 0) - order.due);
  // Cash above what is due goes back over the counter, unless the buyer leaves it as credit; a transfer cannot be split.
  const change = method === "cash" && !keep ? over : 0;
  const amount = (given ?? 0) - change;
  const short = Math.max(0, order.due - (given ?? 0));

  const run = async () => {
    if (amount <= 0 || capture.isPending) return;
    try {
      await capture.mutateAsync({ order_id: order.id, method, amount, tendered: method === "cash" ? given : null, reference: reference.trim(), note: note.trim(), keep_overpayment: keep });
      invalidateTags(client, ["orders"]);
      toast.success(change > 0 ? t("payments.takenChange", { amount: f.money(amount), change: f.money(change) }) : t("payments.taken", { amount: f.money(amount) }));
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open title={t("payments.take", { number: order.number })} okText={t("payments.takeAmount", { amount: f.money(Math.max(0, amount)) })} okButtonProps={{ disabled: amount <= 0 }} confirmLoading={capture.isPending} onOk={() => void run()} onCancel={onClose}>
      {capture.error && <ErrorNotice error={capture.error} />}
      <Form layout="vertical" component="div" className="pa-form">
        <Form.Item label={t("payments.how")}>
          <Radio.Group block optionType="button" buttonStyle="solid" value={method} aria-label={t("payments.how")} onChange={(e) => setMethod(e.target.value as Method)} options={METHODS.map((m) => ({ value: m, label: t(`payments.method.${m}`) }))} />
        </Form.Item>
        <Form.Item label={method === "cash" ? t("payments.tendered") : t("payments.amount")} htmlFor="pa-given" extra={t("payments.dueNow", { amount: f.money(order.due) })}>
          <MoneyInput id="pa-given" autoFocus size="large" value={given} onChange={setGiven} onPressEnter={() => void run()} />
        </Form.Item>
        <div aria-live="polite" className="pa-result">
          {change > 0 && (
            <p>
              {t("payments.change")} <strong className="pa-big"><Money minor={change} /></strong>
            </p>
          )}
          {short > 0 && given !== null && (
            <p className="sk-muted">
              {t("payments.stillDue")} <Money minor={short} />
            </p>
          )}
          {over > 0 && change === 0 && (
            <p className="sk-muted">
              {t("payments.over")} <Money minor={over} />
            </p>
          )}
        </div>
        {method === "cash" && over > 0 && (
          <Form.Item>
            <Checkbox checked={keep} onChange={(e) => setKeep(e.target.checked)}>
              {t("payments.keep")}
            </Checkbox>
          </Form.Item>
        )}
        {method !== "cash" && (
          <Form.Item label={t("payments.reference")} htmlFor="pa-ref">
            <Input id="pa-ref" value={reference} maxLength={80} autoComplete="off" onChange={(e) => setReference(e.target.value)} onPressEnter={() => void run()} />
          </Form.Item>
        )}
        <Form.Item label={t("payments.note")} htmlFor="pa-note">
          <Input id="pa-note" value={note} maxLength={200} autoComplete="off" onChange={(e) => setNote(e.target.value)} onPressEnter={() => void run()} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
