import { Input } from "antd";
import { useEffect, useState, type ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { parseMoney, symbol, toDecimalText } from "../lib/money";
import { useFormats, useShop } from "../lib/shop";

type Props = Omit<ComponentProps<typeof Input>, "value" | "onChange" | "defaultValue" | "prefix"> & {
  /** Minor units; null while empty. Fits antd's Form.Item as it is. */
  value?: number | null;
  onChange?: (minor: number | null) => void;
  currency?: string;
  allowNegative?: boolean;
};

/** Types an amount of money. What cannot be read stays in sight, in red, and is never rounded. */
export function MoneyInput({ value = null, onChange, currency, allowNegative, ...rest }: Props) {
  const { t } = useTranslation();
  const s = useShop();
  const f = useFormats();
  const cur = currency ?? s.currency;
  const [text, setText] = useState(value === null ? "" : toDecimalText(value, cur));
  const [wrong, setWrong] = useState(false);

  // The value changed from outside (a draft restored, a form reset): follow it unless the text already says the same.
  useEffect(() => {
    const p = parseMoney(text, cur);
    const typed = p.ok ? p.minor : null;
    if (typed !== value && !wrong) setText(value === null ? "" : toDecimalText(value, cur));
  }, [value, cur]); // eslint-disable-line react-hooks/exhaustive-deps

  return (
    <Input
      {...rest}
      className={`sk-num-input ${rest.className ?? ""}`}
      inputMode="decimal"
      autoComplete="off"
      prefix={<span className="sk-muted">{symbol(cur, f.locale)}</span>}
      value={text}
      {...(wrong ? { status: "error" as const, title: t("common.badAmount") } : {})}
      aria-invalid={wrong || undefined}
      onChange={(e) => {
        setText(e.target.value);
        const p = parseMoney(e.target.value, cur);
        const bad = p.ok ? !allowNegative && p.minor < 0 : p.why !== "empty";
        setWrong(bad);
        if (!bad) onChange?.(p.ok ? p.minor : null);
      }}
      onBlur={(e) => {
        if (!wrong && value !== null) setText(toDecimalText(value, cur));
        rest.onBlur?.(e);
      }}
      onFocus={(e) => {
        e.target.select();
        rest.onFocus?.(e);
      }}
    />
  );
}
