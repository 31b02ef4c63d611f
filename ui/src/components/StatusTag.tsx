import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  AuditOutlined,
  CarOutlined,
  CheckCircleOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  DollarOutlined,
  EditOutlined,
  ExclamationCircleOutlined,
  InboxOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  PieChartOutlined,
  RollbackOutlined,
  StopOutlined,
  SyncOutlined,
  WarningOutlined,
} from "./icons";
import "./status.css";

type Tone = "grey" | "gold" | "purple" | "orange" | "blue" | "cyan" | "green" | "magenta" | "red";
type Look = [tone: Tone, icon: ReactNode];

// A status is a colour and an icon and a word, so that no one of the three is needed to read it.
const LOOKS = {
  stage: {
    draft: ["grey", <EditOutlined />],
    placed: ["gold", <DollarOutlined />],
    review: ["purple", <AuditOutlined />],
    ready: ["orange", <InboxOutlined />],
    shipping: ["blue", <CarOutlined />],
    delivered: ["cyan", <CheckOutlined />],
    completed: ["green", <CheckCircleOutlined />],
    cancelled: ["grey", <StopOutlined />],
  },
  payment: {
    unpaid: ["gold", <ClockCircleOutlined />],
    pending: ["blue", <SyncOutlined />],
    partial: ["orange", <PieChartOutlined />],
    paid: ["green", <CheckCircleOutlined />],
    overpaid: ["magenta", <ExclamationCircleOutlined />],
    partially_refunded: ["purple", <RollbackOutlined />],
    refunded: ["grey", <RollbackOutlined />],
    chargeback: ["red", <WarningOutlined />],
  },
  fulfilment: {
    none: ["grey", <MinusCircleOutlined />],
    allocated: ["gold", <InboxOutlined />],
    partial_shipped: ["orange", <CarOutlined />],
    shipped: ["blue", <CarOutlined />],
    partial_delivered: ["cyan", <PieChartOutlined />],
    delivered: ["green", <CheckCircleOutlined />],
    returned_part: ["purple", <RollbackOutlined />],
    returned: ["grey", <RollbackOutlined />],
  },
  afterSale: {
    none: ["grey", <MinusCircleOutlined />],
    open: ["red", <ExclamationCircleOutlined />],
    partly: ["orange", <PieChartOutlined />],
    closed: ["grey", <CheckOutlined />],
  },
  product: {
    draft: ["grey", <EditOutlined />],
    listed: ["green", <CheckCircleOutlined />],
    unlisted: ["gold", <PauseCircleOutlined />],
    archived: ["grey", <StopOutlined />],
  },
  stockLevel: {
    ok: ["green", <CheckCircleOutlined />],
    low: ["orange", <WarningOutlined />],
    out: ["red", <CloseCircleOutlined />],
  },
  job: {
    running: ["blue", <SyncOutlined spin />],
    paused: ["gold", <PauseCircleOutlined />],
    done: ["green", <CheckCircleOutlined />],
    failed: ["red", <CloseCircleOutlined />],
    cancelled: ["grey", <StopOutlined />],
  },
} satisfies Record<string, Record<string, Look>>;

export type StatusKind = keyof typeof LOOKS;

/** Words are under `status.<kind>.<value>`; an unknown value is shown as it came, in grey. */
export function StatusTag({ kind, value }: { kind: StatusKind; value: string }) {
  const text = useStatusText();
  const look = (LOOKS[kind] as Record<string, Look>)[value];
  return (
    <Pill tone={look?.[0] ?? "grey"} icon={look?.[1]}>
      {text(kind, value)}
    </Pill>
  );
}

/** The shape of a status, for what is not in the table above. Tones keep 4.5 : 1 in light and dark. */
export function Pill({ tone, icon, children }: { tone: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`sk-pill sk-tone-${tone}`}>
      {icon && <span aria-hidden>{icon}</span>}
      <span className="sk-pill-text">{children}</span>
    </span>
  );
}

/** The word alone, for menus, filters and exports. */
export function useStatusText(): (kind: StatusKind, value: string) => string {
  const { t, i18n } = useTranslation();
  return (kind, value) => {
    const key = `status.${kind}.${value}`;
    return i18n.exists(key) ? t(key as "status.stage.draft") : value;
  };
}

export function statusValues(kind: StatusKind): string[] {
  return Object.keys(LOOKS[kind]);
}
