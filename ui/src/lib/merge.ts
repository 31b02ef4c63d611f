/**
 * Three versions of one thing become one: what a form was loaded with, what was typed into it, and what somebody else saved
 * meanwhile. What only one side changed is taken from that side; what both changed, and differently, is for a person to choose.
 */

export type Side = "mine" | "theirs";

/** What was chosen so far, by the path of the difference. */
export type Choices = Readonly<Record<string, Side>>;

/** How one field of a form is merged. Without a rule it is one value, whatever it holds. */
export interface FieldRule {
  /** A list without repetition: what one side adds or takes away holds, so that both sides' changes fit together. */
  set?: boolean;
  /** A list of records, each merged by its own fields. */
  items?: ItemsRule;
}

export interface ItemsRule {
  /** What an item is known by on all sides; `known` holds the ids that more than one side has. */
  key: (item: never, known: ReadonlySet<string>) => string;
  /** What a person fills in of an item. */
  fields: readonly string[];
  /** Fields of an item that belong to which items there are: the combination a variant stands for. */
  shape: readonly string[];
  /** Fields of the form that are settled together with which items there are: the options behind the variants. */
  with: readonly string[];
}

export type Rules = Readonly<Record<string, FieldRule>>;

/** One field that is not the same on all sides. Of an item, `item` is the row as either side has it. */
export interface Difference {
  path: string;
  field: string;
  part: string | null;
  item: unknown;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Settled extends Difference {
  from: Side | "both";
  result: unknown;
}

export interface Merged<T> {
  /** What would be saved; where nothing is chosen yet it holds what was typed. */
  value: T;
  /** Changed by both, and differently. */
  conflicts: Difference[];
  /** How many of them wait for a choice. */
  open: number;
  /** Taken by itself. */
  settled: Settled[];
}

type Fields = Record<string, unknown>;

/** The same to a person: an empty text is as good as none. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(v: unknown): string {
  if (v === undefined || v === null || v === "") return "null";
  if (Array.isArray(v)) return `[${v.map(canonical).join(",")}]`;
  if (typeof v === "object")
    return `{${Object.entries(v)
      .filter(([, x]) => x !== undefined && x !== null && x !== "")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, x]) => `${JSON.stringify(k)}:${canonical(x)}`)
      .join(",")}}`;
  return JSON.stringify(v);
}

/**
 * Fields that no rule names are nobody's typing (ids, versions): they come from `theirs`, which is what the shop has. Without a
 * `base` nothing is known about who changed what, and every difference is one to choose.
 */
export function merge<T extends object>(base: T | null, mine: T, theirs: T, rules: Rules, choices: Choices = {}): Merged<T> {
  const [b, m, t] = [base as Fields | null, mine as Fields, theirs as Fields];
  const out: Fields = { ...m, ...t };
  const conflicts: Difference[] = [];
  const settled: Settled[] = [];

  /** Decides about one value and remembers how. */
  const settle = (d: Difference, known: boolean): unknown => {
    if (same(d.mine, d.theirs)) return d.theirs;
    const mineChanged = !known || !same(d.base, d.mine);
    const theirsChanged = !known || !same(d.base, d.theirs);
    if (mineChanged && theirsChanged) {
      conflicts.push(d);
      return choices[d.path] === "theirs" ? d.theirs : d.mine;
    }
    const from: Side = mineChanged ? "mine" : "theirs";
    const result = d[from];
    settled.push({ ...d, from, result });
    return result;
  };
  const whole = (field: string): Difference => ({ path: field, field, part: null, item: null, base: b?.[field], mine: m[field], theirs: t[field] });

  const bound = new Set(Object.values(rules).flatMap((r) => r.items?.with ?? []));
  for (const [field, rule] of Object.entries(rules)) {
    if (bound.has(field)) continue;
    if (rule.items) Object.assign(out, items(field, rule.items, b, m, t, choices, settle, conflicts, settled));
    else if (rule.set) out[field] = union(whole(field), settled);
    else out[field] = settle(whole(field), b !== null);
  }
  return { value: out as T, conflicts, open: conflicts.filter((c) => choices[c.path] === undefined).length, settled };
}

/** What `theirs` changed since `base`, of the fields that the rules name. */
export function changedSince<T extends object>(base: T | null, theirs: T, rules: Rules): Difference[] {
  return base ? merge(base, base, theirs, rules).settled : merge<T>(null, {} as T, theirs, rules).conflicts;
}

function union(d: Difference, settled: Settled[]): unknown {
  const [b, m, t] = [d.base, d.mine, d.theirs].map((x) => (Array.isArray(x) ? (x as unknown[]) : []));
  const has = (list: unknown[] | undefined, x: unknown) => list?.some((y) => same(x, y)) ?? false;
  if (same(m, t)) return t;
  if (same(b, t)) return settled.push({ ...d, from: "mine", result: m }), m;
  if (same(b, m)) return settled.push({ ...d, from: "theirs", result: t }), t;
  const result = [...(m ?? []).filter((x) => has(t, x) || !has(b, x)), ...(t ?? []).filter((x) => !has(b, x) && !has(m, x))];
  settled.push({ ...d, from: "both", result });
  return result;
}

function items(
  field: string,
  rule: ItemsRule,
  b: Fields | null,
  m: Fields,
  t: Fields,
  choices: Choices,
  settle: (d: Difference, known: boolean) => unknown,
  conflicts: Difference[],
  settled: Settled[],
): Fields {
  const list = (x: Fields | null) => (Array.isArray(x?.[field]) ? (x[field] as Fields[]) : []);
  // A row that was typed anew may be one that the other side saved meanwhile: an id tells rows apart only where two sides have it.
  const ids = [b, m, t].flatMap((x) => list(x).flatMap((i) => (typeof i.id === "string" ? [i.id] : [])));
  const known = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  const keyOf = (i: Fields) => (rule.key as (i: Fields, known: ReadonlySet<string>) => string)(i, known);
  const byKey = (x: Fields | null) => new Map(list(x).map((i) => [keyOf(i), i]));
  const [bs, ms, ts] = [byKey(b), byKey(m), byKey(t)];
  const shape = (x: Fields) => [rule.with.map((w) => x[w]), list(x).map((i) => [keyOf(i), ...rule.shape.map((s) => i[s])])];
  const [mineShape, theirShape] = [shape(m), shape(t)];
  const baseShape = b && shape(b);
  const altered = (side: Map<string, Fields>, key: string) => rule.fields.some((f) => !same(bs.get(key)?.[f], side.get(key)?.[f]));
  /** Would taking `to` throw away a row into which `other` put something? */
  const wouldLose = (other: Map<string, Fields>, to: Map<string, Fields>) => [...other.keys()].some((k) => !to.has(k) && altered(other, k));

  const whole: Difference = { path: field, field, part: null, item: null, base: b?.[field], mine: m[field], theirs: t[field] };
  let from: Side = "theirs";
  if (!same(mineShape, theirShape)) {
    const mineChanged = !baseShape || !same(baseShape, mineShape);
    const theirsChanged = !baseShape || !same(baseShape, theirShape);
    if ((mineChanged && theirsChanged) || (mineChanged ? wouldLose(ts, ms) : wouldLose(ms, ts))) {
      conflicts.push(whole);
      from = choices[field] === "theirs" ? "theirs" : "mine";
    } else {
      from = mineChanged ? "mine" : "theirs";
      settled.push({ ...whole, from, result: (from === "mine" ? m : t)[field] });
    }
  }
  const chosen = from === "mine" ? m : t;
  const rows = list(chosen).map((row) => {
    const key = keyOf(row);
    const [mineRow, theirRow, baseRow] = [ms.get(key), ts.get(key), bs.get(key)];
    if (!mineRow || !theirRow) return row;
    const merged: Fields = { ...mineRow, ...theirRow };
    for (const s of rule.shape) merged[s] = row[s];
    for (const f of rule.fields)
      merged[f] = settle({ path: `${field}/${key}/${f}`, field, part: f, item: row, base: baseRow?.[f], mine: mineRow[f], theirs: theirRow[f] }, baseRow !== undefined);
    return merged;
  });
  return { ...Object.fromEntries(rule.with.map((w) => [w, chosen[w]])), [field]: rows };
}
