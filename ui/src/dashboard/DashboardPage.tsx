import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { inLibrary } from "../app/inLibrary";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { Waiting } from "../components/Waiting";
import { dayToIso, formatDay, today as dayToday } from "../lib/dates";
import { useListState } from "../lib/listState";
import { useReady, useSettled } from "../lib/ready";
import { useFormats, useShop } from "../lib/shop";
import { FirstSteps } from "./FirstSteps";
import { KpiCards } from "./KpiCards";
import { CHOICES, readSpan, type Choice } from "../lib/period";
import { useDashboard } from "./queries";
import { WorkBoard } from "./WorkBoard";
import "./dashboard.css";

const Board = lazy(inLibrary(() => import("./Board")));
const Days = lazy(inLibrary(() => import("../components/Days")));

/** The morning look: what is to be done, how it goes, what runs out. */
export function DashboardPage() {
  const { t } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  const { search, replace } = useListState();
  const today = dayToday(shop.zone);
  const span = readSpan(search, today);
  const q = useDashboard(span.from, span.to);
  useReady(q.isSuccess);
  // Below the numbers, and dearer than them.
  const settled = useSettled();

  const choose = (c: Choice) => {
    if (c === "custom") replace({ from: dayToIso(span.from), to: dayToIso(span.to) });
    else replace(c === "7" ? {} : { period: c });
  };

  return (
    <div className="sk-page">
      <PageHeader
        title={t("dashboard.menu")}
        sub={`${new Intl.DateTimeFormat(f.locale, { dateStyle: "full", timeZone: shop.zone }).format(Date.now())} · ${shop.zone}`}
        actions={
          <>
            <div className="sk-segments" role="radiogroup" aria-label={t("common.period")}>
              {CHOICES.map((c) => (
                <label key={c} className={c === span.choice ? "sk-chosen" : ""}>
                  <input type="radio" name="period" checked={c === span.choice} onChange={() => choose(c)} />
                  {t(`dashboard.period.${c}`)}
                </label>
              ))}
            </div>
            {span.choice === "custom" && (
              <Suspense>
                <Days from={span.from} to={span.to} onChange={replace} />
              </Suspense>
            )}
          </>
        }
      />
      <FirstSteps />
      <WorkBoard />
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Waiting rows={4} />}
      {q.data && (
        <>
          <p className="sk-muted sk-span sk-num">
            {formatDay(q.data.period.from_day, f.locale)} – {formatDay(q.data.period.to_day, f.locale)}
            {q.data.previous && ` · ${t("dashboard.comparedWith", { from: formatDay(q.data.previous.from_day, f.locale), to: formatDay(q.data.previous.to_day, f.locale) })}`}
          </p>
          <KpiCards now={q.data.period.kpis} before={q.data.previous?.kpis ?? null} />
          {settled && (
            <Suspense>
              <Board points={q.data.period.series} bucket={q.data.bucket} from={span.from} to={span.to} />
            </Suspense>
          )}
        </>
      )}
    </div>
  );
}
