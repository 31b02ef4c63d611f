import { Button } from "antd";
import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Key } from "../../components/Key";
import { Money, When } from "../../components/Money";
import { Pill } from "../../components/StatusTag";
import { useAsk } from "../../lib/api";
import { useHotkeys } from "../../lib/hotkeys";
import { useCan } from "../../lib/me";
import { useWho } from "../../lib/who";
import { GiveRefund, RefundRequests, TakePayment } from "../../payments";
import type { Order } from "../types";

/** What came in and went back. */
export function MoneyCard({ order }: { order: Order }) {
  const { t } = useTranslation();
  const who = useWho();
  const [open, setOpen] = useState<"pay" | "refund" | null>(null);
  const can = (a: "pay" | "refund") => order.actions.includes(a);
  useHotkeys(can("pay") ? [{ keys: "m", label: t("orders.action.pay"), run: () => setOpen("pay") }] : []);
  const may = useCan();
  const asked = useAsk("payments.refund_requests", { order_id: order.id }, { tags: ["attention"], enabled: may("payments_refund") && can("refund") }).data?.items ?? [];
  const last = [...order.payments].reverse().find((p) => p.kind === "capture");
  return (
    <section className="so-card" aria-labelledby="so-money">
      <div className="so-card-head">
        <h2 id="so-money">{t("orders.payments")}</h2>
        <div className="sk-actions">
          {can("refund") && (
            <Button size="small" onClick={() => setOpen("refund")}>
              {t("orders.action.refund")}
            </Button>
          )}
          {can("pay") && (
            <Button size="small" type={order.due > 0 ? "primary" : "default"} onClick={() => setOpen("pay")}>
              {t("orders.action.pay")}<Key of="m" />
            </Button>
          )}
        </div>
      </div>
      {order.payments.length === 0 && <p className="sk-muted">{order.pay_later ? t("orders.payLater") : t("orders.noPayments")}</p>}
      <ul className="so-plain">
        {order.payments.map((p) => (
          <li key={p.id} className="so-split">
            <span>
              <Pill tone={p.kind === "refund" ? "orange" : "green"} icon={p.kind === "refund" ? <ArrowUpOutlined /> : <ArrowDownOutlined />}>
                {t(`payments.kind.${p.kind}`)}
              </Pill>
              {t(`payments.method.${p.method}`)}
              <div className="sk-muted">
                <When ms={p.at} /> · {who(p.actor_name)}
                {p.reference && ` · ${p.reference}`}
                {p.note && ` · ${p.note}`}
              </div>
            </span>
            <span className="so-end">
              <Money minor={p.kind === "refund" ? -p.amount : p.amount} currency={p.currency} signed />
              {p.tendered !== null && p.tendered > p.amount && (
                <div className="sk-muted so-mark">
                  {t("payments.tendered")} <Money minor={p.tendered} currency={p.currency} />
                </div>
              )}
            </span>
          </li>
        ))}
      </ul>
      <RefundRequests of={asked} onOrder />
      {open === "pay" && <TakePayment order={order} onClose={() => setOpen(null)} />}
      {open === "refund" && <GiveRefund order={order} method={last?.method ?? "cash"} goodsOut={order.shipped_at !== null} onClose={() => setOpen(null)} />}
    </section>
  );
}
