import { guessZone } from "../lib/dates";
import type { Shop } from "../lib/shop";

/** What the window must know before anything else. Read leniently: an older server may say less. */
export interface AppStatus {
  ready: boolean;
  shop: Shop | null;
  version: string;
  database: string;
  keyring: boolean;
}

export function readStatus(raw: unknown): AppStatus {
  const o = (raw ?? {}) as Record<string, unknown>;
  const s = (o.shop ?? null) as Record<string, unknown> | null;
  const shop: Shop | null = s
    ? {
        name: String(s.name ?? ""),
        currency: String(s.currency ?? "CNY"),
        zone: String(s.time_zone ?? s.zone ?? guessZone()),
        logoText: String(s.logo_text ?? s.name ?? ""),
        sample: Boolean(s.sample ?? o.sample ?? false),
      }
    : null;
  return {
    ready: Boolean(o.ready ?? shop !== null),
    shop,
    version: String(o.version ?? ""),
    database: String(o.database ?? o.db ?? ""),
    keyring: Boolean(o.keyring ?? true),
  };
}
