import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { DatabaseOutlined, EditOutlined, SafetyCertificateOutlined, SwapOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StockRow } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { Num } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { ProductTitle } from "../components/ProductTitle";
import { StatusTag, useStatusText } from "../components/StatusTag";
import { DataList, type Column } from "../components/list";
import { useListState } from "../lib/listState";
import { useCan } from "../lib/me";
import { useTitles } from "../lib/titles";
import { AdjustDrawer } from "./AdjustDrawer";
import { stockInput, useStock } from "./queries";

export function levelOf(r: Pick<StockRow, "available" | "low">): "ok" | "low" | "out" {
  return r.available <= 0 ? "out" : r.low ? "low" : "ok";
}

export default function StockList() {
  const { t } = useTranslation();
  const can = useCan();
  const status = useStatusText();
  const titles = useTitles();
  const { search } = useListState();
  const source = useStock(search);
  const [adjusting, setAdjusting] = useState<{ rows: StockRow[]; clear: () => void } | null>(null);
  const adjust = (rows: StockRow[], clear: () => void = () => undefined) => setAdjusting({ rows, clear });

  const columns: Column<StockRow>[] = [
    {
      key: "code",
      title: t("stock.sku"),
      always: true,
      sort: "ascend",
      width: 150,
      render: (r) => (
        <Link to="/stock/moves" search={{ sku: r.sku_id } as never} className="sk-num" title={t("stock.openMoves")}>
          {r.code}
        </Link>
      ),
      text: (r) => r.code,
    },
    {
      key: "title",
      title: t("stock.product"),
      width: 225,
      render: (r) => (
        <Link to="/catalog/$id" params={{ id: r.product_id }}>
          <ProductTitle of={r} options={r.options} />
        </Link>
      ),
      text: titles.withOptions,
    },
    { key: "barcode", title: t("stock.barcode"), width: 150, hidden: true, render: (r) => <span className="sk-num">{r.barcode}</span>, text: (r) => r.barcode ?? "" },
    { key: "level", title: t("stock.level"), width: 110, render: (r) => <StatusTag kind="stockLevel" value={levelOf(r)} />, text: (r) => status("stockLevel", levelOf(r)) },
    { key: "on_hand", title: t("stock.onHand"), width: 100, align: "end", sort: "descend", render: (r) => <Num value={r.on_hand} />, text: (r) => String(r.on_hand) },
    { key: "reserved", title: t("stock.reserved"), width: 90, align: "end", render: (r) => <Num value={r.reserved} />, text: (r) => String(r.reserved) },
    { key: "available", title: t("stock.available"), width: 110, align: "end", sort: "ascend", render: (r) => <strong><Num value={r.available} /></strong>, text: (r) => String(r.available) },
    { key: "low_at", title: t("stock.lowAt"), width: 95, align: "end", wideOnly: true, render: (r) => (r.low_at === null ? <span className="sk-muted">—</span> : <Num value={r.low_at} />), text: (r) => String(r.low_at ?? "") },
    {
      key: "do",
      title: t("stock.correct"),
      width: 110,
      render: (r) => (
        <Button size="small" icon={<EditOutlined />} disabled={!can("stock_write")} onClick={(e) => (e.stopPropagation(), adjust([r]))}>
          {t("stock.correctOne")}
        </Button>
      ),
    },
  ];

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader
        title={t("stock.title")}
        actions={
          <>
            <Link to="/stock/check">
              <Button icon={<SafetyCertificateOutlined />} tabIndex={-1}>
                {t("stock.check.title")}
              </Button>
            </Link>
            <Link to="/stock/moves">
              <Button icon={<SwapOutlined />} tabIndex={-1}>
                {t("stock.moves")}
              </Button>
            </Link>
          </>
        }
      />
      <DataList
        id="stock"
        label={t("stock.title")}
        source={source}
        rowKey={(r) => r.sku_id}
        columns={columns}
        views={[
          { key: "all", label: t("stock.all"), search: {} },
          { key: "low", label: t("stock.lowOnly"), search: { level: "low", sort: "available" } },
        ]}
        onOpen={(r) => can("stock_write") && adjust([r])}
        searchHint={t("stock.searchHint")}
        bulk={[{ key: "adjust", needs: "stock_write", label: t("stock.correct"), icon: <EditOutlined />, run: adjust }]}
        exportAs={{ what: "stock", filter: stockInput(search) }}
        empty={
          <EmptyState
            icon={<DatabaseOutlined />}
            title={t("stock.empty.title")}
            text={t("stock.empty.text")}
            action={
              <Link to="/catalog/new">
                <Button type="primary" tabIndex={-1}>
                  {t("stock.empty.add")}
                </Button>
              </Link>
            }
          />
        }
      />
      {adjusting && <AdjustDrawer rows={adjusting.rows} onClose={() => setAdjusting(null)} onDone={adjusting.clear} />}
    </div>
  );
}
