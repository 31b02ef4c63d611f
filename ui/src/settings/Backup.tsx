import { Alert, Button } from "antd";
import { SaveOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import type { BackupReport } from "../bindings";
import { useConfirmDanger } from "../components/ConfirmDanger";
import { ErrorNotice } from "../components/ErrorNotice";
import { AskCodeModal } from "../components/RecoveryCode";
import { useToast } from "../components/useToast";
import { ask, tell } from "../lib/api";
import { dayToIso, formatTime, today } from "../lib/dates";
import { dropJob, putJob } from "../lib/jobs";
import { megabytes } from "./size";
import { useFormats, useShop } from "../lib/shop";
import { load, save } from "../lib/store";
import { useRestoreFile } from "../lib/useRestore";
import { Section } from "./Section";

interface Last {
  at: number;
  path: string;
  bytes: number;
}

/** What was backed up last from this device, by shop: somebody who has none should read so. */
const lastKey = (shop: string) => `backup.${shop}`;

/**
 * A copy of the shop in a safe place. `elsewhere`: what is on the screen is not this computer's own shop, so its own place
 * may be free for a backup; otherwise there is a shop, and the desk overwrites none.
 */
export function Backup({ elsewhere }: { elsewhere: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<BackupReport | null>(null);
  const [last, setLast] = useState(() => load<Last | null>(lastKey(shop.id), null));

  const backup = async () => {
    setError(null);
    setDone(null);
    try {
      // Two a day are two files: an existing one is never overwritten.
      const now = Date.now();
      const path = await ask("app.pick_save", { name: `shopkeeper-${dayToIso(today(shop.zone))}-${formatTime(now, shop.zone, "en-GB").replace(":", "")}.backup` });
      if (!path) return;
      setBusy(true);
      putJob({ id: "backup", label: t("settings.backup.running"), state: "running", startedAt: now });
      const report = await tell("app.backup", { path });
      putJob({ id: "backup", state: "done", note: report.file });
      const made = { at: now, path: report.file, bytes: report.bytes };
      save(lastKey(shop.id), made);
      setLast(made);
      setDone(report);
    } catch (e) {
      dropJob("backup");
      setError(e);
    }
    setBusy(false);
  };

  return (
    <Section title={t("settings.backup.title")} text={t("settings.backup.text")}>
      <p>{last ? t("settings.backup.last", { when: f.dateTime(last.at), path: last.path }) : t("settings.backup.never")}</p>
      <div className="sk-actions">
        <Button type="primary" icon={<SaveOutlined />} loading={busy} onClick={() => void backup()}>
          {t("settings.backup.now")}…
        </Button>
      </div>
      {busy && <p className="sk-muted">{t("settings.backup.busy")}</p>}
      {error !== null && <ErrorNotice error={error} />}
      {done && <Alert className="sk-gap" type="success" showIcon role="status" title={t("settings.backup.done")} description={t("settings.backup.doneText", { path: done.file, size: megabytes(done.bytes, f), rows: f.count(done.tables.reduce((n, x) => n + x.rows, 0)) })} />}
      <h3>{t("settings.backup.restore")}</h3>
      {elsewhere ? <Restore /> : <p className="sk-muted">{t("settings.backup.restoreHow")}</p>}
    </Section>
  );
}

function Restore() {
  const { t } = useTranslation();
  const toast = useToast();
  const danger = useConfirmDanger();
  const client = useQueryClient();
  const done = () => {
    void client.invalidateQueries();
    toast.success(t("settings.backup.restored"));
  };
  const { restore, busy, error, asking } = useRestoreFile(done, (path, go) =>
    danger({ title: t("settings.backup.restoreTitle"), text: t("settings.backup.restoreText", { path }), action: t("settings.backup.restore"), run: go }),
  );
  return (
    <>
      <p className="sk-muted">{t("settings.backup.restoreHere")}</p>
      <Button loading={busy} onClick={() => void restore()}>{t("settings.backup.restore")}…</Button>
      {error !== null && <ErrorNotice error={error} />}
      {asking && <AskCodeModal {...asking} />}
    </>
  );
}
