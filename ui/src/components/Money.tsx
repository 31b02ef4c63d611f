import { useFormats } from "../lib/shop";

interface Props {
  minor: number | null | undefined;
  currency?: string | undefined;
  /** Negative amounts in the colour of loss. */
  signed?: boolean;
}

/** An amount, in tabular figures. A missing amount is a dash, never a zero. */
export function Money({ minor, currency, signed }: Props) {
  const f = useFormats();
  if (minor === null || minor === undefined) return <span className="sk-money sk-muted">—</span>;
  return <span className={signed && minor < 0 ? "sk-money sk-negative" : "sk-money"}>{f.money(minor, currency)}</span>;
}

/** A count or quantity, grouped, in tabular figures. */
export function Num({ value }: { value: number | null | undefined }) {
  const f = useFormats();
  if (value === null || value === undefined) return <span className="sk-num sk-muted">—</span>;
  return <span className="sk-num">{f.count(value)}</span>;
}

export function When({ ms, ago }: { ms: number | null | undefined; ago?: boolean }) {
  const f = useFormats();
  if (ms === null || ms === undefined) return <span className="sk-muted">—</span>;
  return (
    <time className="sk-num" dateTime={new Date(ms).toISOString()} title={f.dateTime(ms)}>
      {ago ? f.ago(ms) : f.dateTime(ms)}
    </time>
  );
}
