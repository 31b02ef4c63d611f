import { Button, Checkbox, Input, Radio, type InputRef } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { Money } from "../../components/Money";
import { MoneyInput } from "../../components/MoneyInput";
import { exponent } from "../../lib/money";
import { useFormats, useShop } from "../../lib/shop";
import type { Quoted } from "../types";
import { cash, goodsFirst, roughTotals, type OrderDraft, type PayNow } from "./draft";

interface Props {
  draft: OrderDraft;
  quoted: Quoted | null;
  disabled: boolean;
  discountRef: Ref<InputRef>;
  payRef: Ref<InputRef>;
  onChange: (patch: Partial<OrderDraft>) => void;
  /** Enter in the last field. */
  onDone: () => void;
}

/** What it comes to, and how it is paid. */
export function PayBox({ draft, quoted, disabled, discountRef, payRef, onChange, onDone }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const { currency } = useShop();
  const rough = roughTotals(draft);
  const total = quoted?.total ?? rough.total;
  const till = cash(total, draft.tendered);
  const enter = (e: { nativeEvent: { isComposing: boolean }; ctrlKey: boolean; metaKey: boolean; preventDefault: () => void }) => {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    onDone();
  };

  return (
    <section className="so-box so-pay" aria-labelledby="so-pay">
      <dl className="so-totals">
        <dt>{t("orders.goodsUnits", { n: f.count(quoted?.units ?? rough.units) })}</dt>
        <dd>
          <Money minor={quoted?.goods ?? rough.goods} />
        </dd>
        <dt>
          <label htmlFor="so-discount">{t("orders.discount")}</label> <kbd>F8</kbd>
        </dt>
        <dd>
          <MoneyInput id="so-discount" ref={discountRef} value={draft.discount} disabled={disabled} onChange={(discount) => onChange({ discount })} onPressEnter={enter} />
        </dd>
        {draft.delivery === "ship" && (
          <>
            <dt>{t("orders.freight")}</dt>
            <dd>
              <Money minor={quoted?.freight ?? rough.freight} />
            </dd>
          </>
        )}
        {quoted !== null && quoted.tax > 0 && (
          <>
            <dt>{quoted.goods - quoted.discount + quoted.freight === quoted.total ? t("orders.taxInside") : t("orders.taxOnTop")}</dt>
            <dd>
              <Money minor={quoted.tax} />
            </dd>
          </>
        )}
        <dt className="so-grand">{t("orders.total")}</dt>
        <dd className="so-grand" aria-live="polite" aria-atomic="true" data-testid="total">
          <span className="sk-visually-hidden">{t("orders.total")} </span>
          <Money minor={total} />
        </dd>
      </dl>
      <h2 id="so-pay">
        {t("orders.entry.pay")} <kbd>F9</kbd>
      </h2>
      <Radio.Group
        block
        optionType="button"
        buttonStyle="solid"
        disabled={disabled}
        value={draft.pay}
        aria-labelledby="so-pay"
        onChange={(e) => onChange({ pay: e.target.value as PayNow, tendered: null })}
        options={(["cash", "bank_transfer", "elsewhere", "later"] as const).map((m) => ({ value: m, label: t(`orders.entry.payBy.${m}`) }))}
      />
      {draft.pay === "cash" && (
        <>
          <div className="so-row">
            <label htmlFor="so-tendered">{t("payments.tendered")}</label>
            <MoneyInput id="so-tendered" ref={payRef} size="large" value={draft.tendered} placeholder={f.money(total)} disabled={disabled} onChange={(tendered) => onChange({ tendered })} onPressEnter={enter} />
          </div>
          <div className="so-notes">
            {notes(total, currency).map((n) => (
              <Button key={n} size="small" disabled={disabled} onClick={() => onChange({ tendered: n })}>
                {f.money(n)}
              </Button>
            ))}
          </div>
          <div className="so-row so-change" aria-live="polite">
            <span>{till.short > 0 ? t("payments.short") : t("payments.change")}</span>
            <strong className={till.short > 0 ? "sk-negative" : ""}>
              <Money minor={till.short > 0 ? till.short : till.change} />
            </strong>
          </div>
        </>
      )}
      {(draft.pay === "bank_transfer" || draft.pay === "elsewhere") && (
        <>
          <div className="so-row">
            <label htmlFor="so-paid">{t("payments.amount")}</label>
            <MoneyInput id="so-paid" ref={payRef} value={draft.tendered} placeholder={f.money(total)} disabled={disabled} onChange={(tendered) => onChange({ tendered })} onPressEnter={enter} />
          </div>
          <div className="so-row">
            <label htmlFor="so-ref">{t("payments.reference")}</label>
            <Input id="so-ref" value={draft.reference} maxLength={80} disabled={disabled} autoComplete="off" onChange={(e) => onChange({ reference: e.target.value })} onPressEnter={enter} />
          </div>
        </>
      )}
      {(draft.pay === "later" || till.short > 0) && (
        <Checkbox checked={goodsFirst(draft)} disabled={disabled} onChange={(e) => onChange({ goodsFirst: e.target.checked })}>
          {t("orders.entry.goodsFirst")}
        </Checkbox>
      )}
    </section>
  );
}

/** What people hand over: the next round amounts above the total. */
export function notes(total: number, currency: string): number[] {
  if (total <= 0) return [];
  const unit = 10 ** exponent(currency);
  const steps = [1, 5, 10, 50, 100, 1000, 10_000].map((n) => n * unit);
  const rounds = steps.map((s) => Math.ceil(total / s) * s).filter((n) => n <= total * 3);
  return [...new Set([total, ...rounds])].sort((a, b) => a - b).slice(0, 4);
}
