import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { useFormats } from "../lib/shop";

const GOES = ["record", "orders", "history"] as const;
const STAYS = ["books", "copies"] as const;

/** Erases a person for good, once somebody has read what that means and said why. */
export function EraseModal({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const erase = useTell("customers.erase", {
    onSuccess: (done) => {
      toast.success(t("customers.erase.done", { orders: f.count(done.orders), history: f.count(done.history) }));
      onClose();
    },
  });
  const enough = reason.trim().length >= 2;
  const run = () => enough && erase.mutate({ id, reason: reason.trim() });
  return (
    <Modal open title={t("customers.erase.title", { name })} okText={t("customers.erase.action")} cancelText={t("common.cancel")} okButtonProps={{ danger: true, disabled: !enough }} confirmLoading={erase.isPending} onOk={run} onCancel={onClose}>
      {erase.error && <ErrorNotice error={erase.error} />}
      <p>{t("customers.erase.goes")}</p>
      <ul>
        {GOES.map((what) => (
          <li key={what}>{t(`customers.erase.${what}`)}</li>
        ))}
      </ul>
      <p>{t("customers.erase.stays")}</p>
      <ul>
        {STAYS.map((what) => (
          <li key={what}>{t(`customers.erase.${what}`)}</li>
        ))}
      </ul>
      <p>
        <strong>{t("customers.erase.final")}</strong>
      </p>
      <Form layout="vertical" component="div">
        <Form.Item label={t("customers.erase.reason")} htmlFor="cu-erase" extra={t("customers.erase.reasonHint")}>
          <Input id="cu-erase" autoFocus value={reason} maxLength={200} autoComplete="off" onChange={(e) => setReason(e.target.value)} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
