import { queryOptions, useQuery } from "@tanstack/react-query";
import { ask } from "../lib/api";
import type { Me } from "../bindings";
import type { ApiError } from "../lib/errors";
import { guessZone } from "../lib/dates";
import { me } from "../lib/me";
import { shop, type Shop } from "../lib/shop";
import { inDesktopWindow } from "../lib/transport";
import { undoStack } from "../lib/undo";

/** What the window must know before anything else. */
export interface AppStatus {
  ready: boolean;
  shop: Shop | null;
  version: string;
  /** Where the shop is kept, without its password: a file, or a server's address. */
  database: string;
  /** The password file wants its passphrase. */
  locked: boolean;
  /** Who sits here. */
  me: Me | null;
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
        lockMinutes: Number((s.preferences as { lock_minutes?: number } | undefined)?.lock_minutes ?? 0),
        sample: Boolean(s.sample ?? o.sample ?? false),
      }
    : null;
  return {
    ready: shop !== null,
    shop,
    version: String(o.version ?? ""),
    database: String(o.database ?? o.db ?? ""),
    locked: Boolean(o.locked ?? false),
    me: (o.me as Me | null | undefined) ?? null,
    desktop,
  };
}

/** The desktop window knows about databases and keyrings; a browser only about the shop. */
async function askStatus(): Promise<AppStatus> {
  const status = inDesktopWindow() ? readStatus(await ask("app.status", {}), true) : await askBrowserStatus();
  if (status.shop) enter(status.shop);
  // Nor is it for the next person to take back what the last one did.
  if (me.get()?.person?.id !== status.me?.person?.id) undoStack.set([]);
  me.set(status.me);
  return status;
}

async function askBrowserStatus(): Promise<AppStatus> {
  const [shop, me] = await Promise.all([ask("settings.shop", {}), ask("access.me", {})]);
  return readStatus({ ...shop, me }, false);
}

/** Every screen writes its money and days as this shop does. */
function enter(found: Shop): void {
  const before = shop.get();
  // What was done in another shop cannot be taken back in this one.
  if (before.id !== found.id) undoStack.set([]);
  if (JSON.stringify(before) !== JSON.stringify(found)) shop.set(found);
  document.title = `${found.name} · Shopkeeper 掌柜`;
}

/** One question for the gate and for whoever wants to show its answer. */
export const statusQuery = queryOptions<AppStatus, ApiError>({ queryKey: ["app", "status"], queryFn: askStatus, meta: { tags: ["app", "settings", "access"] }, staleTime: 5_000 });

export function useStatusQuery() {
  return useQuery(statusQuery);
}

export function useStatus(): AppStatus | undefined {
  return useStatusQuery().data;
}
