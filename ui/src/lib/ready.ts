import { useEffect } from "react";
import { createStore, useStore } from "./store";
import { inDesktopWindow, query } from "./transport";

/** Whether the first page stands there. What is not in its first picture waits for that, so as not to hold it up. */
const settled = createStore(false);
let told = false;

/** How long the rest waits for a page that does not say when it stands. */
const LONGEST_MS = 1500;

/** For the frame around the pages. */
export function useSettleInTime(): void {
  useEffect(() => {
    const timer = setTimeout(() => settled.set(true), LONGEST_MS);
    return () => clearTimeout(timer);
  }, []);
}

export function useSettled(): boolean {
  return useStore(settled);
}

/**
 * Says that a page stands there with its data. Two frames later it is painted: the rest begins, and the desk's log
 * keeps, once in the life of the window, how long the start took.
 */
export function useReady(done: boolean): void {
  useEffect(() => {
    if (!done || told) return;
    told = true;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        settled.set(true);
        if (inDesktopWindow()) void query("app.ready", {}).catch(() => undefined);
      }),
    );
  }, [done]);
}
