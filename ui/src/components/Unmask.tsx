import { Button, Form, Input, Modal } from "antd";
import { EyeOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../lib/me";
import { ErrorNotice } from "./ErrorNotice";

const USUAL = ["call", "address", "complaint"] as const;

interface Props {
  /** Asks for all of it. Rejects when it is refused. */
  onOpen: (reason: string) => Promise<unknown>;
}

/** A way to see masked phones and addresses in full, for whoever may: with a reason, which is kept. Nothing for those who see them anyway. */
export function Unmask({ onOpen }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  if (can("contact_read") || !can("contact_open")) return null;
  return (
    <>
      <Button size="small" type="text" icon={<EyeOutlined />} onClick={() => setAsking(true)}>
        {t("common.unmask.show")}
      </Button>
      {asking && <Reason onOpen={onOpen} onClose={() => setAsking(false)} />}
    </>
  );
}

function Reason({ onOpen, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    try {
      await onOpen(reason.trim());
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  const enough = reason.trim().length >= 2;
  return (
    <Modal open title={t("common.unmask.title")} okText={t("common.unmask.show")} cancelText={t("common.cancel")} okButtonProps={{ disabled: !enough }} confirmLoading={busy} onOk={() => void run()} onCancel={onClose}>
      {error !== null && <ErrorNotice error={error} />}
      <p>{t("common.unmask.text")}</p>
      <Form layout="vertical" component="div">
        <Form.Item label={t("common.unmask.reason")} htmlFor="sk-unmask">
          <Input id="sk-unmask" autoFocus value={reason} maxLength={200} autoComplete="off" onChange={(e) => setReason(e.target.value)} onPressEnter={(e) => enough && !e.nativeEvent.isComposing && void run()} />
        </Form.Item>
      </Form>
      <div className="sk-actions">
        {USUAL.map((usual) => (
          <Button key={usual} size="small" onClick={() => setReason(t(`common.unmask.usual.${usual}`))}>
            {t(`common.unmask.usual.${usual}`)}
          </Button>
        ))}
      </div>
    </Modal>
  );
}
