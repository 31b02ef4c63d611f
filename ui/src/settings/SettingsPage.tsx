import { useTranslation } from "react-i18next";
import { PageHeader } from "../components/PageHeader";

export default function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className="sk-page">
      <PageHeader title={t("settings.menu")} />
    </div>
  );
}
