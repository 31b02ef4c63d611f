import { Alert, Button, Table } from "antd";
import { CheckCircleOutlined, CloudServerOutlined, HddOutlined, SaveOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { useStatus } from "../app/status";
import { commands, type CheckReport } from "../bindings";
import { ConnectForm } from "../app/firstRun/ConnectForm";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { useToast } from "../components/useToast";
import { ask, tell, useAsk, useTell } from "../lib/api";
import type { ApiError } from "../lib/errors";
import { dropJob, putJob } from "../lib/jobs";
import { useFormats } from "../lib/shop";
import { Section } from "./Section";

// A desk without the command offers no button for it.
const CAN_BACK_UP = "appBackup" in commands;

/** Where the shop is kept, whether it is sound, and a copy of it in a safe place. */
export function Data() {
  const { t } = useTranslation();
  const f = useFormats();
  const status = useStatus();
  const health = useAsk("app.health", {}, { tags: ["orders", "imports"] });
  const h = health.data;
  return (
    <>
      <Section title={t("settings.data.where")} text={status?.database ? undefined : t("settings.data.served")}>
        {health.error && <ErrorNotice error={health.error} onRetry={() => void health.refetch()} />}
        <dl className="sk-facts">
          {status?.database && (
            <div>
              <dt>{t("settings.data.place")}</dt>
              <dd className="sk-code">{status.database}</dd>
            </div>
          )}
          {h && (
            <>
              <div>
                <dt>{t("settings.data.kind")}</dt>
                <dd>{h.database === "sqlite" ? "SQLite" : h.database === "postgres" ? "PostgreSQL" : h.database}</dd>
              </div>
              <div>
                <dt>{t("settings.data.size")}</dt>
                <dd className="sk-num">{t("settings.data.megabytes", { n: f.count(Math.ceil(h.bytes / 1_048_576)) })}</dd>
              </div>
              <div>
                <dt>{t("settings.data.schema")}</dt>
                <dd className="sk-num">{h.schema_version}</dd>
              </div>
            </>
          )}
        </dl>
        {h && (
          <details className="sk-details">
            <summary>{t("settings.data.rows")}</summary>
            <Table
              size="small"
              pagination={false}
              rowKey="name"
              dataSource={h.tables}
              columns={[
                { key: "name", title: t("settings.data.table"), dataIndex: "name", render: (n: string) => <span className="sk-code">{n}</span> },
                { key: "rows", title: t("settings.data.count"), align: "end", render: (_: unknown, r) => <Num value={r.rows} /> },
              ]}
            />
          </details>
        )}
      </Section>
      <Check />
      {status?.desktop && CAN_BACK_UP && <Backup />}
      {status?.desktop && <Connection sample={status.shop?.sample ?? false} keyring={status.keyring} remote={h?.database === "postgres"} />}
    </>
  );
}

function Check() {
  const { t } = useTranslation();
  const [report, setReport] = useState<CheckReport | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      setReport(await ask("app.check", {}));
    } catch (e) {
      setError(e as ApiError);
    }
    setBusy(false);
  };
  return (
    <Section title={t("settings.check.title")} text={t("settings.check.text")}>
      <Button icon={<CheckCircleOutlined />} loading={busy} onClick={() => void run()}>
        {t("settings.check.run")}
      </Button>
      {error && <ErrorNotice error={error} />}
      {report && report.differences.length === 0 && <Alert className="sk-gap" type="success" showIcon role="status" title={t("settings.check.sound")} />}
      {report && report.differences.length > 0 && (
        <>
          <Alert className="sk-gap" type="error" showIcon role="alert" title={t("settings.check.found", { count: report.differences.length })} description={t("settings.check.foundNext")} />
          <pre className="sk-pre">{report.differences.slice(0, 50).map((d) => JSON.stringify(d)).join("\n")}</pre>
        </>
      )}
    </Section>
  );
}

function Backup() {
  const { t } = useTranslation();
  const toast = useToast();
  const danger = useConfirmDanger();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const backup = async () => {
    const path = await ask("app.pick_save", { name: `shopkeeper-${new Date().toISOString().slice(0, 10)}.backup` });
    if (!path) return;
    setBusy(true);
    putJob({ id: "backup", label: t("settings.backup.running"), state: "running", startedAt: Date.now() });
    try {
      await tell("app.backup", { path });
      putJob({ id: "backup", state: "done", note: path });
      toast.success(t("settings.backup.done", { path }));
    } catch (e) {
      dropJob("backup");
      toast.error(e);
    }
    setBusy(false);
  };
  const restore = async () => {
    const path = await ask("app.pick_open", { endings: [] });
    if (!path) return;
    danger({
      title: t("settings.backup.restoreTitle"),
      text: t("settings.backup.restoreText", { path }),
      action: t("settings.backup.restore"),
      run: async () => {
        try {
          await tell("app.restore", { path });
          await client.invalidateQueries();
          toast.success(t("settings.backup.restored"));
        } catch (e) {
          toast.error(e);
        }
      },
    });
  };
  return (
    <Section title={t("settings.backup.title")} text={t("settings.backup.text")}>
      <div className="sk-actions">
        <Button type="primary" icon={<SaveOutlined />} loading={busy} onClick={() => void backup().catch(toast.error)}>
          {t("settings.backup.now")}
        </Button>
        <Button onClick={() => void restore().catch(toast.error)}>{t("settings.backup.restore")}…</Button>
      </div>
    </Section>
  );
}

function Connection({ sample, keyring, remote }: { sample: boolean; keyring: boolean; remote: boolean }) {
  const { t } = useTranslation();
  const toast = useToast();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const refresh = () => void client.invalidateQueries();
  const leave = useTell("app.leave_sample", { onSuccess: refresh, onError: (e) => toast.error(e) });
  const away = useTell("app.disconnect", { onSuccess: refresh, onError: (e) => toast.error(e) });
  const openSample = useTell("app.open_sample", { onSuccess: refresh, onError: (e) => toast.error(e) });
  return (
    <Section title={t("settings.connection.title")} text={remote ? t("settings.connection.remote") : sample ? t("settings.connection.sample") : t("settings.connection.own")}>
      <div className="sk-actions">
        {remote && (
          <Button icon={<HddOutlined />} loading={away.isPending} onClick={() => away.mutate({})}>
            {t("settings.connection.disconnect")}
          </Button>
        )}
        {sample && (
          <Button type="primary" icon={<HddOutlined />} loading={leave.isPending} onClick={() => leave.mutate({})}>
            {t("app.leaveSample")}
          </Button>
        )}
        {!sample && !remote && (
          <Button loading={openSample.isPending} onClick={() => openSample.mutate({})}>
            {t("firstRun.sample.title")}
          </Button>
        )}
        {!remote && (
          <Button icon={<CloudServerOutlined />} onClick={() => setOpen((v) => !v)} aria-expanded={open}>
            {t("firstRun.connect.title")}
          </Button>
        )}
      </div>
      {open && !remote && (
        <div className="sk-gap">
          <ConnectForm keyring={keyring} onReady={refresh} />
        </div>
      )}
    </Section>
  );
}
