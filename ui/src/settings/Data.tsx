import { Alert, Button, Table } from "antd";
import { CheckCircleOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../app/status";
import type { CheckReport, Difference } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { ask, useAsk } from "../lib/api";
import type { ApiError } from "../lib/errors";
import { useFormats } from "../lib/shop";
import { Backup } from "./Backup";
import { Connection } from "./Connection";
import { Copies } from "./Copies";
import { Protection } from "./Protection";
import { Desks } from "./Desks";
import { Section } from "./Section";
import { megabytes } from "./size";

/** Of a broken shop the first few tell enough; support gets the rest with the diagnostics. */
const SHOWN = 50;

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
                <dd className="sk-num">{megabytes(h.bytes, f)}</dd>
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
      {h && <Copies desktop={status?.desktop ?? false} own={h.database === "sqlite" && !(status?.shop?.sample ?? false)} />}
      {h?.database === "postgres" && <Desks />}
      {status?.desktop ? (
        <>
          <Protection />
          <Backup elsewhere={(status.shop?.sample ?? false) || h?.database === "postgres"} />
          <Connection sample={status.shop?.sample ?? false} remote={h?.database === "postgres"} />
        </>
      ) : (
        // A browser cannot write a file there; what it cannot do it says, and where it can be done.
        <Section title={t("settings.backup.title")} text={t("settings.backup.text")}>
          <p>{t("settings.backup.served")}</p>
          <pre className="sk-pre" tabIndex={0} aria-label={t("settings.backup.title")}>
            {`shopctl --db ${h?.database === "postgres" ? "postgres://user@host/database" : "shop.db"} backup shop.backup`}
          </pre>
        </Section>
      )}
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
      {report?.seal && <p className="sk-muted sk-seal">{t("settings.check.seal", { ...report.seal })}</p>}
      {report && report.differences.length > 0 && (
        <>
          <Alert className="sk-gap" type="error" showIcon role="alert" title={t("settings.check.found", { count: report.differences.length })} description={t("settings.check.foundNext")} />
          <Differences rows={report.differences.slice(0, SHOWN)} />
        </>
      )}
    </Section>
  );
}

function Differences({ rows }: { rows: Difference[] }) {
  const { t, i18n } = useTranslation();
  // Numbers that have a word on some screen are told by it; the others by the name that support knows.
  const word = (name: string) => (i18n.exists(`fields.${name}`) ? t(`fields.${name}` as "fields.name") : name);
  const area = (name: string) => (i18n.exists(`${name}.menu`) ? t(`${name}.menu` as "orders.menu") : name);
  return (
    <Table
      className="sk-gap"
      size="small"
      pagination={false}
      rowKey={(d) => `${d.area} ${d.what} ${d.id}`}
      dataSource={rows}
      scroll={{ x: "max-content" }}
      columns={[
        { key: "area", title: t("settings.history.area"), render: (_: unknown, d) => area(d.area) },
        { key: "what", title: t("settings.check.what"), render: (_: unknown, d) => word(d.what) },
        { key: "id", title: t("settings.history.id"), render: (_: unknown, d) => <span className="sk-code">{d.id}</span> },
        { key: "expected", title: t("settings.check.expected"), align: "end", render: (_: unknown, d) => <Num value={d.expected} /> },
        { key: "found", title: t("settings.check.stored"), align: "end", render: (_: unknown, d) => <Num value={d.found} /> },
      ]}
    />
  );
}
