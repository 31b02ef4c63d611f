import { useEffect, useRef, useState } from "react";
import { toApiError, type ApiError } from "./errors";
import { merge, same, type FieldRule } from "./merge";

/** A thing as the shop had it. What keeps no count of its versions is its own version. */
export interface Versioned<T, V = number> {
  version: V;
  value: T;
}

/** A form: what is typed, and what it was loaded with. */
export interface Typed<T, V = number> {
  form: T;
  base: Versioned<T, V> | null;
}

/** A field in the words of its form. */
export interface Field<T> extends FieldRule {
  label: string;
  show: (value: unknown, whole: T) => string;
  /** Is neither shown nor copied. */
  secret?: boolean;
  /** For a list of records: what a row is called, and its fields. */
  name?: (item: unknown) => string;
  parts?: Record<string, { label: string; show: (value: unknown) => string }>;
}
export type FormFields<T> = Record<string, Field<T>>;

function isNewer<T, V>(live: Versioned<T, V> | null | undefined, base: Versioned<T, V> | null): live is Versioned<T, V> {
  if (!live) return false;
  if (!base) return true;
  // A late answer may be older than what was just saved.
  return typeof live.version === "number" && typeof base.version === "number" ? live.version > base.version : !same(live.version, base.version);
}

/** What is kept of a form, also by a program that did not keep what it was loaded with. */
export function asTyped<T extends object, V>(kept: Typed<T, V> | T): Typed<T, V> {
  return "form" in kept && "base" in kept ? kept : { form: kept as T, base: null };
}

/**
 * A form over something that others may change meanwhile. As long as nothing is typed it follows what the shop has; from the
 * first letter on it stays as it is. `reset` puts a form that nobody typed into (a draft forgets it).
 */
export function useTyped<T extends object, V = number>(kept: Typed<T, V> | T, set: (next: (old: Typed<T, V> | T) => Typed<T, V>) => void, reset: (next: Typed<T, V>) => void, live: Versioned<T, V> | null | undefined) {
  const { form, base } = asTyped<T, V>(kept);
  const dirty = base === null || !same(form, base.value);
  const behind = !dirty && isNewer(live, base);
  useEffect(() => {
    if (behind && live) reset({ form: live.value, base: live });
  }, [behind, live?.version]); // eslint-disable-line react-hooks/exhaustive-deps
  return {
    form,
    base,
    dirty,
    put: (patch: Partial<T>) => set((old) => ({ ...asTyped<T, V>(old), form: { ...asTyped<T, V>(old).form, ...patch } })),
    rebase: (value: T, onto: Versioned<T, V>) => set(() => ({ form: value, base: onto })),
  };
}

/** The same for a form that is gone with its window. */
export function useTypedHere<T extends object, V = number>(start: Typed<T, V>, live: Versioned<T, V> | null | undefined) {
  const [kept, setKept] = useState<Typed<T, V> | T>(start);
  return useTyped<T, V>(kept, setKept, setKept, live);
}

export interface MergeOptions<T, V> {
  /** What it is, as the shop's errors call it: `product`. */
  kind: string;
  fields: FormFields<T>;
  mine: T;
  base: Versioned<T, V> | null;
  /** What this screen knows the shop to have now; null when it is gone, nothing when that is not known. */
  live?: Versioned<T, V> | null | undefined;
  newest: () => Promise<Versioned<T, V> | null>;
  /** The form shows by itself what others change of the fields that nobody typed into. */
  follows?: boolean;
  /** Where the history tells who changed it: what commands were about, and the thing itself where that is another. */
  traces?: { subject: string; id?: string } | null;
  /** The form now holds `value`, on top of what the shop has. */
  rebase: (value: T, onto: Versioned<T, V>) => void;
  /** Saves, and throws what it is refused with. */
  save: (value: T, onto: Versioned<T, V> | null) => Promise<unknown>;
  /** Makes it anew, once it is gone; where that makes sense. */
  anew?: (value: T) => Promise<unknown>;
}

export type MergeView<T, V> =
  | { at: "asking"; mine: T }
  | { at: "failed"; mine: T; error: unknown; again: () => void }
  | { at: "gone"; mine: T }
  | { at: "merging"; base: Versioned<T, V> | null; mine: T; theirs: Versioned<T, V>; round: number; again: boolean };

/** Versions that changed nothing the form shows are taken silently, but not for ever. */
const SILENT = 5;

/** Saves a form so that nothing is lost when somebody else was quicker: `<StaleMerge merge={…} />` shows what comes of it. */
export function useMerge<T extends object, V = number>(options: MergeOptions<T, V>) {
  const latest = useRef(options);
  latest.current = options;
  const [view, setView] = useState<MergeView<T, V> | null>(null);
  const [busy, setBusy] = useState(false);

  const isStale = (e: ApiError) => e.code === "stale" && e.data.kind === latest.current.kind;
  const isGone = (e: ApiError) => e.code === "not_found" && e.data.kind === latest.current.kind;

  /** Fetches the newest and lays it beside what was typed, `again` when that was merged before. */
  const compare = async (base: Versioned<T, V> | null, mine: T, round: number, saving: boolean, again = false): Promise<boolean> => {
    setView({ at: "asking", mine });
    let theirs: Versioned<T, V> | null;
    try {
      theirs = await latest.current.newest();
    } catch (raw) {
      const error = toApiError("app", raw);
      setView(isGone(error) ? { at: "gone", mine } : { at: "failed", mine, error, again: () => void compare(base, mine, round, saving, again) });
      return false;
    }
    if (!theirs) {
      setView({ at: "gone", mine });
      return false;
    }
    const m = merge<T>(base?.value ?? null, mine, theirs.value, latest.current.fields);
    if (m.conflicts.length === 0 && m.settled.every((s) => s.from === "mine") && round < SILENT) {
      // Nothing that this form shows: it goes on from there.
      latest.current.rebase(m.value, theirs);
      if (saving) return write(m.value, theirs, round + 1, again);
      setView(null);
      return false;
    }
    setView({ at: "merging", base, mine, theirs, round, again });
    return false;
  };

  const write = async (value: T, onto: Versioned<T, V> | null, round: number, again = false): Promise<boolean> => {
    try {
      await latest.current.save(value, onto);
      setView(null);
      return true;
    } catch (raw) {
      const error = toApiError("app", raw);
      if (isGone(error)) setView({ at: "gone", mine: value });
      else if (isStale(error)) return compare(onto, value, round + 1, true, again);
      else setView(null);
      return false;
    }
  };

  const alone = async <R>(work: () => Promise<R>): Promise<R | false> => {
    if (busy) return false;
    setBusy(true);
    try {
      return await work();
    } finally {
      setBusy(false);
    }
  };

  const { base, live, mine, fields } = options;
  const news = isNewer(live, base) ? merge<T>(base?.value ?? null, mine, live.value, fields) : null;
  const changed = news && (news.conflicts.length > 0 || (!options.follows && news.settled.some((s) => s.from !== "mine")));
  const meanwhile = live === null ? "gone" : changed ? "changed" : null;

  return {
    options,
    view,
    busy,
    /** What happened to the thing while this form is open. */
    meanwhile: meanwhile as "gone" | "changed" | null,
    /** Saves what is typed, or `value`; true when it was saved. */
    submit: (value?: T) => alone(() => write(value ?? latest.current.mine, latest.current.base, 0)),
    /** Saves on top of what this screen knows the shop to have, unless that contradicts what was typed. */
    submitOnLive: () =>
      alone(() => {
        const o = latest.current;
        const m = o.live && isNewer(o.live, o.base) ? merge<T>(o.base?.value ?? null, o.mine, o.live.value, o.fields) : null;
        return m && o.live && m.conflicts.length === 0 ? write(m.value, o.live, 0) : write(o.mine, o.base, 0);
      }),
    /** Shows the differences before anything is saved. */
    open: () => (live === null ? setView({ at: "gone", mine }) : void alone(() => compare(latest.current.base, latest.current.mine, 0, false))),
    /** Back to the form, as it was typed. */
    close: () => setView(null),
    saveMerged: (value: T) =>
      view?.at === "merging"
        ? alone(() => {
            latest.current.rebase(value, view.theirs);
            return write(value, view.theirs, view.round, true);
          })
        : Promise.resolve(false as const),
    makeAnew: (value: T) =>
      alone(async () => {
        try {
          await latest.current.anew?.(value);
        } catch {
          // The form says why.
        }
        setView(null);
      }),
    /** Whether this refusal is told here and not by the form. */
    owns: (error: ApiError | null): boolean => error !== null && (isStale(error) || isGone(error)),
  };
}

export type Merging<T, V = number> = ReturnType<typeof useMerge<T & object, V>>;
