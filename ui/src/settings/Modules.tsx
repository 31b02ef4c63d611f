import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { Module } from "../bindings";
import { QtyInput } from "../components/QtyInput";
import { useFormats } from "../lib/shop";
import { useEdit, useSavePreferences, type Preferences, type ShopFacts } from "./queries";
import { Section, Setting } from "./Section";

const MODULES: Module[] = ["orders", "payments", "shipping", "catalog", "stock", "customers", "analytics", "imports", "exports"];
const MODES = ["on", "readOnly", "off"] as const;
type Mode = (typeof MODES)[number];

/** What the shop uses: a part it has no use for goes out of sight, one that is only to be seen is not changed. */
export function Modules({ facts }: { facts: ShopFacts }) {
  const { t } = useTranslation();
  const f = useFormats();
  const edit = useEdit<Preferences>(facts.preferences);
  const save = useSavePreferences(edit.drop);
  const v = edit.value;
  const mode = (m: Module): Mode => (v.modules_off.includes(m) ? "off" : v.modules_read_only.includes(m) ? "readOnly" : "on");
  const put = (m: Module, to: Mode) => {
    const without = (all: Module[]) => all.filter((x) => x !== m);
    edit.put({
      modules_off: to === "off" ? [...without(v.modules_off), m] : without(v.modules_off),
      modules_read_only: to === "readOnly" ? [...without(v.modules_read_only), m] : without(v.modules_read_only),
    });
  };

  return (
    <Section title={t("settings.modules.title")} text={t("settings.modules.text")} dirty={edit.dirty} saving={save.isPending} onDrop={edit.drop} onSave={() => save.mutate({ version: facts.version, preferences: v })}>
      {MODULES.map((m) => (
        <Setting key={m} label={t(`access.module.${m}`)} htmlFor={`mo-${m}`} effect={t(`settings.modules.effect.${mode(m)}`)}>
          <Segmented<Mode> id={`mo-${m}`} aria-label={t(`access.module.${m}`)} value={mode(m)} onChange={(to) => put(m, to)} options={MODES.map((x) => ({ value: x, label: t(`settings.modules.${x}`) }))} />
        </Setting>
      ))}
      <h3>{t("settings.modules.desk")}</h3>
      <Setting label={t("settings.modules.lock")} htmlFor="mo-lock" effect={v.lock_minutes === 0 ? t("settings.modules.lockNever") : t("settings.modules.lockEffect", { n: f.count(v.lock_minutes) })}>
        <QtyInput id="mo-lock" min={0} max={1_440} suffix={t("settings.rules.minutes")} value={v.lock_minutes} onChange={(n) => edit.put({ lock_minutes: n ?? 0 })} />
      </Setting>
    </Section>
  );
}
