import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { QtyInput } from "../components/QtyInput";
import { StaleMerge } from "../components/StaleMerge";
import { useAsk } from "../lib/api";
import { useEditPreferences, type Preferences, type ShopFacts } from "./queries";
import { Section } from "./Section";

/** Document numbers, with the next one shown as it will be. */
export function Numbering({ facts }: { facts: ShopFacts }) {
  const { t } = useTranslation();
  const plain = (v: unknown) => String(v ?? "");
  const edit = useEditPreferences<Preferences>(
    facts,
    {
      order_prefix: { label: t("settings.numbers.order"), show: plain },
      return_prefix: { label: t("settings.numbers.return"), show: plain },
      order_date: { label: t("settings.numbers.date"), show: (v) => t(`settings.numbers.dates.${v as Preferences["order_date"]}`) },
      order_digits: { label: t("settings.numbers.digits"), show: plain },
    },
    (p) => p,
    (p) => p,
  );
  const v = edit.value;
  const preview = (kind: "order" | "return", prefix: string) => ({ kind, prefix, date: v.order_date, digits: v.order_digits });
  const order = useAsk("settings.preview_number", preview("order", v.order_prefix), { tags: ["orders"], keep: true });
  const back = useAsk("settings.preview_number", preview("return", v.return_prefix), { tags: ["orders"], keep: true });

  return (
    <Section title={t("settings.numbers.title")} text={t("settings.numbers.text")} {...edit.foot} notice={<StaleMerge merge={edit.merge} />}>
      <Form layout="vertical" component="div">
        <div className="sk-two">
          <Form.Item label={t("settings.numbers.order")} htmlFor="n-order">
            <Input id="n-order" value={v.order_prefix} maxLength={12} onChange={(e) => edit.put({ order_prefix: e.target.value })} />
          </Form.Item>
          <Form.Item label={t("settings.numbers.return")} htmlFor="n-return">
            <Input id="n-return" value={v.return_prefix} maxLength={12} onChange={(e) => edit.put({ return_prefix: e.target.value })} />
          </Form.Item>
        </div>
        <div className="sk-two">
          <Form.Item label={t("settings.numbers.date")} htmlFor="n-date" extra={t(`settings.numbers.restart.${v.order_date}`)}>
            <Select
              id="n-date"
              value={v.order_date}
              onChange={(order_date) => edit.put({ order_date })}
              options={(["day", "month", "year", "none"] as const).map((d) => ({ value: d, label: t(`settings.numbers.dates.${d}`) }))}
            />
          </Form.Item>
          <Form.Item label={t("settings.numbers.digits")} htmlFor="n-digits" extra={t("settings.numbers.digitsHint")}>
            <QtyInput id="n-digits" min={1} max={10} value={v.order_digits} onChange={(n) => edit.put({ order_digits: n ?? 4 })} />
          </Form.Item>
        </div>
      </Form>
      <dl className="sk-facts">
        <div>
          <dt>{t("settings.numbers.nextOrder")}</dt>
          <dd className="sk-code">{order.data?.number ?? "…"}</dd>
        </div>
        <div>
          <dt>{t("settings.numbers.nextReturn")}</dt>
          <dd className="sk-code">{back.data?.number ?? "…"}</dd>
        </div>
      </dl>
    </Section>
  );
}
