import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { describeError } from "../lib/errors";
import { pushToast } from "../lib/toasts";

/** Short messages after an action. Errors stay longer and say what to do next. */
export function useToast(): { success: (text: string) => void; info: (text: string) => void; error: (e: unknown) => void } {
  const { i18n } = useTranslation();
  return useMemo(
    () => ({
      success: (title) => pushToast({ kind: "success", title }),
      info: (title) => pushToast({ kind: "info", title }),
      error: (e) => {
        const x = describeError(i18n, e);
        pushToast({ kind: "error", title: x.title, text: x.ref ? `${x.next} (${x.ref})` : x.next });
      },
    }),
    [i18n],
  );
}
