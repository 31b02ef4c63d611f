import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { SwapOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { MoveRow } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { ProductTitle } from "../components/ProductTitle";
import { DataList, type Column } from "../components/list";
import { useListState } from "../lib/listState";
import { useFormats } from "../lib/shop";
import { useTitles } from "../lib/titles";
import { useWho } from "../lib/who";
import { REASONS, useMoves, useStockCard } from "./queries";
import "./stock.css";

/** The ledger: every piece that came or went, with its document, its person, and the shelf before and after. */
export default function MoveList() {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const who = useWho();
  const { search, set } = useListState();
  const source = useMoves(search);
  const card = useStockCard(search.sku ?? "").data;

  const columns: Column<MoveRow>[] = [
    { key: "at", title: t("stock.at"), always: true, width: 145, render: (r) => <When ms={r.at} />, text: (r) => f.dateTime(r.at) },
    {
      key: "product",
      title: t("stock.product"),
      width: 190,
      render: (r) => (
        <Link to="/catalog/$id" params={{ id: r.product_id }}>
          <ProductTitle of={r} options={r.options} />
        </Link>
      ),
      text: titles.withOptions,
    },
    {
      key: "sku",
      title: t("stock.sku"),
      width: 125,
      render: (r) => (
        <Link to="/stock/moves" search={{ sku: r.sku_id } as never} className="sk-num">
          {r.sku_code}
        </Link>
      ),
      text: (r) => r.sku_code,
    },
    { key: "delta", title: t("stock.delta"), width: 78, align: "end", render: (r) => <strong className={r.delta < 0 ? "st-out sk-num" : "st-in sk-num"}>{r.delta > 0 ? `+${f.count(r.delta)}` : f.count(r.delta)}</strong>, text: (r) => String(r.delta) },
    { key: "before", title: t("stock.before"), width: 72, align: "end", render: (r) => <Num value={r.before} />, text: (r) => String(r.before) },
    { key: "after", title: t("stock.after"), width: 72, align: "end", render: (r) => <Num value={r.after} />, text: (r) => String(r.after) },
    { key: "reason", title: t("stock.reasonTitle"), width: 125, render: (r) => t(`stock.reason.${r.reason}`), text: (r) => t(`stock.reason.${r.reason}`) },
    {
      key: "document",
      title: t("stock.document"),
      width: 142,
      render: (r) =>
        r.order_id ? (
          <Link to="/orders/$id" params={{ id: r.order_id }} className="sk-num">
            {r.doc_number || t("stock.order")}
          </Link>
        ) : (
          <span className="sk-num">{r.doc_number}</span>
        ),
      text: (r) => r.doc_number,
    },
    { key: "who", title: t("stock.who"), width: 75, render: (r) => who(r.actor_name), text: (r) => who(r.actor_name) },
    { key: "note", title: t("stock.note"), width: 180, hidden: true, render: (r) => r.note, text: (r) => r.note },
  ];

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader
        title={t("stock.moves")}
        back="/stock"
        sub={
          search.sku &&
          card && (
            <span className="st-card">
              <strong>{titles.title(card.stock)}</strong> {card.stock.options} <span className="sk-num">{card.stock.code}</span> · {t("stock.onHand")} <Num value={card.stock.on_hand} /> · {t("stock.reserved")} <Num value={card.stock.reserved} /> · {t("stock.available")} <Num value={card.stock.available} />
              <Button size="small" type="link" onClick={() => set({ sku: null })}>
                {t("stock.allMoves")}
              </Button>
            </span>
          )
        }
      />
      <DataList
        id="stock-moves"
        label={t("stock.moves")}
        source={source}
        rowKey={(r) => r.id}
        columns={columns}
        filters={[
          { key: "reason", label: t("stock.reasonTitle"), kind: "select", options: REASONS.map((r) => ({ value: r, label: t(`stock.reason.${r}`) })) },
          { key: "day", label: t("stock.days"), kind: "dates" },
        ]}
        empty={<EmptyState icon={<SwapOutlined />} title={t("stock.noMoves.title")} text={t("stock.noMoves.text")} action={<Link to="/stock"><Button tabIndex={-1}>{t("stock.go")}</Button></Link>} />}
      />
    </div>
  );
}
