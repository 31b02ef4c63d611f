import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Preferences as Saved, Shop } from "../bindings";
import { useToast } from "../components/useToast";
import { ask, useAsk, useTell } from "../lib/api";
import { same } from "../lib/merge";
import { useMerge, type FormFields, type MergeOptions, type Versioned } from "../lib/useMerge";

/** The program fills in every setting that an old row lacks. */
export type Preferences = Required<Saved>;
export type ShopFacts = Omit<Shop, "preferences"> & { preferences: Preferences };

export function useShopFacts() {
  const q = useAsk("settings.shop", {});
  return { ...q, facts: (q.data?.shop as ShopFacts | null | undefined) ?? null };
}

/**
 * Something being edited: what the shop has with the changes on top, until they are saved or dropped. What was read when the
 * first change was typed is kept: on a field that somebody else changed since, nobody is written over.
 */
export function useEdit<T extends object>(saved: T, version: number, o: Pick<MergeOptions<T, number>, "kind" | "fields" | "newest" | "traces"> & { save: (value: T, version: number) => Promise<unknown> }) {
  const live: Versioned<T> = { version, value: saved };
  const [typed, setTyped] = useState<{ base: Versioned<T>; changes: Partial<T> } | null>(null);
  const keys = Object.keys(typed?.changes ?? {}) as (keyof T)[];
  const drop = () => setTyped(null);
  const merge = useMerge<T>({
    ...o,
    mine: typed ? { ...typed.base.value, ...typed.changes } : saved,
    base: typed?.base ?? live,
    live,
    follows: true,
    rebase: (value, base) => setTyped({ base, changes: Object.fromEntries(Object.entries(value).filter(([k, v]) => !same(v, base.value[k as keyof T]))) as Partial<T> }),
    save: async (value, onto) => {
      await o.save(value, onto?.version ?? version);
      drop();
    },
  });
  return {
    value: { ...saved, ...typed?.changes },
    dirty: keys.some((k) => !same(typed?.changes[k], saved[k])),
    put: (patch: Partial<T>) => setTyped((old) => ({ base: old?.base ?? live, changes: { ...old?.changes, ...patch } })),
    drop,
    merge,
  };
}

/** A part of the shop's preferences, as the form of `T` holds it. */
export function useEditPreferences<T extends object>(facts: ShopFacts, fields: FormFields<T>, toForm: (p: Preferences) => T, toPreferences: (form: T) => Preferences) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useTell("settings.save_preferences", { undo: () => t("settings.saved"), onError: (e) => e.code !== "stale" && toast.error(e) });
  const edit = useEdit<T>(toForm(facts.preferences), facts.version, {
    kind: "shop",
    fields,
    newest: async () => newestShop((s) => toForm(s.preferences)),
    traces: { subject: facts.id },
    save: (form, version) => save.mutateAsync({ version, preferences: toPreferences(form) }),
  });
  return { ...edit, foot: { dirty: edit.dirty, saving: save.isPending, onDrop: edit.drop, onSave: () => void edit.merge.submitOnLive() } };
}

export async function newestShop<T>(read: (s: ShopFacts) => T): Promise<Versioned<T> | null> {
  const shop = (await ask("settings.shop", {})).shop as ShopFacts | null;
  return shop && { version: shop.version, value: read(shop) };
}
