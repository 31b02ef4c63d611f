import { useSyncExternalStore } from "react";

/** The smallest store that React can watch. For what several screens share and the server does not know. */
export interface Store<T> {
  get(): T;
  set(next: T | ((old: T) => T)): void;
  subscribe(f: () => void): () => void;
}

export function createStore<T>(initial: T, saveAs?: string): Store<T> {
  let value = saveAs ? load(saveAs, initial) : initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const v = typeof next === "function" ? (next as (old: T) => T)(value) : next;
      if (Object.is(v, value)) return;
      value = v;
      if (saveAs) save(saveAs, v);
      for (const f of listeners) f();
    },
    subscribe(f) {
      listeners.add(f);
      return () => listeners.delete(f);
    },
  };
}

export function useStore<T>(s: Store<T>): T {
  return useSyncExternalStore(s.subscribe, s.get, s.get);
}

/** localStorage may be full, forbidden or hold what an older version wrote: none of that may stop the shop. */
export function load<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`shopkeeper.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function save(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(`shopkeeper.${key}`);
    else localStorage.setItem(`shopkeeper.${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
