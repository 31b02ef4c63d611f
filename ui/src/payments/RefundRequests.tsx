import "./payments.css";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Card, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RefundRequest } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, When } from "../components/Money";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { useWho } from "../lib/who";

/** Refunds that wait for a second person, and what became of one's own. */
export function RefundRequests({ of: requests, onOrder = false }: { of: RefundRequest[]; onOrder?: boolean }) {
  return requests.map((r) => <Request key={r.id} of={r} onOrder={onOrder} />);
}

function Request({ of: r, onOrder }: { of: RefundRequest; onOrder: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const who = useWho();
  const toast = useToast();
  const confirm = useConfirmDanger();
  const [declining, setDeclining] = useState(false);
  const [answer, setAnswer] = useState("");
  const amount = f.money(r.amount, r.currency);
  const approve = useTell("payments.approve_refund", { onSuccess: () => toast.success(t("payments.refunded", { amount })) });
  const decline = useTell("payments.decline_refund", { onSuccess: () => setDeclining(false) });
  const read = useTell("payments.read_refund");
  const stale = r.decision === null && r.refundable < r.amount;
  const ask = () =>
    confirm({
      title: t("payments.request.approveTitle", { number: r.order_number, amount }),
      text: t("payments.request.approveText", { who: who(r.asked_name) }),
      action: t("payments.request.approve", { amount }),
      run: () => approve.mutate({ id: r.id }),
    });
  const outcome = r.decision && t(`payments.request.${r.decision}`, { who: who(r.decided_name) });
  return (
    <Card
      className="pa-request"
      size="small"
      title={
        <>
          {t("payments.request.title")} <Money minor={r.amount} currency={r.currency} /> {!onOrder && <span className="sk-code">{r.order_number}</span>}
        </>
      }
      extra={!onOrder && <Link to="/orders/$id" params={{ id: r.order_id }}>{t("offline.open")}</Link>}
    >
      <p>
        {t("payments.request.asked", { who: r.mine ? t("payments.request.you") : who(r.asked_name) })} <When ms={r.asked_at} /> · {t(`payments.method.${r.method}`)} · {t("payments.reason")}: {r.reason}
      </p>
      {stale && <Alert className="pa-gap" type="warning" showIcon title={t("payments.request.stale", { amount: f.money(r.refundable, r.currency) })} description={t("payments.request.staleNext")} />}
      {outcome && (
        <p>
          {outcome} <When ms={r.decided_at ?? 0} /> {r.answer}
        </p>
      )}
      {approve.error && <ErrorNotice error={approve.error} />}
      {decline.error && !declining && <ErrorNotice error={decline.error} />}
      <div className="sk-actions">
        {r.may_approve && (
          <>
            <Button type="primary" disabled={stale} loading={approve.isPending} onClick={ask}>
              {t("payments.request.approve", { amount })}…
            </Button>
            <Button onClick={() => setDeclining(true)}>{t("payments.request.decline")}…</Button>
          </>
        )}
        {r.mine && r.decision === null && (
          <Button loading={decline.isPending} onClick={() => decline.mutate({ id: r.id, answer: "" })}>
            {t("payments.request.withdraw")}
          </Button>
        )}
        {r.mine && r.decision !== null && !r.read && (
          <Button loading={read.isPending} onClick={() => read.mutate({ id: r.id })}>
            {t("payments.request.seen")}
          </Button>
        )}
      </div>
      <Modal open={declining} title={t("payments.request.declineTitle")} okText={t("payments.request.decline")} okButtonProps={{ danger: true, disabled: answer.trim() === "", loading: decline.isPending }} onCancel={() => setDeclining(false)} onOk={() => decline.mutate({ id: r.id, answer })}>
        <label htmlFor={`no-${r.id}`}>{t("payments.request.why", { who: who(r.asked_name) })}</label>
        <Input.TextArea id={`no-${r.id}`} rows={3} maxLength={1000} value={answer} onChange={(e) => setAnswer(e.target.value)} />
        {decline.error && <ErrorNotice error={decline.error} />}
      </Modal>
    </Card>
  );
}
