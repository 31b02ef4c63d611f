import { Button, Input } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CarOutlined, CheckCircleOutlined, DollarOutlined, EditOutlined, InboxOutlined, PauseCircleOutlined, RollbackOutlined, ShoppingOutlined, StopOutlined, SwapRightOutlined, WarningOutlined } from "@ant-design/icons";
import { Timeline, type TimelineEvent } from "../../components/Timeline";
import { useStatusText } from "../../components/StatusTag";
import { useToast } from "../../components/useToast";
import { useTell } from "../../lib/api";
import { useFormats } from "../../lib/shop";
import { useWho } from "../../lib/who";
import { useCarrierName } from "../../shipping";
import { useChannelName } from "../channels";
import type { Order, OrderEvent } from "../types";

const LOOKS: Record<string, [ReactNode, TimelineEvent["color"]]> = {
  placed: [<ShoppingOutlined />, "blue"],
  paid: [<DollarOutlined />, "green"],
  refunded: [<RollbackOutlined />, "orange"],
  stage: [<SwapRightOutlined />, "gray"],
  reserved: [<InboxOutlined />, "gray"],
  short: [<WarningOutlined />, "red"],
  hold: [<PauseCircleOutlined />, "red"],
  released: [<CheckCircleOutlined />, "green"],
  reviewed: [<CheckCircleOutlined />, "green"],
  packed: [<InboxOutlined />, "blue"],
  shipped: [<CarOutlined />, "blue"],
  handed_over: [<CheckCircleOutlined />, "green"],
  delivered: [<CheckCircleOutlined />, "green"],
  parcel_cancelled: [<StopOutlined />, "orange"],
  cancelled: [<StopOutlined />, "red"],
  note: [<EditOutlined />, "gray"],
};

/** Everything that happened to the order, with its time and whoever did it; and a place to add a word. */
export function History({ order }: { order: Order }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [text, setText] = useState("");
  const note = useTell("orders.add_note", { onError: (e) => toast.error(e) });
  const who = useWho();
  const words = useEventWords(order.currency);
  const add = () => {
    const value = text.trim();
    if (value !== "" && !note.isPending) void note.mutateAsync({ order_id: order.id, text: value }).then(() => setText(""), () => undefined);
  };
  return (
    <section className="so-card" aria-labelledby="so-history">
      <h2 id="so-history">{t("orders.timeline")}</h2>
      <div className="so-add-note">
        <Input value={text} maxLength={500} placeholder={t("orders.addNote")} aria-label={t("orders.addNote")} onChange={(e) => setText(e.target.value)} onPressEnter={(e) => !e.nativeEvent.isComposing && add()} />
        <Button onClick={add} loading={note.isPending} disabled={text.trim() === ""}>
          {t("orders.add")}
        </Button>
      </div>
      <Timeline
        events={order.timeline.map((e) => {
          const look = LOOKS[e.kind];
          return { key: e.id, at: e.at, who: who(e.actor_name), ...words(e), ...(look ? { icon: look[0], ...(look[1] ? { color: look[1] } : {}) } : {}) };
        })}
      />
    </section>
  );
}

function useEventWords(currency: string): (e: OrderEvent) => { title: string; detail?: string } {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const status = useStatusText();
  const carrier = useCarrierName();
  const channel = useChannelName();
  return (e) => {
    const d = e.data;
    const key = `orders.event.${e.kind}`;
    const title = i18n.exists(key) ? t(key as "orders.event.placed") : e.kind;
    const facts = [
      d.amount != null && f.money(d.amount, currency),
      d.method != null && t(`payments.method.${d.method}`),
      d.from != null && d.to != null ? `${status("stage", d.from)} → ${status("stage", d.to)}` : d.to != null && status("stage", d.to),
      d.hold != null && t(`orders.hold.${d.hold}`),
      d.units != null && t("orders.unitsOf", { n: f.count(d.units) }),
      d.carrier != null && d.carrier !== "" && carrier(d.carrier),
      d.waybill,
      // An order says where it came from.
      e.kind === "placed" && d.text ? channel(d.text) : d.text,
    ].filter((x): x is string => typeof x === "string" && x !== "");
    return { title, ...(facts.length > 0 ? { detail: facts.join(" · ") } : {}) };
  };
}
