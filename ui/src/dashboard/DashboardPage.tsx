import { Card, DatePicker, Segmented } from "antd";
import { LineChartOutlined } from "@ant-design/icons";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Bucket, Point } from "../bindings";
import { Chart, type Series } from "../components/Chart";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { Waiting } from "../components/Waiting";
import { dayToIso, formatDay, today as dayToday } from "../lib/dates";
import { useListState } from "../lib/listState";
import { useReady, useSettled } from "../lib/ready";
import { useFormats, useShop } from "../lib/shop";
import { FirstSteps } from "./FirstSteps";
import { KpiCards } from "./KpiCards";
import { LowStock } from "./LowStock";
import { readSpan, type Choice } from "../lib/period";
import { useDashboard } from "./queries";
import { TopProducts } from "./TopProducts";
import { WorkBoard } from "./WorkBoard";
import "./dashboard.css";

/** The morning look: what is to be done, how it goes, what runs out. */
export default function DashboardPage() {
  const { t } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  const { search, replace } = useListState();
  const today = dayToday(shop.zone);
  const span = readSpan(search, today);
  const q = useDashboard(span.from, span.to, true);
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
            <Segmented<Choice>
              aria-label={t("common.period")}
              value={span.choice}
              onChange={choose}
              options={[
                { value: "today", label: t("dashboard.period.today") },
                { value: "7", label: t("dashboard.period.7") },
                { value: "30", label: t("dashboard.period.30") },
                { value: "custom", label: t("dashboard.period.custom") },
              ]}
            />
            {span.choice === "custom" && (
              <DatePicker.RangePicker
                aria-label={t("dashboard.period.custom")}
                allowClear={false}
                value={[dayjs(dayToIso(span.from)), dayjs(dayToIso(span.to))]}
                onChange={(v) => v?.[0] && v[1] && replace({ from: v[0].format("YYYY-MM-DD"), to: v[1].format("YYYY-MM-DD") })}
              />
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
            <div className="sk-board">
              <Card className="sk-wide">
                <Trend points={q.data.period.series} bucket={q.data.bucket} />
              </Card>
              <TopProducts from={span.from} to={span.to} />
              <LowStock />
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Trend({ points, bucket }: { points: Point[]; bucket: Bucket }) {
  const { t } = useTranslation();
  const f = useFormats();
  const labels = useMemo(
    () => points.map((p) => (bucket === "month" ? new Intl.DateTimeFormat(f.locale, { year: "numeric", month: "short", timeZone: "UTC" }).format(p.day * 86_400_000) : formatDay(p.day, f.locale, "short"))),
    [points, bucket, f.locale],
  );
  const series = useMemo<Series[]>(
    () => [
      { name: t("dashboard.kpi.net"), kind: "bar", values: points.map((p) => p.net), format: (v) => f.money(Math.round(v)), scale: (v) => f.moneyShort(Math.round(v)) },
      { name: t("dashboard.kpi.orders"), kind: "line", axis: "right", values: points.map((p) => p.orders), format: (v) => f.count(v) },
    ],
    [points, t, f.locale], // eslint-disable-line react-hooks/exhaustive-deps
  );
  const best = points.reduce<Point | null>((a, p) => (a === null || p.net > a.net ? p : a), null);
  const sum = points.reduce((n, p) => n + p.net, 0);
  const orders = points.reduce((n, p) => n + p.orders, 0);
  const summary = t("dashboard.trendSummary", { sum: f.money(sum), orders: f.count(orders), best: best ? f.day(best.day) : "—", bestSum: best ? f.money(best.net) : "—" });
  if (points.every((p) => p.net === 0 && p.orders === 0)) return <EmptyState icon={<LineChartOutlined />} title={t("dashboard.trendNone")} text={t("dashboard.topNone")} />;
  return <Chart title={t("dashboard.trend")} summary={summary} labels={labels} series={series} />;
}
