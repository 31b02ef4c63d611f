import { Button, Input, Modal, Table, Tag } from "antd";
import { EditOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Desk } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { When } from "../components/Money";
import { Waiting } from "../components/Waiting";
import { useAsk, useTell } from "../lib/api";
import { useCan } from "../lib/me";
import { Section } from "./Section";

const COLOUR = { waiting: "warning", admitted: "success", revoked: "error" } as const;

/** The desks of a shared shop: who is let in, and who is shut out. */
export function Desks() {
  const { t } = useTranslation();
  const can = useCan();
  const danger = useConfirmDanger();
  const [naming, setNaming] = useState<Desk | null>(null);
  const q = useAsk("settings.desks", {}, { tags: ["desks"] });
  const admit = useTell("settings.admit_desk");
  const revoke = useTell("settings.revoke_desk");
  const called = (desk: Desk) => desk.name || t("settings.desks.unnamed", { mark: desk.mark || "A" });
  const shutOut = (desk: Desk) =>
    danger({
      title: t("settings.desks.revokeTitle", { name: called(desk) }),
      text: t("settings.desks.revokeText"),
      action: t("settings.desks.revoke"),
      run: () => revoke.mutate({ id: desk.id }),
    });
  const error = q.error ?? admit.error ?? revoke.error;
  return (
    <Section title={t("settings.desks.title")} text={t("settings.desks.text")}>
      {error && <ErrorNotice error={error} />}
      {!q.data ? (
        <Waiting rows={2} />
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={{ pageSize: 10, hideOnSinglePage: true }}
          dataSource={q.data.items}
          scroll={{ x: "max-content" }}
          columns={[
            {
              key: "name",
              title: t("settings.desks.name"),
              render: (_: unknown, desk) => (
                <>
                  {called(desk)} {desk.here && <span className="sk-muted">{t("settings.desks.here")}</span>}
                  {can("settings_write") && <Button size="small" type="text" icon={<EditOutlined />} aria-label={t("settings.desks.rename", { name: called(desk) })} onClick={() => setNaming(desk)} />}
                </>
              ),
            },
            { key: "mark", title: t("settings.desks.mark"), render: (_: unknown, desk) => <span className="sk-code">{desk.mark || "A"}</span> },
            { key: "state", title: t("settings.desks.state"), render: (_: unknown, desk) => <Tag color={COLOUR[desk.state]}>{t(`settings.desks.${desk.state}`)}</Tag> },
            { key: "seen", title: t("settings.desks.seen"), render: (_: unknown, desk) => (desk.seen_at === null ? "—" : <When ms={desk.seen_at} />) },
            {
              key: "do",
              title: <span className="sk-visually-hidden">{t("settings.copies.do")}</span>,
              render: (_: unknown, desk) =>
                can("settings_write") &&
                !desk.here && (
                  <div className="sk-actions">
                    {desk.state !== "admitted" && (
                      <Button size="small" type={desk.state === "waiting" ? "primary" : "default"} loading={admit.isPending && admit.variables.id === desk.id} onClick={() => admit.mutate({ id: desk.id })}>
                        {t("settings.desks.admit")}
                      </Button>
                    )}
                    {desk.state !== "revoked" && (
                      <Button size="small" danger onClick={() => shutOut(desk)}>
                        {t("settings.desks.revoke")}…
                      </Button>
                    )}
                  </div>
                ),
            },
          ]}
        />
      )}
      {naming && <Naming desk={naming} onClose={() => setNaming(null)} />}
    </Section>
  );
}

function Naming({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(desk.name);
  const save = useTell("settings.name_desk", { undo: () => t("settings.desks.renamed"), onSuccess: onClose });
  return (
    <Modal open title={t("settings.desks.rename", { name: desk.name || desk.mark || "A" })} okText={t("common.save")} cancelText={t("common.cancel")} confirmLoading={save.isPending} onOk={() => save.mutate({ id: desk.id, name })} onCancel={onClose}>
      <label htmlFor="de-name">{t("settings.desks.name")}</label>
      <Input id="de-name" autoFocus value={name} maxLength={60} autoComplete="off" onChange={(e) => setName(e.target.value)} onPressEnter={() => save.mutate({ id: desk.id, name })} />
      {save.error && <ErrorNotice error={save.error} />}
    </Modal>
  );
}
