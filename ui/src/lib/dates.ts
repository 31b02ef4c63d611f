/**
 * Times travel as epoch milliseconds and are shown in the shop's zone, not the machine's: a clerk on a trip sees the
 * same day as the till. Days are integers counted from 1970-01-01 in the shop's zone.
 */
const cache = new Map<string, Intl.DateTimeFormat>();

function fmt(locale: string, zone: string, opts: Intl.DateTimeFormatOptions, name: string): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${name}`;
  let f = cache.get(key);
  if (!f) {
    try {
      f = new Intl.DateTimeFormat(locale, { ...opts, timeZone: zone });
    } catch {
      f = new Intl.DateTimeFormat(locale, { ...opts, timeZone: "UTC" });
    }
    cache.set(key, f);
  }
  return f;
}

export function formatDateTime(ms: number, zone: string, locale: string): string {
  return fmt(locale, zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "dt").format(ms);
}

export function formatDate(ms: number, zone: string, locale: string): string {
  return fmt(locale, zone, { year: "numeric", month: "2-digit", day: "2-digit" }, "d").format(ms);
}

export function formatTime(ms: number, zone: string, locale: string): string {
  return fmt(locale, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "t").format(ms);
}

/** A day number for reading; a day has no zone of its own, so it is written as UTC midnight. */
export function formatDay(day: number, locale: string, style: "full" | "short" = "full"): string {
  return style === "full"
    ? fmt(locale, "UTC", { year: "numeric", month: "2-digit", day: "2-digit" }, "d").format(day * DAY_MS)
    : fmt(locale, "UTC", { month: "numeric", day: "numeric" }, "md").format(day * DAY_MS);
}

/** "3 minutes ago", for times within a week; the date otherwise. */
export function formatAgo(ms: number, zone: string, locale: string, now: number = Date.now()): string {
  const s = Math.round((ms - now) / 1000);
  const abs = Math.abs(s);
  const rel = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (abs < 60) return rel.format(0, "second");
  if (abs < 3600) return rel.format(Math.round(s / 60), "minute");
  if (abs < 86_400) return rel.format(Math.round(s / 3600), "hour");
  if (abs < 7 * 86_400) return rel.format(Math.round(s / 86_400), "day");
  return formatDate(ms, zone, locale);
}

/** How long still, roughly: "40 sec", "5 min", "2 hr". Rounded up, so that nobody is promised less than it takes. */
export function formatDuration(seconds: number, locale: string): string {
  const [n, unit] = seconds < 60 ? [Math.ceil(seconds), "second"] : seconds < 3600 ? [Math.ceil(seconds / 60), "minute"] : [Math.ceil(seconds / 3600), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(n);
}

export const DAY_MS = 86_400_000;

/** The shop's day number of a moment. */
export function dayOf(ms: number, zone: string): number {
  const parts = fmt("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" }, "ymd").formatToParts(ms);
  const get = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Math.floor(Date.UTC(get("year"), get("month") - 1, get("day")) / DAY_MS);
}

export function today(zone: string): number {
  return dayOf(Date.now(), zone);
}

/** "2026-03-05" and back, for inputs and addresses. */
export function dayToIso(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function isoToDay(iso: string): number | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!m) return undefined;
  const t = Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]));
  return Number.isNaN(t) ? undefined : Math.floor(t / DAY_MS);
}

/** The moment at which a shop day begins: found by correcting the zone's offset, which may differ on that day. */
export function dayStart(day: number, zone: string): number {
  let guess = day * DAY_MS;
  for (let i = 0; i < 3; i++) {
    const f = fmt("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, "full");
    const parts = f.formatToParts(guess);
    const get = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
    const local = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
    const off = local - day * DAY_MS;
    if (off === 0) return guess;
    guess -= off;
  }
  return guess;
}

export function guessZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai";
}
