import { Button, Card } from "antd";
import { ArrowLeftOutlined, CloudDownloadOutlined, CloudServerOutlined, ExperimentOutlined, HistoryOutlined, LoadingOutlined, RightOutlined, ShopOutlined } from "@ant-design/icons";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useTell } from "../../lib/api";
import { useRestoreFile } from "../../lib/useRestore";
import { ErrorNotice } from "../../components/ErrorNotice";
import { AskCodeModal } from "../../components/RecoveryCode";
import { LanguageChoice } from "../LanguageChoice";
import { Seal } from "../Seal";
import type { AppStatus } from "../status";
import { ConnectForm } from "./ConnectForm";
import { RestoreFromPlace } from "./RestoreFromPlace";
import { SetupForm } from "./SetupForm";
import "./firstRun.css";

type Step = "choose" | "setup" | "connect" | "elsewhere";

/** The first minute: a language, and one of three doors into a shop. */
export default function FirstRun({ status, onReady }: { status: AppStatus | null; onReady: () => void }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>("choose");
  // A new computer, and the file of the old one.
  const { restore, busy: restoring, error: unrestored, asking } = useRestoreFile(onReady);
  const sample = useTell("app.open_sample", { onSuccess: onReady });
  const error = unrestored ?? sample.error;
  const busy = sample.isPending || restoring;

  return (
    <main className="sk-first">
      <div className="sk-first-top">
        <span className="sk-brand">
          <Seal size={34} />
          <span>
            Shopkeeper <span lang="zh-CN">掌柜</span>
          </span>
        </span>
        <LanguageChoice />
      </div>
      {step !== "choose" && (
        <Button type="text" icon={<ArrowLeftOutlined />} onClick={() => setStep("choose")}>
          {t("common.back")}
        </Button>
      )}
      {step === "choose" && (
        <>
          <h1>{t("firstRun.welcome")}</h1>
          <p className="sk-muted">{t("firstRun.intro")}</p>
          {error !== null && <ErrorNotice error={error} />}
          {asking && <AskCodeModal {...asking} />}
          <div className="sk-first-doors">
            <Door icon={<ShopOutlined />} title={t("firstRun.setup.title")} text={t("firstRun.setup.text")} onClick={() => setStep("setup")} disabled={busy} main />
            {status?.desktop && (
              <>
                <Door
                  icon={<ExperimentOutlined />}
                  title={t("firstRun.sample.title")}
                  text={sample.isPending ? t("firstRun.sample.busy") : t("firstRun.sample.text")}
                  onClick={() => sample.mutate({})}
                  disabled={busy}
                  busy={sample.isPending}
                />
                <Door icon={<CloudServerOutlined />} title={t("firstRun.connect.title")} text={t("firstRun.connect.text")} onClick={() => setStep("connect")} disabled={busy} />
                <Door icon={<HistoryOutlined />} title={t("firstRun.restore.title")} text={restoring ? t("firstRun.restore.busy") : t("firstRun.restore.text")} onClick={() => void restore()} disabled={busy} busy={restoring} />
                <Door icon={<CloudDownloadOutlined />} title={t("firstRun.elsewhere.title")} text={t("firstRun.elsewhere.text")} onClick={() => setStep("elsewhere")} disabled={busy} />
              </>
            )}
          </div>
          {status && !status.desktop && <p className="sk-muted">{t("firstRun.served")}</p>}
        </>
      )}
      {step === "setup" && (
        <Card>
          <SetupForm onReady={onReady} desktop={status?.desktop ?? false} />
        </Card>
      )}
      {step === "elsewhere" && (
        <Card>
          <RestoreFromPlace onReady={onReady} />
        </Card>
      )}
      {step === "connect" && (
        <Card>
          <ConnectForm onReady={onReady} title={<h1 className="sk-first-title">{t("firstRun.connect.title")}</h1>} />
        </Card>
      )}
    </main>
  );
}

function Door({ icon, title, text, onClick, main, disabled, busy }: { icon: ReactNode; title: string; text: string; onClick: () => void; main?: boolean; disabled: boolean; busy?: boolean }) {
  return (
    <button type="button" className={main ? "sk-door sk-door-main" : "sk-door"} onClick={onClick} disabled={disabled} aria-busy={busy ?? false}>
      <span className="sk-door-icon" aria-hidden>
        {icon}
      </span>
      <span className="sk-door-text">
        <strong>{title}</strong>
        <span className="sk-muted">{text}</span>
      </span>
      {busy ? <LoadingOutlined aria-hidden /> : <RightOutlined aria-hidden />}
    </button>
  );
}
