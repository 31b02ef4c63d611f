import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignInName } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { setPref } from "../lib/prefs";
import { useBecome } from "../lib/who";
import { PinPad } from "./PinPad";

interface Props {
  people: SignInName[];
  /** Whose turn it most likely is. */
  first: string | undefined;
  enterLabel: string;
  /** The way for whoever has no PIN, or forgot it. */
  onPassword: (login: string | undefined) => void;
  onDone?: () => void;
}

/** The next one at this desk, by name and PIN. */
export function TakeOver({ people, first, enterLabel, onPassword, onDone }: Props) {
  const { t } = useTranslation();
  const [login, setLogin] = useState(people.find((p) => p.login === first)?.login ?? (people.length === 1 ? people[0]?.login : undefined));
  const [pin, setPin] = useState("");
  const chosen = people.find((p) => p.login === login);
  const twins = new Set(people.map((p) => p.name).filter((name, i, all) => all.indexOf(name) !== i));
  const take = useBecome("access.switch", {
    onSuccess: (input) => {
      setPref("lastLogin", input.login);
      onDone?.();
    },
    onError: () => setPin(""),
  });
  const choose = (next: string) => {
    setLogin(next);
    setPin("");
    take.reset();
  };
  return (
    <>
      <div className="sk-pin-people" role="group" aria-label={t("access.name")}>
        {people.map((p) => (
          <button key={p.login} type="button" className="sk-pin-person" aria-pressed={p.login === login} onClick={() => choose(p.login)}>
            {twins.has(p.name) ? `${p.name} (${p.login})` : p.name}
          </button>
        ))}
      </div>
      {take.error && <ErrorNotice error={take.error} />}
      {chosen && (
        <div className="sk-gap">
          <PinPad name={chosen.name} value={pin} onChange={setPin} onEnter={() => take.mutate({ login: chosen.login, pin })} enterLabel={enterLabel} busy={take.isPending} />
        </div>
      )}
      <div className="sk-pin-below">
        <Button type="link" onClick={() => onPassword(login)}>
          {t("access.pin.password")}
        </Button>
      </div>
    </>
  );
}
