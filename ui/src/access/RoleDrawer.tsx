import { Button, Checkbox, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Permission, Role, StaffAndRoles } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { FormDrawer } from "../components/FormDrawer";
import { MoneyInput } from "../components/MoneyInput";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { byModule } from "./queries";

/** A role of the shop's own. */
export function RoleDrawer({ all, role, onClose }: { all: StaffAndRoles; role: Role | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const confirm = useConfirmDanger();
  const [name, setName] = useState(role?.name ?? "");
  const [chosen, setChosen] = useState<Permission[]>(role?.permissions ?? []);
  const [limit, setLimit] = useState<number | null>(role?.refund_limit ?? null);
  const save = useTell("access.save_role", {
    onSuccess: (saved) => {
      toast.success(t("access.roleSaved", { name: saved.name }));
      onClose();
    },
  });
  const remove = useTell("access.delete_role", { onSuccess: onClose });

  return (
    <FormDrawer
      open
      title={role ? t("access.editRole", { name: role.name }) : t("access.addRole")}
      onClose={onClose}
      onSave={() => save.mutate({ id: role?.id ?? null, version: role?.version ?? 0, name, permissions: chosen, refund_limit: limit })}
      saving={save.isPending}
      disabled={!name.trim() || chosen.length === 0}
      error={save.error ?? remove.error}
    >
      <Form layout="vertical">
        <Form.Item label={t("access.roleName")} htmlFor="ro-name" required>
          <Input id="ro-name" autoFocus value={name} maxLength={60} autoComplete="off" onChange={(e) => setName(e.target.value)} />
        </Form.Item>
        <p className="sk-muted">{t("access.needsHint")}</p>
        {byModule(all.permissions).map((m) => (
          <fieldset key={m.name} className="sk-access-set">
            <legend>{t(`access.module.${m.name}` as "access.module.orders")}</legend>
            {m.permissions.map((p) => (
              <Checkbox key={p} checked={chosen.includes(p)} onChange={(e) => setChosen((old) => (e.target.checked ? [...old, p] : old.filter((x) => x !== p)))}>
                {t(`access.permission.${p as "orders_read"}`)}
              </Checkbox>
            ))}
          </fieldset>
        ))}
        {chosen.includes("payments_refund") && (
          <Form.Item label={t("access.refundLimit")} htmlFor="ro-limit" extra={t("access.refundLimitHint")}>
            <MoneyInput id="ro-limit" value={limit} onChange={setLimit} />
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
