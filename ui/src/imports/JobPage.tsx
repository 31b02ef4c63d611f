import { useNavigate, useParams } from "@tanstack/react-router";
import { Alert, Button, Progress } from "antd";
import { DownloadOutlined, PlayCircleOutlined, StopOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob, ImportReject } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { StatusTag } from "../components/StatusTag";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, usePages, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { inDesktopWindow } from "../lib/transport";
import { planOf, useJob } from "./queries";
import "./imports.css";

/** What was in the file, and what became of it. */
const SUMS = ["source", "taken", "refused", "rounding"];

/** One import: how far it is, what became of each row, and how to go on. */
export default function JobPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const q = useJob(id);
  if (q.error) return <div className="sk-page"><ErrorNotice error={q.error} onRetry={() => void q.refetch()} /></div>;
  if (!q.data) return <div className="sk-page"><Waiting /></div>;
  return <Job job={q.data} />;
}

function Job({ job }: { job: ImportJob }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const navigate = useNavigate();
  const cancel = useTell("imports.cancel", { onError: (e) => toast.error(e) });
  const resume = useTell("imports.resume", { onError: (e) => toast.error(e) });
  const start = useTell("imports.start", { onError: (e) => toast.error(e), onSuccess: (made) => void navigate({ to: "/imports/$id", params: { id: made.id } }) });
  // The trial told what the import will do, so the import must be asked for in the very same words.
  const [looking, setLooking] = useState(false);
  const inEarnest = async () => {
    setLooking(true);
    try {
      start.mutate({ ...(await planOf(job)), dry_run: false });
    } catch (e) {
      toast.error(e);
    }
    setLooking(false);
  };
  const running = job.state === "running";
  const percent = job.rows_total ? Math.min(100, Math.floor((job.rows_read / job.rows_total) * 100)) : job.state === "done" ? 100 : 0;
  const word = (group: "reason" | "made" | "sum" | "noted", what: string) => (i18n.exists(`imports.${group}.${what}`) ? t(`imports.${group}.${what}` as "imports.file") : what);

  const saveRejects = async () => {
    try {
      const path = (await ask("app.pick_save", { name: `${job.file_name.replace(/\.[^.]+$/, "")}-rejected.csv` })) as string | null;
      if (!path) return;
      const saved = await ask("imports.save_rejects", { id: job.id, path, language: i18n.language });
      toast.success(t("imports.savedRejects", { n: f.count(saved.rows), path: saved.path }));
    } catch (e) {
      toast.error(e);
    }
  };

  return (
    <div className="sk-page">
      <PageHeader
        title={job.file_name}
        tags={<StatusTag kind="job" value={job.state} />}
        sub={`${t(`imports.kind.${job.kind}`)}${job.dry_run ? ` · ${t("imports.dry")}` : ""}`}
        back="/imports"
        actions={
          <>
            {running && (
              <Button icon={<StopOutlined />} loading={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })}>
                {t("imports.stop")}
              </Button>
            )}
            {(job.state === "paused" || job.state === "cancelled") && !job.dry_run && (
              <Button type="primary" icon={<PlayCircleOutlined />} loading={resume.isPending} onClick={() => resume.mutate({ id: job.id })}>
                {t("imports.resume")}
              </Button>
            )}
            {job.dry_run && job.state === "done" && (
              <Button type="primary" loading={looking || start.isPending} onClick={() => void inEarnest()}>
                {t("imports.start")}
              </Button>
            )}
          </>
        }
      />
      <section className="im-card" aria-live="polite">
        <Progress percent={percent} status={job.state === "failed" ? "exception" : running ? "active" : job.state === "done" ? "success" : "normal"} aria-label={t("imports.progress")} />
        <p className="sk-muted sk-num">
          {job.rows_total !== null ? t("app.jobs.of", { done: f.count(job.rows_read), total: f.count(job.rows_total) }) : f.count(job.rows_read)}
          {running && job.rate !== null && ` · ${t("app.jobs.rate", { rate: f.count(job.rate) })}`}
          {running && job.seconds_left !== null && ` · ${t("app.jobs.left", { time: f.duration(job.seconds_left) })}`}
        </p>
        {job.error && <ErrorNotice error={job.error} />}
        {job.state === "paused" && <Alert type="info" showIcon title={t("imports.paused")} />}
        {job.dry_run && job.state === "done" && <Alert type="info" showIcon title={t("imports.dryDone")} />}
        <dl className="im-tally">
          {(["created", "updated", "unchanged", "rejected"] as const).map((k) => (
            <div key={k}>
              <dt>{t(`imports.${k}`)}</dt>
              <dd className={k === "rejected" && job.rejected > 0 ? "im-bad" : ""}>
                <Num value={job[k]} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
      {job.made.length + job.sums.length + job.notes.length > 0 && (
        <section className="im-card">
          <h2>{t("imports.result")}</h2>
          <dl className="im-facts im-sums">
            {job.made.map((m) => (
              <FactRow key={m.what} name={word("made", m.what)} value={f.count(m.count)} />
            ))}
            {[...job.sums].sort((a, b) => SUMS.indexOf(a.what) - SUMS.indexOf(b.what)).map((s) => (
              <FactRow key={s.what} name={word("sum", s.what)} value={f.decimal(s.amount)} />
            ))}
            {job.notes.map((n) => (
              <FactRow key={n.what} name={word("noted", n.what)} value={n.count > 0 ? f.count(n.count) : ""} />
            ))}
          </dl>
        </section>
      )}
      {job.rejected > 0 && (
        <section className="im-card" aria-labelledby="im-rejects">
          <div className="sk-actions im-between">
            <h2 id="im-rejects">{t("imports.rejects")}</h2>
            {inDesktopWindow() && (
              <Button icon={<DownloadOutlined />} onClick={() => void saveRejects()}>
                {t("imports.saveRejects")}
              </Button>
            )}
          </div>
          <ul className="im-reasons">
            {job.reasons.map((r) => (
              <li key={r.what}>
                {word("reason", r.what)} <Num value={r.count} />
              </li>
            ))}
          </ul>
          {!running && <Rejects id={job.id} word={(r) => word("reason", r)} />}
        </section>
      )}
    </div>
  );
}

function FactRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="sk-num">{value}</dd>
    </>
  );
}

function Rejects({ id, word }: { id: string; word: (reason: string) => string }) {
  const { t } = useTranslation();
  const source = usePages<"imports.rejects", ImportReject>("imports.rejects", { id, limit: 50 });
  return (
    <div className="im-preview" role="region" aria-labelledby="im-rejects" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("imports.row")}</th>
            <th scope="col">{t("imports.why")}</th>
            <th scope="col">{t("imports.was")}</th>
          </tr>
        </thead>
        <tbody>
          {source.rows.map((r) => (
            <tr key={r.row}>
              <td className="sk-num">{r.row}</td>
              <td>{word(r.reason)}</td>
              <td className="im-raw">{r.raw.join(" | ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {source.hasMore && (
        <Button type="link" loading={source.fetching} onClick={source.loadMore}>
          {t("list.more")}
        </Button>
      )}
    </div>
  );
}
