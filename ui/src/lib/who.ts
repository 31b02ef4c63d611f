import { useTranslation } from "react-i18next";

/** Whoever did it. The one who set the shop up has no name of their own yet, and the clock never gets one. */
export function useWho(): (actor: string) => string {
  const { t } = useTranslation();
  return (actor) => (actor === "owner" ? t("common.owner") : actor === "clockwork" ? t("common.clockwork") : actor);
}
