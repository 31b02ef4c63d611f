import { Link } from "@tanstack/react-router";
import { Alert, Button, Card, Input, Modal, Switch } from "antd";
import { CheckCircleOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OfflineCase, Trouble } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { useAsk, useTell } from "../lib/api";
import { describeError, toApiError } from "../lib/errors";
import { useCan } from "../lib/me";
import { useFormats } from "../lib/shop";
import { useWho } from "../lib/who";
import { Alerts } from "../access";
import { RefundRequests } from "../payments";
import { ConnectionFacts } from "./ConnectionFacts";
import "./offline.css";

/** How this desk stands to its server, and what somebody has to look at: refunds to approve, alerts, and what was done offline. */
export default function AttentionPage() {
  const { t } = useTranslation();
  const [settled, setSettled] = useState(false);
  const can = useCan();
  const q = useAsk("offline.cases", { settled }, { tags: ["cases"], keep: true, enabled: can("orders_read") });
  const refunds = useAsk("payments.refund_requests", { decided: settled }, { tags: ["attention"], keep: true, enabled: can("payments_refund") }).data?.items ?? [];
  const alerts = useAsk("access.alerts", { acknowledged: settled }, { tags: ["attention"], keep: true, enabled: can("access_write") }).data?.items ?? [];
  const nothing = refunds.length + alerts.length === 0;
  return (
    <div className="sk-page">
      <PageHeader title={t("offline.title")} />
      <ConnectionFacts />
      <label className="sk-actions of-settled">
        <Switch checked={settled} onChange={setSettled} /> {t("offline.settled")}
      </label>
      <Alerts of={alerts} />
      <RefundRequests of={refunds} />
      {q.error?.code === "offline" ? <p className="sk-muted">{t("offline.casesLater")}</p> : q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : !q.data && can("orders_read") ? <Waiting rows={3} /> : !q.data?.cases.length ? nothing && <EmptyState icon={<CheckCircleOutlined />} title={t("offline.empty.title")} text={t("offline.empty.text")} /> : q.data.cases.map((c) => <Case key={c.id} of={c} />)}
    </div>
  );
}

function Case({ of: c }: { of: OfflineCase }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const who = useWho();
  const can = useCan();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const settle = useTell("offline.settle", { onSuccess: () => setAsking(false) });
  const carry = useTell("offline.carry_out", { onSuccess: (done) => toast.success(t("offline.carried", { number: done.number || t(title(c)) })) });
  const refused = c.error ? describeError(i18n, toApiError(c.command, c.error)) : null;
  const open = c.settled_at === null && can("orders_write");
  return (
    <Card
      className="of-gap"
      size="small"
      title={
        <>
          {t(title(c))} {c.number && <span className="sk-code">{c.number}</span>}
        </>
      }
      extra={c.order_id && <Link to="/orders/$id" params={{ id: c.order_id }}>{t("offline.open")}</Link>}
    >
      <p className="sk-muted">
        {t("offline.done", { who: who(c.actor_name), desk: c.desk || "A", at: f.dateTime(c.at), found: f.dateTime(c.found_at) })}
      </p>
      {refused && <Alert className="of-gap" type="error" showIcon title={t("offline.refused")} description={refused.title} />}
      {c.troubles.map((trouble) => (
        <TroubleNotice key={JSON.stringify(trouble)} of={trouble} />
      ))}
      {c.lines.length > 0 && (
        <ul className="of-lines">
          {c.lines.map((line, at) => (
            <li key={at}>
              <span className="sk-code">{line.code}</span> {line.title} × {f.count(line.qty)} <Money minor={line.unit_price} />
            </li>
          ))}
        </ul>
      )}
      {c.total !== null && (
        <p>
          {t("offline.total")} <Money minor={c.total} /> · {t("offline.paid")} <Money minor={c.paid ?? 0} />
        </p>
      )}
      {c.settled_at !== null && c.settled_how && (
        <p>
          {t(`offline.how.${c.settled_how}`, { who: who(c.settled_by) })} <When ms={c.settled_at} /> {c.note}
        </p>
      )}
      {settle.error && <ErrorNotice error={settle.error} />}
      {carry.error && <ErrorNotice error={carry.error} />}
      {open &&
        (refused ? (
          <div className="sk-actions">
            <Button type="primary" loading={carry.isPending} onClick={() => carry.mutate({ id: c.id })}>
              {t("offline.carryOut")}
            </Button>
            <Button onClick={() => setAsking(true)}>{t("offline.dismiss")}…</Button>
          </div>
        ) : (
          <Button loading={settle.isPending} onClick={() => settle.mutate({ id: c.id, note: "" })}>
            {t("offline.seen")}
          </Button>
        ))}
      <Modal open={asking} title={t("offline.dismissTitle")} okText={t("offline.dismiss")} okButtonProps={{ danger: true, disabled: note.trim() === "", loading: settle.isPending }} onCancel={() => setAsking(false)} onOk={() => settle.mutate({ id: c.id, note })}>
        <p>{t("offline.dismissText")}</p>
        <label htmlFor={`why-${c.id}`}>{t("offline.why")}</label>
        <Input.TextArea id={`why-${c.id}`} rows={3} maxLength={1000} value={note} onChange={(e) => setNote(e.target.value)} />
        {settle.error && <ErrorNotice error={settle.error} />}
      </Modal>
    </Card>
  );
}

function title(c: OfflineCase) {
  switch (c.command) {
    case "orders.place":
      return "offline.what.order" as const;
    case "payments.capture":
      return "offline.what.payment" as const;
    case "customers.save":
      return "offline.what.customer" as const;
    default:
      return "offline.what.other" as const;
  }
}

/** What is the matter, and what to do about it. */
function TroubleNotice({ of: trouble }: { of: Trouble }) {
  const { t } = useTranslation();
  const f = useFormats();
  const notice = (title: string, next: string) => <Alert className="of-gap" type="warning" showIcon title={title} description={next} />;
  switch (trouble.kind) {
    case "sold_out": {
      const what = trouble.lines.map((l) => t("errors.shortage", { title: l.title || l.sku, wanted: f.count(l.wanted), available: f.count(l.available) }));
      return notice(t("offline.trouble.soldOut", { what: what.join(t("common.comma")) }), t("offline.trouble.soldOutNext"));
    }
    case "not_for_sale":
      return notice(t("offline.trouble.notForSale", { what: trouble.skus.join(t("common.comma")) }), t("offline.trouble.notForSaleNext"));
    case "price_changed":
      return notice(t("offline.trouble.priceChanged", { sku: trouble.sku, sold: f.money(trouble.sold), now: f.money(trouble.now) }), t("offline.trouble.priceChangedNext"));
    case "customer_gone":
      return notice(t("offline.trouble.customerGone", { name: trouble.name }), t("offline.trouble.customerGoneNext"));
  }
}
