import { useTranslation } from "react-i18next";
import { useStatusText, type StatusKind } from "../components/StatusTag";
import { useFormats } from "../lib/shop";
import type { Change, FieldChange } from "./changes";

const MONEY = new Set(["price", "list_price", "cost", "total", "amount", "freight", "discount", "unit_price", "captured", "refunded", "due"]);
const STATUS: Record<string, StatusKind> = { stage: "stage", payment_status: "payment", fulfilment_status: "fulfilment", after_sale_status: "afterSale", state: "product" };

/** From what to what, field by field, in the words of the screens. What has no word on any screen stands in the record below. */
export function Changes({ changes }: { changes: Change[] }) {
  const { t, i18n } = useTranslation();
  const value = useValue();
  const label = (field: string) => (i18n.exists(`fields.${field}`) ? t(`fields.${field}` as "fields.name") : null);
  const kind = (k: string) => (i18n.exists(`kinds.${k}`) ? t(`kinds.${k}` as "kinds.order") : "");
  return (
    <>
      {changes.map((c) => (
        <section key={`${c.kind}-${c.id}`} className="sk-change">
          <h4>{[kind(c.kind), c.name].filter(Boolean).join(" · ")}</h4>
          <dl className="sk-facts">
            {c.fields.map((f) => {
              const name = label(f.field);
              return (
                name && (
                  <div key={f.field}>
                    <dt>{name}</dt>
                    <dd>
                      {f.before !== null && (
                        <>
                          <del>{value(f, f.before)}</del> →{" "}
                        </>
                      )}
                      <ins>{value(f, f.after)}</ins>
                    </dd>
                  </div>
                )
              );
            })}
          </dl>
        </section>
      ))}
    </>
  );
}

function useValue(): (f: FieldChange, v: unknown) => string {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const status = useStatusText();
  return ({ field }, v) => {
    if (v === null || v === "" || (Array.isArray(v) && v.length === 0)) return "—";
    if (typeof v === "boolean") return t(v ? "common.yes" : "common.no");
    if (typeof v === "number") return MONEY.has(field) ? f.money(v) : f.count(v);
    if (field === "flag" && i18n.exists(`orders.flag.${String(v)}`)) return t(`orders.flag.${String(v)}` as "orders.flag.red");
    const kind = STATUS[field];
    if (kind && typeof v === "string") return status(kind, v);
    return words(v).slice(0, 200);
  };
}

/** Lists and records by the words in them. */
function words(v: unknown): string {
  if (Array.isArray(v)) return v.map(words).join(", ");
  if (v && typeof v === "object") return Object.values(v).map(words).join(": ");
  return String(v);
}
