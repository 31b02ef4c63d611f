import { createStore } from "../lib/store";

/** What of one's own account is open: asked for in its menu, or by Ctrl+K. */
export type Shown = "switch" | "pin" | "steps" | "password";

export const shown = createStore<Shown | null>(null);
