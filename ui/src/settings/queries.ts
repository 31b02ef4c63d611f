import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/useToast";
import type { Preferences as Saved, Shop } from "../bindings";
import { useAsk, useTell } from "../lib/api";

/** The program fills in every setting that an old row lacks. */
export type Preferences = Required<Saved>;
export type ShopFacts = Omit<Shop, "preferences"> & { preferences: Preferences };

export function useShopFacts() {
  const q = useAsk("settings.shop", {});
  return { ...q, facts: (q.data?.shop as ShopFacts | null | undefined) ?? null };
}

/** Something being edited: the saved value with the changes on top, until they are saved or dropped. */
export function useEdit<T extends object>(saved: T) {
  const [changes, setChanges] = useState<Partial<T>>({});
  const value = { ...saved, ...changes };
  const dirty = (Object.keys(changes) as (keyof T)[]).some((k) => changes[k] !== saved[k]);
  return { value, dirty, put: (patch: Partial<T>) => setChanges((c) => ({ ...c, ...patch })), drop: () => setChanges({}) };
}

export function useSavePreferences(done: () => void) {
  const { t } = useTranslation();
  const toast = useToast();
  return useTell("settings.save_preferences", { undo: () => t("settings.saved"), onSuccess: done, onError: (e) => toast.error(e) });
}
