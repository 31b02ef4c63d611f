import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { CheckOutlined, DownloadOutlined, FlagOutlined, InboxOutlined, PauseCircleOutlined, PlusCircleOutlined, ShoppingOutlined, TagsOutlined, UndoOutlined, UserOutlined } from "@ant-design/icons";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { Key } from "../components/Key";
import { Money, Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { Pill, StatusTag, useStatusText } from "../components/StatusTag";
import { DataList, type Column, type View } from "../components/list";
import { exportRows } from "../components/list/exportRows";
import { useListState } from "../lib/listState";
import { toDecimalText } from "../lib/money";
import { useScreen } from "../lib/screen";
import { useCan } from "../lib/me";
import { useFormats, useShop } from "../lib/shop";
import { BulkModal, type BulkKind } from "./BulkModal";
import { FlagMark } from "./FlagMark";
import { MoreFilters, type SelectFilter } from "./MoreFilters";
import { useChannelName, CHANNELS } from "./channels";
import { FLAGS, FULFILMENT_STATUSES, PAYMENT_STATUSES, STAGES, readFilter, readSort } from "./filters";
import { useBoard, useOrders } from "./queries";
import { Tags } from "./Tags";
import type { Row } from "./types";
import "./orders.css";

export default function OrderList() {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const f = useFormats();
  const { currency } = useShop();
  // A status of two characters needs less room than one of two words; in both languages the list fits a window of 1280 px.
  const wide = i18n.language.startsWith("zh") ? 0 : 1;
  const status = useStatusText();
  const channel = useChannelName();
  const navigate = useNavigate();
  const { search } = useListState();
  const filter = useMemo(() => readFilter(search, currency), [search, currency]);
  const source = useOrders(filter, readSort(search));
  const board = useBoard();
  const { narrow } = useScreen();
  const [bulk, setBulk] = useState<{ kind: BulkKind; rows: Row[]; clear: () => void } | null>(null);

  const views: View[] = [
    { key: "all", label: t("orders.view.all"), search: {} },
    ...STAGES.map((s) => ({ key: s, label: status("stage", s), search: { stage: s }, count: board?.stages.find((x) => x.stage === s)?.n ?? (board ? 0 : null) })),
    { key: "held", label: t("orders.view.held"), search: { held: "true" }, count: board?.held ?? null },
    { key: "archived", label: t("orders.view.archived"), search: { archived: "true" }, count: board?.archived ?? null },
  ];

  const columns: Column<Row>[] = [
    {
      key: "number",
      title: t("orders.number"),
      always: true,
      width: 164,
      render: (r) => (
        <span className="so-number">
          <Link to="/orders/$id" params={{ id: r.id }} className="sk-num">
            {r.number}
          </Link>
          <FlagMark flag={r.flag} />
          {r.holds > 0 && (
            <Pill tone="red" icon={<PauseCircleOutlined />}>
              <span className="sk-visually-hidden">{t("orders.holds")} </span>
              {r.holds}
            </Pill>
          )}
        </span>
      ),
      text: (r) => r.number,
    },
    { key: "stage", title: t("orders.stage"), width: 98 + wide * 20, render: (r) => <StatusTag kind="stage" value={r.stage} />, text: (r) => status("stage", r.stage) },
    { key: "buyer", title: t("orders.buyer"), width: 98, render: (r) => r.buyer_name || <span className="sk-muted">{t(r.customer_id ? "orders.noName" : "orders.walkIn")}</span>, text: (r) => r.buyer_name },
    {
      key: "goods",
      title: t("orders.goodsTitle"),
      width: 118,
      render: (r) => (
        <>
          {r.first_title}
          {r.line_count > 1 && <span className="sk-muted"> {t("orders.andLines", { count: r.line_count - 1 })}</span>}
        </>
      ),
      text: (r) => r.first_title,
    },
    { key: "units", title: t("orders.units"), width: 80, align: "end", hidden: true, render: (r) => <Num value={r.units} />, text: (r) => String(r.units) },
    { key: "total", title: t("orders.total"), width: 98, align: "end", sort: true, render: (r) => <Money minor={r.total} currency={r.currency} />, text: (r) => toDecimalText(r.total, r.currency) },
    { key: "due", title: t("orders.due"), width: 120, align: "end", hidden: true, render: (r) => <Money minor={r.due} currency={r.currency} />, text: (r) => toDecimalText(r.due, r.currency) },
    { key: "payment", title: t("orders.payment"), width: 108 + wide * 4, render: (r) => <StatusTag kind="payment" value={r.payment_status} />, text: (r) => status("payment", r.payment_status) },
    { key: "fulfilment", title: t("orders.fulfilment"), width: 108 + wide * 32, render: (r) => <StatusTag kind="fulfilment" value={r.fulfilment_status} />, text: (r) => status("fulfilment", r.fulfilment_status) },
    { key: "placed", title: t("orders.placedAt"), width: 140, sort: true, render: (r) => <When ms={r.placed_at} />, text: (r) => f.dateTime(r.placed_at) },
    { key: "channel", title: t("orders.channel"), width: 110, hidden: true, render: (r) => channel(r.channel), text: (r) => channel(r.channel) },
    { key: "delivery", title: t("orders.deliveryTitle"), width: 100, hidden: true, render: (r) => t(`orders.delivery.${r.delivery}`), text: (r) => t(`orders.delivery.${r.delivery}`) },
    { key: "assignee", title: t("orders.assignee"), width: 110, hidden: true, render: (r) => r.assignee, text: (r) => r.assignee },
    { key: "tags", title: t("orders.tags"), width: 160, hidden: true, render: (r) => <Tags tags={r.tags} />, text: (r) => r.tags.join(", ") },
    { key: "note", title: t("orders.sellerNote"), width: 200, hidden: true, render: (r) => r.seller_note, text: (r) => r.seller_note },
    { key: "buyerNote", title: t("orders.buyerNote"), width: 200, hidden: true, render: (r) => r.buyer_note, text: (r) => r.buyer_note },
  ];

  // What is asked for every day stands in the bar, the rest behind the button: the bar is one line at 1280 px.
  const daily: SelectFilter[] = [
    { key: "payment", label: t("orders.payment"), kind: "select", options: PAYMENT_STATUSES.map((v) => ({ value: v, label: status("payment", v) })) },
    { key: "fulfilment", label: t("orders.fulfilment"), kind: "select", options: FULFILMENT_STATUSES.map((v) => ({ value: v, label: status("fulfilment", v) })) },
  ];
  const seldom: SelectFilter[] = [
    { key: "channel", label: t("orders.channel"), kind: "select", options: CHANNELS.map((v) => ({ value: v, label: channel(v) })) },
    { key: "flag", label: t("orders.flagTitle"), kind: "select", options: FLAGS.filter((v) => v !== "none").map((v) => ({ value: v, label: t(`orders.flag.${v}`) })) },
  ];
  const open = (kind: BulkKind) => (rows: Row[], clear: () => void) => setBulk({ kind, rows, clear });
  const add = can("orders_write") && (
    <Link to="/orders/new">
      <Button type="primary" icon={<PlusCircleOutlined />} tabIndex={-1}>
        {t("orders.new")}<Key of="n" />
      </Button>
    </Link>
  );

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader title={t("orders.title")} />
      <DataList
        id="orders"
        label={t("orders.title")}
        source={source}
        rowKey={(r) => r.id}
        columns={columns}
        views={views}
        onOpen={(r) => void navigate({ to: "/orders/$id", params: { id: r.id } })}
        searchHint={t("orders.searchHint")}
        filters={[...(narrow ? [] : daily), { key: "day", label: t("orders.days"), kind: "dates" }]}
        exportAs={{ what: "orders", filter: { filter, sort: readSort(search) } }}
        extra={<MoreFilters also={narrow ? [...daily, ...seldom] : seldom} />}
        bulk={[
          { key: "export", needs: "exports_write", label: t("orders.bulk.export"), icon: <DownloadOutlined />, run: (rows) => exportRows("orders", columns, rows) },
          { key: "approve", needs: "orders_write", label: t("orders.bulk.approve.action"), icon: <CheckOutlined />, disabled: (rows) => !rows.some((r) => r.stage === "review"), run: open("approve") },
          { key: "flag", needs: "orders_write", label: t("orders.bulk.flag.action"), icon: <FlagOutlined />, run: open("flag") },
          { key: "assign", needs: "orders_write", label: t("orders.bulk.assign.action"), icon: <UserOutlined />, run: open("assign") },
          { key: "tag", needs: "orders_write", label: t("orders.bulk.tag.action"), icon: <TagsOutlined />, run: open("tag") },
          filter.archived
            ? { key: "unarchive", needs: "orders_write", label: t("orders.bulk.unarchive.action"), icon: <UndoOutlined />, run: open("unarchive") }
            : { key: "archive", needs: "orders_write", label: t("orders.bulk.archive.action"), icon: <InboxOutlined />, run: open("archive") },
        ]}
        empty={<EmptyState icon={<ShoppingOutlined />} title={t("orders.empty.title")} text={t("orders.empty.text")} action={<div className="sk-actions so-center">{add}{can("imports_write") && <Link to="/imports"><Button tabIndex={-1}>{t("orders.empty.import")}</Button></Link>}</div>} />}
      />
      {bulk && <BulkModal kind={bulk.kind} rows={bulk.rows} onClose={() => setBulk(null)} onDone={bulk.clear} />}
    </div>
  );
}
