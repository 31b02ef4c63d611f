import { ask, tell } from "./api";
import { uuidv7 } from "./ids";
import { load, save } from "./store";
import { inDesktopWindow } from "./transport";

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

interface Body {
  /** The screen that wrote it: on a shared database nobody is given what somebody else is typing. */
  desk: string;
  value: unknown;
}

function read(text: string): Body | null {
  try {
    const b = JSON.parse(text) as Partial<Body> | null;
    return b && typeof b.desk === "string" ? { desk: b.desk, value: b.value } : null;
  } catch {
    return null;
  }
}

function deskName(): string {
  const known = load<string | null>("desk", null);
  if (known) return known;
  const fresh = uuidv7();
  save("desk", fresh);
  return fresh;
}

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
        const mine = load<string | null>("desk", null);
        // A desktop window that lost its storage knows its own name no more: the newest draft is its best guess.
        if (mine === null && !inDesktopWindow()) return null;
        const { items } = await ask("app.drafts", { area: key });
        const found = items
          .flatMap((d) => {
            const body = read(d.body);
            return body && (mine === null || body.desk === mine) ? [{ id: d.id, at: d.updated_at, value: body.value }] : [];
          })
          .sort((a, b) => b.at - a.at)[0];
        if (!found) return null;
        if (mine !== null) id = found.id;
        return { at: found.at, value: found.value };
      } catch {
        return null;
      }
    },
    write(value) {
      waiting = value;
      timer ??= setTimeout(() => {
        timer = null;
        const body = JSON.stringify({ desk: deskName(), value: waiting } satisfies Body);
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
