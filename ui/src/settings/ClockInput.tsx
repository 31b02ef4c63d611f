import { Input } from "antd";

/** A time of day, in minutes since midnight. */
export function ClockInput({ id, label, minutes, onChange }: { id: string; label: string; minutes: number; onChange: (minutes: number) => void }) {
  return <Input id={id} type="time" aria-label={label} value={clock(minutes)} onChange={(e) => onChange(minutesOf(e.target.value) ?? minutes)} />;
}

/** `09:30` for 570. */
export function clock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** 570 for `09:30`; none for what is not whole yet. */
export function minutesOf(text: string): number | undefined {
  const at = /^([01]\d|2[0-3]):([0-5]\d)/.exec(text);
  return at ? Number(at[1]) * 60 + Number(at[2]) : undefined;
}
