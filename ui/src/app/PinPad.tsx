import { Input, type InputRef } from "antd";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { ArrowLeftOutlined, CheckOutlined } from "../components/icons";
import "./pin.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LONGEST = 8;

interface Props {
  /** Whose PIN it is. */
  name: string;
  value: string;
  onChange: (pin: string) => void;
  onEnter: () => void;
  enterLabel: string;
  busy: boolean;
}

/**
 * Digits by keyboard, mouse or finger. The field has the focus and keeps it, so that whoever presses one digit here may type the
 * next; it calls up no keyboard of the system, which would lie over this one.
 */
export function PinPad({ name, value, onChange, onEnter, enterLabel, busy }: Props) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  useEffect(() => field.current?.focus(), [name]);
  const add = (digits: string) => onChange((value + digits).slice(0, LONGEST));
  const erase = () => onChange(value.slice(0, -1));
  const ready = value.length >= 4 && !busy;

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target instanceof HTMLInputElement) {
      if (e.key === "Enter" && ready) onEnter();
      return;
    }
    if (/^\d$/.test(e.key)) add(e.key);
    else if (e.key === "Backspace") erase();
    else return;
    e.preventDefault();
  };
  const key = { type: "button" as const, className: "sk-pad-key", onMouseDown: (e: { preventDefault: () => void }) => e.preventDefault() };

  return (
    <div className="sk-pad" role="group" aria-label={t("access.pin.pad")} onKeyDown={onKeyDown}>
      <Input
        ref={field}
        className="sk-pad-field"
        type="password"
        inputMode="none"
        autoComplete="off"
        aria-label={t("access.pin.label", { name })}
        value={value}
        maxLength={LONGEST}
        onChange={(e) => onChange(e.target.value.normalize("NFKC").replace(/\D/g, "").slice(0, LONGEST))}
      />
      <span className="sk-visually-hidden" role="status">
        {t("access.pin.typed", { count: value.length })}
      </span>
      <div className="sk-pad-keys">
        {KEYS.map((digit) => (
          <button key={digit} {...key} onClick={() => add(digit)}>
            {digit}
          </button>
        ))}
        <button {...key} aria-label={t("access.pin.erase")} disabled={value === ""} onClick={erase}>
          <ArrowLeftOutlined />
        </button>
        <button {...key} onClick={() => add("0")}>
          0
        </button>
        <button {...key} className="sk-pad-key sk-pad-enter" aria-label={enterLabel} aria-busy={busy} disabled={!ready} onClick={onEnter}>
          <CheckOutlined />
        </button>
      </div>
    </div>
  );
}
