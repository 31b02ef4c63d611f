import { Button, Card, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { useTell } from "../lib/api";
import { Seal } from "./Seal";

/** The server's password lies in an encrypted file, as this machine has no keyring: the passphrase opens it. */
export default function Unlock({ database, onReady }: { database: string; onReady: () => void }) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState("");
  const unlock = useTell("app.unlock", { onSuccess: onReady });
  const away = useTell("app.disconnect", { onSuccess: onReady });
  return (
    <main className="sk-center">
      <Card style={{ width: "min(420px, 100%)" }}>
        <Form layout="vertical" onFinish={() => unlock.mutate({ passphrase })}>
          <Seal size={36} />
          <h1 style={{ fontSize: 20 }}>{t("app.unlock.title")}</h1>
          <p className="sk-muted">{t("app.unlock.text", { database })}</p>
          <Form.Item label={t("firstRun.passphrase")} htmlFor="unlock">
            <Input.Password id="unlock" autoFocus value={passphrase} autoComplete="off" onChange={(e) => setPassphrase(e.target.value)} />
          </Form.Item>
          {(unlock.error ?? away.error) && <ErrorNotice error={unlock.error ?? away.error} />}
          <div className="sk-actions" style={{ marginTop: 12 }}>
            <Button type="primary" htmlType="submit" loading={unlock.isPending} disabled={!passphrase}>
              {t("app.unlock.open")}
            </Button>
            <Button type="text" loading={away.isPending} onClick={() => away.mutate({})}>
              {t("settings.connection.disconnect")}
            </Button>
          </div>
        </Form>
      </Card>
    </main>
  );
}
