import { Button, Segmented } from "antd";
import { PlusOutlined, UserAddOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role, Staff } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { Waiting } from "../components/Waiting";
import { useListState } from "../lib/listState";
import { useCan } from "../lib/me";
import { PersonDrawer } from "./PersonDrawer";
import { useStaff } from "./queries";
import { RoleDrawer } from "./RoleDrawer";
import { Roles } from "./Roles";
import { StaffTable } from "./StaffTable";
import "./access.css";

/** Who works here, and what each may do. */
export default function AccessPage() {
  const { t } = useTranslation();
  const can = useCan();
  const { search, set } = useListState();
  const q = useStaff();
  const roles = search.tab === "roles";
  const writes = can("access_write");
  const all = q.data;
  const person = all?.staff.find((p: Staff) => p.id === search.person);
  const present = all?.roles.find((r: Role) => r.id === search.role);
  // A role that somebody deletes while it is being changed stays on the screen with what was typed.
  const [held, setHeld] = useState<Role | null>(null);
  if (present && present !== held) setHeld(present);
  const role = present ?? (held?.id === search.role ? held : undefined);
  const close = () => set({ new: null, person: null, role: null });
  const add = writes && (
    <Button type="primary" icon={roles ? <PlusOutlined /> : <UserAddOutlined />} onClick={() => set(roles ? { role: "new" } : { new: "1" })}>
      {roles ? t("access.addRole") : t("access.add")}
    </Button>
  );

  return (
    <div className="sk-page">
      <PageHeader title={t("access.menu")} sub={t("access.text")} actions={all && all.staff.length > 0 ? add : null} />
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.isPending && <Waiting />}
      {all && all.staff.length === 0 && <EmptyState icon={<UserAddOutlined />} title={t("access.empty.title")} text={t("access.empty.text")} action={add} />}
      {all && all.staff.length > 0 && (
        <>
          <Segmented
            className="sk-access-tabs"
            aria-label={t("access.menu")}
            value={roles ? "roles" : "staff"}
            onChange={(tab) => set({ tab: tab === "roles" ? "roles" : null })}
            options={[
              { value: "staff", label: t("access.people") },
              { value: "roles", label: t("access.roles") },
            ]}
          />
          {roles ? <Roles all={all} onOpen={writes ? (id) => set({ role: id }) : null} /> : <StaffTable staff={all.staff} onOpen={writes ? (id) => set({ person: id }) : null} />}
        </>
      )}
      {all && writes && (search.new || person) && <PersonDrawer key={person?.id ?? "new"} all={all} person={person ?? null} onClose={close} />}
      {all && writes && (search.role === "new" || (role && !role.preset)) && (
        <RoleDrawer key={role?.id ?? "new"} all={all} role={role ?? null} gone={role !== undefined && !present} onClose={close} />
      )}
    </div>
  );
}
