import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound } from "./NotFound";
import { PageFailed } from "./PageFailed";
import { Shell } from "./Shell";
import { areas } from "./areas";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = areas.flatMap((a) =>
  a.routes.map((r) =>
    createRoute({
      getParentRoute: () => root,
      path: r.path,
      component: lazyRouteComponent(r.page),
      errorComponent: PageFailed,
    }),
  ),
);

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

/** The code of the page that the address leads to. The router asks for it only once it is on the screen. */
export async function preloadPage(): Promise<void> {
  const path = window.location.hash.replace(/^#/, "").split("?")[0] || "/";
  await areas.flatMap((a) => a.routes).find((r) => r.path === path)?.page();
}
