import { Radio, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n";
import { prefs, setPref, type Lang, type ThemeChoice } from "../lib/prefs";
import { useFormats } from "../lib/shop";
import { useStore } from "../lib/store";
import { Section, Setting } from "./Section";

const FORMATS = ["zh-CN", "zh-TW", "zh-HK", "en-GB", "en-US", "en-AU", "en-CA", "en-IN", "en-SG", "de-DE", "fr-FR", "es-ES", "ja-JP", "sv-SE"];

/** Language, formats and face of this screen: kept on this device, applied at once. */
export function Regional() {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const p = useStore(prefs);
  const now = Date.now();
  return (
    <Section title={t("settings.regional.title")} text={t("settings.regional.text")}>
      <Setting label={t("app.language")} htmlFor="g-lang" effect={t("settings.regional.langEffect")}>
        <Segmented<Lang>
          id="g-lang"
          value={i18n.language as Lang}
          onChange={(v) => void switchLanguage(v)}
          options={[
            { value: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
            { value: "en", label: <span lang="en">English</span> },
          ]}
        />
      </Setting>
      <Setting label={t("settings.regional.formats")} htmlFor="g-formats" effect={<span className="sk-num">{`${f.dateTime(now)} · ${f.money(-123456789)} · ${f.count(1234567)}`}</span>}>
        <Select
          id="g-formats"
          style={{ width: 220 }}
          value={p.formatLocale ?? ""}
          onChange={(v) => setPref("formatLocale", v || null)}
          options={[{ value: "", label: t("settings.regional.likeLanguage") }, ...FORMATS.map((l) => ({ value: l, label: new Intl.DisplayNames([i18n.language], { type: "language" }).of(l) ?? l }))]}
        />
      </Setting>
      <Setting label={t("app.theme.label")} htmlFor="g-theme" effect={t("settings.regional.themeEffect")}>
        <Radio.Group
          id="g-theme"
          value={p.theme}
          onChange={(e) => setPref("theme", e.target.value as ThemeChoice)}
          options={(["light", "dark", "system"] as const).map((v) => ({ value: v, label: t(`app.theme.${v}`) }))}
        />
      </Setting>
    </Section>
  );
}
