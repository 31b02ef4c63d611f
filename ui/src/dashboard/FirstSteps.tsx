import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PlainButton } from "../components/PlainButton";
import { CheckCircleFilled, ImportOutlined, PlusOutlined, RightCircleOutlined } from "../components/icons";
import { useGo } from "../lib/go";
import { keyLabel } from "../lib/hotkeys";
import { useCounters, useProductCounts } from "./queries";

/** What to do in a new shop; gone for good with the first order. */
export function FirstSteps() {
  const { t } = useTranslation();
  const go = useGo();
  const counts = useProductCounts();
  const board = useCounters();
  if (!counts.data || !board.data) return null;
  const products = counts.data.states.reduce((n, s) => n + s.count, 0);
  const orders = board.data.stages.reduce((n, s) => n + s.n, 0) + board.data.archived;
  if (orders > 0) return null;
  return (
    <section className="sk-steps sk-panel">
      <h2>{t("dashboard.steps.title")}</h2>
      <ol>
        <Step done={products > 0} title={t("dashboard.steps.products")} text={t("dashboard.steps.productsText")}>
          <PlainButton look={products > 0 ? "default" : "primary"} icon={<ImportOutlined />} onClick={() => go("/imports")}>
            {t("dashboard.steps.import")}
          </PlainButton>
          <PlainButton icon={<PlusOutlined />} onClick={() => go("/catalog/new")}>
            {t("dashboard.steps.add")}
          </PlainButton>
        </Step>
        <Step done={false} title={t("dashboard.steps.order")} text={t("dashboard.steps.orderText", { key: keyLabel("n") })}>
          <PlainButton look={products > 0 ? "primary" : "default"} icon={<PlusOutlined />} disabled={products === 0} onClick={() => go("/orders/new")}>
            {t("app.newOrder")}
          </PlainButton>
        </Step>
        <Step done={false} title={t("dashboard.steps.rules")} text={t("dashboard.steps.rulesText")}>
          <PlainButton onClick={() => go("/settings/rules")}>{t("dashboard.steps.look")}</PlainButton>
        </Step>
      </ol>
    </section>
  );
}

function Step({ done, title, text, children }: { done: boolean; title: string; text: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li className={done ? "sk-step sk-step-done" : "sk-step"}>
      <span className="sk-step-mark">{done ? <CheckCircleFilled aria-label={t("dashboard.steps.done")} /> : <RightCircleOutlined />}</span>
      <span className="sk-step-text">
        <strong>{title}</strong>
        <span className="sk-muted">{text}</span>
      </span>
      <span className="sk-actions">{children}</span>
    </li>
  );
}
