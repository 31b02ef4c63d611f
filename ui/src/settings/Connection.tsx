import { Button } from "antd";
import { CloudServerOutlined, ExperimentOutlined, HddOutlined, ImportOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { ConnectForm } from "../app/firstRun/ConnectForm";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { useTell } from "../lib/api";
import { useCan } from "../lib/me";
import { useShop } from "../lib/shop";
import { Section } from "./Section";

/** Which shop this desk has open, and the ways to another one. */
export function Connection({ sample, remote }: { sample: boolean; remote: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const onSuccess = () => void client.invalidateQueries();
  const leave = useTell("app.leave_sample", { onSuccess });
  const away = useTell("app.disconnect", { onSuccess });
  const openSample = useTell("app.open_sample", { onSuccess });
  const home = useTell("app.move_home", { onSuccess });
  const danger = useConfirmDanger();
  const can = useCan();
  const shop = useShop();
  const error = leave.error ?? away.error ?? openSample.error ?? home.error;
  const busy = leave.isPending || away.isPending || openSample.isPending || home.isPending;
  const moveHome = () => danger({ title: t("settings.connection.homeTitle"), text: t("settings.connection.homeText"), action: t("settings.connection.home"), run: () => home.mutate({}) });
  return (
    <Section title={t("settings.connection.title")} text={remote ? t("settings.connection.remote") : sample ? t("settings.connection.sample") : t("settings.connection.own")}>
      <div className="sk-actions">
        {remote && (
          <Button icon={<HddOutlined />} loading={away.isPending} disabled={busy} onClick={() => away.mutate({})}>
            {t("settings.connection.disconnect")}
          </Button>
        )}
        {remote && can("settings_write") && (
          <Button danger icon={<ImportOutlined />} loading={home.isPending} disabled={busy} onClick={moveHome}>
            {t("settings.connection.home")}…
          </Button>
        )}
        {sample && (
          <Button type="primary" icon={<HddOutlined />} loading={leave.isPending} disabled={busy} onClick={() => leave.mutate({})}>
            {t("app.leaveSample")}
          </Button>
        )}
        {!sample && !remote && (
          <Button icon={<ExperimentOutlined />} loading={openSample.isPending} disabled={busy} onClick={() => openSample.mutate({})}>
            {t("firstRun.sample.title")}
          </Button>
        )}
        {!remote && (
          <Button icon={<CloudServerOutlined />} disabled={busy} onClick={() => setOpen((v) => !v)} aria-expanded={open}>
            {t("firstRun.connect.title")}
          </Button>
        )}
      </div>
      {remote && <p className="sk-muted sk-gap">{t("settings.connection.disconnectText")}</p>}
      {openSample.isPending && <p className="sk-muted sk-gap">{t("firstRun.sample.busy")}</p>}
      {error && <ErrorNotice error={error} />}
      {open && !remote && (
        <div className="sk-gap">
          <ConnectForm onReady={onSuccess} {...(sample || !can("settings_write") ? {} : { own: shop.name })} />
        </div>
      )}
    </Section>
  );
}
