import { useState } from "react";
import { ask, tell } from "../lib/api";
import { ApiError } from "../lib/errors";

/** Brings a backup into this computer's own place, where there is no shop, or only a damaged one. */
export function useRestore(onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [encrypted, setEncrypted] = useState<string | null>(null);
  const from = async (path: string) => {
    setEncrypted(null);
    setBusy(true);
    try {
      await tell("app.restore", { path, replace: false });
      onDone();
    } catch (e) {
      // This computer does not know its key: the code is asked for, and it goes on.
      if (e instanceof ApiError && e.code === "encrypted") setEncrypted(path);
      else setError(e);
    }
    setBusy(false);
  };
  const restore = async () => {
    setError(null);
    try {
      const path = await ask("app.pick_open", { endings: [] });
      if (path) await from(path);
    } catch (e) {
      setError(e);
    }
  };
  /** What to ask for the code with; null when no code is wanted. */
  const asking = encrypted === null ? null : { path: encrypted, onOpened: () => void from(encrypted), onClose: () => setEncrypted(null) };
  return { restore, busy, error, asking };
}
