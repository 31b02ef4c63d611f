import { Button, Form, Input, QRCode, Radio } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Staff, TotpOffer } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { FormDrawer } from "../components/FormDrawer";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, useTell } from "../lib/api";
import "./pin.css";

/** The second step of one's own sign-in: turned on with a code from the phone; with one, turned off or given new recovery codes. */
export default function TwoSteps({ person, onClose }: { person: Staff; onClose: () => void }) {
  // Whether it was on when this was opened: the recovery codes are shown after it was turned on.
  const [on] = useState(person.two_steps);
  return on ? <Change person={person} onClose={onClose} /> : <TurnOn onClose={onClose} />;
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

  if (offer && turnOn.isSuccess) return <RecoveryCodes codes={offer.recovery_codes} onClose={onClose} />;
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

function Change({ person, onClose }: { person: Staff; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [what, setWhat] = useState<"renew" | "turnOff">("renew");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const renew = useTell("access.renew_recovery_codes", { onSuccess: () => toast.success(t("access.twoSteps.renewed")) });
  const turnOff = useTell("access.turn_off_totp", {
    onSuccess: () => {
      toast.success(t("access.twoSteps.off"));
      onClose();
    },
  });
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const save = async () => {
    const proof = { code: plain(code), password };
    if (what === "turnOff") return turnOff.mutate(proof);
    setFailed(null);
    setAsking(true);
    try {
      // The same when it is sent again, so that what went through unheard is done once.
      const one = offer ?? (await ask("access.offer_totp", {}));
      setOffer(one);
      renew.mutate({ ...proof, secret: one.secret });
    } catch (e) {
      setFailed(e);
    }
    setAsking(false);
  };

  if (offer && renew.isSuccess) return <RecoveryCodes codes={offer.recovery_codes} onClose={onClose} />;
  return (
    <FormDrawer
      open
      title={t("access.twoSteps.title")}
      onClose={onClose}
      onSave={() => void save()}
      saveLabel={t(`access.twoSteps.${what}`)}
      saving={asking || renew.isPending || turnOff.isPending}
      disabled={!password || !plain(code)}
      error={what === "renew" ? (failed ?? renew.error) : turnOff.error}
    >
      <p>{t("access.twoSteps.on", { count: person.recovery_codes })}</p>
      <Form layout="vertical">
        <Form.Item extra={t(`access.twoSteps.${what}Text`)}>
          <Radio.Group
            value={what}
            aria-label={t("access.twoSteps.title")}
            onChange={(e) => setWhat(e.target.value as "renew" | "turnOff")}
            options={(["renew", "turnOff"] as const).map((one) => ({ value: one, label: t(`access.twoSteps.${one}`) }))}
          />
        </Form.Item>
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

/** Shown once; what closes says that they are kept. */
function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  return (
    <FormDrawer open title={t("access.twoSteps.title")} onClose={onClose} onSave={onClose} saveLabel={t("access.twoSteps.kept")}>
      <p>{t("access.twoSteps.codes")}</p>
      <ul className="sk-two-codes">
        {codes.map((one) => (
          <li key={one}>
            <code>{one}</code>
          </li>
        ))}
      </ul>
      <Button onClick={() => void navigator.clipboard.writeText(codes.join("\n")).then(() => toast.success(t("access.twoSteps.copied")))}>{t("access.twoSteps.copy")}</Button>
    </FormDrawer>
  );
}

/** As it was meant: apps show a gap in the middle, and input methods type wide digits. */
function plain(code: string): string {
  return code.normalize("NFKC").replace(/\s/g, "");
}
