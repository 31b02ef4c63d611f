import { Alert, Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../components/ErrorNotice";
import { useToast } from "../../components/useToast";
import { useTell } from "../../lib/api";
import { useFormats } from "../../lib/shop";
import { useWho } from "../../lib/who";
import type { HoldKind, Order } from "../types";

const HOLD_KINDS: HoldKind[] = ["manual", "address", "stock", "payment_check", "risk", "refund_request", "duplicate", "total_mismatch", "sku_unmapped", "price_floor", "restricted_area", "waiting_merge", "preorder_until"];

/** What keeps the order from going out, and the way to let it go. */
export function Holds({ order }: { order: Order }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const who = useWho();
  const release = useTell("orders.release_hold", { onError: (e) => toast.error(e) });
  const open = order.holds.filter((h) => h.released_at === null);
  return (
    <>
      {open.map((h) => (
        <Alert
          key={h.id}
          className="so-alert"
          type="error"
          showIcon
          title={`${t("orders.held")}: ${t(`orders.hold.${h.kind}`)}${h.reason ? ` · ${h.reason}` : ""}`}
          description={
            <span className="sk-muted">
              {f.dateTime(h.placed_at)} · {who(h.placed_by)}
            </span>
          }
          action={
            order.actions.includes("release_hold") && (
              <Button size="small" loading={release.isPending} onClick={() => release.mutate({ order_id: order.id, hold_id: h.id })}>
                {t("orders.action.release_hold")}
              </Button>
            )
          }
        />
      ))}
    </>
  );
}

export function HoldModal({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<HoldKind>("manual");
  const [reason, setReason] = useState("");
  const hold = useTell("orders.hold", { undo: () => t("orders.heldDone", { number: order.number }) });
  const run = async () => {
    try {
      await hold.mutateAsync({ order_id: order.id, kind, reason: reason.trim() });
      onClose();
    } catch {
      // Shown in the window.
    }
  };
  return (
    <Modal open title={t("orders.holdTitle")} okText={t("orders.action.hold")} confirmLoading={hold.isPending} onOk={() => void run()} onCancel={onClose}>
      {hold.error && <ErrorNotice error={hold.error} />}
      <Form layout="vertical" component="div">
        <Form.Item label={t("orders.holdKind")} htmlFor="so-hold-kind">
          <Select id="so-hold-kind" value={kind} onChange={setKind} options={HOLD_KINDS.map((k) => ({ value: k, label: t(`orders.hold.${k}`) }))} />
        </Form.Item>
        <Form.Item label={t("orders.reason")} htmlFor="so-hold-reason">
          <Input id="so-hold-reason" autoFocus value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} onPressEnter={() => void run()} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
