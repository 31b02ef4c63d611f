import { describe, expect, it } from "vitest";
import { changedSince, merge, same, type Rules, type Side } from "./merge";

interface Row {
  id: string | null;
  values: string[];
  price: number;
  code: string;
}
interface Thing {
  version: number;
  title: string;
  note: string | null;
  tags: string[];
  options: string[];
  rows: Row[];
}

const rules: Rules = {
  title: {},
  note: {},
  tags: { set: true },
  options: {},
  rows: { items: { key: (r: Row, known: ReadonlySet<string>) => (r.id && known.has(r.id) ? r.id : r.values.join("/")), fields: ["price", "code"], shape: ["values"], with: ["options"] } },
};
const row = (id: string | null, price: number, values: string[] = [id ?? "new"]): Row => ({ id, values, price, code: `C-${values.join("-")}` });
const base: Thing = { version: 1, title: "Tea", note: null, tags: ["a", "b"], options: ["S", "M"], rows: [row("1", 100, ["S"]), row("2", 200, ["M"])] };
const theirsOf = (patch: Partial<Thing>): Thing => ({ ...base, version: 2, ...patch });

describe("two people at one thing", () => {
  it("takes from each side what only that side changed, and the version of the shop", () => {
    const m = merge(base, { ...base, title: "Green tea" }, theirsOf({ note: "heavy" }), rules);
    expect(m.value).toMatchObject({ title: "Green tea", note: "heavy", version: 2 });
    expect(m.conflicts).toEqual([]);
    expect(m.settled.map((s) => [s.path, s.from])).toEqual([
      ["title", "mine"],
      ["note", "theirs"],
    ]);
  });

  it("asks where both changed one field, and keeps what was typed until it is told", () => {
    const [mine, theirs] = [{ ...base, title: "Green tea" }, theirsOf({ title: "Black tea" })];
    const asked = merge(base, mine, theirs, rules);
    expect(asked.conflicts).toMatchObject([{ path: "title", base: "Tea", mine: "Green tea", theirs: "Black tea" }]);
    expect([asked.open, asked.value.title]).toEqual([1, "Green tea"]);
    const told = merge(base, mine, theirs, rules, { title: "theirs" });
    expect([told.open, told.value.title, told.conflicts.length]).toEqual([0, "Black tea", 1]);
  });

  it("asks nothing where both came to the same", () => {
    const m = merge(base, { ...base, title: "Green tea", note: "" }, theirsOf({ title: "Green tea" }), rules);
    expect([m.conflicts, m.settled]).toEqual([[], []]);
  });

  it("joins what both did to a set", () => {
    const m = merge(base, { ...base, tags: ["b", "mine"] }, theirsOf({ tags: ["a", "b", "theirs"] }), rules);
    expect(m.value.tags).toEqual(["b", "mine", "theirs"]);
    expect(m.settled).toMatchObject([{ path: "tags", from: "both" }]);
    // Their order counts, too: the first picture is the cover.
    expect(merge(base, { ...base, tags: ["b", "a"] }, theirsOf({ title: "x" }), rules).value.tags).toEqual(["b", "a"]);
  });

  it("merges the rows of a list one by one, also when their order changed", () => {
    const mine = { ...base, rows: [row("1", 150, ["S"]), row("2", 200, ["M"])] };
    const m = merge(base, mine, theirsOf({ options: ["M", "S"], rows: [row("2", 250, ["M"]), row("1", 100, ["S"])] }), rules);
    expect(m.conflicts).toEqual([]);
    expect(m.value.rows.map((r) => [r.id, r.price])).toEqual([["2", 250], ["1", 150]]);
    expect(m.value.options).toEqual(["M", "S"]);
  });

  it("asks for one field of one row", () => {
    const mine = { ...base, rows: [row("1", 150, ["S"]), row("2", 220, ["M"])] };
    const m = merge(base, mine, theirsOf({ rows: [row("1", 180, ["S"]), row("2", 200, ["M"])] }), rules, { "rows/1/price": "theirs" });
    expect(m.conflicts).toMatchObject([{ path: "rows/1/price", part: "price", mine: 150, theirs: 180 }]);
    expect(m.value.rows.map((r) => r.price)).toEqual([180, 220]);
  });

  it("keeps a row that one side added beside what the other typed into the rest", () => {
    const mine = { ...base, options: ["S", "M", "L"], rows: [...base.rows, row(null, 300, ["L"])] };
    const m = merge(base, mine, theirsOf({ rows: [row("1", 111, ["S"]), row("2", 200, ["M"])] }), rules);
    expect(m.conflicts).toEqual([]);
    expect(m.value.rows.map((r) => r.price)).toEqual([111, 200, 300]);
    expect(m.value.options).toEqual(["S", "M", "L"]);
  });

  it("asks which rows there are when both changed that, with the options behind them", () => {
    const mine = { ...base, options: ["S", "M", "L"], rows: [...base.rows, row(null, 300, ["L"])] };
    const theirs = theirsOf({ options: ["S", "M", "XL"], rows: [...base.rows, row("9", 400, ["XL"])] });
    expect(merge(base, mine, theirs, rules).conflicts.map((c) => c.path)).toEqual(["rows"]);
    const taken = merge(base, mine, theirs, rules, { rows: "theirs" });
    expect([taken.value.options, taken.value.rows.map((r) => r.id)]).toEqual([["S", "M", "XL"], ["1", "2", "9"]]);
    const own = merge(base, mine, theirs, rules, { rows: "mine" });
    expect(own.value.rows.map((r) => r.values[0])).toEqual(["S", "M", "L"]);
  });

  it("takes a new row of both for one, with the id of the shop", () => {
    const options = ["S", "M", "L"];
    const m = merge(base, { ...base, options, rows: [...base.rows, row(null, 300, ["L"])] }, theirsOf({ options, rows: [...base.rows, row("9", 310, ["L"])] }), rules);
    expect(m.conflicts.map((c) => [c.part, c.mine, c.theirs])).toEqual([["price", 300, 310]]);
    expect(m.value.rows[2]).toMatchObject({ id: "9", price: 300 });
  });

  it("does not let a removed row take along what was typed into it", () => {
    const mine = { ...base, rows: [row("1", 100, ["S"]), row("2", 999, ["M"])] };
    const gone = theirsOf({ options: ["S"], rows: [row("1", 100, ["S"])] });
    const m = merge(base, mine, gone, rules);
    expect(m.conflicts.map((c) => c.path)).toEqual(["rows"]);
    expect(m.value.rows.map((r) => r.price)).toEqual([100, 999]);
    // Where nothing was typed into it, it goes.
    expect(merge(base, { ...base, title: "x" }, gone, rules).value.rows).toHaveLength(1);
  });

  it("asks about every difference when nobody knows how it began", () => {
    const m = merge<Thing>(null, { ...base, title: "x" }, theirsOf({ note: "y" }), rules);
    expect(m.conflicts.map((c) => c.path)).toEqual(["title", "note"]);
  });

  it("says what changed since", () => {
    expect(changedSince(base, theirsOf({ title: "x", rows: [row("1", 101, ["S"]), row("2", 200, ["M"])] }), rules).map((d) => d.path)).toEqual(["title", "rows/1/price"]);
    expect(changedSince(base, { ...base, version: 9 }, rules)).toEqual([]);
  });
});

// Any three versions, by seeded dice: the seed is in the name of the failed case.
function dice(seed: number): (n: number) => number {
  let s = seed * 2654435761 + 1;
  return (n) => {
    s = (Math.imul(s ^ (s >>> 15), 2246822519) + 0x9e3779b9) | 0;
    s ^= s >>> 13;
    return (s >>> 0) % n;
  };
}

function anyEdit(of: Thing, roll: (n: number) => number): Thing {
  const out: Thing = structuredClone(of);
  for (let n = roll(4); n > 0; n--) {
    const what = roll(8);
    const at = out.rows[roll(Math.max(1, out.rows.length))];
    if (what === 0) out.title = `T${roll(3)}`;
    if (what === 1) out.note = roll(2) ? `N${roll(3)}` : null;
    if (what === 2) out.tags = [...new Set([...out.tags, `t${roll(4)}`])];
    if (what === 3) out.tags = out.tags.slice(roll(2));
    if ((what === 4 || what === 5) && at) at.price = roll(4) * 100;
    if (what === 6 && out.rows.length > 1) {
      const dropped = out.rows.splice(roll(out.rows.length), 1)[0];
      out.options = out.options.filter((o) => o !== dropped?.values[0]);
    }
    if (what === 7) {
      const name = `v${roll(3)}`;
      if (!out.options.includes(name)) {
        out.options.push(name);
        out.rows.push(row(null, roll(4) * 100, [name]));
      }
    }
  }
  return out;
}
const rowsByValue = (t: Thing) => new Map(t.rows.map((r) => [r.values[0], r]));

it("loses no change of anybody, whatever the three versions are", () => {
  for (let seed = 0; seed < 3000; seed++) {
    const roll = dice(seed);
    const start = anyEdit(base, roll);
    start.rows.forEach((r, i) => (r.id = `id${i}`));
    const mine = anyEdit(start, roll);
    const theirs = { ...anyEdit(start, roll), version: 2 };
    theirs.rows.forEach((r, i) => (r.id ??= `new${i}`));
    const undecided = merge(start, mine, theirs, rules);
    const choices = Object.fromEntries(undecided.conflicts.map((c) => [c.path, (roll(2) ? "mine" : "theirs") as Side]));
    // Which rows there are decides which of their fields are asked for.
    const again = merge(start, mine, theirs, rules, choices);
    for (const c of again.conflicts) choices[c.path] ??= roll(2) ? "mine" : "theirs";
    const m = merge(start, mine, theirs, rules, choices);
    const say = (what: string) => `seed ${seed}: ${what}`;
    const sided = (path: string) => m.conflicts.some((c) => c.path === path);

    expect(m.open, say("all is decided")).toBe(0);
    expect(m.value.version, say("the version of the shop")).toBe(2);
    for (const f of ["title", "note"] as const) {
      const [mc, tc] = [!same(start[f], mine[f]), !same(start[f], theirs[f])];
      expect(sided(f), say(`${f} is asked only where both differ`)).toBe(mc && tc && !same(mine[f], theirs[f]));
      const due = sided(f) ? (choices[f] === "mine" ? mine : theirs)[f] : mc ? mine[f] : theirs[f];
      expect(same(m.value[f], due), say(`${f} is ${String(m.value[f])}`)).toBe(true);
    }
    for (const tag of new Set([...start.tags, ...mine.tags, ...theirs.tags])) {
      const [b, o, t] = [start, mine, theirs].map((x) => x.tags.includes(tag));
      expect(m.value.tags.includes(tag), say(`tag ${tag}`)).toBe(b ? Boolean(o && t) : Boolean(o || t));
    }
    const [b, o, t, r] = [start, mine, theirs, m.value].map(rowsByValue) as [Map<string, Row>, Map<string, Row>, Map<string, Row>, Map<string, Row>];
    for (const name of new Set([...b.keys(), ...o.keys(), ...t.keys()])) {
      const [bp, op, tp, rp] = [b, o, t, r].map((x) => x.get(name ?? "")?.price);
      const path = [...m.conflicts].find((c) => c.part === "price" && (c.item as Row).values[0] === name)?.path;
      if (op !== undefined && tp !== undefined && rp !== undefined) {
        if (path) expect(rp, say(`${name} as chosen`)).toBe(choices[path] === "mine" ? op : tp);
        else expect(rp, say(`${name}: the price that was changed`)).toBe(bp !== undefined && same(bp, op) ? tp : op);
      } else if (!sided("rows")) {
        // Nobody was asked: then a row is there unless somebody took it away, and nothing typed into it went with it.
        expect(rp !== undefined, say(`${name} is there`)).toBe(bp === undefined ? (op ?? tp) !== undefined : op !== undefined && tp !== undefined);
        if (rp === undefined && op !== undefined) expect(op, say(`${name}: mine`)).toBe(bp);
        if (rp === undefined && tp !== undefined) expect(tp, say(`${name}: theirs`)).toBe(bp);
      }
    }
    expect(same(m.value.rows.map((x) => x.values[0]).sort(), [...m.value.options].sort()), say("rows fit the options")).toBe(true);
  }
});

it("gives back what was typed when nobody else changed anything, and theirs when nothing was typed", () => {
  for (let seed = 0; seed < 500; seed++) {
    const roll = dice(seed);
    const edited = anyEdit(base, roll);
    const fields = ({ version: _, ...rest }: Thing) => rest;
    expect(fields(merge(base, edited, base, rules).value), `seed ${seed}`).toEqual(fields(edited));
    expect(fields(merge(base, base, edited, rules).value), `seed ${seed}`).toEqual(fields(edited));
  }
});
