import { App, Input } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Ask {
  title: string;
  text?: ReactNode;
  /** The button's verb: "Refund ¥120.00". */
  action: string;
  /** When given, the person must type this word: for what cannot be undone at all. */
  typed?: string;
  run: () => void | Promise<unknown>;
}

/** Only where money leaves or nothing can be undone; everything else gets `pushUndo`. */
export function useConfirmDanger(): (ask: Ask) => void {
  const { modal } = App.useApp();
  const { t } = useTranslation();
  return (ask) => {
    let m: { update: (c: { okButtonProps: { danger: boolean; disabled: boolean } }) => void } | null = null;
    m = modal.confirm({
      title: ask.title,
      content: (
        <>
          {ask.text}
          {ask.typed && (
            <label>
              <div className="sk-muted">{t("common.typeToConfirm", { word: ask.typed })}</div>
              <Input autoFocus onChange={(e) => m?.update({ okButtonProps: { danger: true, disabled: e.target.value.trim() !== ask.typed } })} />
            </label>
          )}
        </>
      ),
      okText: ask.action,
      cancelText: t("common.cancel"),
      okButtonProps: { danger: true, disabled: Boolean(ask.typed) },
      autoFocusButton: "cancel",
      onOk: ask.run,
    });
  };
}
