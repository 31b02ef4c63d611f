import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../lib/api";
import type { Carrier } from "./types";

/** The parcel the shop brings itself; it needs no waybill. */
export const OWN_DELIVERY = "self";

export function useCarriers(): Carrier[] {
  const q = useAsk("shipping.carriers", {}, { staleTime: Number.POSITIVE_INFINITY });
  return q.data ?? [];
}

export function useCarrierName(): (code: string) => string {
  const { t, i18n } = useTranslation();
  const all = useCarriers();
  const zh = i18n.language.startsWith("zh");
  const names = useMemo(() => new Map(all.map((c) => [c.code, zh ? c.name_zh : c.name_en])), [all, zh]);
  return (code) => (code === OWN_DELIVERY ? t("shipping.own") : (names.get(code) ?? code));
}
