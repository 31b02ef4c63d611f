import { Button } from "antd";
import { CheckCircleOutlined, ReloadOutlined, ToolOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { StockDifference } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { ProductTitle } from "../components/ProductTitle";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { useTell } from "../lib/api";
import { useDifferences } from "./queries";
import "./stock.css";

/** Balances are caches of the ledger: here they are compared, and a wrong one is set right from it. */
export default function StockCheck() {
  const { t } = useTranslation();
  const toast = useToast();
  const q = useDifferences();
  const repair = useTell("stock.repair", { onError: (e) => toast.error(e), onSuccess: () => void q.refetch() });
  return (
    <div className="sk-page">
      <PageHeader
        title={t("stock.check.title")}
        sub={t("stock.check.text")}
        back="/stock"
        actions={
          <Button icon={<ReloadOutlined />} loading={q.isFetching} onClick={() => void q.refetch()}>
            {t("stock.check.again")}
          </Button>
        }
      />
      {q.isPending && <Waiting />}
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.data?.length === 0 && <EmptyState icon={<CheckCircleOutlined />} title={t("stock.check.clean")} text={t("stock.check.cleanText")} />}
      {q.data && q.data.length > 0 && (
        <table className="st-check">
          <thead>
            <tr>
              <th scope="col">{t("stock.product")}</th>
              <th scope="col" className="st-end">{t("stock.onHand")}</th>
              <th scope="col" className="st-end">{t("stock.check.moved")}</th>
              <th scope="col" className="st-end">{t("stock.reserved")}</th>
              <th scope="col" className="st-end">{t("stock.check.held")}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {q.data.map((d: StockDifference) => (
              <tr key={`${d.sku_id}-${d.location_id}`}>
                <td>
                  <ProductTitle of={d} /> <span className="sk-muted sk-num">{d.sku_code}</span>
                </td>
                <td className="st-end"><Num value={d.on_hand} /></td>
                <td className="st-end"><Num value={d.moved} /></td>
                <td className="st-end"><Num value={d.reserved} /></td>
                <td className="st-end"><Num value={d.held} /></td>
                <td className="st-end">
                  <Button icon={<ToolOutlined />} loading={repair.isPending} onClick={() => repair.mutate({ sku_id: d.sku_id, location_id: d.location_id })}>
                    {t("stock.check.repair")}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
