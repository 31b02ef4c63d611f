import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { PlainButton } from "../components/PlainButton";
import { Popup } from "../components/Popup";
import { BellOutlined } from "../components/icons";
import { jobs } from "../lib/jobs";
import { useStore } from "../lib/store";
import { inLibrary } from "./inLibrary";

const JobsPopover = lazy(inLibrary(() => import("./JobsPopover")));

/** Long work in one place; a closed page does not stop it. */
export function JobsButton() {
  const { t } = useTranslation();
  const running = useStore(jobs).filter((j) => j.state === "running").length;
  const bell = (
    <span className="sk-bell">
      <BellOutlined />
      {running > 0 && <sup>{running}</sup>}
    </span>
  );
  const button = <PlainButton look="text" aria-label={t("app.jobs.title")} title={t("app.jobs.title")} icon={bell} />;
  return (
    <Popup plain={button}>
      <JobsPopover>{button}</JobsPopover>
    </Popup>
  );
}
