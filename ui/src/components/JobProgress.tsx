import { Button, Progress } from "antd";
import { CloseOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Job } from "../lib/jobs";
import { useFormats } from "../lib/shop";

/** Long work: how far, how fast, how long still, and a way to stop. */
export function JobProgress({ job, onDismiss, now = Date.now() }: { job: Job; onDismiss?: () => void; now?: number }) {
  const { t } = useTranslation();
  const f = useFormats();
  const seconds = Math.max((now - job.startedAt) / 1000, 0.001);
  const rate = job.state === "running" ? Math.round(job.done / seconds) : 0;
  const left = job.total !== null && rate > 0 ? Math.ceil((job.total - job.done) / rate) : null;
  const percent = job.total ? Math.min(100, Math.floor((job.done / job.total) * 100)) : job.state === "done" ? 100 : 0;
  return (
    <div className="sk-job" role="status">
      <div className="sk-job-top">
        {job.to ? <a href={`#${job.to}`}>{job.label}</a> : <span>{job.label}</span>}
        {job.state === "running" && job.cancel && (
          <Button size="small" onClick={job.cancel}>
            {t("common.cancel")}
          </Button>
        )}
        {job.state !== "running" && onDismiss && <Button size="small" type="text" aria-label={t("common.dismiss")} icon={<CloseOutlined />} onClick={onDismiss} />}
      </div>
      <Progress percent={percent} size="small" status={job.state === "failed" ? "exception" : job.state === "running" ? "active" : job.state === "done" ? "success" : "normal"} aria-label={job.label} />
      <div className="sk-muted sk-num">
        {job.total !== null ? t("app.jobs.of", { done: f.count(job.done), total: f.count(job.total) }) : f.count(job.done)}
        {rate > 0 && ` · ${t("app.jobs.rate", { rate: f.count(rate) })}`}
        {left !== null && job.state === "running" && ` · ${t("app.jobs.left", { time: f.duration(left) })}`}
        {job.note && ` · ${job.note}`}
      </div>
    </div>
  );
}
