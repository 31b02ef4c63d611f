import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { useStatusText } from "../components/StatusTag";
import { Waiting } from "../components/Waiting";
import { AuditOutlined, CarOutlined, DollarOutlined, InboxOutlined, PauseCircleOutlined } from "../components/icons";
import { useFormats } from "../lib/shop";
import { useCounters } from "./queries";

const STAGES: [string, ReactNode][] = [
  ["placed", <DollarOutlined key="i" />],
  ["review", <AuditOutlined key="i" />],
  ["ready", <InboxOutlined key="i" />],
  ["shipping", <CarOutlined key="i" />],
];

/** What waits for somebody, by stage; each leads to exactly those orders. */
export function WorkBoard() {
  const { t } = useTranslation();
  const word = useStatusText();
  const f = useFormats();
  const q = useCounters();
  if (q.error) return <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />;
  if (!q.data) return <Waiting rows={2} />;
  const board = q.data;
  const cards = [
    ...STAGES.map(([stage, icon]) => ({ key: stage, icon, label: word("stage", stage), n: board.stages.find((x) => x.stage === stage)?.n ?? 0, search: { stage } as Record<string, string> })),
    { key: "hold", icon: <PauseCircleOutlined />, label: t("dashboard.onHold"), n: board.held, search: { held: "true" } as Record<string, string> },
  ];
  return (
    <nav className="sk-work" aria-label={t("dashboard.work")}>
      {cards.map((c) => (
        <Link key={c.key} to="/orders" search={c.search as never} className={c.n > 0 ? "sk-work-card" : "sk-work-card sk-work-none"}>
          <span className="sk-work-icon" aria-hidden>
            {c.icon}
          </span>
          <span className="sk-work-n sk-num">{f.count(c.n)}</span>
          <span className="sk-work-label">{c.label}</span>
        </Link>
      ))}
    </nav>
  );
}
