import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Money } from "../../components/Money";
import { ProductTitle } from "../../components/ProductTitle";
import { useFormats } from "../../lib/shop";
import type { Order } from "../types";

/** What was sold, and what it comes to. */
export function Goods({ order }: { order: Order }) {
  const { t } = useTranslation();
  const f = useFormats();
  const money = (minor: number) => <Money minor={minor} currency={order.currency} />;
  return (
    <section className="so-card" aria-labelledby="so-goods">
      <h2 id="so-goods">{t("orders.goodsTitle")}</h2>
      <table className="so-lines so-lines-read">
        <thead>
          <tr>
            <th scope="col">{t("orders.line.product")}</th>
            <th scope="col" className="so-end">{t("orders.line.qty")}</th>
            <th scope="col" className="so-end">{t("orders.line.price")}</th>
            <th scope="col" className="so-end">{t("orders.line.discount")}</th>
            <th scope="col" className="so-end">{t("orders.line.amount")}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((l) => {
            const marks = [
              l.shipped > 0 && t("orders.line.shipped", { n: f.count(l.shipped) }),
              l.cancelled > 0 && t("orders.line.cancelled", { n: f.count(l.cancelled) }),
              l.returned > 0 && t("orders.line.returned", { n: f.count(l.returned) }),
            ].filter((x): x is string => typeof x === "string");
            return (
              <tr key={l.id}>
                <td className="so-what">
                  <div className="so-title">
                    <ProductTitle of={l} options={l.options} />
                  </div>
                  <div className="sk-muted so-code">{l.sku_code}</div>
                  {l.note && <div className="sk-muted">{l.note}</div>}
                </td>
                <td className="so-end" data-label={t("orders.line.qty")}>
                  <span className="sk-num">{f.count(l.qty)}</span>
                  {marks.map((m) => (
                    <div key={m} className="sk-muted so-mark">
                      {m}
                    </div>
                  ))}
                </td>
                <td className="so-end" data-label={t("orders.line.price")}>
                  {money(l.unit_price)}
                </td>
                <td className="so-end" data-label={t("orders.line.discount")}>
                  {l.discount > 0 ? <span>−{money(l.discount)}</span> : <span className="sk-muted">—</span>}
                </td>
                <td className="so-end" data-label={t("orders.line.amount")}>
                  {money(l.net)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <dl className="so-sums">
        <dt>{t("orders.goodsUnits", { n: f.count(order.units) })}</dt>
        <dd>{money(order.goods)}</dd>
        {order.discount > 0 && (
          <>
            <dt>{t("orders.discount")}</dt>
            <dd>−{money(order.discount)}</dd>
          </>
        )}
        {order.freight > 0 && (
          <>
            <dt>{t("orders.freight")}</dt>
            <dd>{money(order.freight)}</dd>
          </>
        )}
        {order.tax > 0 && (
          <>
            <dt>{order.tax_inclusive ? t("orders.taxInside") : t("orders.taxOnTop")}</dt>
            <dd>{money(order.tax)}</dd>
          </>
        )}
        <dt className="so-grand">{t("orders.total")}</dt>
        <dd className="so-grand">{money(order.total)}</dd>
        <dt>{t("orders.paid")}</dt>
        <dd>{money(order.captured - order.refunded)}</dd>
        {order.due > 0 && (
          <>
            <dt className="so-due">{t("orders.due")}</dt>
            <dd className="so-due">{money(order.due)}</dd>
          </>
        )}
      </dl>
      {order.returns.length > 0 && (
        <>
          <h3>{t("orders.returns")}</h3>
          <ul className="so-plain">
            {order.returns.map((r) => (
              <li key={r.id}>
                <span className="sk-num">{r.number}</span> · {f.dateTime(r.at)} · {t("orders.unitsOf", { n: f.count(r.units) })} · {money(r.total)} {r.reason && <span className="sk-muted">{r.reason}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {order.external_id && (
        <p className="sk-muted">
          {t("orders.external")}: {order.external_id}
        </p>
      )}
      {!order.moves_stock && <p className="sk-muted">{t("orders.history")}</p>}
      {order.customer_id && (
        <Link to="/orders" search={{ customer: order.customer_id } as never} className="so-more-link">
          {t("orders.sameBuyer")}
        </Link>
      )}
    </section>
  );
}
