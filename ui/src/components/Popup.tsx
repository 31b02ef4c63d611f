import type { ReactElement } from "react";
import { useSettled } from "../lib/ready";

/**
 * A control that can open something: a menu, a tip. What opens is hung on it once the first page stands, since dozens
 * of them are dear and nobody can have reached for one before.
 */
export function Popup({ on, children }: { on: (control: ReactElement) => ReactElement; children: ReactElement }) {
  return useSettled() ? on(children) : children;
}
