import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

export type Search = Record<string, string>;

/** A list's filters, search text and sorting live in the address: they survive a reload and can be sent to a colleague. */
export function useListState(): { search: Search; set: (patch: Record<string, string | undefined | null>) => void; replace: (all: Search) => void } {
  const raw = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const search = useMemo(() => Object.fromEntries(Object.entries(raw).map(([k, v]) => [k, String(v)])) as Search, [raw]);
  const go = useCallback(
    (next: (old: Search) => Search) => {
      void navigate({ to: ".", search: ((old: Record<string, unknown>) => next(old as Search)) as never, replace: true });
    },
    [navigate],
  );
  const set = useCallback(
    (patch: Record<string, string | undefined | null>) =>
      go((old) => {
        const out: Search = { ...old };
        for (const [k, v] of Object.entries(patch)) {
          if (v === undefined || v === null || v === "") delete out[k];
          else out[k] = v;
        }
        return out;
      }),
    [go],
  );
  const replace = useCallback((all: Search) => go(() => all), [go]);
  return { search, set, replace };
}
