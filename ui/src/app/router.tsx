import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { shop } from "../lib/shop";
import { areas } from "./areas";
import { client } from "./client";
import { inLibrary } from "./inLibrary";
import { NotFound } from "./NotFound";
import { PageFailed } from "./PageFailed";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const pages = areas.flatMap((a) =>
  a.routes.map(({ path, page }) => {
    if (typeof page === "object") return { path, component: page.Page, ahead: page.ask };
    const load = inLibrary(page);
    return { path, component: lazyRouteComponent(load), ahead: async () => void (await load()) };
  }),
);

const routes = pages.map(({ path, component }) => createRoute({ getParentRoute: () => root, path, component, errorComponent: PageFailed }));

/** Search parameters are flat text, so that an address can be read, typed and sent to a colleague. */
function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

function stringifySearch(search: Record<string, unknown>): string {
  const p = new URLSearchParams();
  for (const [k, v] of Object.entries(search)) if (v !== undefined && v !== null && v !== "") p.set(k, String(v));
  const s = p.toString();
  return s ? `?${s}` : "";
}

export const router = createRouter({
  routeTree: root.addChildren(routes),
  history: createHashHistory(),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingMs: 200,
});

/**
 * Fetches what the page behind the address begins with: its code, or what it shows. The router asks only once it is on the
 * screen. Where no shop was seen before, its days are known with the status only.
 */
export async function preloadPage(status: Promise<void>): Promise<void> {
  const [path, search = ""] = window.location.hash.replace(/^#/, "").split("?");
  const page = pages.find((p) => p.path === (path || "/"));
  if (!shop.get().id) await status;
  if (shop.get().id) await page?.ahead(client, parseSearch(search));
}
