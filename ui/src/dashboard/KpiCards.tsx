import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { inLibrary } from "../app/inLibrary";
import { Popup } from "../components/Popup";
import { ArrowDownOutlined, ArrowUpOutlined, InfoCircleOutlined, MinusOutlined } from "../components/icons";
import { formatBasisPoints } from "../lib/money";
import { useFormats } from "../lib/shop";
import type { Kpis } from "../bindings";
import { change } from "../lib/period";

const Tip = lazy(inLibrary(() => import("../components/Tip")));

type Metric = "gmv" | "net" | "orders" | "paid_orders" | "aov" | "new_customers" | "units" | "conversion";

/** The core numbers, each with its meaning and its change against the period before. */
export function KpiCards({ now, before }: { now: Kpis; before: Kpis | null }) {
  const { t } = useTranslation();
  const f = useFormats();
  const money = (v: number) => f.money(v);
  const cards: { key: Metric; value: number | null; old: number | null; show: (v: number) => string }[] = [
    { key: "gmv", value: now.gmv, old: before?.gmv ?? null, show: money },
    { key: "net", value: now.net, old: before?.net ?? null, show: money },
    { key: "orders", value: now.orders, old: before?.orders ?? null, show: f.count },
    { key: "paid_orders", value: now.paid_orders, old: before?.paid_orders ?? null, show: f.count },
    { key: "aov", value: now.aov, old: before?.aov ?? null, show: money },
    { key: "units", value: now.units, old: before?.units ?? null, show: f.count },
    { key: "new_customers", value: now.new_customers, old: before?.new_customers ?? null, show: f.count },
    { key: "conversion", value: now.conversion_ppm, old: before?.conversion_ppm ?? null, show: (v) => formatBasisPoints(Math.trunc(v / 100), f.locale) },
  ];
  return (
    <dl className="sk-kpis">
      {cards.map((c) => (
        <div key={c.key} className="sk-kpi">
          <dt>
            {t(`dashboard.kpi.${c.key}`)}
            <Meaning text={t(`dashboard.means.${c.key}`)} />
          </dt>
          <dd className="sk-kpi-value sk-num">{c.value === null ? "—" : c.show(c.value)}</dd>
          <dd className="sk-kpi-change">
            {c.value === null ? <span className="sk-muted">{c.key === "conversion" ? t("dashboard.noVisitors") : t("dashboard.noSales")}</span> : before ? <Delta now={c.value} before={c.old} old={c.old === null ? null : c.show(c.old)} /> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Meaning({ text }: { text: string }) {
  const button = (
    <button type="button" className="sk-info" aria-label={text}>
      <InfoCircleOutlined />
    </button>
  );
  return (
    <Popup plain={button}>
      <Tip title={text}>{button}</Tip>
    </Popup>
  );
}

function Delta({ now, before, old }: { now: number; before: number | null; old: string | null }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (before === null || old === null) return <span className="sk-muted">{t("dashboard.nothingBefore")}</span>;
  const bp = change(now, before);
  if (bp === null) return <span className="sk-muted">{t("dashboard.before", { value: old })}</span>;
  const icon = bp > 0 ? <ArrowUpOutlined /> : bp < 0 ? <ArrowDownOutlined /> : <MinusOutlined />;
  return (
    <span title={t("dashboard.before", { value: old })}>
      <span className={`sk-num ${bp > 0 ? "sk-up" : bp < 0 ? "sk-down" : "sk-muted"}`}>
        {icon} {formatBasisPoints(Math.abs(bp), f.locale)}
      </span>{" "}
      <span className="sk-muted sk-num">{t("dashboard.before", { value: old })}</span>
    </span>
  );
}
