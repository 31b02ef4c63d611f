import { App, Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/useToast";
import { keyLabel, useHotkeys } from "../lib/hotkeys";
import { useStore } from "../lib/store";
import { undo, undoStack } from "../lib/undo";

/** Shows what was done with a way back, and answers Ctrl+Z. */
export function UndoHost() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const toast = useToast();
  const stack = useStore(undoStack);
  const shown = useRef(0);
  const newest = stack[stack.length - 1];

  const back = async (id?: number) => {
    if (id !== undefined) notification.destroy(`undo-${id}`);
    try {
      const u = await undo(id);
      if (u) toast.success(t("app.undo.done", { what: u.label }));
    } catch (e) {
      toast.error(e);
    }
  };

  useEffect(() => {
    if (!newest || newest.id <= shown.current) return;
    shown.current = newest.id;
    notification.open({
      key: `undo-${newest.id}`,
      title: newest.label,
      duration: 8,
      role: "status",
      actions: (
        <Button size="small" type="primary" onClick={() => void back(newest.id)}>
          {t("app.undo.action")} ({keyLabel("mod+z")})
        </Button>
      ),
    });
  }, [newest?.id]); // eslint-disable-line react-hooks/exhaustive-deps

  useHotkeys([{ keys: "mod+z", label: t("app.undo.key"), run: () => void back(newest?.id) }]);
  return null;
}
