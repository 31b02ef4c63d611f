import { Link } from "@tanstack/react-router";
import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, Num } from "../components/Money";
import { Waiting } from "../components/Waiting";
import { useTopProducts } from "./queries";
import { More } from "./More";

export function TopProducts({ from, to }: { from: number; to: number }) {
  const { t } = useTranslation();
  const q = useTopProducts(from, to);
  const rows = q.data?.rows ?? [];
  const most = rows[0]?.sales.amount ?? 0;
  return (
    <Card title={<h2>{t("dashboard.top")}</h2>} extra={<More to="/catalog" />}>
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Waiting />}
      {q.data && rows.length === 0 && <p className="sk-muted">{t("dashboard.topNone")}</p>}
      <ol className="sk-top-list">
        {rows.map((r) => (
          <li key={r.key}>
            <div className="sk-top-line">
              <Link to="/catalog/$id" params={{ id: r.key } as never} className="sk-cut" title={r.name}>
                {r.name}
              </Link>
              <Money minor={r.sales.amount} />
            </div>
            <div className="sk-top-line">
              <progress max={100} value={most > 0 ? Math.max(1, Math.floor((r.sales.amount / most) * 100)) : 0} aria-hidden />
              <span className="sk-muted">
                <Num value={r.sales.units} /> {t("dashboard.pieces")}
              </span>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
