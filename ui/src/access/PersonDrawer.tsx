import { Alert, Button, Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { Role, Staff, StaffAndRoles } from "../bindings";
import { FormDrawer } from "../components/FormDrawer";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { ask, useTell } from "../lib/api";
import { setPref } from "../lib/prefs";
import { useMerge, useTypedHere, type Versioned } from "../lib/useMerge";
import { useRoleName } from "../lib/who";

interface PersonForm {
  name: string;
  login: string;
  role_id: string;
  active: boolean;
  password: string;
}

function versionOf({ version, name, login, role_id, active }: Staff): Versioned<PersonForm> {
  return { version, value: { name, login, role_id, active, password: "" } };
}

/** Somebody new, or somebody changed. The first person of a shop is its owner, and signs in from then on. */
export function PersonDrawer({ all, person, onClose }: { all: StaffAndRoles; person: Staff | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const roleName = useRoleName();
  const first = all.staff.length === 0;
  const owner = all.roles.find((r) => r.preset === "owner")?.id ?? "";
  const live = person && versionOf(person);
  const typed = useTypedHere<PersonForm>(live ? { form: live.value, base: live } : { form: { name: "", login: "", role_id: first ? owner : "", active: true, password: "" }, base: null }, live ?? undefined);
  const [v, put] = [typed.form, typed.put];
  const save = useTell("access.save_staff", {
    onSuccess: (saved) => {
      if (first) setPref("lastLogin", saved.login);
      toast.success(t("access.saved", { name: saved.name }));
      onClose();
    },
  });
  const text = (x: unknown) => String(x ?? "");
  const merge = useMerge<PersonForm>({
    kind: "staff",
    fields: {
      name: { label: t("access.name"), show: text },
      login: { label: t("access.login"), show: text },
      role_id: { label: t("access.role"), show: (id) => nameOf(all.roles.find((r) => r.id === id)) },
      active: { label: t("access.mayEnter"), show: (x) => t(x ? "common.yes" : "common.no") },
      password: { label: t("access.newPassword"), show: text, secret: true },
    },
    mine: v,
    base: typed.base,
    live: live ?? undefined,
    newest: async () => {
      const now = (await ask("access.staff", {})).staff.find((p) => p.id === person?.id);
      return now ? versionOf(now) : null;
    },
    traces: person ? { subject: person.id } : null,
    rebase: typed.rebase,
    save: ({ name, login, role_id, active, password }, onto) => save.mutateAsync({ id: person?.id ?? null, version: onto?.version ?? 0, name, login, role_id, active, password: password || null }),
  });
  const removePin = useTell("access.remove_pin", { onSuccess: () => toast.success(t("access.pin.takenAway", { name: v.name })) });
  const removeSteps = useTell("access.remove_totp", { onSuccess: () => toast.success(t("access.twoSteps.takenAway", { name: v.name })) });
  const error = merge.owns(save.error) ? null : save.error;
  const wrong = String(error?.data.field ?? "");
  const mark = (field: string) => (wrong === field ? { validateStatus: "error" as const } : {});

  return (
    <FormDrawer
      open
      title={person ? t("access.edit", { name: person.name }) : t("access.add")}
      onClose={onClose}
      onSave={() => void merge.submit()}
      saving={save.isPending}
      disabled={!v.name.trim() || !v.login.trim() || !v.role_id || (!person && !v.password)}
      error={error ?? removePin.error ?? removeSteps.error}
    >
      <StaleMerge merge={merge} />
      {first && <Alert type="info" showIcon title={t("access.first.title")} description={t("access.first.text")} style={{ marginBottom: 16 }} />}
      <Form layout="vertical">
        <Form.Item label={t("access.name")} htmlFor="st-name" required {...mark("name")}>
          <Input id="st-name" autoFocus value={v.name} maxLength={60} autoComplete="off" onChange={(e) => put({ name: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("access.login")} htmlFor="st-login" required extra={t("access.loginHint")} {...mark("login")}>
          <Input id="st-login" value={v.login} maxLength={60} autoComplete="off" autoCapitalize="none" onChange={(e) => put({ login: e.target.value })} />
        </Form.Item>
        <Form.Item label={t("access.role")} htmlFor="st-role" required {...(v.role_id ? { extra: roleText() } : {})} {...mark("role_id")}>
          <Select id="st-role" value={v.role_id || undefined} disabled={first} placeholder={t("access.chooseRole")} onChange={(role_id: string) => put({ role_id })} options={all.roles.map((r) => ({ value: r.id, label: roleName(r) }))} />
        </Form.Item>
        <Form.Item label={person ? t("access.newPassword") : t("access.password")} htmlFor="st-password" required={!person} extra={!person ? t("access.passwordHint") : `${t("access.passwordKept")}${person.two_steps ? ` ${t("access.twoSteps.withPassword")}` : ""}`} {...mark("password")}>
          <Input.Password id="st-password" value={v.password} autoComplete="new-password" onChange={(e) => put({ password: e.target.value })} />
        </Form.Item>
        {person && (
          <Form.Item label={t("access.mayEnter")} htmlFor="st-active" extra={t("access.inactiveHint")}>
            <Switch id="st-active" checked={v.active} onChange={(active) => put({ active })} />
          </Form.Item>
        )}
      </Form>
      {person && (
        <div className="sk-actions" style={{ flexWrap: "wrap" }}>
          {person.pin && (
            <Button danger loading={removePin.isPending} onClick={() => removePin.mutate({ id: person.id })}>
              {t("access.pin.takeAway")}
            </Button>
          )}
          {person.two_steps && (
            <Button danger loading={removeSteps.isPending} onClick={() => removeSteps.mutate({ id: person.id })}>
              {t("access.twoSteps.takeAway")}
            </Button>
          )}
        </div>
      )}
    </FormDrawer>
  );

  function nameOf(role: Role | undefined) {
    return role ? roleName(role) : "";
  }

  function roleText() {
    const preset = all.roles.find((r) => r.id === v.role_id)?.preset;
    return preset ? t(`access.presetText.${preset}`) : undefined;
  }
}
