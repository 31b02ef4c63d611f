import { Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";

/** One's own password, proved by the one there was. */
export default function ChangePassword({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useTell("access.change_password", {
    onSuccess: () => {
      toast.success(t("access.passwordChanged"));
      onClose();
    },
  });
  return (
    <FormDrawer
      open
      title={t("access.changePassword")}
      onClose={onClose}
      onSave={() => change.mutate({ current, new: fresh })}
      saving={change.isPending}
      disabled={!current || !fresh}
      error={change.error}
    >
      <Form layout="vertical">
        <Form.Item label={t("access.currentPassword")} htmlFor="current">
          <Input.Password id="current" autoFocus autoComplete="current-password" value={current} onChange={(e) => setCurrent(e.target.value)} />
        </Form.Item>
        <Form.Item label={t("access.newPassword")} htmlFor="fresh" extra={t("access.passwordHint")}>
          <Input.Password id="fresh" autoComplete="new-password" value={fresh} onChange={(e) => setFresh(e.target.value)} />
        </Form.Item>
      </Form>
    </FormDrawer>
  );
}
