import { Popover } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { JobProgress } from "../components/JobProgress";
import { dropJob, jobs } from "../lib/jobs";
import { useStore } from "../lib/store";

export default function JobsPopover({ children }: { children: ReactElement }) {
  const { t } = useTranslation();
  const all = useStore(jobs);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t("app.jobs.title")}
      content={
        <div className="sk-jobs">
          {all.length === 0 && <p className="sk-muted">{t("app.jobs.none")}</p>}
          {all.map((j) => (
            <JobProgress key={j.id} job={j} onDismiss={() => dropJob(j.id)} />
          ))}
        </div>
      }
    >
      {children}
    </Popover>
  );
}
