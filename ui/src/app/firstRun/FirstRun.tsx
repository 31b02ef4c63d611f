import { Button, Card, Segmented } from "antd";
import { ArrowLeftOutlined, CloudServerOutlined, ExperimentOutlined, RightOutlined, ShopOutlined } from "@ant-design/icons";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../../i18n";
import { useTell } from "../../lib/api";
import type { Lang } from "../../lib/prefs";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Seal } from "../Seal";
import type { AppStatus } from "../status";
import { ConnectForm } from "./ConnectForm";
import { SetupForm } from "./SetupForm";
import "./firstRun.css";

type Step = "choose" | "setup" | "connect";

/** The first minute: a language, and one of three doors into a shop. */
export default function FirstRun({ status, onReady }: { status: AppStatus | null; onReady: () => void }) {
  const { t, i18n } = useTranslation();
  const [step, setStep] = useState<Step>("choose");
  const sample = useTell("app.open_sample", { onSuccess: onReady });

  return (
    <main className="sk-first">
      <div className="sk-first-top">
        <span className="sk-brand">
          <Seal size={34} />
          <span>
            Shopkeeper <span lang="zh-CN">掌柜</span>
          </span>
        </span>
        <Segmented<Lang>
          aria-label={t("app.language")}
          value={i18n.language as Lang}
          onChange={(v) => void switchLanguage(v)}
          options={[
            { value: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
            { value: "en", label: <span lang="en">English</span> },
          ]}
        />
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
          {sample.error && <ErrorNotice error={sample.error} onRetry={() => sample.mutate({})} />}
          <div className="sk-first-doors">
            <Door icon={<ShopOutlined />} title={t("firstRun.setup.title")} text={t("firstRun.setup.text")} onClick={() => setStep("setup")} main />
            {status?.desktop && (
              <Door icon={<ExperimentOutlined />} title={t("firstRun.sample.title")} text={t("firstRun.sample.text")} onClick={() => sample.mutate({})} busy={sample.isPending} />
            )}
            {status?.desktop && <Door icon={<CloudServerOutlined />} title={t("firstRun.connect.title")} text={t("firstRun.connect.text")} onClick={() => setStep("connect")} />}
          </div>
        </>
      )}
      {step === "setup" && (
        <Card>
          <SetupForm onReady={onReady} />
        </Card>
      )}
      {step === "connect" && (
        <Card>
          <ConnectForm keyring={status?.keyring ?? true} onReady={onReady} title={<h1 className="sk-first-title">{t("firstRun.connect.title")}</h1>} />
        </Card>
      )}
    </main>
  );
}

function Door({ icon, title, text, onClick, main, busy }: { icon: ReactNode; title: string; text: string; onClick: () => void; main?: boolean; busy?: boolean }) {
  return (
    <button type="button" className={main ? "sk-door sk-door-main" : "sk-door"} onClick={onClick} disabled={busy ?? false} aria-busy={busy ?? false}>
      <span className="sk-door-icon" aria-hidden>
        {icon}
      </span>
      <span className="sk-door-text">
        <strong>{title}</strong>
        <span className="sk-muted">{text}</span>
      </span>
      <RightOutlined aria-hidden />
    </button>
  );
}
