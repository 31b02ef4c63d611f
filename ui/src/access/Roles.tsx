import { Button } from "antd";
import { CheckOutlined, EyeOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Role, StaffAndRoles } from "../bindings";
import { Money } from "../components/Money";
import { useToast } from "../components/useToast";
import { me } from "../lib/me";
import { useStore } from "../lib/store";
import { useBecome, useRoleName, useSees } from "../lib/who";
import { byModule } from "./queries";

/** What each role may do, side by side. */
export function Roles({ all, onOpen }: { all: StaffAndRoles; onOpen: ((id: string) => void) | null }) {
  const { t } = useTranslation();
  return (
    <div className="sk-access-matrix" role="region" aria-label={t("access.roles")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("access.mayDo")}</th>
            {all.roles.map((role) => (
              <th key={role.id} scope="col">
                <Head role={role} onOpen={onOpen} />
              </th>
            ))}
          </tr>
        </thead>
        {byModule(all.permissions).map((m) => (
          <tbody key={m.name}>
            <tr>
              <th scope="rowgroup" colSpan={all.roles.length + 1}>
                {t(`access.module.${m.name}` as "access.module.orders")}
              </th>
            </tr>
            {m.permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row">{t(`access.permission.${permission as "orders_read"}`)}</th>
                {all.roles.map((role) => (
                  <td key={role.id}>{role.permissions.includes(permission) ? <CheckOutlined className="sk-access-yes" aria-label={t("access.yes")} /> : <span className="sk-muted">{t("access.no")}</span>}</td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Head({ role, onOpen }: { role: Role; onOpen: ((id: string) => void) | null }) {
  const { t } = useTranslation();
  const name = useRoleName()(role);
  const sees = useSees()(role.sees);
  const signedIn = useStore(me)?.person;
  const toast = useToast();
  const look = useBecome("access.view_as", { onError: (e) => toast.error(e) });
  return (
    <div className="sk-access-role">
      {role.preset || !onOpen ? (
        <span>{name}</span>
      ) : (
        <Button type="link" size="small" className="sk-access-name" onClick={() => onOpen(role.id)}>
          {name}
        </Button>
      )}
      {signedIn && role.preset !== "owner" && (
        <Button type="text" size="small" icon={<EyeOutlined />} aria-label={t("access.lookAs", { role: name })} title={t("access.lookAs", { role: name })} loading={look.isPending} onClick={() => look.mutate({ role_id: role.id })} />
      )}
      <small className="sk-muted">{t("access.peopleCount", { count: role.people })}</small>
      {sees && <small className="sk-muted">{sees}</small>}
      {role.refund_limit !== null && (
        <small className="sk-muted">
          {t("access.refundUpTo")} <Money minor={role.refund_limit} />
        </small>
      )}
    </div>
  );
}
