import type { i18n as I18n } from "i18next";
import { titleOf, type Titled } from "./titles";

/** What a refused command or query throws. `code` and `data` come from the wire; `call` is the dotted name that was refused. */
export class ApiError extends Error {
  readonly code: string;
  readonly data: Record<string, unknown>;
  readonly call: string;

  constructor(call: string, code: string, data: Record<string, unknown> = {}) {
    super(`${call}: ${code}`);
    this.name = "ApiError";
    this.call = call;
    this.code = code;
    this.data = data;
  }
}

/** Turns whatever arrived in place of an answer into an ApiError. Tauri's own refusals are plain strings. */
export function toApiError(call: string, raw: unknown): ApiError {
  if (raw instanceof ApiError) return raw;
  if (typeof raw === "string") return new ApiError(call, "refused", { message: raw });
  if (raw instanceof TypeError) return new ApiError(call, "unreachable", { message: raw.message });
  if (raw instanceof Error) return new ApiError(call, "internal", { message: raw.message });
  if (raw && typeof raw === "object") {
    const { code, ...data } = raw as Record<string, unknown>;
    if (typeof code === "string") return new ApiError(call, code, data);
    // A newer program may wrap the tagged error once more.
    const inner = (raw as { error?: unknown }).error;
    if (inner && inner !== raw) return toApiError(call, inner);
  }
  return new ApiError(call, "internal", { message: JSON.stringify(raw) });
}

export interface ErrorText {
  /** What happened, in one sentence. */
  title: string;
  /** What to do next. */
  next: string;
  /** What support needs to find it in the log. */
  ref?: string;
}

/**
 * The words for an error, by code and data, never by message.
 * `<area>.errors.<code>` wins over `errors.<code>`, so that an area can say it in its own terms;
 * each holds `title` and `next`, and may use the error's data as {{variables}}.
 */
export function describeError(i18n: I18n, raw: unknown): ErrorText {
  const e = toApiError("app", raw);
  const t = i18n.t.bind(i18n) as unknown as (key: string, data?: Record<string, unknown>) => string;
  const area = e.call.split(".")[0] ?? "app";
  const d = e.data;
  const word = (keys: string[], fallback: unknown) => {
    const k = keys.find((x) => i18n.exists(x));
    return k ? t(k, { detail: d.detail }) : String(fallback ?? "");
  };
  // Names of things travel as words of the wire ("customer", "too_long"); people read their own.
  const data: Record<string, unknown> = {
    ...d,
    code: e.code,
    ...(d.kind !== undefined ? { kind: word([`kinds.${String(d.kind)}`], d.kind) } : {}),
    ...(d.by !== undefined ? { by: word([`kinds.${String(d.by)}`], d.by) } : {}),
    ...(d.permission !== undefined ? { permission: word([`access.permission.${String(d.permission)}`], d.permission) } : {}),
    // Of a role that sees a part; that of refunds is an amount.
    ...(typeof d.limit === "string" ? { limit: word([`access.limit.${d.limit}`], d.limit) } : {}),
    ...(d.module !== undefined ? { module: word([`access.module.${String(d.module)}`], d.module) } : {}),
    ...(d.needed !== undefined ? { needed: word([`access.module.${String(d.needed)}`], d.needed) } : {}),
    ...(d.field !== undefined ? { field: fieldName(String(d.field), area, word) } : {}),
    ...(d.rule !== undefined ? { rule: word([`rules.${String(d.rule)}`, "rules.wrong"], d.rule) } : {}),
    ...(d.state !== undefined ? { state: word(stateKeys(String(d.kind), String(d.state)), d.state) } : {}),
    ...(d.reason !== undefined ? { reason: word([`reasons.${String(d.reason).replace(/\W+/g, "_")}`, "reasons.other"], d.reason) } : {}),
    ...(Array.isArray(d.lines) ? { what: d.lines.map((l) => shortage(l, i18n.language, t)).join(t("common.comma")) } : {}),
    ...(Array.isArray(d.skus) ? { what: d.skus.join(t("common.comma")) } : {}),
  };
  // What is wrong with a shop is not said as what is wrong with an order.
  const codes = [...(d.kind === undefined ? [] : [`${e.code}_${String(d.kind)}`]), e.code];
  const base = codes.flatMap((code) => [`${area}.errors.${code}`, `errors.${code}`]).find((k) => i18n.exists(`${k}.title`)) ?? "errors.internal";
  const ref = [d.reference, d.ref].find((x) => typeof x === "string") as string | undefined;
  return {
    title: t(`${base}.title`, data),
    next: i18n.exists(`${base}.next`) ? t(`${base}.next`, data) : t("errors.internal.next"),
    ...(ref ? { ref } : base === "errors.internal" ? { ref: `${e.call}:${e.code}` } : {}),
  };
}

/** A state is a word of the thing it is the state of; some things have states that no list shows. */
function stateKeys(kind: string, state: string): string[] {
  const own = { order: "status.stage", product: "status.product", import: "status.job", parcel: "shipping.state" }[kind];
  return [...(own ? [`${own}.${state}`] : []), `states.${state}`, `status.stage.${state}`, `status.payment.${state}`];
}

/** `lines.2.qty` is the quantity of the third line; a person reads "Quantity (3)". */
function fieldName(field: string, area: string, word: (keys: string[], fallback: unknown) => string): string {
  const at = /\.(\d+)(?:\.|$)/.exec(field)?.[1];
  const last = field.split(".").filter((p) => !/^\d+$/.test(p)).at(-1) ?? field;
  const plain = field.replace(/\.\d+/g, "");
  const name = word([field, plain, last].flatMap((f) => [`${area}.fields.${f}`, `fields.${f}`]), field);
  return at === undefined ? name : `${name} (${Number(at) + 1})`;
}

function shortage(line: unknown, lang: string, t: (key: string, data?: Record<string, unknown>) => string): string {
  const l = (line ?? {}) as Partial<Titled> & Record<string, unknown>;
  return t("errors.shortage", { title: titleOf({ title: l.title ?? "", title_en: l.title_en }, lang) || l.sku, wanted: l.wanted, available: l.available });
}
