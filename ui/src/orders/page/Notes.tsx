import { Button, Input } from "antd";
import { useTranslation } from "react-i18next";
import { StaleMerge } from "../../components/StaleMerge";
import { useToast } from "../../components/useToast";
import { ask, useTell } from "../../lib/api";
import { useDraft } from "../../lib/drafts";
import { useMerge, useTyped, useTypedHere, type Typed, type Versioned } from "../../lib/useMerge";
import { FlagSelect } from "../FlagMark";
import { TagInput } from "../Tags";
import type { Flag, Order } from "../types";

/** One field of the order: its name, and what it says. */
type Text = Record<string, string>;

/** A text that is saved by itself. When somebody else wrote another one meanwhile, both are shown. */
function useText(order: Order, field: "seller_note" | "assignee", label: string, typed: { form: Text; base: Versioned<Text> | null; rebase: (value: Text, onto: Versioned<Text>) => void }, saved: (kept: Typed<Text>) => void) {
  const { t } = useTranslation();
  const toast = useToast();
  const annotate = useTell("orders.annotate", { undo: () => t("orders.noted", { number: order.number }), onError: (e) => e.code !== "stale" && toast.error(e) });
  const merge = useMerge<Text>({
    kind: "order",
    fields: { [field]: { label, show: String } },
    mine: typed.form,
    base: typed.base,
    live: textOf(order, field),
    newest: async () => textOf(await ask("orders.get", { order_id: order.id }), field),
    rebase: typed.rebase,
    save: async (form, onto) => {
      const value = { [field]: (form[field] ?? "").trim() };
      const version = onto?.version ?? order.version;
      if (value[field] !== onto?.value[field]) await annotate.mutateAsync({ orders: [{ order_id: order.id, version, ...value }] });
      saved({ form: value, base: { version, value } });
    },
  });
  const text = typed.form[field] ?? "";
  return { text, merge, isTyped: text.trim() !== (typed.base?.value[field] ?? order[field]) };
}

function textOf(order: Order, field: "seller_note" | "assignee"): Versioned<Text> {
  return { version: order.version, value: { [field]: order[field] } };
}

/** What colleagues tell each other about the order: a mark, a name, tags, a remark. Each is saved at once and can be taken back. */
export function Notes({ order }: { order: Order }) {
  const { t } = useTranslation();
  const toast = useToast();
  const annotate = useTell("orders.annotate", { undo: () => t("orders.noted", { number: order.number }), onError: (e) => toast.error(e) });
  const { flag, seller_note, assignee, tags } = order;
  const write = (patch: { flag?: Flag; add_tags?: string[]; remove_tags?: string[] }) => annotate.mutateAsync({ orders: [{ order_id: order.id, seen: { flag, seller_note, assignee, tags }, ...patch }] }).catch(() => undefined);
  const there = textOf(order, "assignee");
  const name = useTypedHere<Text>({ form: there.value, base: there }, there);
  const whose = useText(order, "assignee", t("orders.assignee"), name, (kept) => kept.base && name.rebase(kept.form, kept.base));
  const live = textOf(order, "seller_note");
  const draft = useDraft<Typed<Text> | string>(`orders.note.${order.id}`, { form: live.value, base: live });
  // A program before this one kept the text alone.
  const kept = typeof draft.value === "string" ? { form: { seller_note: draft.value }, base: null } : draft.value;
  const typed = useTyped<Text>(kept, (next) => draft.set((old) => next(typeof old === "string" ? { form: { seller_note: old }, base: null } : old)), draft.clear, live);
  const note = useText(order, "seller_note", t("orders.sellerNote"), typed, draft.clear);

  return (
    <section className="so-card" aria-labelledby="so-notes">
      <h2 id="so-notes">{t("orders.team")}</h2>
      <div className="so-row">
        <span>{t("orders.flagTitle")}</span>
        <FlagSelect value={flag} onChange={(chosen) => void write({ flag: chosen })} />
      </div>
      <StaleMerge merge={whose.merge} />
      <div className="so-row">
        <label htmlFor="so-assignee">{t("orders.assignee")}</label>
        <Input
          id="so-assignee"
          value={whose.text}
          maxLength={60}
          placeholder={t("orders.nobody")}
          autoComplete="off"
          onChange={(e) => name.put({ assignee: e.target.value })}
          onBlur={() => whose.isTyped && void whose.merge.submit()}
          onPressEnter={(e) => e.currentTarget.blur()}
        />
      </div>
      <div className="so-row">
        <label htmlFor="so-tags">{t("orders.tags")}</label>
        <TagInput id="so-tags" value={tags} onChange={(chosen) => void write({ add_tags: chosen.filter((x) => !tags.includes(x)), remove_tags: tags.filter((x) => !chosen.includes(x)) })} />
      </div>
      <StaleMerge merge={note.merge} />
      <label htmlFor="so-seller-note">{t("orders.sellerNote")}</label>
      <Input.TextArea
        id="so-seller-note"
        value={note.text}
        maxLength={1000}
        rows={2}
        placeholder={t("orders.notShown")}
        onChange={(e) => typed.put({ seller_note: e.target.value })}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            void note.merge.submit();
          }
        }}
      />
      {note.isTyped && (
        <div className="sk-actions so-note-actions">
          <Button size="small" type="primary" loading={note.merge.busy} onClick={() => void note.merge.submit()}>
            {t("common.save")}
          </Button>
          <Button size="small" type="text" onClick={() => draft.clear({ form: live.value, base: live })}>
            {t("common.cancel")}
          </Button>
        </div>
      )}
      {order.buyer_note && (
        <p>
          <span className="sk-muted">{t("orders.buyerNote")}: </span>
          {order.buyer_note}
        </p>
      )}
    </section>
  );
}
