import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";

/** One's own PIN, set or removed with one's own password. */
export default function OwnPin({ has, onClose }: { has: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [password, setPassword] = useState("");
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const set = useTell("access.set_pin", {
    onSuccess: (_, input) => {
      toast.success(input.pin ? t("access.pin.saved") : t("access.pin.removed"));
      onClose();
    },
  });
  const differs = again !== "" && again !== pin;
  const digits = (text: string) => text.normalize("NFKC").replace(/\D/g, "");
  const field = { inputMode: "numeric" as const, maxLength: 8, autoComplete: "off" };
  return (
    <FormDrawer
      open
      title={t("access.pin.own")}
      onClose={onClose}
      onSave={() => set.mutate({ pin, password })}
      saving={set.isPending}
      disabled={!password || pin.length < 4 || again !== pin}
      error={set.error}
    >
      <p className="sk-muted">{t("access.pin.text")}</p>
      {has && <p>{t("access.pin.has")}</p>}
      <Form layout="vertical">
        <Form.Item label={t("access.pin.yourPassword")} htmlFor="pin-password">
          <Input.Password id="pin-password" autoFocus autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
        </Form.Item>
        <Form.Item label={t("access.pin.new")} htmlFor="pin-new" extra={t("access.pin.hint")}>
          <Input.Password id="pin-new" {...field} value={pin} onChange={(e) => setPin(digits(e.target.value))} />
        </Form.Item>
        <Form.Item label={t("access.pin.again")} htmlFor="pin-again" {...(differs ? { validateStatus: "error" as const, help: t("access.pin.differs") } : {})}>
          <Input.Password id="pin-again" {...field} value={again} onChange={(e) => setAgain(digits(e.target.value))} />
        </Form.Item>
      </Form>
      {has && (
        <Button danger disabled={!password} loading={set.isPending} onClick={() => set.mutate({ pin: null, password })}>
          {t("access.pin.remove")}
        </Button>
      )}
    </FormDrawer>
  );
}
