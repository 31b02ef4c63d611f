import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { draftCopy } from "./draftCopy";
import { shop } from "./shop";
import { load, save } from "./store";

interface Saved<T> {
  at: number;
  value: T;
}

export interface Draft<T> {
  value: T;
  set: (next: T | ((old: T) => T)) => void;
  /** When the draft was written, if it was found on entering; show `<DraftNotice draft={…} />`. Null otherwise. */
  restoredAt: number | null;
  /** After the command was acknowledged: forget the saved copy, keep or replace what is on the screen. */
  clear: (next?: T) => void;
  /** Throw the draft away and begin again. */
  discard: () => void;
}

const DELAY_MS = 300;

/** Where a draft lies on this device: each shop has its own, so that the sample's is never taken for a real one. */
export function draftPlace(key: string): string {
  return `draft.${shop.get().id}.${key}`;
}

/**
 * A form's content that outlives a crash. Every change is written to this device within 300 ms, and at once when the
 * window is hidden or closed, and a second later into the shop's database; it is found again under the same key. Keys: `orders.new`, `catalog.product.<id>`.
 */
export function useDraft<T>(key: string, initial: T): Draft<T> {
  const first = useRef(initial);
  const found = useRef<Saved<T> | null>(null);
  const [state, setState] = useState<{ key: string; value: T }>(() => {
    found.current = load<Saved<T> | null>(draftPlace(key), null);
    return { key, value: found.current ? found.current.value : initial };
  });
  const [restoredAt, setRestoredAt] = useState<number | null>(found.current?.at ?? null);
  const dirty = useRef<Saved<T> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const touched = useRef(found.current !== null);
  const copy = useMemo(() => draftCopy(key), [key]);

  // Nothing on this device: perhaps its storage was lost with the window, and the shop still has the copy.
  useEffect(() => {
    let gone = false;
    void copy.find().then((hit) => {
      if (gone || touched.current || !hit) return;
      touched.current = true;
      setState((old) => ({ ...old, value: hit.value as T }));
      setRestoredAt(hit.at);
    });
    return () => {
      gone = true;
    };
  }, [copy]);

  // The page turned to another thing without leaving the screen (the next order): its own draft, or its own beginning.
  if (state.key !== key) {
    const hit = load<Saved<T> | null>(draftPlace(key), null);
    first.current = initial;
    touched.current = hit !== null;
    setState({ key, value: hit ? hit.value : initial });
    setRestoredAt(hit?.at ?? null);
  }

  const flush = useCallback(() => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    if (dirty.current) save(draftPlace(key), dirty.current);
    dirty.current = null;
  }, [key]);

  useEffect(() => {
    const onHide = () => flush();
    window.addEventListener("pagehide", onHide);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      window.removeEventListener("pagehide", onHide);
      document.removeEventListener("visibilitychange", onHide);
      flush();
    };
  }, [flush]);

  const set = useCallback(
    (next: T | ((old: T) => T)) => {
      setState((old) => {
        const value = typeof next === "function" ? (next as (o: T) => T)(old.value) : next;
        touched.current = true;
        dirty.current = { at: Date.now(), value };
        copy.write(value);
        timer.current ??= setTimeout(flush, DELAY_MS);
        return { ...old, value };
      });
    },
    [flush, copy],
  );

  const clear = useCallback(
    (next?: T) => {
      dirty.current = null;
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
      save(draftPlace(key), undefined);
      copy.drop();
      setRestoredAt(null);
      if (next !== undefined) setState((old) => ({ ...old, value: next }));
    },
    [key, copy],
  );

  const discard = useCallback(() => clear(first.current), [clear]);

  return { value: state.value, set, restoredAt, clear, discard };
}
