import { useQueryClient } from "@tanstack/react-query";
import { Form, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { ScannerInput } from "../components/ScannerInput";
import { useToast } from "../components/useToast";
import { invalidateTags, useTell } from "../lib/api";

interface Props {
  order: { id: string; number: string; delivery: "counter" | "ship" | "pickup" };
  onClose: () => void;
}

/** The goods go over the counter; who fetches them later shows the code. */
export function HandOverModal({ order, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const hand = useTell("shipping.hand_over");
  const asks = order.delivery === "pickup";

  const run = async () => {
    if (hand.isPending || (asks && code.trim() === "")) return;
    try {
      await hand.mutateAsync({ order_id: order.id, pickup_code: code.trim() });
      invalidateTags(client, ["orders", "stock"]);
      toast.success(t("shipping.handed", { number: order.number }));
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open width={420} title={t("shipping.handOver", { number: order.number })} okText={t("shipping.handOverNow")} okButtonProps={{ disabled: asks && code.trim() === "", autoFocus: !asks }} confirmLoading={hand.isPending} onOk={() => void run()} onCancel={onClose}>
      {hand.error && <ErrorNotice error={hand.error} />}
      {asks ? (
        <Form layout="vertical" component="div">
          <Form.Item label={t("shipping.code")} htmlFor="sh-code" extra={t("shipping.codeHint")}>
            <ScannerInput id="sh-code" autoFocus size="large" value={code} maxLength={20} onChange={(e) => setCode(e.target.value)} onSubmit={() => void run()} />
          </Form.Item>
        </Form>
      ) : (
        <p>{t("shipping.handOverText")}</p>
      )}
    </Modal>
  );
}
