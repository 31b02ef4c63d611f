import { keyLabel } from "../lib/hotkeys";

/** The key that does the same as the button it stands in. Drawn, not written: the button's text and name stay what it does. */
export function Key({ of }: { of: string }) {
  return <kbd className="sk-key" aria-hidden data-key={keyLabel(of)} />;
}
