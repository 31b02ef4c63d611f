import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useAsk } from "../lib/api";
import { describeError, toApiError } from "../lib/errors";
import { useFormats } from "../lib/shop";
import type { Connection } from "../bindings";
import { clockIsWrong } from "./clock";
import "./offline.css";

/** Online or offline, since when, what waits, and how old the copy is: where the shop is shared. And whether the clock is wrong. */
export function ConnectionFacts() {
  const c = useAsk("offline.connection", {}, { tags: ["connection", "cases"] }).data;
  return (
    <>
      {c && clockIsWrong(c) && <Clock c={c} />}
      {c?.shared && <Server c={c} />}
    </>
  );
}

function Clock({ c }: { c: Connection }) {
  const { t } = useTranslation();
  const f = useFormats();
  const behind = c.clock_behind ?? 0;
  const n = f.count(Math.round(Math.abs(behind) / 60_000));
  return <Alert className="of-gap" type="warning" showIcon title={t(!c.shared ? "offline.clock.back" : behind > 0 ? "offline.clock.slow" : "offline.clock.fast", { n })} description={t(c.shared ? "offline.clock.shared" : "offline.clock.alone")} />;
}

function Server({ c }: { c: Connection }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const copy = c.synced_at === null ? t("offline.noCopy") : t("offline.synced", { at: f.dateTime(c.synced_at) });
  if (c.offline_since === null) return <Alert className="of-gap" type="success" showIcon title={t("offline.online")} description={copy} />;
  const problem = c.problem && describeError(i18n, toApiError("app", c.problem));
  return (
    <Alert
      className="of-gap"
      type="warning"
      showIcon
      title={c.catching_up ? t("offline.catchingUp", { n: f.count(c.waiting) }) : t("offline.since", { at: f.dateTime(c.offline_since) })}
      description={
        <>
          <p>{problem ? `${problem.title} ${problem.next}` : t("offline.sinceText")}</p>
          <p>
            {t("offline.waiting", { n: f.count(c.waiting) })} {copy}
          </p>
        </>
      }
    />
  );
}
