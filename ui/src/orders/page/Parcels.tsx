import { Button } from "antd";
import { CarOutlined, CheckCircleOutlined, CopyOutlined, InboxOutlined, StopOutlined } from "@ant-design/icons";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Key } from "../../components/Key";
import { When } from "../../components/Money";
import { Pill } from "../../components/StatusTag";
import { useConfirmDanger } from "../../components/ConfirmDanger";
import { useToast } from "../../components/useToast";
import { useQueryClient } from "@tanstack/react-query";
import { addressLine } from "../../customers";
import { invalidateTags, useTell } from "../../lib/api";
import { copyText } from "../../lib/files";
import { useHotkeys } from "../../lib/hotkeys";
import { useFormats } from "../../lib/shop";
import { useTitles } from "../../lib/titles";
import { useWho } from "../../lib/who";
import { HandOverModal, ShipModal, useCarrierName, type Parcel } from "../../shipping";
import type { Order } from "../types";

const LOOKS: Record<Parcel["state"], ["orange" | "blue" | "green" | "grey", ReactNode]> = {
  ready: ["orange", <InboxOutlined />],
  handed: ["blue", <CarOutlined />],
  delivered: ["green", <CheckCircleOutlined />],
  cancelled: ["grey", <StopOutlined />],
};

/** How the goods get to the buyer, and how far they are. */
export function Parcels({ order }: { order: Order }) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const toast = useToast();
  const client = useQueryClient();
  const ask = useConfirmDanger();
  const carrier = useCarrierName();
  const who = useWho();
  const [open, setOpen] = useState<"ship" | "hand" | null>(null);
  const after = { onSuccess: () => invalidateTags(client, ["orders", "stock"]), onError: (e: unknown) => toast.error(e) };
  const ready = useTell("shipping.ready_for_pickup", { ...after, undo: () => t("shipping.packed", { number: order.number }) });
  const delivered = useTell("shipping.deliver", after);
  const drop = useTell("shipping.cancel_parcel", after);
  const can = (a: Order["actions"][number]) => order.actions.includes(a);
  useHotkeys(
    can("ship")
      ? [{ keys: "s", label: t("orders.action.ship"), run: () => setOpen("ship") }]
      : can("hand_over")
        ? [{ keys: "s", label: t("orders.action.hand_over"), run: () => setOpen("hand") }]
        : [],
  );
  const name = (id: string) => {
    const line = order.lines.find((l) => l.id === id);
    return line ? titles.withOptions(line) : "";
  };

  return (
    <section className="so-card" aria-labelledby="so-parcels">
      <div className="so-card-head">
        <h2 id="so-parcels">{t(`orders.deliveryCard.${order.delivery}`)}</h2>
        <div className="sk-actions">
          {can("ready_for_pickup") && (
            <Button size="small" type="primary" loading={ready.isPending} onClick={() => ready.mutate({ order_id: order.id, version: order.version })}>
              {t("orders.action.ready_for_pickup")}
            </Button>
          )}
          {can("hand_over") && (
            <Button size="small" type="primary" onClick={() => setOpen("hand")}>
              {t("orders.action.hand_over")}<Key of="s" />
            </Button>
          )}
          {can("ship") && (
            <Button size="small" type="primary" icon={<CarOutlined />} onClick={() => setOpen("ship")}>
              {t("orders.action.ship")}<Key of="s" />
            </Button>
          )}
        </div>
      </div>
      {order.ship_to && (
        <div className="so-split">
          <address>
            <strong>{order.ship_to.name}</strong> <span className="sk-num">{order.ship_to.phone}</span>
            <br />
            {addressLine(order.ship_to)}
          </address>
          <Button
            size="small"
            type="text"
            icon={<CopyOutlined />}
            aria-label={t("orders.copyAddress")}
            title={t("orders.copyAddress")}
            onClick={() => {
              const a = order.ship_to;
              if (a) void copyText([a.name, a.phone, addressLine(a)].filter(Boolean).join(" ")).then((ok) => ok && toast.success(t("orders.copied")));
            }}
          />
        </div>
      )}
      {order.pickup_code && (
        <p>
          {t("orders.pickup.code")} <strong className="so-pickup sk-num">{order.pickup_code}</strong>
        </p>
      )}
      {order.parcels.length === 0 && !order.ship_to && !order.pickup_code && <p className="sk-muted">{t("orders.noParcels")}</p>}
      <ul className="so-plain">
        {order.parcels.map((p) => {
          const [tone, icon] = LOOKS[p.state];
          return (
            <li key={p.id} className="so-parcel">
              <div className="so-split">
                <span>
                  <Pill tone={tone} icon={icon}>
                    {t(`shipping.state.${p.state}`)}
                  </Pill>
                  {p.delivery === "ship" ? carrier(p.carrier) : t(`orders.delivery.${p.delivery}`)} {p.waybill && <strong className="sk-num so-waybill">{p.waybill}</strong>}
                </span>
                {p.state !== "cancelled" && p.state !== "delivered" && (
                  <span className="sk-actions">
                    {p.state === "handed" && (
                      <Button size="small" loading={delivered.isPending} onClick={() => delivered.mutate({ parcel_id: p.id })}>
                        {t("shipping.deliver")}
                      </Button>
                    )}
                    <Button
                      size="small"
                      type="text"
                      onClick={() => ask({ title: t("shipping.cancelTitle"), text: t("shipping.cancelText"), action: t("shipping.cancel"), run: () => drop.mutateAsync({ parcel_id: p.id, reason: "" }).catch(() => undefined) })}
                    >
                      {t("shipping.cancel")}
                    </Button>
                  </span>
                )}
              </div>
              <div className="sk-muted">{p.lines.map((l) => `${name(l.line_id)} × ${f.count(l.qty)}`).join(t("common.comma"))}</div>
              <div className="sk-muted">
                <When ms={p.shipped_at} /> · {who(p.actor_name)}
                {p.note && ` · ${p.note}`}
              </div>
            </li>
          );
        })}
      </ul>
      {open === "ship" && <ShipModal order={order} onClose={() => setOpen(null)} />}
      {open === "hand" && <HandOverModal order={order} onClose={() => setOpen(null)} />}
    </section>
  );
}
