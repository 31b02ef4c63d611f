/** What the audit log says of a command, as a person reads it: of what, which fields, from what to what. */

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

export interface Change {
  /** order, product, sku … */
  kind: string;
  id: string;
  /** The name it bears: a number, a title, a code. Empty when the log has none. */
  name: string;
  fields: FieldChange[];
}

type Facts = Record<string, unknown>;

/** Facts about the row, not about the thing: nobody typed them. */
const PLUMBING = new Set(["id", "version", "created_at", "updated_at", "position"]);

const NAMES = ["number", "title", "name", "code"];

function facts(v: unknown): Facts {
  return v && typeof v === "object" && !Array.isArray(v) ? (v as Facts) : {};
}

/** A record within a record (the preferences of a shop) is told by its own fields. */
function flat(v: unknown): Facts {
  return Object.fromEntries(Object.entries(facts(v)).flatMap(([k, x]) => (x && typeof x === "object" && !Array.isArray(x) ? Object.entries(x as Facts) : [[k, x]])));
}

/** Reads leniently: an older program may have written it. */
export function readChanges(json: string): Change[] {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(raw)) return [];
  return raw.map((c) => {
    const { kind, id, before, after } = facts(c);
    const [was, is] = [flat(before), flat(after)];
    const name = NAMES.map((n) => is[n] ?? was[n]).find((x) => typeof x === "string" && x !== "");
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((f) => !PLUMBING.has(f) && JSON.stringify(was[f] ?? null) !== JSON.stringify(is[f] ?? null))
      .map((field) => ({ field, before: was[field] ?? null, after: is[field] ?? null }));
    return { kind: String(kind ?? ""), id: String(id ?? ""), name: String(name ?? ""), fields };
  });
}

/** What the command was about, by name: "SO-20261122-0004", "Linen shirt". */
export function aboutOf(changes: Change[], subject: string | null): string {
  return (changes.find((c) => c.id === subject && c.name !== "") ?? changes.find((c) => c.name !== ""))?.name ?? "";
}

const PAGES: Record<string, string> = { orders: "/orders", payments: "/orders", shipping: "/orders", catalog: "/catalog", customers: "/customers", imports: "/imports" };

/** The page of what the command was about. Only a subject that the log itself names as such a thing has one. */
export function pageOf(command: string, subject: string | null, changes: Change[]): string | null {
  if (!subject) return null;
  const area = command.split(".")[0] ?? "";
  const kind = { orders: "order", payments: "order", shipping: "order", catalog: "product", customers: "customer" }[area];
  if (area !== "imports" && !changes.some((c) => c.id === subject && c.kind === kind)) return null;
  return PAGES[area] ? `${PAGES[area]}/${subject}` : null;
}
