import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { LockOutlined, LogoutOutlined, NumberOutlined, SafetyOutlined, SettingOutlined, SwapOutlined, UserOutlined } from "../components/icons";
import { PlainButton } from "../components/PlainButton";
import { Popup } from "../components/Popup";
import { me } from "../lib/me";
import { useStore } from "../lib/store";
import { useBecome } from "../lib/who";
import { shown, type Shown } from "./ownAccount";
import { inLibrary } from "./inLibrary";

const ChoiceMenu = lazy(inLibrary(() => import("./ChoiceMenu")));
const ChangePassword = lazy(inLibrary(() => import("./ChangePassword")));
const OwnPin = lazy(inLibrary(() => import("./OwnPin")));
const SwitchPerson = lazy(inLibrary(() => import("./SwitchPerson")));
const TwoSteps = lazy(inLibrary(() => import("./TwoSteps")));

/** Who is signed in here, and the way out. */
export function Account() {
  const { t } = useTranslation();
  const who = useStore(me);
  const open = useStore(shown);
  const out = useBecome("access.sign_out");
  const lock = useBecome("access.lock");
  const person = who?.person;
  // Nobody finds open what the one before has left.
  useEffect(() => shown.set(null), [person?.id]);
  if (!person) return null;
  const others = who.pins.filter((p) => p.login !== person.login);
  const label = t("access.account", { name: person.name });
  const button = (
    <PlainButton look="text" icon={<UserOutlined />} aria-label={label} title={label}>
      {person.name}
    </PlainButton>
  );
  const close = () => shown.set(null);
  return (
    <>
      <Popup plain={button}>
        <ChoiceMenu
          chosen=""
          items={[
            ...(others.length > 0 ? [{ key: "switch", icon: <SwapOutlined />, label: t("access.pin.switch") }] : []),
            ...(who.pins.length > 0 ? [{ key: "lock", icon: <LockOutlined />, label: t("access.pin.lock") }] : []),
            { key: "pin", icon: <NumberOutlined />, label: t("access.pin.own") },
            { key: "steps", icon: <SafetyOutlined />, label: t("access.twoSteps.title") },
            { key: "password", icon: <SettingOutlined />, label: t("access.changePassword") },
            { key: "out", icon: <LogoutOutlined />, label: t("access.signOut") },
          ]}
          onChoose={(key) => (key === "out" ? out.mutate({}) : key === "lock" ? lock.mutate({}) : shown.set(key as Shown))}
        >
          {button}
        </ChoiceMenu>
      </Popup>
      <Suspense>
        {open === "switch" && <SwitchPerson people={others} onClose={close} />}
        {open === "pin" && <OwnPin has={person.pin} onClose={close} />}
        {open === "steps" && <TwoSteps person={person} onClose={close} />}
        {open === "password" && <ChangePassword onClose={close} />}
      </Suspense>
    </>
  );
}
