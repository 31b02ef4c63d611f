import { prefs } from "../lib/prefs";
import { useMedia } from "../lib/screen";
import { useStore } from "../lib/store";

// The pine green of a ledger's cloth, and the vermilion of the seal on it. Both reach 4.5 : 1 against what they stand on.
export const brand = { pine: "#0b6b63", pineBright: "#3fb8aa", seal: "#b8402a", sealBright: "#f08a6c" };

// The system's own letters, which hold Chinese or lead to it by the page's language. Naming families is dear where one is
// missing: WebKitGTK then looks through all fonts, for each size and weight (an eighth of a second at the start), and on Linux
// the name "system-ui" is searched for in the same way.
export const FONT = /Linux/.test(navigator.userAgent) ? "sans-serif" : "system-ui, sans-serif";

/** Which of the two faces is showing, with "system" resolved and followed. */
export function useDark(): boolean {
  const choice = useStore(prefs).theme;
  const system = useMedia("(prefers-color-scheme: dark)");
  return choice === "dark" || (choice === "system" && system);
}

/** Without this nonce the strict content policy would leave every component unstyled. */
export function styleNonce(): string | undefined {
  return document.querySelector<HTMLStyleElement>("style[data-nonce]")?.nonce || undefined;
}
