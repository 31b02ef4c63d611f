import { useEffect, useRef } from "react";
import { createStore } from "./store";

export interface Hotkey {
  /** "mod+k", "/", "n", "g o" (one after the other), "shift+?" is written "?". `mod` is Ctrl, or ⌘ on a Mac. */
  keys: string;
  /** What it does, translated, for the list behind `?`. Without it the key is not listed. */
  label?: string;
  run: (e: KeyboardEvent) => void;
  /** Also while typing in a field. Combinations with `mod` always are. */
  inFields?: boolean;
}

const active = createStore<Hotkey[]>([]);
export const hotkeyStore = active;

/** Keys that work while the calling component is on the screen. The one mounted last wins. */
export function useHotkeys(list: Hotkey[]): void {
  const latest = useRef(list);
  latest.current = list;
  const signature = list.map((h) => `${h.keys}|${h.label ?? ""}`).join("\n");
  useEffect(() => {
    const mine: Hotkey[] = latest.current.map((h, i) => ({ ...h, run: (e) => latest.current[i]?.run(e) }));
    active.set((all) => [...all, ...mine]);
    return () => active.set((all) => all.filter((h) => !mine.includes(h)));
  }, [signature]);
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** The name of what was pressed, in the spelling of `Hotkey.keys`. */
export function keyName(e: KeyboardEvent): string {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key.toLowerCase();
  const mod = isMac ? e.metaKey : e.ctrlKey;
  const parts: string[] = [];
  if (mod) parts.push("mod");
  if (e.altKey) parts.push("alt");
  // Shift is part of a printed sign such as "?"; it counts only with letters and named keys.
  if (e.shiftKey && (e.key.length > 1 || (mod && /^[a-z]$/i.test(e.key)))) parts.push("shift");
  parts.push(key === " " ? "space" : key);
  return parts.join("+");
}

/** For reading: "Ctrl+K", "⌘K", "G then O". */
export function keyLabel(keys: string): string {
  return keys
    .split(" ")
    .map((k) =>
      k
        .split("+")
        .map((p) => (p === "mod" ? (isMac ? "⌘" : "Ctrl") : p === "enter" ? "Enter" : p === "escape" ? "Esc" : p === "arrowdown" ? "↓" : p.length === 1 ? p.toUpperCase() : (p[0] ?? "").toUpperCase() + p.slice(1)))
        .join(isMac ? "" : "+"),
    )
    .join(" ");
}

let pendingPrefix: { key: string; at: number } | null = null;

/** The shell listens once, for everybody. Input methods' keystrokes (pinyin being composed) are never ours. */
export function installHotkeys(): () => void {
  const onKey = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing || e.keyCode === 229) return;
    if (["Control", "Meta", "Shift", "Alt"].includes(e.key)) return;
    const name = keyName(e);
    const typing = isTyping(e.target);
    const list = [...active.get()].reverse();
    const sequence = pendingPrefix && Date.now() - pendingPrefix.at < 1200 ? `${pendingPrefix.key} ${name}` : null;
    pendingPrefix = null;
    const hit =
      (sequence && list.find((h) => h.keys === sequence && !typing)) ||
      list.find((h) => h.keys === name && (!typing || h.inFields || name.startsWith("mod+")));
    if (hit) {
      // The browser's own undo belongs to the field that is being typed in.
      if (typing && name === "mod+z" && !hit.inFields) return;
      e.preventDefault();
      hit.run(e);
      return;
    }
    if (!typing && list.some((h) => h.keys.startsWith(`${name} `))) pendingPrefix = { key: name, at: Date.now() };
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}
