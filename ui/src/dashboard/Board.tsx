import { Card } from "antd";
import { LineChartOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Bucket, Point } from "../bindings";
import { Chart, type Series } from "../components/Chart";
import { EmptyState } from "../components/EmptyState";
import { formatDay } from "../lib/dates";
import { useFormats } from "../lib/shop";
import { LowStock } from "./LowStock";
import { TopProducts } from "./TopProducts";

/** What stands below the numbers. */
export default function Board({ points, bucket, from, to }: { points: Point[]; bucket: Bucket; from: number; to: number }) {
  return (
    <div className="sk-board">
      <Card className="sk-wide">
        <Trend points={points} bucket={bucket} />
      </Card>
      <TopProducts from={from} to={to} />
      <LowStock />
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
