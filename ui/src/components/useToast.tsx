import { App } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { describeError } from "../lib/errors";

/** Short messages after an action. Errors stay longer and say what to do next. */
export function useToast(): { success: (text: string) => void; info: (text: string) => void; error: (e: unknown) => void } {
  const { message, notification } = App.useApp();
  const { i18n } = useTranslation();
  return useMemo(
    () => ({
      success: (text) => void message.success(text),
      info: (text) => void message.info(text),
      error: (e) => {
        const x = describeError(i18n, e);
        notification.error({ title: x.title, description: x.ref ? `${x.next} (${x.ref})` : x.next, duration: 10, role: "alert" });
      },
    }),
    [message, notification, i18n],
  );
}
