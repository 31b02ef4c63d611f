import { Suspense, type ReactElement } from "react";
import { useSettled } from "../lib/ready";

interface Props {
  /** The control alone. */
  plain: ReactElement;
  /** The control with its menu or its tip, which may still have to be fetched. */
  children: ReactElement;
}

/**
 * A control that can open something: a menu, a tip. What opens is hung on it once the first page stands, since dozens
 * of them are dear and nobody can have reached for one before.
 */
export function Popup({ plain, children }: Props) {
  return useSettled() ? <Suspense fallback={plain}>{children}</Suspense> : plain;
}
