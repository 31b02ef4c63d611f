import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { StaleMerge } from "../../components/StaleMerge";
import { useToast } from "../../components/useToast";
import { ask, useTell } from "../../lib/api";
import { useDraft } from "../../lib/drafts";
import { useMerge, useTyped, type Typed } from "../../lib/useMerge";
import { FlagSelect } from "../FlagMark";
import { TagInput } from "../Tags";
import type { Flag, Order } from "../types";

interface Note {
  seller_note: string;
}

/** What colleagues tell each other about the order: a mark, a name, tags, a remark. Each is saved at once and can be taken back. */
export function Notes({ order }: { order: Order }) {
  const { t } = useTranslation();
  const toast = useToast();
  const annotate = useTell("orders.annotate", { undo: () => t("orders.noted", { number: order.number }), onError: (e) => toast.error(e) });
  const write = (patch: { flag?: Flag; assignee?: string; tags?: string[] }) => annotate.mutateAsync({ orders: [{ order_id: order.id, version: order.version, ...patch }] }).catch(() => undefined);
  const [assignee, setAssignee] = useState(order.assignee);
  const live = { version: order.version, value: { seller_note: order.seller_note } };
  const draft = useDraft<Typed<Note> | string>(`orders.note.${order.id}`, { form: live.value, base: live });
  // A program before this one kept the text alone.
  const kept = typeof draft.value === "string" ? { form: { seller_note: draft.value }, base: null } : draft.value;
  const note = useTyped<Note>(kept, (next) => draft.set((old) => next(typeof old === "string" ? { form: { seller_note: old }, base: null } : old)), draft.clear, live);
  const saveNote = useTell("orders.annotate", { undo: () => t("orders.noted", { number: order.number }), onError: (e) => e.code !== "stale" && toast.error(e) });
  const merge = useMerge<Note>({
    kind: "order",
    fields: { seller_note: { label: t("orders.sellerNote"), show: String } },
    mine: note.form,
    base: note.base,
    live,
    newest: async () => {
      const now = await ask("orders.get", { order_id: order.id });
      return { version: now.version, value: { seller_note: now.seller_note } };
    },
    rebase: note.rebase,
    save: async (form, onto) => {
      const seller_note = form.seller_note.trim();
      const version = onto?.version ?? order.version;
      if (seller_note !== onto?.value.seller_note) await saveNote.mutateAsync({ orders: [{ order_id: order.id, version, seller_note }] });
      draft.clear({ form: { seller_note }, base: { version, value: { seller_note } } });
    },
  });
  useEffect(() => setAssignee(order.assignee), [order.assignee]);

  return (
    <section className="so-card" aria-labelledby="so-notes">
      <h2 id="so-notes">{t("orders.team")}</h2>
      <div className="so-row">
        <span>{t("orders.flagTitle")}</span>
        <FlagSelect value={order.flag} onChange={(flag) => void write({ flag })} />
      </div>
      <div className="so-row">
        <label htmlFor="so-assignee">{t("orders.assignee")}</label>
        <Input
          id="so-assignee"
          value={assignee}
          maxLength={60}
          placeholder={t("orders.nobody")}
          autoComplete="off"
          onChange={(e) => setAssignee(e.target.value)}
          onBlur={() => assignee.trim() !== order.assignee && void write({ assignee: assignee.trim() })}
          onPressEnter={(e) => e.currentTarget.blur()}
        />
      </div>
      <div className="so-row">
        <label htmlFor="so-tags">{t("orders.tags")}</label>
        <TagInput id="so-tags" value={order.tags} onChange={(tags) => void write({ tags })} />
      </div>
      <StaleMerge merge={merge} />
      <label htmlFor="so-seller-note">{t("orders.sellerNote")}</label>
      <Input.TextArea
        id="so-seller-note"
        value={note.form.seller_note}
        maxLength={1000}
        rows={2}
        placeholder={t("orders.notShown")}
        onChange={(e) => note.put({ seller_note: e.target.value })}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            void merge.submit();
          }
        }}
      />
      {note.form.seller_note.trim() !== (note.base?.value.seller_note ?? order.seller_note) && (
        <div className="sk-actions so-note-actions">
          <Button size="small" type="primary" loading={merge.busy} onClick={() => void merge.submit()}>
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
