import { useQuery } from "@tanstack/react-query";
import { ask } from "../lib/api";
import type { ApiError } from "../lib/errors";
import { guessZone } from "../lib/dates";
import type { Shop } from "../lib/shop";
import { inDesktopWindow } from "../lib/transport";

/** What the window must know before anything else. */
export interface AppStatus {
  ready: boolean;
  shop: Shop | null;
  version: string;
  /** Where the shop is kept, without its password: a file, or a server's address. */
  database: string;
  keyring: boolean;
  /** The password file wants its passphrase. */
  locked: boolean;
  /** In a browser there is no choosing of databases: the shop is the one that is served. */
  desktop: boolean;
}

/** Read leniently: an older program may say less. */
export function readStatus(raw: unknown, desktop: boolean): AppStatus {
  const o = (raw ?? {}) as Record<string, unknown>;
  const s = (o.shop ?? null) as Record<string, unknown> | null;
  const shop: Shop | null = s
    ? {
        id: String(s.id ?? ""),
        name: String(s.name ?? ""),
        currency: String(s.currency ?? "CNY"),
        zone: String(s.zone ?? s.time_zone ?? guessZone()),
        logoText: String(s.logo_text ?? s.name ?? ""),
        sample: Boolean(s.sample ?? o.sample ?? false),
      }
    : null;
  return {
    ready: shop !== null,
    shop,
    version: String(o.version ?? ""),
    database: String(o.database ?? o.db ?? ""),
    keyring: Boolean(o.keyring ?? true),
    locked: Boolean(o.locked ?? false),
    desktop,
  };
}

/** The desktop window knows about databases and keyrings; a browser only about the shop. */
export async function askStatus(): Promise<AppStatus> {
  return inDesktopWindow() ? readStatus(await ask("app.status", {}), true) : readStatus(await ask("settings.shop", {}), false);
}

/** One question for the gate and for whoever wants to show its answer. */
export function useStatusQuery() {
  return useQuery<AppStatus, ApiError>({ queryKey: ["app", "status"], queryFn: askStatus, meta: { tags: ["app", "settings"] }, staleTime: 5_000 });
}

export function useStatus(): AppStatus | undefined {
  return useStatusQuery().data;
}
