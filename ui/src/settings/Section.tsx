import { Button, Card } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { keyLabel, useHotkeys } from "../lib/hotkeys";

interface Props {
  title: string;
  text?: ReactNode;
  children: ReactNode;
  /** With these the section is a form: Ctrl+S saves. */
  dirty?: boolean;
  saving?: boolean;
  onSave?: () => void;
  onDrop?: () => void;
  /** Above the form. */
  notice?: ReactNode;
}

export function Section({ title, text, children, dirty = false, saving = false, onSave, onDrop, notice }: Props) {
  const { t } = useTranslation();
  useHotkeys(onSave && dirty ? [{ keys: "mod+s", label: t("common.save"), run: () => !saving && onSave(), inFields: true }] : []);
  return (
    <Card className="sk-section" title={<h2>{title}</h2>}>
      {text && <p className="sk-muted sk-section-text">{text}</p>}
      {notice}
      {children}
      {onSave && (
        <div className="sk-actions sk-section-foot">
          <Button type="primary" disabled={!dirty} loading={saving} onClick={onSave} title={keyLabel("mod+s")}>
            {t("common.save")}
          </Button>
          {dirty && <Button onClick={onDrop}>{t("settings.drop")}</Button>}
        </div>
      )}
    </Card>
  );
}

/** A setting with what it does, said in the words of its present value. `wide`: its field stands below, over the whole width. */
export function Setting({ label, effect, htmlFor, wide = false, children }: { label: string; effect: ReactNode; htmlFor: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? "sk-setting sk-setting-wide" : "sk-setting"}>
      <div className="sk-setting-text">
        <label htmlFor={htmlFor}>{label}</label>
        <div className="sk-muted" id={`${htmlFor}-effect`}>
          {effect}
        </div>
      </div>
      <div className="sk-setting-field">{children}</div>
    </div>
  );
}
