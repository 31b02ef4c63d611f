import { Input } from "antd";
import { useEffect, useState } from "react";

/** A rate in millionths, typed as a percentage: 13 is 130000. Digits are moved, not multiplied. */
export function PercentInput({ id, ppm, onChange }: { id: string; ppm: number; onChange: (ppm: number) => void }) {
  const [text, setText] = useState(toPercent(ppm));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (fromPercent(text) !== ppm) setText(toPercent(ppm));
  }, [ppm]); // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <Input
      id={id}
      inputMode="decimal"
      suffix="%"
      className="sk-num-input"
      value={text}
      aria-invalid={wrong || undefined}
      {...(wrong ? { status: "error" as const } : {})}
      onChange={(e) => {
        setText(e.target.value);
        const n = fromPercent(e.target.value);
        setWrong(n === null);
        if (n !== null) onChange(n);
      }}
    />
  );
}

export function toPercent(ppm: number): string {
  const digits = String(Math.abs(ppm)).padStart(5, "0");
  const frac = digits.slice(-4).replace(/0+$/, "");
  return `${ppm < 0 ? "-" : ""}${digits.slice(0, -4)}${frac ? `.${frac}` : ""}`;
}

/** Null for what is no rate from 0 to 100 %. */
export function fromPercent(text: string): number | null {
  const m = /^(\d{1,3})(?:\.(\d{0,4}))?$/.exec(text.normalize("NFKC").trim());
  if (!m) return null;
  const ppm = Number((m[1] ?? "0") + (m[2] ?? "").padEnd(4, "0"));
  return ppm <= 1_000_000 ? ppm : null;
}
