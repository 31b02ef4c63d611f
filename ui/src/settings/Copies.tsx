import { Alert, Button, Table, Tag } from "antd";
import { SafetyCertificateOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import type { BackupRun, TriedBackup } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num, When } from "../components/Money";
import { AskCodeModal } from "../components/RecoveryCode";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, tell, useAsk } from "../lib/api";
import { describeError, toApiError } from "../lib/errors";
import { useFormats } from "../lib/shop";
import { useRestore } from "../lib/useRestore";
import { CopiesPlan } from "./CopiesPlan";
import { Section } from "./Section";
import { megabytes } from "./size";

/** Copies that the shop makes by itself, and what came of them. `desktop`: this program may ask for a folder; `own`: the shop is this computer's file. */
export function Copies({ desktop, own }: { desktop: boolean; own: boolean }) {
  const { t } = useTranslation();
  const q = useAsk("settings.backups", {}, { tags: ["backups"] });
  if (!q.data) return <Section title={t("settings.copies.title")}>{q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : <Waiting rows={3} />}</Section>;
  return (
    <>
      <CopiesPlan plan={q.data.plan} desktop={desktop} late={q.data.late} running={q.data.running} />
      {q.data.runs.length > 0 && <Runs runs={q.data.runs} restorable={desktop && own} />}
    </>
  );
}

function Runs({ runs, restorable }: { runs: BackupRun[]; restorable: boolean }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const danger = useConfirmDanger();
  const client = useQueryClient();
  const [trying, setTrying] = useState<string | null>(null);
  const [tried, setTried] = useState<TriedBackup | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { restore, error: unrestored, asking } = useRestore(() => {
    void client.invalidateQueries();
    toast.success(t("settings.backup.restored"));
  });
  const tryOut = async (run: BackupRun) => {
    setTrying(run.id);
    setTried(null);
    setError(null);
    try {
      setTried(await ask("settings.try_backup", { id: run.id }));
    } catch (e) {
      setError(e);
    }
    setTrying(null);
  };
  const goBack = (run: BackupRun) =>
    danger({
      title: t("settings.copies.restoreTitle", { when: f.dateTime(run.at) }),
      text: t("settings.copies.restoreText"),
      action: t("settings.backup.restore"),
      run: () => void restore((code) => tell("app.restore_run", { id: run.id, code })),
    });
  return (
    <Section title={t("settings.copies.made")}>
      {(error ?? unrestored) !== null && <ErrorNotice error={error ?? unrestored} />}
      {asking && <AskCodeModal {...asking} />}
      {tried && (
        <Alert
          className="sk-gap"
          type={tried.differences.length === 0 ? "success" : "error"}
          showIcon
          role="status"
          title={tried.differences.length === 0 ? t("settings.copies.tried") : t("settings.check.found", { count: tried.differences.length })}
          description={t("settings.copies.triedText", { orders: f.count(tried.orders), products: f.count(tried.products), customers: f.count(tried.customers), when: tried.last_order_at === null ? "—" : f.dateTime(tried.last_order_at) })}
        />
      )}
      <Table
        size="small"
        rowKey="id"
        pagination={{ pageSize: 10, hideOnSinglePage: true }}
        dataSource={runs}
        scroll={{ x: "max-content" }}
        columns={[
          { key: "at", title: t("settings.copies.at"), render: (_: unknown, r) => <When ms={r.at} /> },
          {
            key: "state",
            title: t("settings.copies.state"),
            render: (_: unknown, r) =>
              r.error ? (
                <>
                  <Tag color="error">{t("settings.copies.failed")}</Tag> {describeError(i18n, toApiError("settings.run_backup", r.error)).title}
                </>
              ) : r.removed ? <span className="sk-muted">{t("settings.copies.removed")}</span> : <Tag color="success">{t("settings.copies.good")}</Tag>,
          },
          { key: "size", title: t("settings.data.size"), align: "end", render: (_: unknown, r) => (r.error ? <Num value={null} /> : <span className="sk-num">{megabytes(r.bytes, f)}</span>) },
          { key: "file", title: t("settings.copies.file"), render: (_: unknown, r) => <span className="sk-code">{r.file}</span> },
          {
            key: "do",
            title: <span className="sk-visually-hidden">{t("settings.copies.do")}</span>,
            render: (_: unknown, r) =>
              !r.error &&
              !r.removed && (
                <div className="sk-actions">
                  <Button size="small" icon={<SafetyCertificateOutlined />} loading={trying === r.id} disabled={trying !== null} onClick={() => void tryOut(r)}>
                    {t("settings.copies.try")}
                  </Button>
                  {restorable && (
                    <Button size="small" danger onClick={() => goBack(r)}>
                      {t("settings.copies.restore")}…
                    </Button>
                  )}
                </div>
              ),
          },
        ]}
      />
    </Section>
  );
}
