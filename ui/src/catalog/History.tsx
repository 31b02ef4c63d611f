import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Timeline } from "../components/Timeline";
import type { ProductFieldChange } from "../bindings";
import { useStatusText } from "../components/StatusTag";
import { Waiting } from "../components/Waiting";
import { useFormats } from "../lib/shop";
import { useWho } from "../lib/who";
import { useHistory } from "./queries";

const SHOWN = 30;

/** What a field of the record is called on the form. */
const WORDS = {
  title: "title",
  title_en: "titleEn",
  description: "description",
  brand: "brand",
  category_id: "category",
  tags: "tags",
  options: "options",
  specs: "specs",
  media: "pictures",
  state: "state",
  code: "code",
  barcode: "barcode",
  price: "price",
  list_price: "listPrice",
  cost: "cost",
  weight_g: "weight",
  volume_cm3: "volume",
  low_stock: "lowAt",
  backorder: "backorder",
} as const;

/** Who changed what, when, from what to what. */
export function History({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const status = useStatusText();
  const who = useWho();
  const q = useHistory(id);
  if (q.error) return <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />;
  if (!q.data) return <Waiting />;
  if (q.data.items.length === 0) return <EmptyState title={t("catalog.noHistory")} />;
  const value = (field: string, text: string | null) => {
    if (text === null || text === "") return "—";
    if (field === "price" || field === "list_price" || field === "cost") return f.money(Number(text));
    if (field === "state") return status("product", text);
    if (field === "tags" || field === "options" || field === "specs") return plain(text).slice(0, 120);
    return text.slice(0, 120);
  };
  // A SKU that is new is told by its code; the rest of it stands on the form.
  const told = (c: ProductFieldChange) => c.field in WORDS && !(c.kind === "sku" && c.before === null && c.field !== "code");
  return (
    <Timeline
      events={q.data.items.map((c) => ({
        key: c.command_id,
        at: c.at,
        who: who(c.actor_name),
        title: (
          <>
            {i18n.exists(`catalog.did.${c.command.split(".")[1]}`) ? t(`catalog.did.${c.command.split(".")[1]}` as "catalog.title") : c.command} {c.undone && <Tag>{t("catalog.undone")}</Tag>}
          </>
        ),
        detail: (
          <ul className="ca-diff">
            {c.fields
              .filter(told)
              .slice(0, SHOWN)
              .map((x, i) => (
                <li key={i}>
                  {t(`catalog.${WORDS[x.field as keyof typeof WORDS]}`)}
                  {!["category_id", "media", "backorder"].includes(x.field) && (
                    <>
                      : {x.before !== null && <><del>{value(x.field, x.before)}</del> → </>}
                      <ins>{value(x.field, x.after)}</ins>
                    </>
                  )}
                </li>
              ))}
          </ul>
        ),
      }))}
    />
  );
}

/** Lists are kept as JSON: their words are what people read. */
function plain(json: string): string {
  const words = (v: unknown): string => (Array.isArray(v) ? v.map(words).join(", ") : v && typeof v === "object" ? Object.values(v).map(words).join(": ") : String(v));
  try {
    return words(JSON.parse(json));
  } catch {
    return json;
  }
}
