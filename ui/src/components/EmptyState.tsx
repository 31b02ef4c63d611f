import type { ReactNode } from "react";

interface Props {
  icon?: ReactNode;
  title: string;
  /** What this place is for, and the next step. */
  text?: ReactNode;
  action?: ReactNode;
}

/** An empty screen that teaches. */
export function EmptyState({ icon, title, text, action }: Props) {
  return (
    <div className="sk-empty">
      {icon && <span className="sk-empty-icon" aria-hidden>{icon}</span>}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {action}
    </div>
  );
}
