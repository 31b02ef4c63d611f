import { Button } from "antd";
import { CopyOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../app/status";
import { useToast } from "../components/useToast";
import { ask, useAsk } from "../lib/api";
import { copyText } from "../lib/files";
import { Seal } from "../app/Seal";
import { useFormats } from "../lib/shop";
import { Components } from "./Components";
import { Section } from "./Section";

export function About() {
  const { t } = useTranslation();
  const f = useFormats();
  const status = useStatus();
  const about = useAsk("app.about", {}, { staleTime: Infinity }).data;
  const toast = useToast();
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const copy = async () => {
    setBusy(true);
    try {
      // In a browser there is no desk to ask: its health says the most of what support wants.
      const answer = status?.desktop ? await ask("app.diagnostics", {}) : await ask("app.health", {});
      const all = typeof answer === "string" ? answer : JSON.stringify(answer, null, 2);
      setText(all);
      if (await copyText(all)) toast.success(t("settings.about.copied"));
    } catch (e) {
      toast.error(e);
    }
    setBusy(false);
  };

  return (
    <>
      <Section title={t("settings.about.title")}>
        <div className="sk-actions">
          <Seal size={48} />
          <div>
            <strong>
              Shopkeeper <span lang="zh-CN">掌柜</span>
            </strong>
            <div className="sk-muted sk-num">{t("settings.about.version", { version: about?.version || status?.version || "—" })}</div>
            {about && <div className="sk-muted sk-num">{t("settings.about.built", { when: f.dateTime(about.built_at) })}</div>}
            <div className="sk-muted">{t("settings.about.licence")}</div>
          </div>
        </div>
      </Section>
      <Section title={t("settings.diagnostics.title")} text={t("settings.diagnostics.text")}>
        <Button icon={<CopyOutlined />} loading={busy} onClick={() => void copy()}>
          {t("settings.diagnostics.copy")}
        </Button>
        {text && (
          <pre className="sk-pre" tabIndex={0} aria-label={t("settings.diagnostics.title")}>
            {text}
          </pre>
        )}
      </Section>
      {about && <Components about={about} />}
    </>
  );
}
