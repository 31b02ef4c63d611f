import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { hotkeyStore, keyLabel } from "../lib/hotkeys";
import { useStore } from "../lib/store";

/** What the keyboard can do on this page, right now. */
export function ShortcutList({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const all = useStore(hotkeyStore).filter((h) => h.label);
  const unique = [...new Map(all.map((h) => [h.keys, h])).values()];
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("app.shortcuts.title")} destroyOnHidden>
      <dl className="sk-keys">
        {unique.map((h) => (
          <div key={h.keys}>
            <dt>
              <kbd>{keyLabel(h.keys)}</kbd>
            </dt>
            <dd>{h.label}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
