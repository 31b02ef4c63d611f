import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../../components/useToast";
import { useTell } from "../../lib/api";
import { useDraft } from "../../lib/drafts";
import { FlagSelect } from "../FlagMark";
import { TagInput } from "../Tags";
import type { Flag, Order } from "../types";

/** What colleagues tell each other about the order: a mark, a name, tags, a remark. Each is saved at once and can be taken back. */
export function Notes({ order }: { order: Order }) {
  const { t } = useTranslation();
  const toast = useToast();
  const annotate = useTell("orders.annotate", { undo: () => t("orders.noted", { number: order.number }), onError: (e) => toast.error(e) });
  const write = (patch: { flag?: Flag; assignee?: string; tags?: string[]; seller_note?: string }) => annotate.mutateAsync({ orders: [{ order_id: order.id, version: order.version, ...patch }] }).catch(() => undefined);
  const [assignee, setAssignee] = useState(order.assignee);
  const note = useDraft(`orders.note.${order.id}`, order.seller_note);
  useEffect(() => setAssignee(order.assignee), [order.assignee]);

  const saveNote = () => {
    const text = note.value.trim();
    if (text === order.seller_note) note.clear(text);
    else void write({ seller_note: text }).then((ok) => ok !== undefined && note.clear(text));
  };

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
      <label htmlFor="so-seller-note">{t("orders.sellerNote")}</label>
      <Input.TextArea
        id="so-seller-note"
        value={note.value}
        maxLength={1000}
        rows={2}
        placeholder={t("orders.notShown")}
        onChange={(e) => note.set(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            saveNote();
          }
        }}
      />
      {note.value.trim() !== order.seller_note && (
        <div className="sk-actions so-note-actions">
          <Button size="small" type="primary" loading={annotate.isPending} onClick={saveNote}>
            {t("common.save")}
          </Button>
          <Button size="small" type="text" onClick={() => note.clear(order.seller_note)}>
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
