import { Link } from "@tanstack/react-router";
import { Alert, Breadcrumb, Button, Card, Segmented, Select, Switch, Table, type TableColumnsType } from "antd";
import { BarChartOutlined, DownloadOutlined } from "@ant-design/icons";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Dimension, Sales, SalesRow, SalesSort } from "../bindings";
import { Chart, type Series } from "../components/Chart";
import Days from "../components/Days";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, Num } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { Waiting } from "../components/Waiting";
import { useAsk } from "../lib/api";
import { dayToIso, formatDay, today as dayToday } from "../lib/dates";
import { saveText, toCsv } from "../lib/files";
import { useListState } from "../lib/listState";
import { formatBasisPoints, toDecimalText } from "../lib/money";
import { change, CHOICES, readSpan } from "../lib/period";
import { useFormats, useShop } from "../lib/shop";

const DIMENSIONS: Dimension[] = ["product", "sku", "category", "channel", "day", "month"];
const LIMIT = 200;

/** Sales by product, category, channel and time, with what was before and a way down to the details. */
export default function ReportsPage() {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  const { search, set } = useListState();
  const today = dayToday(shop.zone);
  const span = readSpan({ ...search, period: search.period ?? "30" }, today);
  const dimension = DIMENSIONS.find((d) => d === search.by) ?? "product";
  const sort: SalesSort = search.sort === "units" || search.sort === "orders" || search.sort === "name" ? search.sort : "amount";
  const timely = dimension === "day" || dimension === "month";
  // A day has no day before it in the same row; the dashboard's trend compares periods.
  const compare = search.compare !== "no" && !timely;
  const trail = useMemo(() => readTrail(search.path), [search.path]);
  const parent = trail[trail.length - 1];

  const q = useAsk(
    "analytics.sales_by",
    {
      dimension,
      from_day: span.from,
      to_day: span.to,
      sort,
      ascending: search.up === "yes",
      limit: timely ? 400 : LIMIT,
      parent: parent?.key ?? null,
      compare,
    },
    { tags: ["orders", "payments", "catalog"], keep: true },
  );

  const label = (row: SalesRow) => {
    // While the next cut is on its way, the rows on the screen are still of the last one.
    if (timely && !/^-?\d+$/.test(row.key)) return row.name || row.key;
    if (dimension === "day") return f.day(Number(row.key));
    if (dimension === "month") return new Intl.DateTimeFormat(f.locale, { year: "numeric", month: "long", timeZone: "UTC" }).format(Number(row.key) * 86_400_000);
    if (dimension === "channel" && i18n.exists(`orders.channels.${row.key}`)) return t(`orders.channels.${row.key}` as "orders.channels.counter");
    return row.name || t("analytics.none");
  };

  // An order of three products is one order: where it belongs to no single row, orders are not counted, and have no columns of dashes.
  const counted = q.data?.totals.orders != null;

  const columns: TableColumnsType<SalesRow> = [
    {
      key: "name",
      title: t(`analytics.by.${dimension}`),
      width: 240,
      sorter: !timely,
      sortOrder: sort === "name" ? (search.up === "yes" ? "ascend" : "descend") : null,
      render: (_, row) =>
        row.deeper ? (
          <Button type="link" className="sk-cell-link" onClick={() => set({ by: row.deeper, path: JSON.stringify([...trail, { by: dimension, key: row.key, name: label(row) }]) })}>
            {label(row)}
          </Button>
        ) : (
          <>
            {label(row)} {row.code && <span className="sk-muted">{row.code}</span>}
          </>
        ),
    },
    ...(counted
      ? ([{ key: "orders", title: t("analytics.orders"), align: "end", width: 110, sorter: !timely, sortOrder: sort === "orders" ? (search.up === "yes" ? "ascend" : "descend") : null, render: (_: unknown, r: SalesRow) => <Num value={r.sales.orders} /> }] as TableColumnsType<SalesRow>)
      : []),
    { key: "units", title: t("analytics.units"), align: "end", width: 110, sorter: !timely, sortOrder: sort === "units" ? (search.up === "yes" ? "ascend" : "descend") : null, render: (_, r) => <Num value={r.sales.units} /> },
    { key: "amount", title: t("analytics.amount"), align: "end", width: 150, sorter: !timely, sortOrder: sort === "amount" ? (search.up === "yes" ? "ascend" : "descend") : null, render: (_, r) => <Money minor={r.sales.amount} signed /> },
    ...(counted ? ([{ key: "aov", title: t("analytics.aov"), align: "end", width: 130, render: (_: unknown, r: SalesRow) => <Money minor={average(r.sales)} /> }] as TableColumnsType<SalesRow>) : []),
    ...(compare
      ? ([
          { key: "before", title: t("analytics.before"), align: "end", width: 150, render: (_: unknown, r: SalesRow) => <Money minor={r.previous?.amount ?? 0} signed /> },
          { key: "change", title: t("analytics.change"), align: "end", width: 110, render: (_: unknown, r: SalesRow) => <Change now={r.sales.amount} before={r.previous?.amount ?? 0} /> },
        ] as TableColumnsType<SalesRow>)
      : []),
  ];

  // Time runs forward, whatever the order of amounts.
  const rows = timely ? [...(q.data?.rows ?? [])].sort((a, b) => Number(a.key) - Number(b.key)) : (q.data?.rows ?? []);
  const shown = timely ? rows : rows.slice(0, 10);
  const series = useMemo<Series[]>(
    () => [
      { name: t("analytics.amount"), kind: "bar", values: shown.map((r) => r.sales.amount), format: (v) => f.money(Math.round(v)), scale: (v) => f.moneyShort(Math.round(v)) },
      // A line from one product to the next would tell of a course that is none.
      ...(timely ? [{ name: t("analytics.units"), kind: "line" as const, axis: "right" as const, values: shown.map((r) => r.sales.units), format: (v: number) => f.count(v) }] : []),
    ],
    [q.data, t, f.locale], // eslint-disable-line react-hooks/exhaustive-deps
  );

  const sums: Record<string, ReactNode> = q.data
    ? {
        name: t("analytics.total"),
        orders: <Num value={q.data.totals.orders} />,
        units: <Num value={q.data.totals.units} />,
        amount: <Money minor={q.data.totals.amount} signed />,
        aov: <Money minor={average(q.data.totals)} />,
        before: <Money minor={q.data.previous_totals?.amount ?? 0} signed />,
        change: <Change now={q.data.totals.amount} before={q.data.previous_totals?.amount ?? 0} />,
      }
    : {};

  const download = () => {
    if (!q.data) return;
    const money = (v: number | null | undefined) => (v === null || v === undefined ? "" : toDecimalText(v, q.data.currency));
    const head = [t(`analytics.by.${dimension}`), t("analytics.code"), t("analytics.orders"), t("analytics.units"), t("analytics.amount"), t("analytics.aov"), ...(compare ? [t("analytics.before")] : [])];
    const line = (name: string, code: string, s: Sales, before: Sales | null) => [name, code, String(s.orders ?? ""), String(s.units), money(s.amount), money(average(s)), ...(compare ? [money(before?.amount ?? 0)] : [])];
    const note = [`${dayToIso(q.data ? span.from : 0)} – ${dayToIso(span.to)}`, q.data.zone, q.data.currency];
    saveText(`sales-by-${dimension}-${dayToIso(span.from)}-${dayToIso(span.to)}.csv`, toCsv([note, head, ...rows.map((r) => line(label(r), r.code, r.sales, r.previous)), line(t("analytics.total"), "", q.data.totals, q.data.previous_totals)]));
  };

  return (
    <div className="sk-page">
      <PageHeader
        title={t("analytics.menu")}
        sub={t("analytics.zone", { zone: shop.zone })}
        actions={
          <Button icon={<DownloadOutlined />} disabled={rows.length === 0} onClick={download}>
            {t("analytics.download")}
          </Button>
        }
      />
      <div className="sk-filters sk-report-bar">
        <Segmented<Dimension> className="sk-scroll" aria-label={t("analytics.dimension")} value={dimension} onChange={(by) => set({ by: by === "product" ? null : by, path: null, sort: null, up: null })} options={DIMENSIONS.map((d) => ({ value: d, label: t(`analytics.by.${d}`) }))} />
        <Select
          aria-label={t("common.period")}
          value={span.choice}
          style={{ minWidth: 110 }}
          onChange={(v) => (v === "custom" ? set({ period: null, from: dayToIso(span.from), to: dayToIso(span.to) }) : set({ period: v === "30" ? null : v, from: null, to: null }))}
          options={CHOICES.map((v) => ({ value: v, label: t(`dashboard.period.${v}`) }))}
        />
        {span.choice === "custom" && (
          <Days from={span.from} to={span.to} onChange={set} />
        )}
        {!timely && <label className="sk-actions">
          <Switch size="small" checked={compare} onChange={(on) => set({ compare: on ? null : "no" })} /> {t("analytics.compare")}
        </label>}
      </div>
      {trail.length > 0 && (
        <Breadcrumb
          className="sk-report-bar"
          items={[
            { title: <a onClick={(e) => (e.preventDefault(), set({ by: trail[0]?.by ?? null, path: null }))} href="#/analytics">{t("analytics.all")}</a> },
            ...trail.map((s, i) => ({
              title:
                i === trail.length - 1 ? (
                  s.name
                ) : (
                  <a href="#/analytics" onClick={(e) => (e.preventDefault(), set({ by: trail[i + 1]?.by ?? null, path: JSON.stringify(trail.slice(0, i + 1)) }))}>
                    {s.name}
                  </a>
                ),
            })),
          ]}
        />
      )}
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Waiting />}
      {q.data && rows.length === 0 && (
        <EmptyState
          icon={<BarChartOutlined />}
          title={t("analytics.empty")}
          text={t("analytics.emptyNext")}
          action={
            <div className="sk-actions">
              <Button onClick={() => set({ period: null, from: dayToIso(today - 364), to: dayToIso(today) })}>{t("analytics.year")}</Button>
              <Link to="/imports">
                <Button tabIndex={-1}>{t("analytics.import")}</Button>
              </Link>
            </div>
          }
        />
      )}
      {q.data && rows.length > 0 && (
        <div className="sk-stack">
          <Card>
            <Chart
              title={t("analytics.chart", { by: t(`analytics.by.${dimension}`) })}
              summary={t("analytics.summary", { total: f.money(q.data.totals.amount), n: f.count(rows.length) })}
              labels={shown.map((r) => (dimension === "day" && /^-?\d+$/.test(r.key) ? formatDay(Number(r.key), f.locale, "short") : label(r)))}
              labelled={t(`analytics.by.${dimension}`)}
              series={series}
              height={240}
            />
          </Card>
          <Card styles={{ body: { padding: 0 } }}>
            <Table<SalesRow>
              size="small"
              columns={columns}
              dataSource={rows}
              rowKey="key"
              loading={q.isPlaceholderData}
              showSorterTooltip={false}
              pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false, size: "small" } : false}
              scroll={{ x: columns.reduce((n, c) => n + Number(c.width ?? 0), 0) }}
              onChange={(_p, _f, s, extra) => {
                if (extra.action !== "sort") return;
                const one = Array.isArray(s) ? s[0] : s;
                set({ sort: one?.order ? String(one.columnKey) : null, up: one?.order === "ascend" ? "yes" : null });
              }}
              summary={() => (
                <Table.Summary.Row className="sk-total">
                  {columns.map((c, i) => (
                    <Table.Summary.Cell key={String(c.key)} index={i} {...(i > 0 ? { align: "end" as const } : {})}>
                      {sums[String(c.key)]}
                    </Table.Summary.Cell>
                  ))}
                </Table.Summary.Row>
              )}
            />
          </Card>
          {q.data.left_out > 0 && <Alert type="info" showIcon title={t("analytics.leftOut", { n: f.count(q.data.left_out) })} />}
        </div>
      )}
    </div>
  );
}

/** Amount per order, half up, on integers; none where orders are not counted. */
function average(s: Sales): number | null {
  if (s.orders === null || s.orders <= 0) return null;
  const n = BigInt(s.orders);
  const twice = BigInt(s.amount) * 2n;
  const shifted = twice + (twice < 0n ? -n : n);
  return Number(shifted / (n * 2n));
}

function Change({ now, before }: { now: number; before: number }) {
  const f = useFormats();
  const bp = change(now, before);
  if (bp === null) return <span className="sk-muted">—</span>;
  return <span className={`sk-num ${bp > 0 ? "sk-up" : bp < 0 ? "sk-down" : ""}`}>{`${bp > 0 ? "+" : ""}${formatBasisPoints(bp, f.locale)}`}</span>;
}

interface Step {
  by: Dimension;
  key: string;
  name: string;
}

/** The way down that was taken, as it stands in the address. */
function readTrail(text: string | undefined): Step[] {
  if (!text) return [];
  try {
    const steps = JSON.parse(text) as Step[];
    return Array.isArray(steps) ? steps.filter((s) => typeof s?.key === "string" && DIMENSIONS.includes(s.by)) : [];
  } catch {
    return [];
  }
}
