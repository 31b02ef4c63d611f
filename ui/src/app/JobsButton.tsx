import { Badge, Button, Popover } from "antd";
import { BellOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { JobProgress } from "../components/JobProgress";
import { Popup } from "../components/Popup";
import { dropJob, jobs } from "../lib/jobs";
import { useStore } from "../lib/store";

/** Long work in one place; a closed page does not stop it. */
export function JobsButton() {
  const { t } = useTranslation();
  const all = useStore(jobs);
  const running = all.filter((j) => j.state === "running").length;
  return (
    <Popup
      on={(button) => (
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
          {button}
        </Popover>
      )}
    >
      <Button type="text" aria-label={t("app.jobs.title")} title={t("app.jobs.title")} icon={<Badge count={running} size="small" dot={false}><BellOutlined /></Badge>} />
    </Popup>
  );
}
