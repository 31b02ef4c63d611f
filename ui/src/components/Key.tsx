import { keyLabel } from "../lib/hotkeys";

/** The key that does the same as the button it stands in. For the eye only: the button's name stays what it does. */
export function Key({ of }: { of: string }) {
  return (
    <kbd className="sk-key" aria-hidden>
      {keyLabel(of)}
    </kbd>
  );
}
