import "./payments.css";
import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { MoneyInput } from "../components/MoneyInput";
import { useToast } from "../components/useToast";
import { invalidateTags, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { METHODS } from "./methods";
import type { Method, Payable } from "./types";

interface Props {
  order: Payable;
  /** How the last money came in: the way back begins with the same. */
  method: Method;
  /** Have goods left already? Then the buyer keeps owing less. */
  goodsOut: boolean;
  onClose: () => void;
}

/** Money leaves: it is asked for once, in the button's own words. */
export function GiveRefund({ order, method: first, goodsOut, onClose }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const client = useQueryClient();
  const over = Math.max(0, order.captured - order.refunded - order.total);
  const [method, setMethod] = useState<Method>(first);
  const [amount, setAmount] = useState<number | null>(over > 0 ? Math.min(over, order.refundable) : order.refundable);
  const [reason, setReason] = useState("");
  const [lowers, setLowers] = useState(goodsOut);
  const refund = useTell("payments.refund");
  const wrong = amount !== null && amount > order.refundable;

  const run = async () => {
    if (!amount || wrong || refund.isPending) return;
    try {
      await refund.mutateAsync({ order_id: order.id, amount, method, reason: reason.trim(), lowers_due: lowers });
      invalidateTags(client, ["orders"]);
      toast.success(t("payments.refunded", { amount: f.money(amount) }));
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open title={t("payments.refundOf", { number: order.number })} okText={t("payments.refundAmount", { amount: f.money(amount ?? 0) })} okButtonProps={{ danger: true, disabled: !amount || wrong }} confirmLoading={refund.isPending} onOk={() => void run()} onCancel={onClose}>
      {refund.error && <ErrorNotice error={refund.error} />}
      <Form layout="vertical" component="div" className="pa-form">
        <Form.Item label={t("payments.amount")} htmlFor="pa-refund" extra={t("payments.refundable", { amount: f.money(order.refundable) })} {...(wrong ? { validateStatus: "error" as const, help: t("payments.tooMuch") } : {})}>
          <MoneyInput id="pa-refund" autoFocus size="large" value={amount} onChange={setAmount} />
        </Form.Item>
        <Form.Item label={t("payments.how")}>
          <Radio.Group block optionType="button" buttonStyle="solid" value={method} aria-label={t("payments.how")} onChange={(e) => setMethod(e.target.value as Method)} options={METHODS.map((m) => ({ value: m, label: t(`payments.method.${m}`) }))} />
        </Form.Item>
        <Form.Item label={t("payments.reason")} htmlFor="pa-reason">
          <Input id="pa-reason" value={reason} maxLength={200} autoComplete="off" onChange={(e) => setReason(e.target.value)} />
        </Form.Item>
        <Checkbox checked={lowers} onChange={(e) => setLowers(e.target.checked)}>
          {t("payments.lowersDue")}
        </Checkbox>
      </Form>
    </Modal>
  );
}
