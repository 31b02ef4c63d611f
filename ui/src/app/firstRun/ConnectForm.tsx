import { Alert, Button, Checkbox, Form, Input, InputNumber } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../components/ErrorNotice";
import { useTell } from "../../lib/api";
import { useDraft } from "../../lib/drafts";

interface Server {
  host: string;
  port: number;
  database: string;
  user: string;
  tls: boolean;
}

/** A shared Postgres. The password is not part of the draft: secrets are never written by the window. */
export function ConnectForm({ keyring, onReady, title }: { keyring: boolean; onReady: () => void; title?: ReactNode }) {
  const { t } = useTranslation();
  const draft = useDraft<Server>("firstRun.connect", { host: "", port: 5432, database: "shopkeeper", user: "", tls: true });
  const [password, setPassword] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const v = draft.value;
  const put = (patch: Partial<Server>) => draft.set((old) => ({ ...old, ...patch }));
  const input = { ...v, password, passphrase: keyring ? null : passphrase };
  const test = useTell("app.connect_test");
  const connect = useTell("app.connect", {
    onSuccess: () => {
      draft.clear();
      onReady();
    },
  });
  const found = readFound(test.data);
  const ready = v.host.trim() && v.database.trim() && v.user.trim() && (keyring || passphrase.length >= 8);

  return (
    <Form layout="vertical" onFinish={() => connect.mutate(input)}>
      {title}
      <div className="sk-two sk-two-wide">
        <Form.Item label={t("firstRun.host")} htmlFor="pg-host" required>
          <Input id="pg-host" autoFocus value={v.host} placeholder="db.example.com" spellCheck={false} onChange={(e) => put({ host: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("firstRun.port")} htmlFor="pg-port">
          <InputNumber id="pg-port" min={1} max={65535} precision={0} value={v.port} style={{ width: "100%" }} onChange={(port) => put({ port: port ?? 5432 })} />
        </Form.Item>
      </div>
      <Form.Item label={t("firstRun.database")} htmlFor="pg-db" required>
        <Input id="pg-db" value={v.database} spellCheck={false} onChange={(e) => put({ database: e.target.value })} />
      </Form.Item>
      <div className="sk-two">
        <Form.Item label={t("firstRun.user")} htmlFor="pg-user" required>
          <Input id="pg-user" value={v.user} spellCheck={false} autoComplete="off" onChange={(e) => put({ user: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("firstRun.password")} htmlFor="pg-password">
          <Input.Password id="pg-password" value={password} autoComplete="off" onChange={(e) => setPassword(e.target.value)} />
        </Form.Item>
      </div>
      <Form.Item>
        <Checkbox checked={v.tls} onChange={(e) => put({ tls: e.target.checked })}>
          {t("firstRun.tls")}
        </Checkbox>
        {!v.tls && <div className="sk-muted">{t("firstRun.tlsNeeded")}</div>}
      </Form.Item>
      {keyring ? (
        <p className="sk-muted">{t("firstRun.keyringUsed")}</p>
      ) : (
        <>
          <Alert type="warning" showIcon title={t("firstRun.noKeyring")} description={t("firstRun.noKeyringNext")} style={{ marginBottom: 12 }} />
          <Form.Item label={t("firstRun.passphrase")} htmlFor="pg-pass" extra={t("firstRun.passphraseHint")} required>
            <Input.Password id="pg-pass" value={passphrase} autoComplete="off" onChange={(e) => setPassphrase(e.target.value)} />
          </Form.Item>
        </>
      )}
      {found && <Alert type={found === "empty" || found === "shop" ? "success" : "warning"} showIcon role="status" title={t(`firstRun.found.${found}`)} style={{ marginBottom: 12 }} />}
      {(test.error ?? connect.error) && <ErrorNotice error={connect.error ?? test.error} />}
      <div className="sk-actions" style={{ marginTop: 12 }}>
        <Button onClick={() => test.mutate(input)} loading={test.isPending} disabled={!ready}>
          {t("firstRun.test")}
        </Button>
        <Button type="primary" htmlType="submit" loading={connect.isPending} disabled={!ready}>
          {t("firstRun.connectNow")}
        </Button>
      </div>
    </Form>
  );
}

const FOUND = ["empty", "shop", "newer", "foreign"] as const;

function readFound(report: unknown): (typeof FOUND)[number] | null {
  const f = String((report as { found?: unknown } | undefined)?.found ?? "").toLowerCase();
  return FOUND.find((x) => x === f) ?? null;
}
