import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ask, tell, useAsk } from "../../lib/api";
import { draftPlace, type Draft } from "../../lib/drafts";
import { uuidv7 } from "../../lib/ids";
import { load, save } from "../../lib/store";
import { inDesktopWindow } from "../../lib/transport";
import { emptyDraft, isTouched, readDraft, type OrderDraft } from "./draft";

/** The name under which the browser and the shop keep it. */
export const AREA = "orders.new";
export const keptAt = () => draftPlace(AREA);
const SERVER_DELAY_MS = 700;

interface Kept {
  at: number;
  value: unknown;
}

export interface Parked {
  at: number;
  draft: OrderDraft;
}

export interface KeptDraft extends Draft<OrderDraft> {
  /** As it is now, between two paintings of the screen, too. */
  current: () => OrderDraft;
  /** Orders set aside, the oldest first. */
  parked: Parked[];
  /** Sets this one aside and begins another. */
  park: () => Promise<void>;
  /** Takes one up again; what is on the screen is set aside for it. */
  take: (p: Parked) => Promise<void>;
}

/**
 * The order being typed, kept twice: on this device with every keystroke, and a moment later in the shop's own database,
 * which also survives a webview that loses its storage. The device's copy is the newer one, so it goes first.
 */
export function useOrderDraft(): KeptDraft {
  const [desk] = useState(thisDesk);
  const [start] = useState(() => {
    const kept = load<Kept | null>(keptAt(), null);
    const value = kept ? readDraft(kept.value) : null;
    return value && isTouched(value) ? { value, at: kept?.at ?? null } : { value: emptyDraft(), at: null };
  });
  const [value, show] = useState(start.value);
  const [restoredAt, setRestoredAt] = useState<number | null>(start.at);
  const now = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const stored = useRef<string | null>(start.at !== null ? start.value.commandId : null);

  const put = useCallback((next: OrderDraft) => {
    now.current = next;
    show(next);
  }, []);

  const stopTimer = () => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
  };

  const store = useCallback((d: OrderDraft) => tell("app.save_draft", { id: d.commandId, area: AREA, body: JSON.stringify({ ...d, desk: desk.id }) }), [desk]);

  const set = useCallback(
    (change: OrderDraft | ((old: OrderDraft) => OrderDraft)) => {
      const next = typeof change === "function" ? change(now.current) : change;
      put(next);
      save(keptAt(), { at: Date.now(), value: next });
      stopTimer();
      timer.current = setTimeout(() => {
        if (!isTouched(now.current)) return;
        stored.current = now.current.commandId;
        // What cannot be kept there is kept here; the order itself is not held up.
        store(now.current).catch(() => undefined);
      }, SERVER_DELAY_MS);
    },
    [put, store],
  );

  const clear = useCallback(
    (next: OrderDraft = emptyDraft()) => {
      stopTimer();
      save(keptAt(), undefined);
      setRestoredAt(null);
      if (stored.current) tell("app.discard_draft", { id: stored.current }).catch(() => undefined);
      stored.current = null;
      put(next);
    },
    [put],
  );

  const aside = useCallback(async () => {
    stopTimer();
    if (isTouched(now.current)) await store({ ...now.current, parked: true });
    stored.current = null;
  }, [store]);

  const park = useCallback(async () => {
    await aside();
    clear();
  }, [aside, clear]);

  const take = useCallback(
    async (p: Parked) => {
      await aside();
      clear();
      stored.current = p.draft.commandId;
      set({ ...p.draft, parked: false });
    },
    [aside, clear, set],
  );

  useEffect(() => {
    if (start.at !== null) return stopTimer;
    let gone = false;
    Promise.all([ask("app.drafts", { area: AREA }), desk.fresh && inDesktopWindow() ? ask("app.status", {}) : null])
      .then(([kept, status]) => {
        // A window that has lost its storage knows its own name no more: it takes what it finds only where it is alone.
        const alone = status !== null && !/^postgres/i.test(status.database);
        const mine = kept.items
          .map((i) => ({ at: i.updated_at, draft: readDraft(parse(i.body)) }))
          .filter((i): i is Parked => i.draft !== null && isTouched(i.draft) && !i.draft.parked && (i.draft.desk === desk.id || alone))
          .sort((a, b) => b.at - a.at)[0];
        if (gone || !mine || isTouched(now.current)) return;
        stored.current = mine.draft.commandId;
        put(mine.draft);
        setRestoredAt(mine.at);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
      stopTimer();
    };
  }, [start, put, desk]);

  const others = useAsk("app.drafts", { area: AREA }, { tags: ["drafts"] }).data;
  const parked = useMemo(
    () =>
      (others?.items ?? [])
        .map((i) => ({ at: i.updated_at, draft: readDraft(parse(i.body)) }))
        .filter((i): i is Parked => i.draft !== null && i.draft.parked && i.draft.commandId !== value.commandId)
        .sort((a, b) => a.at - b.at),
    [others, value.commandId],
  );

  const discard = useCallback(() => clear(), [clear]);
  const current = useCallback(() => now.current, []);
  return { value, set, restoredAt, clear, discard, current, parked, park, take };
}

/** The name this device gave itself. */
function thisDesk(): { id: string; fresh: boolean } {
  const old = load<string | null>("desk", null);
  if (old) return { id: old, fresh: false };
  const id = uuidv7();
  save("desk", id);
  return { id, fresh: true };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
