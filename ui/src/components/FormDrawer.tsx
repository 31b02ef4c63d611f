import { Button, Drawer } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { keyLabel, useHotkeys } from "../lib/hotkeys";
import { useScreen } from "../lib/screen";
import { ErrorNotice } from "./ErrorNotice";

interface Props {
  open: boolean;
  title: string;
  onClose: () => void;
  onSave: () => void;
  saving?: boolean;
  saveLabel?: string;
  disabled?: boolean;
  error?: unknown;
  width?: number;
  children: ReactNode;
}

/** A form beside the page it belongs to. Ctrl+Enter saves, Esc closes. */
export function FormDrawer({ open, title, onClose, onSave, saving, saveLabel, disabled, error, width = 480, children }: Props) {
  const { t } = useTranslation();
  const { narrow } = useScreen();
  useHotkeys(open ? [{ keys: "mod+enter", label: t("common.save"), run: () => !disabled && !saving && onSave(), inFields: true }] : []);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={title}
      size={narrow ? "100%" : width}
      destroyOnHidden
      footer={
        <div className="sk-actions" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="primary" onClick={onSave} loading={saving ?? false} disabled={disabled ?? false} title={keyLabel("mod+enter")}>
            {saveLabel ?? t("common.save")}
          </Button>
        </div>
      }
    >
      {error ? <ErrorNotice error={error} /> : null}
      {children}
    </Drawer>
  );
}
