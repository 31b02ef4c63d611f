import { Alert, Button, Checkbox, Form, Input, InputNumber, Radio } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Server } from "../../bindings";
import { ErrorNotice } from "../../components/ErrorNotice";
import { useAsk, useTell } from "../../lib/api";
import { useDraft } from "../../lib/drafts";
import { ApiError } from "../../lib/errors";
import { useFormats } from "../../lib/shop";

const PASSPHRASE_MIN = 8;
const HERE = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$|^::1$/;

type Field = "host" | "database" | "user" | "tls" | "passphrase";

/** What keeps the form from being sent, by field. A password must not cross a network in the clear. */
export function gaps(v: Server, keyring: boolean, passphrase: string): Field[] {
  const hosts = v.host.split(",").map((h) => h.trim()).filter((h) => h !== "");
  const empty = (["host", "database", "user"] as const).filter((f) => (f === "host" ? hosts.length === 0 : v[f].trim() === ""));
  const open = !v.tls && hosts.some((h) => !HERE.test(h));
  return [...empty, ...(open ? (["tls"] as const) : []), ...(!keyring && passphrase.length < PASSPHRASE_MIN ? (["passphrase"] as const) : [])];
}

/**
 * A shared Postgres. The password is not part of the draft: secrets are never written by the window. `own`: the shop on this
 * computer, by its name, which may be moved to a server that has none.
 */
export function ConnectForm({ onReady, title, own }: { onReady: () => void; title?: ReactNode; own?: string }) {
  const { t } = useTranslation();
  const f = useFormats();
  const keyring = useAsk("app.keyring", {}).data ?? true;
  const draft = useDraft<Server>("firstRun.connect", { host: "", port: 5432, database: "shopkeeper", user: "", tls: true });
  const [password, setPassword] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [tried, setTried] = useState(false);
  const [bring, setBring] = useState(true);
  const v = draft.value;
  const input = { ...v, host: v.host.trim(), database: v.database.trim(), user: v.user.trim(), password, passphrase: keyring ? null : passphrase };
  const test = useTell("app.connect_test");
  const connect = useTell("app.connect", {
    onSuccess: () => {
      draft.clear();
      onReady();
    },
  });
  const missing = gaps(v, keyring, passphrase);
  const said = (field: Field, text: string) => (tried && missing.includes(field) ? { validateStatus: "error" as const, help: text } : {});
  const needed = (field: Field) => said(field, t("firstRun.needed"));
  // What was found out is about what was typed then.
  const edited = () => {
    test.reset();
    connect.reset();
  };
  const put = (patch: Partial<Server>) => {
    edited();
    draft.set((old) => ({ ...old, ...patch }));
  };
  const go = (run: () => void) => {
    setTried(true);
    if (missing.length === 0) return run();
    const first = missing[0];
    if (first) document.getElementById(IDS[first])?.focus();
  };
  const error = connect.error ?? test.error;
  const found = test.data?.found;
  // A server that has no shop, and a shop here: which is it to be?
  const choice = own !== undefined && (found === "empty" || found === "moved");
  const ways = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (choice) ways.current?.scrollIntoView?.({ block: "nearest" });
  }, [choice]);
  const open = (bring: boolean) => {
    connect.reset();
    connect.mutate({ ...input, bring });
  };
  const next = () => {
    if (test.data) return open(choice && (bring || found === "moved"));
    connect.reset();
    // Whoever joins a shop goes in at once; what begins one is shown before.
    test.mutate(input, { onSuccess: (there) => (there.found === "shop" || (there.found === "empty" && own === undefined)) && open(false) });
  };

  return (
    <Form layout="vertical" onFinish={() => go(next)}>
      {title}
      <p className="sk-muted">{t("firstRun.connectText")}</p>
      <div className="sk-two sk-two-wide">
        <Form.Item label={t("firstRun.host")} htmlFor="pg-host" required extra={t("firstRun.hosts")} {...needed("host")}>
          <Input id="pg-host" autoFocus value={v.host} placeholder="db.example.com" spellCheck={false} autoComplete="off" onChange={(e) => put({ host: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("firstRun.port")} htmlFor="pg-port">
          <InputNumber id="pg-port" min={1} max={65535} precision={0} controls={false} value={v.port} style={{ width: "100%" }} onChange={(port) => put({ port: port ?? 5432 })} />
        </Form.Item>
      </div>
      <Form.Item label={t("firstRun.database")} htmlFor="pg-db" required {...needed("database")}>
        <Input id="pg-db" value={v.database} spellCheck={false} autoComplete="off" onChange={(e) => put({ database: e.target.value })} />
      </Form.Item>
      <div className="sk-two">
        <Form.Item label={t("firstRun.user")} htmlFor="pg-user" required {...needed("user")}>
          <Input id="pg-user" value={v.user} spellCheck={false} autoComplete="off" onChange={(e) => put({ user: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("firstRun.password")} htmlFor="pg-password" {...(keyring ? { extra: t("firstRun.keyringUsed") } : {})}>
          <Input.Password id="pg-password" value={password} autoComplete="off" onChange={(e) => (edited(), setPassword(e.target.value))} />
        </Form.Item>
      </div>
      <Form.Item {...(missing.includes("tls") ? { validateStatus: "error" as const, help: t("firstRun.tlsNeeded") } : {})}>
        <Checkbox id="pg-tls" checked={v.tls} onChange={(e) => put({ tls: e.target.checked })}>
          {t("firstRun.tls")}
        </Checkbox>
      </Form.Item>
      {!keyring && (
        <>
          <Alert type="warning" showIcon title={t("firstRun.noKeyring")} description={t("firstRun.noKeyringNext")} style={{ marginBottom: 12 }} />
          <Form.Item label={t("firstRun.passphrase")} htmlFor="pg-pass" required extra={t("firstRun.passphraseHint")} {...said("passphrase", t("firstRun.passphraseShort", { n: PASSPHRASE_MIN }))}>
            <Input.Password id="pg-pass" value={passphrase} autoComplete="off" onChange={(e) => (edited(), setPassphrase(e.target.value))} />
          </Form.Item>
        </>
      )}
      {test.data && (
        <Alert
          type={found === "empty" || found === "shop" || choice ? "success" : "warning"}
          showIcon
          role="status"
          title={t(`firstRun.found.${test.data.found}`, { name: test.data.shop ?? "" })}
          description={
            <>
              {t("firstRun.answered", { version: test.data.version, ms: f.count(test.data.milliseconds) })}
              {test.data.pooled && <div>{t("firstRun.pooled")}</div>}
            </>
          }
          style={{ marginBottom: 12 }}
        />
      )}
      {choice && (
        <Form.Item label={t("firstRun.begin")}>
          <Radio.Group id="pg-bring" value={bring || found === "moved"} onChange={(e) => setBring(e.target.value === true)}>
            <Radio value={true}>{t("firstRun.bring", { name: own })}</Radio>
            {found === "empty" && <Radio value={false}>{t("firstRun.beginNew")}</Radio>}
          </Radio.Group>
          {(bring || found === "moved") && <p className="sk-muted">{t("firstRun.bringText")}</p>}
        </Form.Item>
      )}
      {/* Said as what it is: somebody else's server that could not be reached, not this shop. */}
      {error && <ErrorNotice error={new ApiError("firstRun.connect", error.code, error.data)} />}
      <div ref={ways} className="sk-actions" style={{ marginTop: 12 }}>
        <Button onClick={() => go(() => (connect.reset(), test.mutate(input)))} loading={test.isPending} disabled={connect.isPending}>
          {t("firstRun.test")}
        </Button>
        <Button type="primary" htmlType="submit" loading={connect.isPending} disabled={test.isPending}>
          {choice && (bring || found === "moved") ? t("firstRun.bringNow") : found === "shop" ? t("firstRun.join") : t("firstRun.connectNow")}
        </Button>
      </div>
    </Form>
  );
}

const IDS: Record<Field, string> = { host: "pg-host", database: "pg-db", user: "pg-user", tls: "pg-tls", passphrase: "pg-pass" };
