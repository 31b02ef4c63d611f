import { Button, Card, Form, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInName } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { prefs, setPref } from "../lib/prefs";
import { byPassword, useBecome } from "../lib/who";
import { LanguageChoice } from "./LanguageChoice";
import { Seal } from "./Seal";
import { TakeOver } from "./TakeOver";

interface Props {
  shopName: string;
  names: SignInName[];
  /** Whose PIN is enough here. */
  pins: SignInName[];
}

/** Who is there? Asked in a shop with people, before anything of it is shown. */
export default function SignIn({ shopName, names, pins }: Props) {
  const { t } = useTranslation();
  const last = names.find((n) => n.login === prefs.get().lastLogin)?.login ?? (names.length === 1 ? names[0]?.login : undefined);
  const [login, setLogin] = useState(last);
  // Whoever was here last and has no PIN is asked for the password at once.
  const [byPin, setByPin] = useState(pins.length > 0 && !byPassword.get() && (last === undefined || pins.some((p) => p.login === last)));
  useEffect(() => byPassword.set(false), []);
  return (
    <main className="sk-center">
      <Card style={{ width: "min(420px, 100%)" }}>
        <div className="sk-actions" style={{ justifyContent: "space-between" }}>
          <Seal size={36} />
          <LanguageChoice />
        </div>
        <h1 style={{ fontSize: 20 }}>{shopName}</h1>
        {byPin && pins.length > 0 ? (
          <>
            <p className="sk-muted">{t("access.pin.locked")}</p>
            <TakeOver
              people={pins}
              first={login}
              enterLabel={t("access.pin.open")}
              onPassword={(who) => {
                if (who) setLogin(who);
                setByPin(false);
              }}
            />
          </>
        ) : (
          <ByPassword names={names} login={login} onLogin={setLogin} onPin={pins.length > 0 ? () => setByPin(true) : null} />
        )}
      </Card>
    </main>
  );
}

interface ByPasswordProps {
  names: SignInName[];
  login: string | undefined;
  onLogin: (login: string) => void;
  onPin: (() => void) | null;
}

/** Name and password; then the code of whoever has turned on the second step. */
function ByPassword({ names, login, onLogin, onPin }: ByPasswordProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [step, setStep] = useState<"password" | "code" | "recovery">("password");
  const [code, setCode] = useState("");
  const back = () => {
    setStep("password");
    setPassword("");
    setCode("");
  };
  const signIn = useBecome("access.sign_in", {
    onSuccess: (input) => setPref("lastLogin", input.login),
    onError: (e) => {
      setCode("");
      // The password is kept until the code comes: the two are proved together.
      if (e.code === "code_needed") setStep("code");
      else if (!["wrong_code", "code_used", "unreachable"].includes(e.code)) back();
    },
  });
  const asked = step !== "password";
  const typed = code.normalize("NFKC").trim();
  const go = () => login && signIn.mutate(asked ? { login, password, code: typed } : { login, password });
  return (
    <Form layout="vertical" onFinish={go}>
      {!asked && (
        <>
          <p className="sk-muted">{t("access.signIn.text")}</p>
          <Form.Item label={t("access.name")} htmlFor="who">
            <Select
              id="who"
              showSearch={{ optionFilterProp: "label" }}
              autoFocus={!login}
              placeholder={t("access.signIn.choose")}
              value={login}
              onChange={onLogin}
              options={names.map((n) => ({ value: n.login, label: n.name === n.login ? n.name : `${n.name} (${n.login})` }))}
            />
          </Form.Item>
          <Form.Item label={t("access.password")} htmlFor="password">
            <Input.Password id="password" autoFocus={!!login} value={password} autoComplete="current-password" onChange={(e) => setPassword(e.target.value)} />
          </Form.Item>
        </>
      )}
      {asked && (
        <>
          <p className="sk-muted">{step === "code" ? t("access.signIn.codeText") : t("access.signIn.recoveryText")}</p>
          <Form.Item label={step === "code" ? t("access.signIn.code") : t("access.signIn.recovery")} htmlFor="code">
            <Input key={step} id="code" autoFocus value={code} maxLength={40} autoComplete="one-time-code" {...(step === "code" ? { inputMode: "numeric" as const } : {})} onChange={(e) => setCode(e.target.value)} />
          </Form.Item>
        </>
      )}
      {signIn.error && signIn.error.code !== "code_needed" && <ErrorNotice error={signIn.error} />}
      <div className="sk-actions" style={{ marginTop: 12, flexWrap: "wrap" }}>
        <Button type="primary" htmlType="submit" loading={signIn.isPending} disabled={!login || !password || (asked && !typed)}>
          {t("access.signIn.go")}
        </Button>
        {asked && (
          <>
            <Button type="link" onClick={() => (setStep(step === "code" ? "recovery" : "code"), setCode(""))}>
              {step === "code" ? t("access.signIn.useRecovery") : t("access.signIn.useCode")}
            </Button>
            <Button type="text" onClick={() => (back(), signIn.reset())}>
              {t("access.signIn.back")}
            </Button>
          </>
        )}
        {!asked && onPin && (
          <Button type="link" onClick={onPin}>
            {t("access.signIn.pinInstead")}
          </Button>
        )}
      </div>
    </Form>
  );
}
