import { Timeline as AntTimeline } from "antd";
import type { ReactNode } from "react";
import { When } from "./Money";

export interface TimelineEvent {
  key: string;
  at: number;
  title: ReactNode;
  detail?: ReactNode;
  who?: string | null;
  icon?: ReactNode;
  color?: "green" | "red" | "blue" | "gray" | "orange";
}

/** What happened, the newest first. */
export function Timeline({ events }: { events: TimelineEvent[] }) {
  const sorted = [...events].sort((a, b) => b.at - a.at);
  return (
    <AntTimeline
      items={sorted.map((e) => ({
        key: e.key,
        ...(e.icon ? { icon: <span aria-hidden>{e.icon}</span> } : {}),
        color: e.color ?? "gray",
        content: (
          <div>
            <div>{e.title}</div>
            {e.detail && <div className="sk-muted">{e.detail}</div>}
            <div className="sk-muted">
              <When ms={e.at} />
              {e.who && ` · ${e.who}`}
            </div>
          </div>
        ),
      }))}
    />
  );
}
