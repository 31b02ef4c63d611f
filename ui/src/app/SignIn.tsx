import { Button, Card, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInName } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { prefs, setPref } from "../lib/prefs";
import { useBecome } from "../lib/who";
import { LanguageChoice } from "./LanguageChoice";
import { Seal } from "./Seal";

/** Who is there? Asked in a shop with people, before anything of it is shown. */
export default function SignIn({ shopName, names }: { shopName: string; names: SignInName[] }) {
  const { t } = useTranslation();
  const last = names.find((n) => n.login === prefs.get().lastLogin);
  const [login, setLogin] = useState(last?.login ?? (names.length === 1 ? names[0]?.login : undefined));
  const [password, setPassword] = useState("");
  const signIn = useBecome("access.sign_in", {
    onSuccess: (input) => setPref("lastLogin", input.login),
    onError: () => setPassword(""),
  });
  return (
    <main className="sk-center">
      <Card style={{ width: "min(420px, 100%)" }}>
        <Form layout="vertical" onFinish={() => login && signIn.mutate({ login, password })}>
          <div className="sk-actions" style={{ justifyContent: "space-between" }}>
            <Seal size={36} />
            <LanguageChoice />
          </div>
          <h1 style={{ fontSize: 20 }}>{shopName}</h1>
          <p className="sk-muted">{t("access.signIn.text")}</p>
          <Form.Item label={t("access.name")} htmlFor="who">
            <Select
              id="who"
              showSearch={{ optionFilterProp: "label" }}
              autoFocus={!login}
              placeholder={t("access.signIn.choose")}
              value={login}
              onChange={setLogin}
              options={names.map((n) => ({ value: n.login, label: n.name === n.login ? n.name : `${n.name} (${n.login})` }))}
            />
          </Form.Item>
          <Form.Item label={t("access.password")} htmlFor="password">
            <Input.Password id="password" autoFocus={!!login} value={password} autoComplete="current-password" onChange={(e) => setPassword(e.target.value)} />
          </Form.Item>
          {signIn.error && <ErrorNotice error={signIn.error} />}
          <Button type="primary" htmlType="submit" loading={signIn.isPending} disabled={!login || !password} style={{ marginTop: 12 }}>
            {t("access.signIn.go")}
          </Button>
        </Form>
      </Card>
    </main>
  );
}
