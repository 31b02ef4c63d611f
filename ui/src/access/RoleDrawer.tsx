import { Button, Checkbox, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Permission, Role, Sees, StaffAndRoles } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { FormDrawer } from "../components/FormDrawer";
import { MoneyInput } from "../components/MoneyInput";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { ask, useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { useMerge, useTypedHere, type Versioned } from "../lib/useMerge";
import { useChannelName } from "../lib/who";
import { byModule } from "./queries";

type RoleForm = Pick<Role, "name" | "permissions" | "refund_limit"> & Sees;

function versionOf({ version, name, permissions, refund_limit, sees }: Role): Versioned<RoleForm> {
  return { version, value: { name, permissions, refund_limit, ...sees } };
}

/** As it is sent. */
function told({ own_orders, channels, ...form }: RoleForm) {
  return { ...form, sees: { own_orders, channels } };
}

/** A role of the shop's own. */
export function RoleDrawer({ all, role, gone = false, onClose }: { all: StaffAndRoles; role: Role | null; gone?: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const confirm = useConfirmDanger();
  const f = useFormats();
  const loaded = role && versionOf(role);
  const live = gone ? null : (loaded ?? undefined);
  const typed = useTypedHere<RoleForm>(loaded ? { form: loaded.value, base: loaded } : { form: { name: "", permissions: [], refund_limit: null, own_orders: false, channels: [] }, base: null }, live);
  const channelName = useChannelName();
  const { name, permissions: chosen, refund_limit: limit, own_orders: own, channels } = typed.form;
  const save = useTell("access.save_role", {
    onSuccess: (saved) => {
      toast.success(t("access.roleSaved", { name: saved.name }));
      onClose();
    },
  });
  const merge = useMerge<RoleForm>({
    kind: "role",
    fields: {
      name: { label: t("access.roleName"), show: String },
      permissions: { label: t("access.permissions"), set: true, show: (all) => (all as Permission[]).map((p) => t(`access.permission.${p as "orders_read"}`)).join(t("common.comma")) },
      own_orders: { label: t("access.sees.orders"), show: (own) => t(own ? "access.sees.own" : "access.sees.all") },
      channels: { label: t("access.sees.channels"), set: true, show: (all) => (all as string[]).map(channelName).join(t("common.comma")) },
      refund_limit: { label: t("access.refundLimit"), show: (v) => (typeof v === "number" ? f.money(v) : "") },
    },
    mine: typed.form,
    base: typed.base,
    live,
    newest: async () => {
      const now = (await ask("access.staff", {})).roles.find((r) => r.id === role?.id);
      return now ? versionOf(now) : null;
    },
    traces: role ? { subject: role.id } : null,
    rebase: typed.rebase,
    save: (form, onto) => save.mutateAsync({ id: role?.id ?? null, version: onto?.version ?? 0, ...told(form) }),
    anew: (form) => save.mutateAsync({ id: null, version: 0, ...told(form) }),
  });
  const remove = useTell("access.delete_role", { onSuccess: onClose });

  return (
    <FormDrawer
      open
      title={role ? t("access.editRole", { name: role.name }) : t("access.addRole")}
      onClose={onClose}
      onSave={() => void merge.submit()}
      saving={save.isPending}
      disabled={!name.trim() || chosen.length === 0}
      error={(merge.owns(save.error) ? null : save.error) ?? remove.error}
    >
      <StaleMerge merge={merge} />
      <Form layout="vertical">
        <Form.Item label={t("access.roleName")} htmlFor="ro-name" required>
          <Input id="ro-name" autoFocus value={name} maxLength={60} autoComplete="off" onChange={(e) => typed.put({ name: e.target.value })} />
        </Form.Item>
        <p className="sk-muted">{t("access.needsHint")}</p>
        {byModule(all.permissions).map((m) => (
          <fieldset key={m.name} className="sk-access-set">
            <legend>{t(`access.module.${m.name}` as "access.module.orders")}</legend>
            {m.permissions.map((p) => (
              <Checkbox key={p} checked={chosen.includes(p)} onChange={(e) => typed.put({ permissions: e.target.checked ? [...chosen, p] : chosen.filter((x) => x !== p) })}>
                {t(`access.permission.${p as "orders_read"}`)}
              </Checkbox>
            ))}
          </fieldset>
        ))}
        <fieldset className="sk-access-sees">
          <legend>{t("access.sees.title")}</legend>
          <Form.Item extra={t("access.sees.ownHint")}>
            <Radio.Group aria-label={t("access.sees.orders")} value={own} onChange={(e) => typed.put({ own_orders: e.target.value === true })}>
              <Radio value={false}>{t("access.sees.all")}</Radio>
              <Radio value={true}>{t("access.sees.own")}</Radio>
            </Radio.Group>
          </Form.Item>
          <Form.Item label={t("access.sees.channels")} htmlFor="ro-channels" extra={t("access.sees.channelsHint")}>
            <Select
              id="ro-channels"
              mode="multiple"
              value={channels}
              placeholder={t("access.sees.anyChannel")}
              options={[...new Set([...all.channels, ...channels])].map((value) => ({ value, label: channelName(value) }))}
              onChange={(channels) => typed.put({ channels })}
            />
          </Form.Item>
        </fieldset>
        {chosen.includes("payments_refund") && (
          <Form.Item label={t("access.refundLimit")} htmlFor="ro-limit" extra={t("access.refundLimitHint")}>
            <MoneyInput id="ro-limit" value={limit} onChange={(refund_limit) => typed.put({ refund_limit })} />
          </Form.Item>
        )}
        {role && (
          <Button
            danger
            disabled={role.people > 0}
            title={role.people > 0 ? t("access.roleInUse") : ""}
            onClick={() => confirm({ title: t("access.deleteRole", { name: role.name }), action: t("access.delete"), run: () => remove.mutateAsync({ id: role.id }).catch(() => undefined) })}
          >
            {t("access.delete")}
          </Button>
        )}
      </Form>
    </FormDrawer>
  );
}
