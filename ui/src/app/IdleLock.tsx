import { useEffect, useRef } from "react";
import { useBecome } from "../lib/who";

const HANDS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const LOOK_MS = 5_000;

/**
 * Signs out whoever has left the desk: after so many minutes without a hand on it. Time is compared rather than counted, since a
 * computer that slept has no hand on it, either. What was being typed is kept as a draft.
 */
export function IdleLock({ minutes }: { minutes: number }) {
  const last = useRef(Date.now());
  const out = useBecome("access.sign_out");
  const leave = useRef(out.mutate);
  leave.current = out.mutate;

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
