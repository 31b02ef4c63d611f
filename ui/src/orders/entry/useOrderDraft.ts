import { useCallback, useEffect, useRef, useState } from "react";
import { ask, tell } from "../../lib/api";
import type { Draft } from "../../lib/drafts";
import { load, save } from "../../lib/store";
import { emptyDraft, isTouched, readDraft, type OrderDraft } from "./draft";

/** Where the browser keeps it, and the name under which the shop does. */
export const KEPT = "draft.orders.new";
export const AREA = "orders.new";
const SERVER_DELAY_MS = 700;

interface Kept {
  at: number;
  value: unknown;
}

/**
 * The order being typed, kept twice: on this device with every keystroke, and a moment later in the shop's own database,
 * which also survives a webview that loses its storage. The device's copy is the newer one, so it goes first.
 */
export function useOrderDraft(): Draft<OrderDraft> {
  const [start] = useState(() => {
    const kept = load<Kept | null>(KEPT, null);
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

  const set = useCallback(
    (change: OrderDraft | ((old: OrderDraft) => OrderDraft)) => {
      const next = typeof change === "function" ? change(now.current) : change;
      put(next);
      save(KEPT, { at: Date.now(), value: next });
      stopTimer();
      timer.current = setTimeout(() => {
        if (!isTouched(now.current)) return;
        stored.current = now.current.commandId;
        // What cannot be kept there is kept here; the order itself is not held up.
        tell("app.save_draft", { id: now.current.commandId, area: AREA, body: JSON.stringify(now.current) }).catch(() => undefined);
      }, SERVER_DELAY_MS);
    },
    [put],
  );

  const clear = useCallback(
    (next: OrderDraft = emptyDraft()) => {
      stopTimer();
      save(KEPT, undefined);
      setRestoredAt(null);
      if (stored.current) tell("app.discard_draft", { id: stored.current }).catch(() => undefined);
      stored.current = null;
      put(next);
    },
    [put],
  );

  useEffect(() => {
    if (start.at !== null) return stopTimer;
    let gone = false;
    ask("app.drafts", { area: AREA })
      .then((answer: { items: { id: string; body: string; updated_at: number }[] }) => {
        const newest = [...answer.items].sort((a, b) => b.updated_at - a.updated_at)[0];
        const found = newest ? readDraft(parse(newest.body)) : null;
        if (gone || !newest || !found || !isTouched(found) || isTouched(now.current)) return;
        stored.current = newest.id;
        put(found);
        setRestoredAt(newest.updated_at);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
      stopTimer();
    };
  }, [start, put]);

  const discard = useCallback(() => clear(), [clear]);
  return { value, set, restoredAt, clear, discard };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
