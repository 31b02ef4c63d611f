import { useEffect } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { addressLine } from "../customers";
import { useFormats, useShop } from "../lib/shop";
import { useTitles } from "../lib/titles";
import { useOrder } from "./queries";
import "./orders.css";

/** The packing slip: unseen on the screen, alone on the paper. It opens the print dialogue by itself. */
export function Slip({ orderId, onDone }: { orderId: string; onDone: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const shop = useShop();
  const order = useOrder(orderId).data;

  useEffect(() => {
    if (!order) return;
    const timer = setTimeout(() => {
      window.print();
      onDone();
    }, 50);
    return () => clearTimeout(timer);
  }, [order?.id]); // eslint-disable-line react-hooks/exhaustive-deps

  if (!order) return null;
  return createPortal(
    <div className="so-slip">
      <header>
        <strong>{shop.name}</strong>
        <span>{t("orders.slip.title")}</span>
      </header>
      <p>
        <strong>{order.number}</strong> · {f.dateTime(order.placed_at)}
      </p>
      {order.ship_to && (
        <p>
          {order.ship_to.name} {order.ship_to.phone}
          <br />
          {addressLine(order.ship_to)}
        </p>
      )}
      {!order.ship_to && order.buyer_name && (
        <p>
          {order.buyer_name} {order.buyer_phone}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th>{t("orders.line.product")}</th>
            <th className="so-end">{t("orders.line.qty")}</th>
            <th className="so-end">{t("orders.line.price")}</th>
            <th className="so-end">{t("orders.line.amount")}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((l) => (
            <tr key={l.id}>
              <td>
                {titles.withOptions(l)}
                <br />
                <small>{l.sku_code}</small>
              </td>
              <td className="so-end">{f.count(l.qty - l.cancelled)}</td>
              <td className="so-end">{f.money(l.unit_price, order.currency)}</td>
              <td className="so-end">{f.money(l.gross, order.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl>
        <dt>{t("orders.goods")}</dt>
        <dd>{f.money(order.goods, order.currency)}</dd>
        {order.discount > 0 && (
          <>
            <dt>{t("orders.discount")}</dt>
            <dd>−{f.money(order.discount, order.currency)}</dd>
          </>
        )}
        {order.freight > 0 && (
          <>
            <dt>{t("orders.freight")}</dt>
            <dd>{f.money(order.freight, order.currency)}</dd>
          </>
        )}
        <dt>{t("orders.total")}</dt>
        <dd>
          <strong>{f.money(order.total, order.currency)}</strong>
        </dd>
        <dt>{t("orders.paid")}</dt>
        <dd>{f.money(order.captured - order.refunded, order.currency)}</dd>
      </dl>
      {order.pickup_code && (
        <p>
          {t("orders.pickup.code")}: <strong>{order.pickup_code}</strong>
        </p>
      )}
      {order.buyer_note && <p>{order.buyer_note}</p>}
    </div>,
    document.body,
  );
}
