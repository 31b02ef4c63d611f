import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { FileUnknownOutlined } from "../components/icons";

export function NotFound() {
  const { t } = useTranslation();
  return <EmptyState icon={<FileUnknownOutlined />} title={t("app.notFound.title")} text={t("app.notFound.next")} action={<Link to="/">{t("app.home")}</Link>} />;
}
