import { FlagFilled, FlagOutlined } from "@ant-design/icons";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { FLAGS } from "./filters";
import type { Flag } from "./types";
import "./orders.css";

/** The shop's own coloured mark; a colour alone says nothing to who cannot see it, so the word goes with it. */
export function FlagMark({ flag, word = false }: { flag: Flag; word?: boolean }) {
  const { t } = useTranslation();
  const name = t(`orders.flag.${flag}`);
  if (flag === "none") return word ? <span><FlagOutlined aria-hidden /> {name}</span> : null;
  return (
    <span className={`so-flag so-flag-${flag}`} title={word ? undefined : name}>
      <FlagFilled aria-hidden /> {word ? name : <span className="sk-visually-hidden">{name}</span>}
    </span>
  );
}

export function FlagSelect({ value, onChange, disabled }: { value: Flag; onChange: (f: Flag) => void; disabled?: boolean }) {
  const { t } = useTranslation();
  return <Select value={value} disabled={disabled ?? false} aria-label={t("orders.flagTitle")} style={{ minWidth: 130 }} onChange={onChange} options={FLAGS.map((f) => ({ value: f, label: <FlagMark flag={f} word /> }))} />;
}
