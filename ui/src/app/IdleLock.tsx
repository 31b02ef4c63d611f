import { useEffect, useRef } from "react";
import { useBecome } from "../lib/who";

const HANDS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const LOOK_MS = 5_000;

/**
 * Locks the desk of whoever has left it: after so many minutes without a hand on it. Time is compared rather than counted, since a
 * computer that slept has no hand on it, either. A PIN opens it again where one is enough, or else the password. What was being typed is kept as a draft.
 */
export function IdleLock({ minutes }: { minutes: number }) {
  const last = useRef(Date.now());
  const lock = useBecome("access.lock");
  const leave = useRef(lock.mutate);
  leave.current = lock.mutate;

  useEffect(() => {
    const seen = () => {
      last.current = Date.now();
    };
    seen();
    for (const hand of HANDS) window.addEventListener(hand, seen, { passive: true, capture: true });
    const timer = setInterval(() => {
      if (Date.now() - last.current < minutes * 60_000) return;
      seen();
      leave.current({});
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      for (const hand of HANDS) window.removeEventListener(hand, seen, { capture: true });
    };
  }, [minutes]);
  return null;
}
