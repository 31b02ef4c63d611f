import { ask, tell } from "./api";
import { uuidv7 } from "./ids";

/**
 * The second copy of a draft, in the shop's own database: the window's storage is written lazily by the system's web view,
 * and may be gone after a crash. It is never waited for, and a failure says nothing: the first copy is still there.
 */
export interface DraftCopy {
  find(): Promise<{ at: number; value: unknown } | null>;
  write(value: unknown): void;
  drop(): void;
}

const EVERY_MS = 1000;

export function draftCopy(key: string): DraftCopy {
  let id: string | null = null;
  let waiting: unknown;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let busy: Promise<unknown> = Promise.resolve();

  const after = (work: () => Promise<unknown>) => {
    busy = busy.then(work).catch(() => undefined);
  };

  return {
    async find() {
      try {
        const { items } = await ask("app.drafts", { area: key });
        const newest = [...items].sort((a, b) => b.updated_at - a.updated_at)[0];
        if (!newest) return null;
        id = newest.id;
        return { at: newest.updated_at, value: JSON.parse(newest.body) as unknown };
      } catch {
        return null;
      }
    },
    write(value) {
      waiting = value;
      timer ??= setTimeout(() => {
        timer = null;
        const body = JSON.stringify(waiting);
        id ??= uuidv7();
        const draft = { id, area: key, body };
        after(() => tell("app.save_draft", draft));
      }, EVERY_MS);
    },
    drop() {
      if (timer) clearTimeout(timer);
      timer = null;
      const gone = id;
      id = null;
      if (gone) after(() => tell("app.discard_draft", { id: gone }));
    },
  };
}
