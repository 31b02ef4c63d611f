import { createStore } from "./store";

/** A thing that was done and the command that takes it back. `label` is already translated: "3 orders archived". */
export interface Undoable {
  label: string;
  run: () => Promise<unknown>;
}

interface Entry extends Undoable {
  id: number;
}

let seq = 0;
/** The last things done, the newest at the end. The shell shows the toast and answers Ctrl+Z. */
export const undoStack = createStore<Entry[]>([]);

const LIMIT = 20;

/** Say what was done and how to take it back. */
export function pushUndo(u: Undoable): void {
  undoStack.set((s) => [...s.slice(1 - LIMIT), { ...u, id: ++seq }]);
}

/** Takes back the newest (or the named) thing. It leaves the stack only when it worked. */
export async function undo(id?: number): Promise<Undoable | null> {
  const s = undoStack.get();
  const entry = id === undefined ? s[s.length - 1] : s.find((e) => e.id === id);
  if (!entry) return null;
  undoStack.set((now) => now.filter((e) => e.id !== entry.id));
  try {
    await entry.run();
    return entry;
  } catch (e) {
    undoStack.set((now) => [...now, entry]);
    throw e;
  }
}
