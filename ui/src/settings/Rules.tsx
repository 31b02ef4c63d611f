import { Radio, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { ClockInput, clock } from "./ClockInput";
import { PercentInput, toPercent } from "./PercentInput";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { MoneyInput } from "../components/MoneyInput";
import { QtyInput } from "../components/QtyInput";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { ask, useAsk } from "../lib/api";
import { useFormats } from "../lib/shop";
import { useEditPreferences, type Preferences, type ShopFacts } from "./queries";
import { Section, Setting } from "./Section";

const WATCHED = [
  { key: "watch_exports", name: "exports" },
  { key: "watch_contacts", name: "contacts" },
  { key: "watch_sign_ins", name: "signIns" },
  { key: "watch_refunds", name: "refunds" },
] as const;

/** Thresholds and time-outs on one page, each saying what it will do. */
export function Rules({ facts }: { facts: ShopFacts }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const count = (v: unknown) => f.count(Number(v));
  const yes = (v: unknown) => t(v ? "common.yes" : "common.no");
  const edit = useEditPreferences<Preferences>(
    facts,
    {
      low_stock: { label: t("settings.rules.low"), show: count },
      reserve_on_place: { label: t("settings.rules.reserve"), show: (v) => t(v ? "settings.rules.onPlace" : "settings.rules.onPay") },
      unpaid_minutes: { label: t("settings.rules.unpaid"), show: (v) => `${count(v)} ${t("settings.rules.minutes")}` },
      auto_review: { label: t("settings.rules.review"), show: yes },
      complete_days: { label: t("settings.rules.complete"), show: (v) => `${count(v)} ${t("settings.rules.days")}` },
      erase_years: { label: t("settings.rules.erase"), show: (v) => `${count(v)} ${t("settings.rules.years")}` },
      second_person_from: { label: t("settings.rules.second"), show: (v) => f.money(Number(v)) },
      ...Object.fromEntries(WATCHED.map(({ key, name }) => [key, { label: t(`settings.rules.watch.${name}`), show: count }])),
      hours_from: { label: t("settings.rules.watch.open"), show: (v) => clock(Number(v)) },
      hours_to: { label: t("settings.rules.watch.close"), show: (v) => clock(Number(v)) },
      tax_inclusive: { label: t("firstRun.tax"), show: (v) => t(v ? "firstRun.taxIncl" : "firstRun.taxExcl") },
      tax_ppm: { label: t("settings.rules.rate"), show: (v) => `${toPercent(Number(v))} %` },
      tax_per_order: { label: t("settings.rules.round"), show: (v) => t(v ? "settings.rules.perOrder" : "settings.rules.perLine") },
    },
    (p) => p,
    (p) => p,
  );
  const v = edit.value;
  const confirm = useConfirmDanger();
  const years = v.erase_years === facts.preferences.erase_years ? 0 : v.erase_years;
  const old = useAsk("customers.count_old", { years }, { enabled: years > 0 }).data?.customers ?? 0;
  // Before it was counted it is not saved by a slip either.
  const save = async () => {
    const { customers } = years > 0 ? await ask("customers.count_old", { years }) : { customers: 0 };
    if (customers === 0) return edit.foot.onSave();
    confirm({
      title: t("settings.rules.eraseAsk", { count: customers, n: f.count(customers) }),
      text: t("settings.rules.eraseFinal"),
      action: t("settings.rules.eraseSave"),
      run: edit.foot.onSave,
    });
  };

  return (
    <Section title={t("settings.rules.title")} text={t("settings.rules.text")} {...edit.foot} onSave={() => void save().catch(toast.error)} notice={<StaleMerge merge={edit.merge} />}>
      <h3>{t("settings.rules.stock")}</h3>
      <Setting label={t("settings.rules.low")} htmlFor="r-low" effect={v.low_stock === 0 ? t("settings.rules.lowNever") : t("settings.rules.lowEffect", { n: f.count(v.low_stock) })}>
        <QtyInput id="r-low" min={0} max={1_000_000} value={v.low_stock} onChange={(n) => edit.put({ low_stock: n ?? 0 })} />
      </Setting>
      <Setting label={t("settings.rules.reserve")} htmlFor="r-reserve" effect={v.reserve_on_place ? t("settings.rules.reservePlace") : t("settings.rules.reservePay")}>
        <Radio.Group
          id="r-reserve"
          value={v.reserve_on_place}
          onChange={(e) => edit.put({ reserve_on_place: Boolean(e.target.value) })}
          options={[
            { value: true, label: t("settings.rules.onPlace") },
            { value: false, label: t("settings.rules.onPay") },
          ]}
        />
      </Setting>
      <h3>{t("settings.rules.orders")}</h3>
      <Setting label={t("settings.rules.unpaid")} htmlFor="r-unpaid" effect={v.unpaid_minutes === 0 ? t("settings.rules.unpaidNever") : t("settings.rules.unpaidEffect", { n: f.count(v.unpaid_minutes) })}>
        <QtyInput id="r-unpaid" min={0} max={525_600} suffix={t("settings.rules.minutes")} value={v.unpaid_minutes} onChange={(n) => edit.put({ unpaid_minutes: n ?? 0 })} />
      </Setting>
      <Setting label={t("settings.rules.review")} htmlFor="r-review" effect={v.auto_review ? t("settings.rules.reviewAuto") : t("settings.rules.reviewHand")}>
        <Switch id="r-review" checked={v.auto_review} onChange={(auto_review) => edit.put({ auto_review })} />
      </Setting>
      <Setting label={t("settings.rules.complete")} htmlFor="r-complete" effect={v.complete_days === 0 ? t("settings.rules.completeNever") : t("settings.rules.completeEffect", { n: f.count(v.complete_days) })}>
        <QtyInput id="r-complete" min={0} max={3650} suffix={t("settings.rules.days")} value={v.complete_days} onChange={(n) => edit.put({ complete_days: n ?? 0 })} />
      </Setting>
      <h3>{t("settings.rules.people")}</h3>
      <Setting label={t("settings.rules.erase")} htmlFor="r-erase" effect={v.erase_years === 0 ? t("settings.rules.eraseNever") : [t("settings.rules.eraseEffect", { n: f.count(v.erase_years) }), years > 0 && old > 0 && t("settings.rules.eraseNow", { count: old, n: f.count(old) })].filter(Boolean).join(" ")}>
        <QtyInput id="r-erase" min={0} max={100} suffix={t("settings.rules.years")} value={v.erase_years} onChange={(n) => edit.put({ erase_years: n ?? 0 })} />
      </Setting>
      <h3>{t("settings.rules.refunds")}</h3>
      <Setting label={t("settings.rules.second")} htmlFor="r-second" effect={v.second_person_from === 0 ? t("settings.rules.secondNever") : t("settings.rules.secondEffect", { amount: f.money(v.second_person_from) })}>
        <MoneyInput id="r-second" value={v.second_person_from || null} onChange={(minor) => edit.put({ second_person_from: minor ?? 0 })} />
      </Setting>
      <h3>{t("settings.rules.watch.title")}</h3>
      {WATCHED.map(({ key, name }) => (
        <Setting key={key} label={t(`settings.rules.watch.${name}`)} htmlFor={`r-${key}`} effect={v[key] === 0 ? t("settings.rules.watch.never") : t(`settings.rules.watch.${name}Effect`, { n: f.count(v[key]) })}>
          <QtyInput id={`r-${key}`} min={0} max={1_000_000} value={v[key]} onChange={(n) => edit.put({ [key]: n ?? 0 })} />
        </Setting>
      ))}
      <Setting label={t("settings.rules.watch.hours")} htmlFor="r-hours" effect={v.hours_from === v.hours_to ? t("settings.rules.watch.hoursNever") : t("settings.rules.watch.hoursEffect", { from: clock(v.hours_from), to: clock(v.hours_to) })}>
        <div className="sk-actions">
          <ClockInput id="r-hours" label={t("settings.rules.watch.open")} minutes={v.hours_from} onChange={(hours_from) => edit.put({ hours_from })} />
          <ClockInput id="r-hours-to" label={t("settings.rules.watch.close")} minutes={v.hours_to} onChange={(hours_to) => edit.put({ hours_to })} />
        </div>
      </Setting>
      <h3>{t("settings.rules.tax")}</h3>
      <Setting label={t("firstRun.tax")} htmlFor="r-incl" effect={v.tax_inclusive ? t("settings.rules.inclEffect") : t("settings.rules.exclEffect")}>
        <Radio.Group
          id="r-incl"
          value={v.tax_inclusive}
          onChange={(e) => edit.put({ tax_inclusive: Boolean(e.target.value) })}
          options={[
            { value: true, label: t("firstRun.taxIncl") },
            { value: false, label: t("firstRun.taxExcl") },
          ]}
        />
      </Setting>
      <Setting label={t("settings.rules.rate")} htmlFor="r-rate" effect={v.tax_ppm === 0 ? t("settings.rules.rateNone") : t("settings.rules.rateEffect")}>
        <PercentInput id="r-rate" ppm={v.tax_ppm} onChange={(tax_ppm) => edit.put({ tax_ppm })} />
      </Setting>
      <Setting label={t("settings.rules.round")} htmlFor="r-round" effect={v.tax_per_order ? t("settings.rules.roundOrder") : t("settings.rules.roundLine")}>
        <Radio.Group
          id="r-round"
          value={v.tax_per_order}
          onChange={(e) => edit.put({ tax_per_order: Boolean(e.target.value) })}
          options={[
            { value: false, label: t("settings.rules.perLine") },
            { value: true, label: t("settings.rules.perOrder") },
          ]}
        />
      </Setting>
    </Section>
  );
}
