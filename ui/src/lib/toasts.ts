import { createStore } from "./store";

export interface Toast {
  kind: "success" | "info" | "error";
  title: string;
  text?: string;
}

/** What is still to be said. Whoever says it outlives the page that asked for it. */
export const toasts = createStore<Toast[]>([]);

export function pushToast(toast: Toast): void {
  toasts.set((all) => [...all, toast]);
}
