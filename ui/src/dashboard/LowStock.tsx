import { Link } from "@tanstack/react-router";
import { Card } from "antd";
import { CheckCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { StatusTag } from "../components/StatusTag";
import { Waiting } from "../components/Waiting";
import { useFormats } from "../lib/shop";
import { useTitles } from "../lib/titles";
import { useLowStock } from "./queries";
import { More } from "./More";

export function LowStock() {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const q = useLowStock();
  const rows = (q.data?.items ?? []).slice(0, 6);
  return (
    <Card title={<h2>{q.data && q.data.count > 0 ? t("dashboard.lowCount", { n: f.count(q.data.count) }) : t("dashboard.low")}</h2>} extra={<More to="/stock" search={{ level: "low" }} />}>
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Waiting />}
      {q.data && rows.length === 0 && (
        <p className="sk-muted">
          <CheckCircleOutlined /> {t("dashboard.lowNone")}
        </p>
      )}
      <ul className="sk-low-list">
        {rows.map((r) => {
          return (
            <li key={r.sku_id}>
              <Link to="/stock" search={{ q: r.code } as never} className="sk-cut" title={titles.withOptions(r)}>
                {titles.title(r)} <span className="sk-muted">{r.options || r.code}</span>
              </Link>
              <span className="sk-actions">
                <Num value={r.available} />
                <StatusTag kind="stockLevel" value={r.available <= 0 ? "out" : "low"} />
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
