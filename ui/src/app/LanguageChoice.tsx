import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n";
import type { Lang } from "../lib/prefs";

/** For screens without the frame: each language by its own name. */
export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  return (
    <Segmented<Lang>
      aria-label={t("app.language")}
      value={i18n.language as Lang}
      onChange={(v) => void switchLanguage(v)}
      options={[
        { value: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
        { value: "en", label: <span lang="en">English</span> },
      ]}
    />
  );
}
