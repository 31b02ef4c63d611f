import { useEffect } from "react";
import { inDesktopWindow, query } from "./transport";

let told = false;

/**
 * Tells the desk, once in the life of the window, that a page stands there with its data: the log keeps how long a
 * start takes. Two frames later it is painted.
 */
export function useReady(done: boolean): void {
  useEffect(() => {
    if (!done || told || !inDesktopWindow()) return;
    told = true;
    requestAnimationFrame(() => requestAnimationFrame(() => void query("app.ready", {}).catch(() => undefined)));
  }, [done]);
}
