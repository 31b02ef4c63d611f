import { Button, Form, Input, QRCode } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Staff, TotpOffer } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { FormDrawer } from "../components/FormDrawer";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, useTell } from "../lib/api";
import "./pin.css";

/** The second step of one's own sign-in: turned on with a code from the phone, turned off with one. */
export default function TwoSteps({ person, onClose }: { person: Staff; onClose: () => void }) {
  // Whether it was on when this was opened: the recovery codes are shown after it was turned on.
  const [on] = useState(person.two_steps);
  return on ? <TurnOff person={person} onClose={onClose} /> : <TurnOn onClose={onClose} />;
}

function TurnOn({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  // Asked once rather than cached: every answer is another secret, and this one is on the phone already.
  useEffect(() => {
    let here = true;
    ask("access.offer_totp", {}).then(
      (answer) => here && setOffer(answer),
      (e: unknown) => here && setFailed(e),
    );
    return () => {
      here = false;
    };
  }, []);
  const turnOn = useTell("access.turn_on_totp", { onSuccess: () => toast.success(t("access.twoSteps.done")) });
  const title = t("access.twoSteps.title");

  if (offer && turnOn.isSuccess)
    return (
      <FormDrawer open title={title} onClose={onClose} onSave={onClose} saveLabel={t("access.twoSteps.kept")}>
        <p>{t("access.twoSteps.codes")}</p>
        <ul className="sk-two-codes">
          {offer.recovery_codes.map((one) => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
        <Button onClick={() => void navigator.clipboard.writeText(offer.recovery_codes.join("\n")).then(() => toast.success(t("access.twoSteps.copied")))}>{t("access.twoSteps.copy")}</Button>
      </FormDrawer>
    );
  return (
    <FormDrawer
      open
      title={title}
      onClose={onClose}
      onSave={() => offer && turnOn.mutate({ secret: offer.secret, code: plain(code), password })}
      saveLabel={t("access.twoSteps.turnOn")}
      saving={turnOn.isPending}
      disabled={!offer || !password || plain(code).length !== 6}
      error={turnOn.error}
    >
      <p className="sk-muted">{t("access.twoSteps.text")}</p>
      {failed !== null && <ErrorNotice error={failed} />}
      {!offer && failed === null && <Waiting />}
      {offer && (
        <>
          <p>{t("access.twoSteps.start")}</p>
          <div className="sk-two-qr">
            {/* Dark on light in the dark, too: that is what cameras read. */}
            <QRCode aria-label={t("access.twoSteps.qr")} value={offer.uri} type="svg" size={200} color="#000000" bgColor="#ffffff" />
          </div>
          <Form layout="vertical">
            <Form.Item label={t("access.twoSteps.key")}>
              <code className="sk-two-key">{offer.secret.match(/.{1,4}/g)?.join(" ")}</code>
            </Form.Item>
            <Form.Item label={t("access.twoSteps.code")} htmlFor="two-code">
              <Input id="two-code" inputMode="numeric" autoComplete="one-time-code" value={code} maxLength={12} onChange={(e) => setCode(e.target.value)} />
            </Form.Item>
            <Form.Item label={t("access.pin.yourPassword")} htmlFor="two-password">
              <Input.Password id="two-password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
            </Form.Item>
          </Form>
        </>
      )}
    </FormDrawer>
  );
}

function TurnOff({ person, onClose }: { person: Staff; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const turnOff = useTell("access.turn_off_totp", {
    onSuccess: () => {
      toast.success(t("access.twoSteps.off"));
      onClose();
    },
  });
  return (
    <FormDrawer
      open
      title={t("access.twoSteps.title")}
      onClose={onClose}
      onSave={() => turnOff.mutate({ code: plain(code), password })}
      saveLabel={t("access.twoSteps.turnOff")}
      saving={turnOff.isPending}
      disabled={!password || !plain(code)}
      error={turnOff.error}
    >
      <p>{t("access.twoSteps.on", { count: person.recovery_codes })}</p>
      <p className="sk-muted">{t("access.twoSteps.offText")}</p>
      <Form layout="vertical">
        <Form.Item label={t("access.pin.yourPassword")} htmlFor="two-password">
          <Input.Password id="two-password" autoFocus autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
        </Form.Item>
        <Form.Item label={t("access.twoSteps.anyCode")} htmlFor="two-code">
          <Input id="two-code" autoComplete="one-time-code" value={code} maxLength={40} onChange={(e) => setCode(e.target.value)} />
        </Form.Item>
      </Form>
    </FormDrawer>
  );
}

/** As it was meant: apps show a gap in the middle, and input methods type wide digits. */
function plain(code: string): string {
  return code.normalize("NFKC").replace(/\s/g, "");
}
