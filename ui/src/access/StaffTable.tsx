import { Button, Table, Tag } from "antd";
import { CheckCircleOutlined, LockOutlined, NumberOutlined, SafetyOutlined, StopOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Staff } from "../bindings";
import { When } from "../components/Money";
import { useRoleName } from "../lib/who";

/** Those who sign in; `onOpen` is for those who may change them. */
export function StaffTable({ staff, onOpen }: { staff: Staff[]; onOpen: ((id: string) => void) | null }) {
  const { t } = useTranslation();
  const roleName = useRoleName();
  return (
    <Table<Staff>
      rowKey="id"
      size="middle"
      pagination={staff.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      dataSource={staff}
      columns={[
        {
          title: t("access.name"),
          render: (_, p) =>
            onOpen ? (
              <Button type="link" className="sk-access-name" onClick={() => onOpen(p.id)}>
                {p.name}
              </Button>
            ) : (
              p.name
            ),
        },
        { title: t("access.login"), dataIndex: "login" },
        { title: t("access.role"), render: (_, p) => roleName({ preset: p.preset, name: p.role_name }) },
        { title: t("access.state"), render: (_, p) => <State person={p} /> },
        { title: t("access.proof"), render: (_, p) => <Proofs person={p} /> },
        { title: t("access.lastSignIn"), render: (_, p) => (p.last_sign_in_at === null ? <span className="sk-muted">{t("access.never")}</span> : <When ms={p.last_sign_in_at} />) },
      ]}
    />
  );
}

/** Besides the password. */
function Proofs({ person }: { person: Staff }) {
  const { t } = useTranslation();
  return (
    <>
      {person.pin && (
        <Tag {...(person.pin_blocked ? { color: "warning" } : {})} icon={person.pin_blocked ? <LockOutlined /> : <NumberOutlined />}>
          {person.pin_blocked ? t("access.pin.blocked") : t("access.pin.of")}
        </Tag>
      )}
      {person.two_steps && <Tag icon={<SafetyOutlined />}>{t("access.twoSteps.short")}</Tag>}
    </>
  );
}

function State({ person }: { person: Staff }) {
  const { t } = useTranslation();
  if (!person.active) return <Tag icon={<StopOutlined />}>{t("access.inactive")}</Tag>;
  if (person.locked_until !== null)
    return (
      <Tag color="warning" icon={<LockOutlined />}>
        {t("access.locked")}
      </Tag>
    );
  return (
    <Tag color="success" icon={<CheckCircleOutlined />}>
      {t("access.active")}
    </Tag>
  );
}
