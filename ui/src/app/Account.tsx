import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { LockOutlined, SettingOutlined, UserOutlined } from "../components/icons";
import { PlainButton } from "../components/PlainButton";
import { Popup } from "../components/Popup";
import { me } from "../lib/me";
import { useStore } from "../lib/store";
import { useBecome } from "../lib/who";
import { inLibrary } from "./inLibrary";

const ChoiceMenu = lazy(inLibrary(() => import("./ChoiceMenu")));
const ChangePassword = lazy(inLibrary(() => import("./ChangePassword")));

/** Who is signed in here, and the way out. */
export function Account() {
  const { t } = useTranslation();
  const person = useStore(me)?.person;
  const [password, setPassword] = useState(false);
  const out = useBecome("access.sign_out");
  if (!person) return null;
  const label = t("access.account", { name: person.name });
  const button = (
    <PlainButton look="text" icon={<UserOutlined />} aria-label={label} title={label}>
      {person.name}
    </PlainButton>
  );
  return (
    <>
      <Popup plain={button}>
        <ChoiceMenu
          chosen=""
          items={[
            { key: "password", icon: <SettingOutlined />, label: t("access.changePassword") },
            { key: "out", icon: <LockOutlined />, label: t("access.signOut") },
          ]}
          onChoose={(key) => (key === "out" ? out.mutate({}) : setPassword(true))}
        >
          {button}
        </ChoiceMenu>
      </Popup>
      {password && (
        <Suspense>
          <ChangePassword onClose={() => setPassword(false)} />
        </Suspense>
      )}
    </>
  );
}
