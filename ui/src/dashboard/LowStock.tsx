import { Link } from "@tanstack/react-router";
import { Card, Skeleton } from "antd";
import { CheckCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { StatusTag } from "../components/StatusTag";
import { useLowStock } from "./queries";
import { More } from "./More";

export function LowStock() {
  const { t } = useTranslation();
  const q = useLowStock();
  const rows = ((q.data?.items ?? q.data?.rows ?? []) as Record<string, unknown>[]).slice(0, 6);
  return (
    <Card title={<h2>{t("dashboard.low")}</h2>} extra={<More to="/stock" search={{ level: "low" }} />}>
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Skeleton active title={false} />}
      {q.data && rows.length === 0 && (
        <p className="sk-muted">
          <CheckCircleOutlined /> {t("dashboard.lowNone")}
        </p>
      )}
      <ul className="sk-low-list">
        {rows.map((r) => {
          const available = Number(r.available ?? 0);
          return (
            <li key={String(r.sku_id ?? r.id)}>
              <Link to="/stock" search={{ q: String(r.code ?? r.sku ?? "") } as never} className="sk-cut">
                {String(r.title ?? r.name ?? r.code ?? "")} <span className="sk-muted">{String(r.code ?? "")}</span>
              </Link>
              <span className="sk-actions">
                <Num value={available} />
                <StatusTag kind="stockLevel" value={available <= 0 ? "out" : "low"} />
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
