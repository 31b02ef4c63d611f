/** Which orders are news to this window: neither seen before, nor older than what was seen, nor placed here. */
export interface Seen {
  ids: ReadonlySet<string>;
  newest: number;
}

interface Listed {
  id: string;
  placed_at: number;
}

const placedHere = new Set<string>();

/** Nobody wants to be told of the order just taken at this very counter. */
export function placedAtThisDesk(id: string): void {
  placedHere.add(id);
}

/** `seen` is null at the start: what is there already is no news. An import of old orders is none, either. */
export function news<Row extends Listed>(seen: Seen | null, rows: Row[]): { fresh: Row[]; seen: Seen } {
  const fresh = seen ? rows.filter((r) => !seen.ids.has(r.id) && !placedHere.has(r.id) && r.placed_at >= seen.newest) : [];
  return {
    fresh,
    seen: {
      ids: new Set([...(seen?.ids ?? []), ...rows.map((r) => r.id)]),
      newest: rows.reduce((n, r) => Math.max(n, r.placed_at), seen?.newest ?? 0),
    },
  };
}
