import { Alert, Button, Checkbox, Form, Input, Modal } from "antd";
import { CopyOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Encrypted } from "../bindings";
import { ask, tell } from "../lib/api";
import { copyText } from "../lib/files";
import { ErrorNotice } from "./ErrorNotice";
import "./recoveryCode.css";

interface Props {
  onDone: (done: Encrypted) => void;
  onClose: () => void;
}

/** Shows a new recovery code, once, and encrypts with it when the person says that it is kept. */
export function EncryptModal({ onDone, onClose }: Props) {
  const { t } = useTranslation();
  const [code, setCode] = useState<string | null>(null);
  const [kept, setKept] = useState(false);
  const [copied, setCopied] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let here = true;
    ask("app.recovery_code", {}).then(
      (made) => here && setCode(made.code),
      (e: unknown) => here && setError(e),
    );
    return () => {
      here = false;
    };
  }, []);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      onDone(await tell("app.encrypt", { code: code ?? "" }));
    } catch (e) {
      setError(e);
      setBusy(false);
    }
  };
  return (
    <Modal open mask={{ closable: false }} title={t("common.encrypt.title")} okText={t("common.encrypt.now")} cancelText={t("common.cancel")} okButtonProps={{ disabled: !kept || code === null }} confirmLoading={busy} onOk={() => void run()} onCancel={onClose}>
      <p>{t("common.encrypt.text")}</p>
      <div className="sk-recovery" id="sk-recovery" tabIndex={0} aria-label={t("common.encrypt.code")}>
        {code ?? "…"}
      </div>
      <div className="sk-actions">
        <Button size="small" icon={<CopyOutlined />} disabled={code === null} onClick={() => void copyText(code ?? "").then(setCopied)}>
          {copied ? t("common.encrypt.copied") : t("common.encrypt.copy")}
        </Button>
      </div>
      <Alert className="sk-gap" type="warning" showIcon title={t("common.encrypt.lost")} />
      <Checkbox className="sk-gap" id="sk-recovery-kept" checked={kept} onChange={(e) => setKept(e.target.checked)}>
        {t("common.encrypt.kept")}
      </Checkbox>
      {error !== null && <ErrorNotice error={error} />}
    </Modal>
  );
}

interface AskProps {
  busy: boolean;
  error: unknown;
  onCode: (code: string) => void;
}

/** Asks for the recovery code of what is encrypted, and this computer's keyring does not know. */
export function AskCode({ busy, error, onCode }: AskProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  return (
    <Form layout="vertical" onFinish={() => onCode(code)}>
      <Form.Item label={t("common.encrypt.code")} htmlFor="sk-code-typed" extra={t("common.encrypt.codeHint")}>
        <Input id="sk-code-typed" className="sk-code" autoFocus value={code} maxLength={60} autoComplete="off" spellCheck={false} onChange={(e) => setCode(e.target.value)} />
      </Form.Item>
      {error !== null && <ErrorNotice error={error} />}
      <div className="sk-actions">
        <Button type="primary" htmlType="submit" loading={busy} disabled={code.trim() === ""}>
          {t("common.encrypt.open")}
        </Button>
      </div>
    </Form>
  );
}

/** The same for a backup that somebody is about to restore. */
export function AskCodeModal({ onClose, ...ask }: AskProps & { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={t("common.encrypt.asked")} footer={null} onCancel={onClose}>
      <p>{t("common.encrypt.askedText")}</p>
      <AskCode {...ask} />
    </Modal>
  );
}
