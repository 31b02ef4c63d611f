import { Alert, Button, Input, Select, Switch, Table, Tag } from "antd";
import { FolderOpenOutlined, SafetyCertificateOutlined, SaveOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import type { BackupRun, TriedBackup } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num, When } from "../components/Money";
import { QtyInput } from "../components/QtyInput";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, tell, useAsk, useTell } from "../lib/api";
import { describeError, toApiError } from "../lib/errors";
import { useFormats } from "../lib/shop";
import { useEdit } from "./queries";
import { Section, Setting } from "./Section";
import { megabytes } from "./size";

const HOURS = [1, 4, 24, 168] as const;
const FIRST = { active: true, folder: "", every_hours: 24, keep_days: 7, keep_weeks: 4, keep_months: 12 };

/** Copies that the shop makes by itself, and what came of them. `desktop`: this program may ask for a folder; `own`: the shop is this computer's file. */
export function Copies({ desktop, own }: { desktop: boolean; own: boolean }) {
  const { t } = useTranslation();
  const q = useAsk("settings.backups", {}, { tags: ["backups"] });
  if (!q.data) return <Section title={t("settings.copies.title")}>{q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : <Waiting rows={3} />}</Section>;
  return (
    <>
      <Plan plan={q.data.plan} desktop={desktop} late={q.data.late} running={q.data.running} />
      {q.data.runs.length > 0 && <Runs runs={q.data.runs} restorable={desktop && own} />}
    </>
  );
}

type PlanFields = typeof FIRST;

function fieldsOf({ active, folder, every_hours, keep_days, keep_weeks, keep_months }: PlanFields): PlanFields {
  return { active, folder, every_hours, keep_days, keep_weeks, keep_months };
}

function Plan({ plan, desktop, late, running }: { plan: (PlanFields & { version: number; next_at: number }) | null; desktop: boolean; late: boolean; running: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const every = (n: number) => (n === 24 ? t("settings.copies.daily") : n === 168 ? t("settings.copies.weekly") : t("settings.copies.hours", { count: n }));
  const save = useTell("settings.save_backup_plan");
  const count = (v: unknown) => f.count(Number(v));
  const edit = useEdit<PlanFields>(plan ? fieldsOf(plan) : FIRST, plan?.version ?? 0, {
    kind: "backup_plan",
    fields: {
      folder: { label: t("settings.copies.folder"), show: String },
      every_hours: { label: t("settings.copies.every"), show: (n) => every(Number(n)) },
      keep_days: { label: t("fields.keep_days"), show: count },
      keep_weeks: { label: t("fields.keep_weeks"), show: count },
      keep_months: { label: t("fields.keep_months"), show: count },
      active: { label: t("settings.copies.active"), show: (on) => t(on ? "common.yes" : "common.no") },
    },
    newest: async () => {
      const now = (await ask("settings.backups", {})).plan;
      return now ? { version: now.version, value: fieldsOf(now) } : { version: 0, value: FIRST };
    },
    save: (form, version) => save.mutateAsync({ version, ...form }),
  });
  const run = useTell("settings.run_backup");
  const v = edit.value;
  const { active, folder, every_hours, keep_days, keep_weeks, keep_months } = v;
  const pick = async () => {
    const chosen = await ask("app.pick_folder", {});
    if (chosen) edit.put({ folder: chosen });
  };
  return (
    <Section
      title={t("settings.copies.title")}
      text={t("settings.copies.text")}
      dirty={edit.dirty && folder.trim() !== ""}
      saving={save.isPending}
      onDrop={edit.drop}
      onSave={() => void edit.merge.submitOnLive()}
      notice={<StaleMerge merge={edit.merge} />}
    >
      {late && <Alert type="error" showIcon role="alert" title={t("settings.copies.late")} description={t("settings.copies.lateNext")} />}
      {plan === null && <p>{t("settings.copies.none")}</p>}
      <Setting label={t("settings.copies.folder")} htmlFor="co-folder" effect={t("settings.copies.folderEffect")}>
        <div className="sk-actions">
          <Input id="co-folder" className="co-folder" value={folder} maxLength={1000} autoComplete="off" spellCheck={false} onChange={(e) => edit.put({ folder: e.target.value })} />
          {desktop && (
            <Button icon={<FolderOpenOutlined />} onClick={() => void pick()}>
              {t("settings.copies.choose")}…
            </Button>
          )}
        </div>
      </Setting>
      <Setting label={t("settings.copies.every")} htmlFor="co-every" effect={plan && plan.active && !edit.dirty ? (running ? t("settings.copies.running") : t("settings.copies.next", { when: f.dateTime(plan.next_at) })) : t("settings.copies.everyEffect")}>
        <Select id="co-every" className="co-every" value={every_hours} options={[...new Set([...HOURS, every_hours])].sort((a, b) => a - b).map((n) => ({ value: n, label: every(n) }))} onChange={(n: number) => edit.put({ every_hours: n })} />
      </Setting>
      <Setting label={t("settings.copies.keep")} htmlFor="co-days" effect={t("settings.copies.keepEffect")}>
        <div className="sk-actions">
          <QtyInput id="co-days" aria-label={t("settings.copies.days")} max={1000} suffix={t("settings.copies.days")} value={keep_days} onChange={(n) => edit.put({ keep_days: n ?? 0 })} />
          <QtyInput id="co-weeks" aria-label={t("settings.copies.weeks")} max={1000} suffix={t("settings.copies.weeks")} value={keep_weeks} onChange={(n) => edit.put({ keep_weeks: n ?? 0 })} />
          <QtyInput id="co-months" aria-label={t("settings.copies.months")} max={1000} suffix={t("settings.copies.months")} value={keep_months} onChange={(n) => edit.put({ keep_months: n ?? 0 })} />
        </div>
      </Setting>
      {plan && (
        <Setting label={t("settings.copies.active")} htmlFor="co-active" effect={active ? t("settings.copies.on") : t("settings.copies.off")}>
          <Switch id="co-active" checked={active} onChange={(on) => edit.put({ active: on })} />
        </Setting>
      )}
      {save.error && !edit.merge.owns(save.error) && <ErrorNotice error={save.error} />}
      {run.error && <ErrorNotice error={run.error} />}
      {plan?.active && !edit.dirty && (
        <Button icon={<SaveOutlined />} loading={run.isPending || running} onClick={() => run.mutate({})}>
          {t("settings.backup.now")}
        </Button>
      )}
    </Section>
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
  const restore = (run: BackupRun) =>
    danger({
      title: t("settings.copies.restoreTitle", { when: f.dateTime(run.at) }),
      text: t("settings.copies.restoreText"),
      action: t("settings.backup.restore"),
      run: async () => {
        try {
          await tell("app.restore", { path: run.file, replace: true });
          await client.invalidateQueries();
          toast.success(t("settings.backup.restored"));
        } catch (e) {
          setError(e);
        }
      },
    });
  return (
    <Section title={t("settings.copies.made")}>
      {error !== null && <ErrorNotice error={error} />}
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
                    <Button size="small" danger onClick={() => restore(r)}>
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
