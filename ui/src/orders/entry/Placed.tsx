import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { CheckCircleFilled, PrinterOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Money } from "../../components/Money";
import { StatusTag } from "../../components/StatusTag";
import { Slip } from "../Slip";
import type { Placed } from "../types";

/** The order stands: its number, what goes back over the counter, and the next one with a single key. */
export function PlacedPanel({ placed, onNext }: { placed: Placed; onNext: () => void }) {
  const { t } = useTranslation();
  const [printing, setPrinting] = useState(false);
  return (
    <section className="so-placed" role="status" aria-labelledby="so-placed">
      <CheckCircleFilled className="so-placed-icon" aria-hidden />
      <h2 id="so-placed">
        {t("orders.entry.placed")} <span className="sk-num">{placed.number}</span>
      </h2>
      <div>
        <StatusTag kind="stage" value={placed.stage} />
      </div>
      <dl className="so-placed-sums">
        <dt>{t("orders.total")}</dt>
        <dd>
          <Money minor={placed.total} />
        </dd>
        {placed.due > 0 && (
          <>
            <dt>{t("orders.due")}</dt>
            <dd>
              <Money minor={placed.due} />
            </dd>
          </>
        )}
        {placed.change > 0 && (
          <>
            <dt className="so-grand">{t("payments.change")}</dt>
            <dd className="so-grand">
              <Money minor={placed.change} />
            </dd>
          </>
        )}
      </dl>
      <div className="sk-actions so-center">
        <Button type="primary" size="large" autoFocus onClick={onNext}>
          {t("orders.entry.next")} <kbd>Enter</kbd>
        </Button>
        <Button size="large" icon={<PrinterOutlined />} onClick={() => setPrinting(true)}>
          {t("orders.slip.print")}
        </Button>
        <Link to="/orders/$id" params={{ id: placed.order_id }}>
          <Button size="large" tabIndex={-1}>
            {t("orders.entry.open")}
          </Button>
        </Link>
      </div>
      {printing && <Slip orderId={placed.order_id} onDone={() => setPrinting(false)} />}
    </section>
  );
}
