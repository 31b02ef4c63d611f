import { Alert, Button, Tag } from "antd";
import { LockOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import type { Encrypted } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { EncryptModal } from "../components/RecoveryCode";
import { useToast } from "../components/useToast";
import { tell, useAsk } from "../lib/api";
import { Section } from "./Section";

/** Whether what this computer keeps can be read by whoever finds it: the shop's file, or the backups of a shop on a server. */
export function Protection() {
  const { t } = useTranslation();
  const toast = useToast();
  const danger = useConfirmDanger();
  const client = useQueryClient();
  const q = useAsk("app.encryption", {});
  const [showing, setShowing] = useState(false);
  const [done, setDone] = useState<Encrypted | null>(null);
  const [error, setError] = useState<unknown>(null);
  if (!q.data || q.data.of === "nothing") return q.error ? <Section title={t("settings.protection.title")}><ErrorNotice error={q.error} /></Section> : null;
  const { of, encrypted } = q.data;
  const off = () =>
    danger({
      title: t("settings.protection.offTitle"),
      text: t(`settings.protection.offText.${of}`),
      action: t("settings.protection.off"),
      run: async () => {
        try {
          await tell("app.decrypt", {});
          setDone(null);
          await client.invalidateQueries();
        } catch (e) {
          setError(e);
        }
      },
    });
  return (
    <Section title={t("settings.protection.title")} text={t(`settings.protection.text.${of}`)}>
      <p>{encrypted ? <Tag color="success" icon={<LockOutlined />}>{t("settings.protection.on")}</Tag> : <Tag>{t("settings.protection.none")}</Tag>}</p>
      {error !== null && <ErrorNotice error={error} />}
      {done && !done.kept && <Alert className="sk-gap" type="warning" showIcon title={t("settings.protection.noKeyring")} />}
      {done && done.left.length > 0 && <Alert className="sk-gap" type="warning" showIcon title={t("settings.protection.left")} description={done.left.map((file) => <div key={file} className="sk-code">{file}</div>)} />}
      <div className="sk-actions">
        <Button type={encrypted ? "default" : "primary"} onClick={() => setShowing(true)}>
          {encrypted ? t("settings.protection.again") : t("common.encrypt.now")}…
        </Button>
        {encrypted && (
          <Button danger onClick={off}>
            {t("settings.protection.off")}…
          </Button>
        )}
      </div>
      {showing && (
        <EncryptModal
          onClose={() => setShowing(false)}
          onDone={(made) => {
            setShowing(false);
            setError(null);
            setDone(made);
            toast.success(t("settings.protection.done"));
            void client.invalidateQueries();
          }}
        />
      )}
    </Section>
  );
}
