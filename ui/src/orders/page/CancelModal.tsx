import { Form, Input, Modal, Radio } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../components/ErrorNotice";
import { invalidateTags, useTell } from "../../lib/api";
import { useFormats } from "../../lib/shop";
import type { Method } from "../../payments";
import type { Order } from "../types";

/** The end of an order: the stock comes free, and what was paid goes back the way that is chosen here. */
export function CancelModal({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const client = useQueryClient();
  const paid = Math.max(0, order.captured - order.refunded);
  const last = [...order.payments].reverse().find((p) => p.kind === "capture");
  const [reason, setReason] = useState("");
  const [method, setMethod] = useState<Method>(last?.method ?? "cash");
  const cancel = useTell("orders.cancel", { onSuccess: () => invalidateTags(client, ["stock", "payments", "customers"]) });
  const run = async () => {
    try {
      await cancel.mutateAsync({ order_id: order.id, version: order.version, reason: reason.trim(), refund: paid > 0 ? method : null });
      onClose();
    } catch {
      // Shown in the window.
    }
  };
  return (
    <Modal open title={t("orders.cancelTitle", { number: order.number })} okText={paid > 0 ? t("orders.cancelRefund", { amount: f.money(paid, order.currency) }) : t("orders.action.cancel")} cancelText={t("orders.cancelNot")} okButtonProps={{ danger: true }} confirmLoading={cancel.isPending} onOk={() => void run()} onCancel={onClose}>
      {cancel.error && <ErrorNotice error={cancel.error} />}
      <p>{t("orders.cancelText")}</p>
      <Form layout="vertical" component="div">
        <Form.Item label={t("orders.reason")} htmlFor="so-cancel-reason">
          <Input id="so-cancel-reason" autoFocus value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />
        </Form.Item>
        {paid > 0 && (
          <Form.Item label={t("orders.cancelHow", { amount: f.money(paid, order.currency) })}>
            <Radio.Group optionType="button" buttonStyle="solid" value={method} aria-label={t("payments.how")} onChange={(e) => setMethod(e.target.value as Method)} options={(["cash", "bank_transfer", "elsewhere"] as const).map((m) => ({ value: m, label: t(`payments.method.${m}`) }))} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
