import { Alert, Button, Checkbox, Input, Select, Switch } from "antd";
import { ApiOutlined, FolderOpenOutlined, SaveOutlined, UnlockOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackupPlan, Place } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { isWhole, NO_PLACE, PlaceFields } from "../components/PlaceFields";
import { QtyInput } from "../components/QtyInput";
import { StaleMerge } from "../components/StaleMerge";
import { ask, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { useEdit } from "./queries";
import { Section, Setting } from "./Section";

const HOUR = 60;
const DAY = 24 * HOUR;
const MINUTES = [1, 5, 15, HOUR, 4 * HOUR, DAY, 7 * DAY] as const;
const FIRST = { active: true, folder: "", remote: null, every_minutes: DAY, keep_days: 7, keep_weeks: 4, keep_months: 12 };
const KINDS = ["folder", "s3", "webdav"] as const;

type Fields = Omit<typeof FIRST, "remote"> & { remote: Place | null; inFolder: boolean };

function fieldsOf(plan: BackupPlan | null): Fields {
  const { active, folder, remote, every_minutes, keep_days, keep_weeks, keep_months } = plan ?? FIRST;
  return { active, folder, inFolder: !remote || folder !== "", remote, every_minutes, keep_days, keep_weeks, keep_months };
}

/** When the shop copies itself, where to, and what stays. */
export function CopiesPlan({ plan, desktop, late, running }: { plan: BackupPlan | null; desktop: boolean; late: boolean; running: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [secret, setSecret] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const typed = secret === "" ? null : secret;
  const clear = () => {
    setSecret("");
    setPassphrase("");
  };
  const every = (n: number) => {
    if (n === DAY) return t("settings.copies.daily");
    if (n === 7 * DAY) return t("settings.copies.weekly");
    return n % HOUR === 0 ? t("settings.copies.hours", { count: n / HOUR }) : t("settings.copies.minutes", { count: n });
  };
  const count = (n: unknown) => f.count(Number(n));
  const yesNo = (on: unknown) => t(on ? "common.yes" : "common.no");
  const save = useTell("settings.save_backup_plan", { onSuccess: clear });
  const edit = useEdit<Fields>(fieldsOf(plan), plan?.version ?? 0, {
    kind: "backup_plan",
    fields: {
      remote: { label: t("settings.copies.where"), show: (place) => placeName(place as Place | null) || t("place.kind.folder") },
      inFolder: { label: t("settings.copies.both"), show: yesNo },
      folder: { label: t("settings.copies.folder"), show: String },
      every_minutes: { label: t("settings.copies.every"), show: (n) => every(Number(n)) },
      keep_days: { label: t("fields.keep_days"), show: count },
      keep_weeks: { label: t("fields.keep_weeks"), show: count },
      keep_months: { label: t("fields.keep_months"), show: count },
      active: { label: t("settings.copies.active"), show: yesNo },
    },
    newest: async () => {
      const now = (await ask("settings.backups", {})).plan;
      return { version: now?.version ?? 0, value: fieldsOf(now) };
    },
    save: ({ inFolder, folder, ...form }, version) => save.mutateAsync({ version, ...form, folder: inFolder ? folder.trim() : "", secret: typed, passphrase: passphrase || null }),
  });
  const drop = () => {
    edit.drop();
    clear();
  };
  const run = useTell("settings.run_backup");
  const test = useTest();
  const v = edit.value;
  const { active, every_minutes, keep_days, keep_weeks, keep_months, remote } = v;
  const dirty = edit.dirty || secret !== "";
  const whole = (!v.inFolder || v.folder.trim() !== "") && (remote === null || isWhole(remote));
  // A machine without a keyring says so when something is to be kept in it.
  const noKeyring = save.error?.code === "no_keyring" || passphrase !== "";
  const change = (patch: Partial<typeof v>) => {
    test.clear();
    edit.put(patch);
  };
  const pick = async () => {
    const chosen = await ask("app.pick_folder", {});
    if (chosen) change({ folder: chosen });
  };
  const choose = (kind: (typeof KINDS)[number]) => {
    setSecret("");
    if (kind === "folder") return change({ remote: null, inFolder: true });
    change({ remote: plan?.remote?.kind === kind ? plan.remote : NO_PLACE[kind], ...(v.folder === "" ? { inFolder: false } : {}) });
  };
  const kept = plan?.remote != null && remote !== null && sameDoor(plan.remote, remote);
  const next = (() => {
    if (!plan?.active || dirty) return t("settings.copies.everyEffect");
    if (running) return t("settings.copies.running");
    return plan.every_minutes < HOUR && plan.next_at <= Date.now() ? t("settings.copies.waits") : t("settings.copies.next", { when: f.dateTime(plan.next_at) });
  })();
  return (
    <Section
      title={t("settings.copies.title")}
      text={t("settings.copies.text")}
      dirty={dirty && whole}
      saving={save.isPending}
      onDrop={drop}
      onSave={() => void edit.merge.submitOnLive()}
      notice={<StaleMerge merge={edit.merge} />}
    >
      {late && <Alert type="error" showIcon role="alert" title={t("settings.copies.late")} description={t("settings.copies.lateNext")} />}
      {plan?.locked && <Unlock />}
      {plan === null && <p>{t("settings.copies.none")}</p>}
      <Setting label={t("settings.copies.where")} htmlFor="co-kind" effect={t(`settings.copies.whereEffect.${remote?.kind ?? "folder"}`)}>
        <Select<(typeof KINDS)[number]> id="co-kind" className="co-kind" value={remote?.kind ?? "folder"} options={KINDS.map((kind) => ({ value: kind, label: t(`place.kind.${kind}`) }))} onChange={choose} />
      </Setting>
      {remote && (
        <div className="co-place">
          <PlaceFields
            value={remote}
            onChange={(place) => change({ remote: place })}
            secret={secret}
            onSecret={(text) => {
              test.clear();
              setSecret(text);
            }}
            kept={kept}
          />
          {noKeyring && (
            <div className="co-passphrase">
              <label htmlFor="co-passphrase">{t("firstRun.passphrase")}</label>
              <Input.Password id="co-passphrase" value={passphrase} autoComplete="new-password" aria-describedby="co-passphrase-hint" onChange={(e) => setPassphrase(e.target.value)} />
              <p id="co-passphrase-hint" className="sk-muted">
                {t("settings.copies.passphraseHint")}
              </p>
            </div>
          )}
          <div className="sk-actions co-test">
            <Button icon={<ApiOutlined />} loading={test.busy} disabled={!isWhole(remote)} onClick={() => void test.run(remote, typed)}>
              {t("settings.copies.test")}
            </Button>
            <Checkbox id="co-both" checked={v.inFolder} onChange={(e) => change({ inFolder: e.target.checked })}>
              {t("settings.copies.both")}
            </Checkbox>
          </div>
          {test.good && <Alert className="sk-gap" type="success" showIcon role="status" title={t("settings.copies.testGood")} />}
          {test.error !== null && <ErrorNotice error={test.error} />}
        </div>
      )}
      {v.inFolder && (
        <Setting wide label={t("settings.copies.folder")} htmlFor="co-folder" effect={t("settings.copies.folderEffect")}>
          <div className="sk-actions">
            <Input id="co-folder" className="co-folder" value={v.folder} maxLength={1000} autoComplete="off" spellCheck={false} onChange={(e) => change({ folder: e.target.value })} />
            {desktop && (
              <Button icon={<FolderOpenOutlined />} onClick={() => void pick()}>
                {t("settings.copies.choose")}…
              </Button>
            )}
          </div>
        </Setting>
      )}
      <Setting label={t("settings.copies.every")} htmlFor="co-every" effect={[...(every_minutes < HOUR ? [t("settings.copies.minutesEffect")] : []), next].join(" ")}>
        <Select id="co-every" className="co-every" value={every_minutes} options={[...new Set([...MINUTES, every_minutes])].sort((a, b) => a - b).map((n) => ({ value: n, label: every(n) }))} onChange={(n: number) => change({ every_minutes: n })} />
      </Setting>
      <Setting wide label={t("settings.copies.keep")} htmlFor="co-days" effect={t("settings.copies.keepEffect")}>
        <div className="sk-actions">
          <QtyInput id="co-days" className="co-keep" aria-label={t("settings.copies.days")} max={1000} suffix={t("settings.copies.days")} value={keep_days} onChange={(n) => change({ keep_days: n ?? 0 })} />
          <QtyInput id="co-weeks" className="co-keep" aria-label={t("settings.copies.weeks")} max={1000} suffix={t("settings.copies.weeks")} value={keep_weeks} onChange={(n) => change({ keep_weeks: n ?? 0 })} />
          <QtyInput id="co-months" className="co-keep" aria-label={t("settings.copies.months")} max={1000} suffix={t("settings.copies.months")} value={keep_months} onChange={(n) => change({ keep_months: n ?? 0 })} />
        </div>
      </Setting>
      {plan && (
        <Setting label={t("settings.copies.active")} htmlFor="co-active" effect={active ? t("settings.copies.on") : t("settings.copies.off")}>
          <Switch id="co-active" checked={active} onChange={(on) => change({ active: on })} />
        </Setting>
      )}
      {save.error && !edit.merge.owns(save.error) && <ErrorNotice error={save.error} />}
      {run.error && <ErrorNotice error={run.error} />}
      {plan?.active && !dirty && (
        <Button icon={<SaveOutlined />} loading={run.isPending || running} onClick={() => run.mutate({})}>
          {t("settings.backup.now")}
        </Button>
      )}
    </Section>
  );
}

function placeName(place: Place | null): string {
  return place === null ? "" : place.kind === "s3" ? [place.endpoint, place.bucket, place.prefix].filter((part) => part !== "").join("/") : place.url;
}

/** Whether the secret that is kept for the one is that of the other. */
function sameDoor(a: Place, b: Place): boolean {
  const door = (p: Place) => (p.kind === "s3" ? [p.kind, p.endpoint, p.bucket, p.prefix, p.access_key] : [p.kind, p.url, p.user]).join("\n");
  return door(a) === door(b);
}

/** Tries a place out before anything depends on it. What was found out is about what was typed then. */
function useTest() {
  const [state, setState] = useState<{ busy: boolean; good: boolean; error: unknown }>({ busy: false, good: false, error: null });
  return {
    ...state,
    clear: () => setState({ busy: false, good: false, error: null }),
    run: async (place: Place, secret: string | null) => {
      setState({ busy: true, good: false, error: null });
      try {
        await ask("settings.test_backup_place", { place, secret });
        setState({ busy: false, good: true, error: null });
      } catch (error) {
        setState({ busy: false, good: false, error });
      }
    },
  };
}

/** The secret is in a file that a passphrase opens: once at each start of the program. */
function Unlock() {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState("");
  const unlock = useTell("settings.unlock_backups", { onSuccess: () => setPassphrase("") });
  return (
    <Alert
      type="warning"
      showIcon
      title={t("settings.copies.locked")}
      description={
        <form
          className="co-passphrase"
          onSubmit={(e) => {
            e.preventDefault();
            unlock.mutate({ passphrase });
          }}
        >
          <label htmlFor="co-unlock">{t("firstRun.passphrase")}</label>
          <div className="sk-actions">
            <Input.Password id="co-unlock" className="co-folder" value={passphrase} autoComplete="off" onChange={(e) => setPassphrase(e.target.value)} />
            <Button htmlType="submit" icon={<UnlockOutlined />} loading={unlock.isPending} disabled={passphrase === ""}>
              {t("settings.copies.unlock")}
            </Button>
          </div>
          {unlock.error && <ErrorNotice error={unlock.error} />}
        </form>
      }
    />
  );
}

