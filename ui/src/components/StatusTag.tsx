import { Tag } from "antd";
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
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Look = [color: string, icon: ReactNode];

// A status is a colour and an icon and a word, so that no one of the three is needed to read it.
const LOOKS = {
  stage: {
    draft: ["default", <EditOutlined />],
    placed: ["gold", <DollarOutlined />],
    review: ["purple", <AuditOutlined />],
    ready: ["orange", <InboxOutlined />],
    shipping: ["blue", <CarOutlined />],
    delivered: ["cyan", <CheckOutlined />],
    completed: ["green", <CheckCircleOutlined />],
    cancelled: ["default", <StopOutlined />],
  },
  payment: {
    unpaid: ["gold", <ClockCircleOutlined />],
    pending: ["blue", <SyncOutlined />],
    partial: ["orange", <PieChartOutlined />],
    paid: ["green", <CheckCircleOutlined />],
    overpaid: ["magenta", <ExclamationCircleOutlined />],
    partially_refunded: ["purple", <RollbackOutlined />],
    refunded: ["default", <RollbackOutlined />],
    chargeback: ["red", <WarningOutlined />],
  },
  fulfilment: {
    none: ["default", <MinusCircleOutlined />],
    allocated: ["gold", <InboxOutlined />],
    partial_shipped: ["orange", <CarOutlined />],
    shipped: ["blue", <CarOutlined />],
    partial_delivered: ["cyan", <PieChartOutlined />],
    delivered: ["green", <CheckCircleOutlined />],
    returned_part: ["purple", <RollbackOutlined />],
    returned: ["default", <RollbackOutlined />],
  },
  afterSale: {
    none: ["default", <MinusCircleOutlined />],
    open: ["red", <ExclamationCircleOutlined />],
    partly: ["orange", <PieChartOutlined />],
    closed: ["default", <CheckOutlined />],
  },
  product: {
    draft: ["default", <EditOutlined />],
    active: ["green", <CheckCircleOutlined />],
    off: ["default", <PauseCircleOutlined />],
    archived: ["default", <StopOutlined />],
  },
  stockLevel: {
    ok: ["green", <CheckCircleOutlined />],
    low: ["orange", <WarningOutlined />],
    out: ["red", <CloseCircleOutlined />],
  },
  job: {
    running: ["blue", <SyncOutlined spin />],
    done: ["green", <CheckCircleOutlined />],
    failed: ["red", <CloseCircleOutlined />],
    cancelled: ["default", <StopOutlined />],
  },
} satisfies Record<string, Record<string, Look>>;

export type StatusKind = keyof typeof LOOKS;

/** Words are under `status.<kind>.<value>`; an unknown value is shown as it came, in grey. */
export function StatusTag({ kind, value }: { kind: StatusKind; value: string }) {
  const text = useStatusText();
  const look = (LOOKS[kind] as Record<string, Look>)[value];
  return (
    <Tag color={look?.[0] ?? "default"} icon={look?.[1]} className="sk-status">
      {text(kind, value)}
    </Tag>
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
