import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** A card's way to the whole. */
export function More({ to, search }: { to: string; search?: Record<string, string> }) {
  const { t } = useTranslation();
  return (
    <Link to={to} search={(search ?? {}) as never}>
      {t("dashboard.more")}
    </Link>
  );
}
