import { useCallback, useSyncExternalStore } from "react";

/** Whether the screen is as the media query says, now and whenever that changes. */
export function useMedia(query: string, unknown = false): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = window.matchMedia?.(query);
      media?.addEventListener("change", changed);
      return () => media?.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia?.(query).matches ?? unknown);
}

/** How much room there is: `narrow` is a phone's width, `wide` a desk's. */
export function useScreen(): { narrow: boolean; wide: boolean } {
  return { narrow: !useMedia("(min-width: 768px)", true), wide: useMedia("(min-width: 992px)", true) };
}
