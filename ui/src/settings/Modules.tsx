import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { Module } from "../bindings";
import { QtyInput } from "../components/QtyInput";
import { StaleMerge } from "../components/StaleMerge";
import { useFormats } from "../lib/shop";
import { useEditPreferences, type Preferences, type ShopFacts } from "./queries";
import { Section, Setting } from "./Section";

const MODULES: Module[] = ["orders", "payments", "shipping", "catalog", "stock", "customers", "analytics", "imports", "exports"];
const MODES = ["on", "readOnly", "off"] as const;
type Mode = (typeof MODES)[number];

/** A mode for each module: two people who switch different ones do not get in each other's way. */
type ModuleForm = Record<(typeof MODULES)[number], Mode> & { lock_minutes: number; rest: Preferences };

function formOf(p: Preferences): ModuleForm {
  const mode = (m: Module): Mode => (p.modules_off.includes(m) ? "off" : p.modules_read_only.includes(m) ? "readOnly" : "on");
  return { ...(Object.fromEntries(MODULES.map((m) => [m, mode(m)])) as Record<Module, Mode>), lock_minutes: p.lock_minutes, rest: p };
}

function preferencesOf({ rest, lock_minutes, ...modes }: ModuleForm): Preferences {
  const those = (mode: Mode, before: Module[]) => [...before.filter((m) => !MODULES.includes(m)), ...MODULES.filter((m) => modes[m] === mode)];
  return { ...rest, lock_minutes, modules_off: those("off", rest.modules_off), modules_read_only: those("readOnly", rest.modules_read_only) };
}

/** What the shop uses: a part it has no use for goes out of sight, one that is only to be seen is not changed. */
export function Modules({ facts }: { facts: ShopFacts }) {
  const { t } = useTranslation();
  const f = useFormats();
  const words = MODULES.map((m) => [m, { label: t(`access.module.${m}`), show: (x: unknown) => t(`settings.modules.${x as Mode}`) }] as const);
  const lock = { label: t("settings.modules.lock"), show: (x: unknown) => `${f.count(Number(x))} ${t("settings.rules.minutes")}` };
  const edit = useEditPreferences<ModuleForm>(facts, { ...Object.fromEntries(words), lock_minutes: lock }, formOf, preferencesOf);
  const v = edit.value;

  return (
    <Section title={t("settings.modules.title")} text={t("settings.modules.text")} {...edit.foot} notice={<StaleMerge merge={edit.merge} />}>
      {MODULES.map((m) => (
        <Setting key={m} label={t(`access.module.${m}`)} htmlFor={`mo-${m}`} effect={t(`settings.modules.effect.${v[m]}`)}>
          <Segmented<Mode> id={`mo-${m}`} aria-label={t(`access.module.${m}`)} value={v[m]} onChange={(to) => edit.put({ [m]: to })} options={MODES.map((x) => ({ value: x, label: t(`settings.modules.${x}`) }))} />
        </Setting>
      ))}
      <h3>{t("settings.modules.desk")}</h3>
      <Setting label={t("settings.modules.lock")} htmlFor="mo-lock" effect={v.lock_minutes === 0 ? t("settings.modules.lockNever") : t("settings.modules.lockEffect", { n: f.count(v.lock_minutes) })}>
        <QtyInput id="mo-lock" min={0} max={1_440} suffix={t("settings.rules.minutes")} value={v.lock_minutes} onChange={(n) => edit.put({ lock_minutes: n ?? 0 })} />
      </Setting>
    </Section>
  );
}
