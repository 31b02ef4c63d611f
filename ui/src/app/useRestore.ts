import { useState } from "react";
import { ask, tell } from "../lib/api";

/** Brings a backup into this computer's own place, where there is no shop, or only a damaged one. */
export function useRestore(onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const restore = async () => {
    setError(null);
    try {
      const path = await ask("app.pick_open", { endings: [] });
      if (!path) return;
      setBusy(true);
      await tell("app.restore", { path, replace: false });
      onDone();
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return { restore, busy, error };
}
