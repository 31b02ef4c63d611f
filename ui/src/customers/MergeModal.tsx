import { Link } from "@tanstack/react-router";
import { Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import type { CustomerRow } from "./types";

type Half = Pick<CustomerRow, "id" | "name" | "phone" | "email" | "order_count" | "order_total">;

interface Props {
  first: Half | undefined;
  second: Half | undefined;
  onClose: () => void;
  onMerged?: (kept: string) => void;
}

/** Two records of one person become one. It cannot be taken back, so it is shown before it is done. */
export function MergeModal({ first, second, onClose, onMerged }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  // Whoever bought more is more likely the record the shop knows.
  const [keep, setKeep] = useState((first?.order_count ?? 0) >= (second?.order_count ?? 0) ? first?.id : second?.id);
  const merge = useTell("customers.merge");
  if (!first || !second) return null;
  const drop = keep === first.id ? second : first;
  const kept = keep === first.id ? first : second;

  const run = async () => {
    try {
      await merge.mutateAsync({ keep: kept.id, drop: drop.id });
      toast.success(t("customers.merge.done", { name: kept.name }));
      onClose();
      onMerged?.(kept.id);
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open title={t("customers.merge.title")} okText={t("customers.merge.action")} okButtonProps={{ danger: true }} confirmLoading={merge.isPending} onOk={() => void run()} onCancel={onClose}>
      {merge.error && <ErrorNotice error={merge.error} />}
      <p>{t("customers.merge.which")}</p>
      <Radio.Group value={keep} onChange={(e) => setKeep(e.target.value as string)} className="cu-merge" aria-label={t("customers.merge.which")}>
        {[first, second].map((c) => (
          <Radio key={c.id} value={c.id}>
            <Link to="/customers/$id" params={{ id: c.id }} target="_blank">
              {c.name || c.email || c.phone}
            </Link>
            <div className="sk-muted sk-num">{[c.phone, c.email].filter(Boolean).join(" · ") || t("customers.merge.noContact")}</div>
            <div className="sk-muted sk-num">{t("customers.merge.bought", { n: f.count(c.order_count), total: f.money(c.order_total) })}</div>
          </Radio>
        ))}
      </Radio.Group>
      <p className="sk-muted">{t("customers.merge.what", { drop: drop.name || drop.phone, keep: kept.name || kept.phone })}</p>
    </Modal>
  );
}
