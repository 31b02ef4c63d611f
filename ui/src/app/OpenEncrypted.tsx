import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { AskCode } from "../components/RecoveryCode";
import { useTell } from "../lib/api";
import { Seal } from "./Seal";

/** The shop is encrypted, and this computer does not know its key: it is another one, or has no keyring. */
export default function OpenEncrypted({ file, onReady }: { file: string; onReady: () => void }) {
  const { t } = useTranslation();
  const open = useTell("app.open_encrypted", { onSuccess: onReady });
  return (
    <main className="sk-center">
      <Card style={{ width: "min(460px, 100%)" }}>
        <Seal size={36} />
        <h1 style={{ fontSize: 20 }}>{t("common.encrypt.asked")}</h1>
        <p className="sk-muted">{t("app.encrypted.text", { file })}</p>
        <AskCode busy={open.isPending} error={open.error} onCode={(code) => open.mutate({ code })} />
      </Card>
    </main>
  );
}
