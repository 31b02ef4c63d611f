import { Alert, Form, Input, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Staff, StaffAndRoles } from "../bindings";
import { FormDrawer } from "../components/FormDrawer";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { ApiError } from "../lib/errors";
import { setPref } from "../lib/prefs";
import { useRoleName } from "../lib/who";

/** Somebody new, or somebody changed. The first person of a shop is its owner, and signs in from then on. */
export function PersonDrawer({ all, person, onClose }: { all: StaffAndRoles; person: Staff | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const roleName = useRoleName();
  const first = all.staff.length === 0;
  const owner = all.roles.find((r) => r.preset === "owner")?.id ?? "";
  const [v, setV] = useState({ name: person?.name ?? "", login: person?.login ?? "", role_id: person?.role_id ?? (first ? owner : ""), active: person?.active ?? true, password: "" });
  const put = (patch: Partial<typeof v>) => setV((old) => ({ ...old, ...patch }));
  const save = useTell("access.save_staff", {
    onSuccess: (saved) => {
      if (first) setPref("lastLogin", saved.login);
      toast.success(t("access.saved", { name: saved.name }));
      onClose();
    },
  });
  const wrong = save.error instanceof ApiError ? String(save.error.data.field ?? "") : "";
  const mark = (field: string) => (wrong === field ? { validateStatus: "error" as const } : {});

  return (
    <FormDrawer
      open
      title={person ? t("access.edit", { name: person.name }) : t("access.add")}
      onClose={onClose}
      onSave={() => save.mutate({ id: person?.id ?? null, version: person?.version ?? 0, name: v.name, login: v.login, role_id: v.role_id, active: v.active, password: v.password || null })}
      saving={save.isPending}
      disabled={!v.name.trim() || !v.login.trim() || !v.role_id || (!person && !v.password)}
      error={save.error}
    >
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
        <Form.Item label={person ? t("access.newPassword") : t("access.password")} htmlFor="st-password" required={!person} extra={person ? t("access.passwordKept") : t("access.passwordHint")} {...mark("password")}>
          <Input.Password id="st-password" value={v.password} autoComplete="new-password" onChange={(e) => put({ password: e.target.value })} />
        </Form.Item>
        {person && (
          <Form.Item label={t("access.mayEnter")} htmlFor="st-active" extra={t("access.inactiveHint")}>
            <Switch id="st-active" checked={v.active} onChange={(active) => put({ active })} />
          </Form.Item>
        )}
      </Form>
    </FormDrawer>
  );

  function roleText() {
    const preset = all.roles.find((r) => r.id === v.role_id)?.preset;
    return preset ? t(`access.presetText.${preset}`) : undefined;
  }
}
