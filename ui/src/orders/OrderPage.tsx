import { useParams } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { MoreOutlined, PrinterOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Key } from "../components/Key";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { StatusTag } from "../components/StatusTag";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { useTell } from "../lib/api";
import { useHotkeys } from "../lib/hotkeys";
import { useFormats } from "../lib/shop";
import { useWho } from "../lib/who";
import { Slip } from "./Slip";
import { useChannelName } from "./channels";
import { BuyerCard } from "./page/BuyerCard";
import { CancelModal } from "./page/CancelModal";
import { Goods } from "./page/Goods";
import { History } from "./page/History";
import { HoldModal, Holds } from "./page/Holds";
import { MoneyCard } from "./page/MoneyCard";
import { Notes } from "./page/Notes";
import { Parcels } from "./page/Parcels";
import { useOrder } from "./queries";
import type { Action, Bulk, Order } from "./types";
import "./orders.css";

export default function OrderPage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const q = useOrder(id ?? "");
  if (q.data) return <Page key={q.data.id} order={q.data} />;
  return <div className="sk-page">{q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : <Waiting rows={8} />}</div>;
}

function Page({ order: masked }: { order: Order }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const channel = useChannelName();
  const who = useWho();
  const [open, setOpen] = useState<"cancel" | "hold" | "print" | null>(null);
  const onError = (e: unknown) => toast.error(e);
  // What was opened is shown until the order is read anew.
  const [opened, setOpened] = useState<{ of: Order; whole: Order } | null>(null);
  const openBuyer = useTell("orders.open_buyer", { onSuccess: (whole) => setOpened({ of: masked, whole }) });
  const order = opened?.of === masked ? opened.whole : masked;
  const done = (what: string) => (b: Bulk) => (b.changed.length > 0 ? what : null);
  const review = useTell("orders.review", { onError });
  const reserve = useTell("orders.reserve", { onError });
  const deliver = useTell("orders.deliver", { onError });
  const complete = useTell("orders.complete", { onError });
  const archive = useTell("orders.archive", { onError, undo: done(t("orders.bulk.archive.done", { count: 1 })) });
  const unarchive = useTell("orders.unarchive", { onError, undo: done(t("orders.bulk.unarchive.done", { count: 1 })) });
  const can = (a: Action) => order.actions.includes(a);
  const versioned = { order_id: order.id, version: order.version };
  useHotkeys([{ keys: "p", label: t("orders.slip.print"), run: () => setOpen("print") }]);

  // The step that is due now is a button; what is done seldom stands behind the dots. What cannot be done is not shown.
  const steps: { a: Action; run: () => void; busy: boolean }[] = [
    { a: "review", run: () => review.mutate({ order_ids: [order.id], hold_reason: null }), busy: review.isPending },
    { a: "reserve", run: () => reserve.mutate(versioned), busy: reserve.isPending },
    { a: "deliver", run: () => deliver.mutate(versioned), busy: deliver.isPending },
    { a: "complete", run: () => complete.mutate(versioned), busy: complete.isPending },
  ];
  const seldom = [
    can("hold") && { key: "hold", label: t("orders.action.hold"), onClick: () => setOpen("hold") },
    can("archive") && { key: "archive", label: t("orders.action.archive"), onClick: () => archive.mutate({ order_ids: [order.id] }) },
    can("unarchive") && { key: "unarchive", label: t("orders.action.unarchive"), onClick: () => unarchive.mutate({ order_ids: [order.id] }) },
    can("cancel") && { key: "cancel", danger: true, label: t("orders.action.cancel"), onClick: () => setOpen("cancel") },
  ].filter((x) => x !== false);

  return (
    <div className="sk-page so-page">
      <PageHeader
        title={<span className="sk-num">{order.number}</span>}
        back="/orders"
        tags={
          <>
            <StatusTag kind="stage" value={order.stage} />
            <StatusTag kind="payment" value={order.payment_status} />
            <StatusTag kind="fulfilment" value={order.fulfilment_status} />
            {order.after_sale_status !== "none" && <StatusTag kind="afterSale" value={order.after_sale_status} />}
          </>
        }
        sub={
          <span className="sk-num">
            {f.dateTime(order.placed_at)} · {channel(order.channel)} · {t(`orders.delivery.${order.delivery}`)} · {who(order.created_by)}
            {order.archived && ` · ${t("orders.view.archived")}`}
          </span>
        }
        actions={
          <>
            {steps
              .filter((s) => can(s.a))
              .map((s) => (
                <Button key={s.a} type="primary" loading={s.busy} onClick={s.run}>
                  {t(`orders.action.${s.a}`)}
                </Button>
              ))}
            <Button icon={<PrinterOutlined />} onClick={() => setOpen("print")}>
              {t("orders.slip.print")}<Key of="p" />
            </Button>
            {seldom.length > 0 && (
              <Dropdown trigger={["click"]} menu={{ items: seldom }}>
                <Button icon={<MoreOutlined />} aria-label={t("orders.moreActions")} />
              </Dropdown>
            )}
          </>
        }
      />
      <Holds order={order} />
      <div className="so-grid so-grid-page">
        <div className="so-main">
          <Goods order={order} />
          <Parcels order={order} />
          <History order={order} />
        </div>
        <div className="so-side">
          <BuyerCard order={order} {...(order === masked ? { onOpen: (reason: string) => openBuyer.mutateAsync({ order_id: order.id, reason }) } : {})} />
          <MoneyCard order={order} />
          <Notes order={order} />
        </div>
      </div>
      {open === "cancel" && <CancelModal order={order} onClose={() => setOpen(null)} />}
      {open === "hold" && <HoldModal order={order} onClose={() => setOpen(null)} />}
      {open === "print" && <Slip orderId={order.id} onDone={() => setOpen(null)} />}
    </div>
  );
}
