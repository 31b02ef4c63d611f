import { App, Button } from "antd";
import { BellOutlined, SoundOutlined } from "@ant-design/icons";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../lib/api";
import { useGo } from "../lib/go";
import { useFormats } from "../lib/shop";
import { createStore, useStore } from "../lib/store";
import { news, type Seen } from "./news";
import type { Row } from "./types";

const sound = createStore(true, "orders.sound");

/** Tells of orders that come in from elsewhere: another desk, a channel, a file. Seen on every page, and heard. */
export default function NewOrderWatch() {
  const { t } = useTranslation();
  const f = useFormats();
  const go = useGo();
  const { notification } = App.useApp();
  const on = useStore(sound);
  const seen = useRef<Seen | null>(null);
  const rows = useAsk("orders.list", { filter: {}, sort: "newest", limit: 10 }).data?.items;

  const tell = (fresh: Row[]) => {
    const [first] = fresh;
    if (!first) return;
    const many = fresh.length;
    notification.open({
      key: "orders-new",
      title: many === 1 ? t("orders.notice.one", { number: first.number }) : t("orders.notice.many", { count: many }),
      description: many === 1 ? [first.buyer_name || t(first.customer_id ? "orders.noName" : "orders.walkIn"), f.money(first.total, first.currency)].join(" · ") : undefined,
      icon: <BellOutlined />,
      role: "status",
      duration: 10,
      actions: (
        <div className="sk-actions">
          <Button size="small" type="text" icon={<SoundOutlined />} onClick={() => sound.set((v) => !v)}>
            {on ? t("orders.notice.mute") : t("orders.notice.unmute")}
          </Button>
          <Button
            size="small"
            type="primary"
            onClick={() => {
              notification.destroy("orders-new");
              go(many === 1 ? `/orders/${first.id}` : "/orders");
            }}
          >
            {t("orders.notice.open")}
          </Button>
        </div>
      ),
    });
    if (on) ring();
  };

  useEffect(() => {
    if (!rows) return;
    // The list may be quicker than the answer that says which order this desk has just placed.
    const timer = setTimeout(() => {
      const now = news(seen.current, rows);
      seen.current = now.seen;
      // A sale over another counter is done already: nobody has to do anything about it.
      const fresh = now.fresh.filter((r) => r.stage !== "completed" && r.stage !== "cancelled");
      if (fresh.length > 0) tell(fresh);
    }, 500);
    return () => clearTimeout(timer);
  }, [rows]); // eslint-disable-line react-hooks/exhaustive-deps

  return null;
}

/** Two soft notes. Where there is no sound, or the browser wants a click first, there is the notice. */
function ring(): void {
  try {
    const audio = new AudioContext();
    const gain = audio.createGain();
    gain.gain.value = 0.06;
    gain.connect(audio.destination);
    for (const [i, pitch] of [880, 1174.7].entries()) {
      const note = audio.createOscillator();
      note.frequency.value = pitch;
      note.connect(gain);
      note.start(audio.currentTime + i * 0.14);
      note.stop(audio.currentTime + i * 0.14 + 0.12);
    }
    setTimeout(() => void audio.close(), 1000);
  } catch {
    // Silence is no fault.
  }
}
