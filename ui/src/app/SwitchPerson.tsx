import { useTranslation } from "react-i18next";
import { Button } from "antd";
import type { SignInName } from "../bindings";
import { Dialog } from "../components/Dialog";
import { setPref } from "../lib/prefs";
import { byPassword, useBecome } from "../lib/who";
import { TakeOver } from "./TakeOver";
import "./pin.css";

/** Somebody else takes over the desk; whoever is here stays until then. */
export default function SwitchPerson({ people, onClose }: { people: SignInName[]; onClose: () => void }) {
  const { t } = useTranslation();
  // The password is typed where nobody is signed in; the desk keeps taking PINs.
  const lock = useBecome("access.lock", { onSuccess: onClose });
  return (
    <Dialog className="sk-pin-dialog" label={t("access.pin.switch")} onClose={onClose}>
      <h2 className="sk-pin-title">{t("access.pin.who")}</h2>
      <TakeOver
        people={people}
        first={undefined}
        enterLabel={t("access.pin.enter")}
        onPassword={(login) => {
          if (login) setPref("lastLogin", login);
          byPassword.set(true);
          lock.mutate({});
        }}
        onDone={onClose}
      />
      <div className="sk-pin-below">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
      </div>
    </Dialog>
  );
}
