import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { ArrowDownOutlined, ArrowUpOutlined, WalletOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, When } from "../components/Money";
import { Pill } from "../components/StatusTag";
import { PageHeader } from "../components/PageHeader";
import { DataList, type Column } from "../components/list";
import { useAsk, usePages } from "../lib/api";
import { dayToIso, today } from "../lib/dates";
import { useListState } from "../lib/listState";
import { toDecimalText } from "../lib/money";
import { useFormats, useShop } from "../lib/shop";
import { useWho } from "../lib/who";
import { readFilter, tillDays } from "./filters";
import { METHODS } from "./methods";
import type { Payment } from "./types";
import "./payments.css";

export default function PaymentList() {
  const { t } = useTranslation();
  const f = useFormats();
  const { currency, zone } = useShop();
  const who = useWho();
  const navigate = useNavigate();
  const { search } = useListState();
  const filter = useMemo(() => readFilter(search), [search]);
  const source = usePages("payments.list", { ...filter, limit: 100 }, { tags: ["orders"] });
  const now = today(zone);
  const days = (back: number) => ({ day_from: dayToIso(now - back), day_to: dayToIso(now) });
  const signed = (p: Payment) => (p.kind === "refund" ? -p.amount : p.amount);

  const columns: Column<Payment>[] = [
    { key: "at", title: t("payments.at"), always: true, width: 145, render: (p) => <When ms={p.at} />, text: (p) => f.dateTime(p.at) },
    {
      key: "kind",
      title: t("payments.kindTitle"),
      width: 115,
      render: (p) => (
        <Pill tone={p.kind === "refund" ? "orange" : "green"} icon={p.kind === "refund" ? <ArrowUpOutlined /> : <ArrowDownOutlined />}>
          {t(`payments.kind.${p.kind}`)}
        </Pill>
      ),
      text: (p) => t(`payments.kind.${p.kind}`),
    },
    { key: "method", title: t("payments.how"), width: 125, render: (p) => t(`payments.method.${p.method}`), text: (p) => t(`payments.method.${p.method}`) },
    { key: "amount", title: t("payments.amount"), width: 115, align: "end", render: (p) => <Money minor={signed(p)} currency={p.currency} signed />, text: (p) => toDecimalText(signed(p), p.currency || currency) },
    {
      key: "order",
      title: t("payments.order"),
      width: 150,
      render: (p) => (p.order_id ? <Link to="/orders/$id" params={{ id: p.order_id }}>{p.order_number ?? t("payments.order")}</Link> : <span className="sk-muted">—</span>),
      text: (p) => p.order_number ?? "",
    },
    { key: "reference", title: t("payments.reference"), width: 150, wideOnly: true, render: (p) => p.reference, text: (p) => p.reference },
    { key: "note", title: t("payments.note"), width: 130, wideOnly: true, render: (p) => p.note, text: (p) => p.note },
    { key: "who", title: t("payments.who"), width: 95, wideOnly: true, render: (p) => who(p.actor_name), text: (p) => who(p.actor_name) },
  ];

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader title={t("payments.title")} />
      <Till {...tillDays(filter, now)} />
      <DataList
        id="payments"
        label={t("payments.title")}
        source={source}
        rowKey={(p) => p.id}
        columns={columns}
        onOpen={(p) => p.order_id && void navigate({ to: "/orders/$id", params: { id: p.order_id } })}
        exportAs={{ what: "payments", filter }}
        views={[
          { key: "all", label: t("payments.view.all"), search: {} },
          { key: "today", label: t("payments.view.today"), search: days(0) },
          { key: "week", label: t("payments.view.week"), search: days(6) },
          { key: "month", label: t("payments.view.month"), search: days(29) },
        ]}
        filters={[
          { key: "day", label: t("payments.days"), kind: "dates" },
          { key: "method", label: t("payments.how"), kind: "select", options: METHODS.map((m) => ({ value: m, label: t(`payments.method.${m}`) })) },
          { key: "kind", label: t("payments.kindTitle"), kind: "select", options: (["capture", "refund"] as const).map((k) => ({ value: k, label: t(`payments.kind.${k}`) })) },
        ]}
        empty={
          <EmptyState
            icon={<WalletOutlined />}
            title={t("payments.empty.title")}
            text={t("payments.empty.text")}
            action={
              <Link to="/orders/new">
                <Button type="primary" tabIndex={-1}>
                  {t("payments.empty.action")}
                </Button>
              </Link>
            }
          />
        }
      />
    </div>
  );
}

/** What the till should hold more than before, by method. */
function Till({ from_day, to_day }: { from_day: number; to_day: number }) {
  const { t } = useTranslation();
  const f = useFormats();
  const q = useAsk("payments.summary", { from_day, to_day }, { keep: true, tags: ["orders"] });
  const sum = q.data;
  const period = from_day === to_day ? f.day(to_day) : from_day === 0 ? t("payments.until", { day: f.day(to_day) }) : `${f.day(from_day)} – ${f.day(to_day)}`;
  if (q.error) return <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />;
  return (
    <section className="pa-till" aria-label={t("payments.till")}>
      <h2>
        {t("payments.till")} <span className="sk-muted sk-num">{period}</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("payments.how")}</th>
            <th scope="colgroup" colSpan={2}>
              {t("payments.kind.capture")}
            </th>
            <th scope="colgroup" colSpan={2}>
              {t("payments.kind.refund")}
            </th>
            <th scope="col">{t("payments.net")}</th>
          </tr>
        </thead>
        <tbody>
          {(sum?.methods ?? []).map((m) => (
            <tr key={m.method}>
              <th scope="row">{t(`payments.method.${m.method}`)}</th>
              <td>
                <Money minor={m.captured} />
              </td>
              <Times n={m.captures} />
              <td>
                <Money minor={m.refunded} />
              </td>
              <Times n={m.refunds} />
              <td>
                <strong>
                  <Money minor={m.net} signed />
                </strong>
              </td>
            </tr>
          ))}
          {sum && (
            <tr className="pa-sum">
              <th scope="row">{t("payments.sum")}</th>
              <td>
                <Money minor={sum.captured} />
              </td>
              <Times n={sum.methods.reduce((n, m) => n + m.captures, 0)} />
              <td>
                <Money minor={sum.refunded} />
              </td>
              <Times n={sum.methods.reduce((n, m) => n + m.refunds, 0)} />
              <td>
                <strong>
                  <Money minor={sum.captured - sum.refunded} signed />
                </strong>
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

/** Of how many payments a sum is made. */
function Times({ n }: { n: number }) {
  const { t } = useTranslation();
  return <td className="sk-muted sk-num pa-count">{n > 0 ? t("payments.times", { count: n }) : ""}</td>;
}
