import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { DisconnectOutlined, WarningOutlined, WifiOutlined } from "../components/icons";
import { PlainButton } from "../components/PlainButton";
import { useAsk } from "../lib/api";
import { useCan } from "../lib/me";
import { useSettled } from "../lib/ready";
import { useFormats } from "../lib/shop";
import { clockIsWrong } from "../offline/clock";

const LOOK_MS = 5_000;
/** Without a server there is only the clock to look after. */
const CLOCK_MS = 60_000;

/** Whether the server is there, on every page of a shared shop; and what waits for whoever sits here: cases of desks offline, refunds to approve, alerts. */
export function ConnectionButton({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const can = useCan();
  const navigate = useNavigate();
  const settled = useSettled();
  const c = useAsk("offline.connection", {}, { tags: ["connection", "cases"], enabled: settled, again: (c) => (c?.shared ? LOOK_MS : CLOCK_MS) }).data;
  const waits = useAsk("app.attention", {}, { tags: ["attention"], enabled: settled && (can("payments_refund") || can("access_write")) }).data;
  const n = (can("orders_read") ? (c?.open_cases ?? 0) : 0) + (waits?.refunds ?? 0) + (waits?.alerts ?? 0);
  const wrong = c !== undefined && clockIsWrong(c) && can("orders_read");
  if (!c || (n === 0 && !wrong && (!c.shared || !can("orders_read")))) return null;
  const offline = c.offline_since !== null;
  const waiting = c.waiting > 0 ? t("offline.short.waiting", { n: f.count(c.waiting) }) : "";
  const text = n > 0 ? t("offline.short.cases", { n: f.count(n) }) : !offline ? t(wrong ? "offline.short.clock" : "offline.online") : [c.catching_up ? t("offline.short.catchingUp") : t("offline.short.since", { at: f.dateTime(c.offline_since ?? 0) }), waiting].filter(Boolean).join(" · ");
  const title = !c.shared ? text : [text, c.synced_at === null ? t("offline.noCopy") : t("offline.synced", { at: f.dateTime(c.synced_at) })].join("\n");
  const icon = n > 0 || (wrong && !offline) ? <WarningOutlined /> : offline ? <DisconnectOutlined /> : <WifiOutlined />;
  const quiet = !offline && n === 0 && !wrong;
  return (
    <PlainButton look="text" className={quiet ? "sk-online" : "sk-offline"} icon={icon} aria-label={text} title={title} onClick={() => void navigate({ to: "/attention" })}>
      {narrow || quiet ? null : text}
    </PlainButton>
  );
}
