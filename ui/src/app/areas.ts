/**
 * How an area of the business becomes part of the window. This is the only place that knows all areas.
 *
 * An area is a folder `src/<area>/` with
 *   area.tsx            `export default defineArea({...})`: routes, menu entry, palette actions. Small: pages are imported lazily.
 *   en.json, zh-CN.json its words. They are found by themselves and stand under the area's name: t("orders.list.title").
 *   queries.ts, XList.tsx, XPage.tsx, *.test.tsx
 *
 * - Rights: `needs: "orders_read"` on the area, and on an action; in a page `useCan()` (lib/me.ts).
 * - Routes: `{ path: "/orders/$id", page: () => import("./OrderPage") }`; the page is the module's default export.
 *   A page has Ant Design around it (app/inLibrary.tsx). The frame and the first page do without, for the sake of the start: what
 *   they show is in `components/PlainButton` and the like, what they open later is lazy and `inLibrary`.
 *   In a page: `useParams({ strict: false })`, `useNavigate()`, `<Link to="/orders/$id" params={{ id }}>` from @tanstack/react-router.
 *   The address stands behind `#` (`/#/orders?stage=ready`), so any file server can serve the window.
 * - Menu: `{ label: "orders.menu", icon, to, order }`. `label` and palette `label` are i18n keys.
 * - Palette: `actions` are reachable with Ctrl+K, and by their `keys` (see lib/hotkeys.ts) from every page. Every menu entry is in the
 *   palette already. `search` adds live results (an area's own query) to the palette.
 * - Asking: `const q = useAsk("orders.get", { id })`; a list: `usePages("orders.list", input)` into `<DataList source=…>`;
 *   doing: `const place = useTell("orders.place")`, `await place.mutateAsync(input)`. Ids of commands are made and kept for you;
 *   inputs and answers are typed by the generated bindings (import the types from "../bindings", never its functions).
 *   Caches refresh by tag (first part of the name, more with `tags`) when the shop says that something changed.
 * - Money, dates, numbers: `const f = useFormats()` (lib/shop.ts) or `<Money minor={…} />`. Never divide by 100.
 * - Errors: `<ErrorNotice error={q.error} />` in place, `useToast().error(e)` after an action. Words for an area's own codes: `<area>.errors.<code>.title|next`.
 * - Forms: `useDraft("orders.new", empty)` + `<DraftNotice draft={d} />`. Undo: `useTell(name, { undo: () => t("…") })` when the
 *   command records its inverse (the server takes it back by command id); else `pushUndo({ label, run })`.
 * - Statuses: `<StatusTag kind="stage" value={o.stage} />`; kinds and colours in components/StatusTag.tsx, words under `status.` in src/i18n.
 * - Areas do not import each other's insides: link to a route, or ask the other area's query, or import what its index.ts shows.
 */
import type { QueryClient } from "@tanstack/react-query";
import { useMemo, type ComponentType, type ReactNode } from "react";
import type { Permission } from "../bindings";
import type { Key } from "../i18n";
import { may, me } from "../lib/me";
import { useStore } from "../lib/store";

export interface AreaRoute {
  /** "/orders/$id" */
  path: string;
  page: (() => Promise<{ default: ComponentType }>) | FirstPage;
}

/** The page that a day begins with is part of the start. It brings the component library along itself, where it needs it. */
export interface FirstPage {
  Page: () => ReactNode;
  /** Asks for what its first picture shows, before there is a screen. */
  ask: (client: QueryClient, search: Record<string, string>) => Promise<void>;
}

export interface AreaMenu {
  label: Key;
  icon: ReactNode;
  to: string;
  /** Position in the menu: dashboard 0, orders 10, catalog 20, stock 30, customers 40, analytics 50, imports 60, access 80, settings 90. */
  order: number;
}

export interface AreaAction {
  label: Key;
  icon?: ReactNode;
  /** Words that find it, too, in any language: "xindan new sale". */
  words?: string;
  /** Offered to those only who have this permission, too. */
  needs?: Permission;
  /** A hotkey: "n", "g o". */
  keys?: string;
  /** Where it leads; or what it does. */
  to?: string;
  run?: () => void;
}

export interface Found {
  key: string;
  title: string;
  detail?: string;
  to: string;
}

export interface Area {
  name: AreaName;
  /** Offered to those only who have this permission; everybody sees its pages refuse. */
  needs?: Permission;
  routes: AreaRoute[];
  menu?: AreaMenu;
  actions?: AreaAction[];
  /** Lives as long as the window, on every page, and shows nothing itself: a watcher of long work. */
  background?: () => Promise<{ default: ComponentType }>;
  /** What the palette shows for typed text. Called 150 ms after the last keystroke. */
  search?: { label: Key; icon: ReactNode; find: (text: string) => Promise<Found[]> };
}

export const AREA_NAMES = ["dashboard", "orders", "catalog", "stock", "customers", "analytics", "imports", "settings", "payments", "shipping", "access", "offline"] as const;
export type AreaName = (typeof AREA_NAMES)[number];

export function defineArea(a: Area): Area {
  return a;
}

const modules = import.meta.glob<{ default: Area }>("../*/area.tsx", { eager: true });

export const areas: Area[] = Object.values(modules)
  .map((m) => m.default)
  .filter((a) => AREA_NAMES.includes(a.name))
  .sort((a, b) => (a.menu?.order ?? 99) - (b.menu?.order ?? 99));

/** What whoever sits here is offered of all areas. */
export function useAreas(): Area[] {
  const who = useStore(me);
  return useMemo(() => areas.filter((a) => may(who, a.needs)).map((a) => ({ ...a, actions: (a.actions ?? []).filter((x) => may(who, x.needs)) })), [who]);
}
