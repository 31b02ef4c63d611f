import { App } from "antd";
import { useEffect } from "react";
import { useStore } from "../lib/store";
import { toasts } from "../lib/toasts";

/** Says what was pushed, each thing once. */
export default function ToastHost() {
  const { message, notification } = App.useApp();
  const waiting = useStore(toasts);
  useEffect(() => {
    if (waiting.length === 0) return;
    toasts.set([]);
    for (const { kind, title, text } of waiting) {
      if (kind === "error") notification.error({ title, description: text, duration: 10, role: "alert" });
      else void message[kind](title);
    }
  }, [waiting, message, notification]);
  return null;
}
