import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Money, Num, When } from "../../components/Money";
import { Unmask } from "../../components/Unmask";
import { useAsk } from "../../lib/api";
import type { Order } from "../types";

/** Who bought, and what else the shop knows of them. */
export function BuyerCard({ order, onOpen }: { order: Order; onOpen?: (reason: string) => Promise<unknown> }) {
  const { t } = useTranslation();
  const q = useAsk("customers.get", { id: order.customer_id ?? "" }, { enabled: order.customer_id !== null });
  const c = q.data;
  return (
    <section className="so-card" aria-labelledby="so-who">
      <div className="so-split">
        <h2 id="so-who">{t("orders.buyer")}</h2>
        {onOpen && (order.buyer_phone || order.ship_to) && <Unmask onOpen={onOpen} />}
      </div>
      {order.customer_id === null ? (
        <p>
          {order.buyer_name || t("orders.walkIn")} <span className="sk-muted sk-num">{order.buyer_phone}</span>
        </p>
      ) : (
        <>
          <p>
            <Link to="/customers/$id" params={{ id: order.customer_id }}>
              <strong>{order.buyer_name || t("orders.noName")}</strong>
            </Link>{" "}
            <span className="sk-num">{order.buyer_phone}</span> {c?.email && <span className="sk-muted">{c.email}</span>}
          </p>
          {c && (
            <dl className="so-facts">
              <dt>{t("orders.buyerOrders")}</dt>
              <dd>
                <Num value={c.order_count} />
              </dd>
              <dt>{t("orders.buyerTotal")}</dt>
              <dd>
                <Money minor={c.order_total} />
              </dd>
              <dt>{t("orders.buyerLast")}</dt>
              <dd>
                <When ms={c.last_order_at} ago />
              </dd>
            </dl>
          )}
          {c?.note && <p className="sk-muted">{c.note}</p>}
        </>
      )}
    </section>
  );
}
