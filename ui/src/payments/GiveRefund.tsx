import "./payments.css";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Checkbox, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { MoneyInput } from "../components/MoneyInput";
import { useToast } from "../components/useToast";
import { invalidateTags, useTell } from "../lib/api";
import { me } from "../lib/me";
import { useFormats } from "../lib/shop";
import { useStore } from "../lib/store";
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

/** What the shop says when one person is not enough. */
const NOT_ALONE = ["over_limit", "second_person"];

/** Money leaves: it is asked for once, in the button's own words. Beyond what one may pay back alone, somebody else is asked. */
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
  const ask = useTell("payments.ask_refund");
  const limit = useStore(me)?.refund_limit ?? null;
  // Until the amount is another one, the shop would only say the same again.
  const beyond = (limit !== null && amount !== null && order.refunded + amount > limit) || (refund.error !== null && NOT_ALONE.includes(refund.error.code));
  const pending = refund.isPending || ask.isPending;
  const wrong = amount !== null && amount > order.refundable;

  // Whoever decides wants to know why.
  const unsaid = beyond && reason.trim() === "";

  const run = async () => {
    if (!amount || wrong || unsaid || pending) return;
    const input = { order_id: order.id, amount, method, reason: reason.trim(), lowers_due: lowers };
    try {
      await (beyond ? ask : refund).mutateAsync(input);
      invalidateTags(client, ["orders", "attention"]);
      toast.success(t(beyond ? "payments.request.sent" : "payments.refunded", { amount: f.money(amount) }));
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open title={t("payments.refundOf", { number: order.number })} okText={t(beyond ? "payments.request.ask" : "payments.refundAmount", { amount: f.money(amount ?? 0) })} okButtonProps={{ danger: !beyond, disabled: !amount || wrong || unsaid }} confirmLoading={pending} onOk={() => void run()} onCancel={onClose}>
      {beyond ? <Alert type="info" showIcon title={t("payments.request.beyond")} description={t("payments.request.beyondNext")} /> : refund.error && <ErrorNotice error={refund.error} />}
      {ask.error && <ErrorNotice error={ask.error} />}
      <Form layout="vertical" component="div" className="pa-form">
        <Form.Item label={t("payments.amount")} htmlFor="pa-refund" extra={t("payments.refundable", { amount: f.money(order.refundable) })} {...(wrong ? { validateStatus: "error" as const, help: t("payments.tooMuch") } : {})}>
          <MoneyInput id="pa-refund" autoFocus size="large" value={amount} onChange={(minor) => (setAmount(minor), refund.reset(), ask.reset())} />
        </Form.Item>
        <Form.Item label={t("payments.how")}>
          <Radio.Group block optionType="button" buttonStyle="solid" value={method} aria-label={t("payments.how")} onChange={(e) => setMethod(e.target.value as Method)} options={METHODS.map((m) => ({ value: m, label: t(`payments.method.${m}`) }))} />
        </Form.Item>
        <Form.Item label={t("payments.reason")} htmlFor="pa-reason" required={beyond}>
          <Input id="pa-reason" value={reason} maxLength={200} autoComplete="off" onChange={(e) => setReason(e.target.value)} />
        </Form.Item>
        <Checkbox checked={lowers} onChange={(e) => setLowers(e.target.checked)}>
          {t("payments.lowersDue")}
        </Checkbox>
      </Form>
    </Modal>
  );
}
