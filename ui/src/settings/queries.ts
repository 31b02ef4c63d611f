import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/useToast";
import { useAsk, useTell } from "../lib/api";

export interface Preferences {
  tax_inclusive: boolean;
  tax_per_order: boolean;
  tax_ppm: number;
  low_stock: number;
  unpaid_minutes: number;
  complete_days: number;
  auto_review: boolean;
  reserve_on_place: boolean;
  order_prefix: string;
  return_prefix: string;
  order_date: "none" | "year" | "month" | "day";
  order_digits: number;
}

export interface ShopFacts {
  id: string;
  name: string;
  currency: string;
  zone: string;
  country: string;
  contact: string;
  phone: string;
  address: string;
  tax_id: string;
  preferences: Preferences;
  version: number;
  sample: boolean;
}

export function useShopFacts() {
  const q = useAsk("settings.shop", {});
  return { ...q, facts: (q.data as { shop: ShopFacts | null } | undefined)?.shop ?? null };
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
