import { useState } from "react";
import { ask, tell } from "./api";
import { ApiError } from "./errors";

/** Brings a backup in, with the recovery code when this computer does not know its key. */
type Bring = (code: string | null) => Promise<unknown>;

/** Goes back to a backup, whichever it is: `bring` does it, and is asked again with the code of one that is encrypted. */
export function useRestore(onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState<{ bring: Bring; error: unknown } | null>(null);
  const restore = async (bring: Bring, code: string | null = null) => {
    setBusy(true);
    setError(null);
    try {
      await bring(code);
      setAsked(null);
      onDone();
    } catch (e) {
      if (e instanceof ApiError && e.code === "encrypted") setAsked({ bring, error: null });
      else if (code !== null) setAsked({ bring, error: e });
      else setError(e);
    }
    setBusy(false);
  };
  /** What to ask for the code with; null when no code is wanted. */
  const asking = asked && { busy, error: asked.error, onCode: (code: string) => void restore(asked.bring, code), onClose: () => setAsked(null) };
  return { restore, busy, error, fail: setError, asking };
}

/** The same for a file that is picked, brought into this computer's own place: there is no shop in it, or only a damaged one. */
export function useRestoreFile(onDone: () => void, sure: (path: string, go: () => Promise<void>) => void | Promise<void> = (_, go) => go()) {
  const { restore, fail, ...rest } = useRestore(onDone);
  const pick = async () => {
    fail(null);
    try {
      const path = await ask("app.pick_open", { endings: [] });
      if (path) await sure(path, () => restore((code) => tell("app.restore", { path, code })));
    } catch (e) {
      fail(e);
    }
  };
  return { ...rest, restore: pick };
}
