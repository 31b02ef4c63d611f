import { Alert, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money } from "../components/Money";
import { StatusTag } from "../components/StatusTag";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { useFormats } from "../lib/shop";
import { FlagSelect } from "./FlagMark";
import { TagInput } from "./Tags";
import type { Bulk, Flag, Row } from "./types";

export type BulkKind = "flag" | "assign" | "tag" | "archive" | "unarchive" | "approve";

interface Props {
  kind: BulkKind;
  rows: Row[];
  onClose: () => void;
  onDone: () => void;
}

const SHOWN = 8;

/** Which of the chosen orders the action means; the others are left alone, and that is said beforehand. */
export function meant(kind: BulkKind, rows: Row[]): Row[] {
  if (kind === "approve") return rows.filter((r) => r.stage === "review" && r.holds === 0);
  if (kind === "archive") return rows.filter((r) => !r.archived);
  if (kind === "unarchive") return rows.filter((r) => r.archived);
  return rows;
}

/** What a bulk action is going to do, before it does it; and the way back afterwards. */
export function BulkModal({ kind, rows, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const [flag, setFlag] = useState<Flag>("red");
  const [assignee, setAssignee] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const chosen = meant(kind, rows);
  const done = (b: Bulk) => t(`orders.bulk.${kind}.done`, { count: b.changed.length });
  const annotate = useTell("orders.annotate", { undo: done });
  const archive = useTell("orders.archive", { undo: done });
  const unarchive = useTell("orders.unarchive", { undo: done });
  const review = useTell("orders.review");
  // Each kind with its own command and input.
  const does = {
    flag: { tell: annotate, run: () => annotate.mutateAsync({ orders: chosen.map((r) => ({ order_id: r.id, flag })) }) },
    assign: { tell: annotate, run: () => annotate.mutateAsync({ orders: chosen.map((r) => ({ order_id: r.id, assignee: assignee.trim() })) }) },
    tag: { tell: annotate, run: () => annotate.mutateAsync({ orders: chosen.map((r) => ({ order_id: r.id, add_tags: tags })) }) },
    archive: { tell: archive, run: () => archive.mutateAsync({ order_ids: chosen.map((r) => r.id) }) },
    unarchive: { tell: unarchive, run: () => unarchive.mutateAsync({ order_ids: chosen.map((r) => r.id) }) },
    approve: { tell: review, run: () => review.mutateAsync({ order_ids: chosen.map((r) => r.id) }) },
  }[kind];
  const tell = does.tell;

  const run = async () => {
    try {
      const answer = await does.run();
      if (kind === "approve" && answer.changed.length > 0) toast.success(done(answer));
      if (answer.skipped.length > 0) toast.info(t("orders.bulk.skipped", { count: answer.skipped.length, what: answer.skipped.slice(0, 5).map((s) => s.number).join(t("common.comma")) }));
      onDone();
      onClose();
    } catch {
      // Shown in the window.
    }
  };

  return (
    <Modal open title={t(`orders.bulk.${kind}.title`)} okText={t(`orders.bulk.${kind}.run`, { count: chosen.length })} okButtonProps={{ disabled: chosen.length === 0 || (kind === "tag" && tags.length === 0), autoFocus: !["assign", "flag", "tag"].includes(kind) }} confirmLoading={tell.isPending} onOk={() => void run()} onCancel={onClose}>
      {tell.error && <ErrorNotice error={tell.error} />}
      {kind === "flag" && (
        <Form.Item label={t("orders.flagTitle")}>
          <FlagSelect value={flag} onChange={setFlag} />
        </Form.Item>
      )}
      {kind === "assign" && (
        <Form.Item label={t("orders.assignee")} htmlFor="so-assign" extra={t("orders.assigneeHint")}>
          <Input id="so-assign" autoFocus value={assignee} maxLength={60} onChange={(e) => setAssignee(e.target.value)} onPressEnter={() => void run()} />
        </Form.Item>
      )}
      {kind === "tag" && (
        <Form.Item label={t("orders.tags")} htmlFor="so-tag">
          <TagInput id="so-tag" autoFocus value={tags} onChange={setTags} />
        </Form.Item>
      )}
      {chosen.length < rows.length && <Alert type="info" showIcon title={t(`orders.bulk.${kind}.others`, { count: rows.length - chosen.length })} style={{ marginBottom: 12 }} />}
      <table className="so-preview">
        <caption className="sk-visually-hidden">{t("orders.bulk.preview")}</caption>
        <tbody>
          {chosen.slice(0, SHOWN).map((r) => (
            <tr key={r.id}>
              <td className="sk-num">{r.number}</td>
              <td>{r.buyer_name}</td>
              <td>
                <StatusTag kind="stage" value={r.stage} />
              </td>
              <td className="so-end">
                <Money minor={r.total} currency={r.currency} />
              </td>
            </tr>
          ))}
        </tbody>
        {chosen.length > 0 && (
          <tfoot>
            <tr>
              <td colSpan={3}>{chosen.length > SHOWN ? t("orders.bulk.andMore", { count: chosen.length - SHOWN }) : t("orders.bulk.sum", { n: f.count(chosen.length) })}</td>
              <td className="so-end">
                <strong>
                  <Money minor={chosen.reduce((n, r) => n + r.total, 0)} currency={chosen[0]?.currency} />
                </strong>
              </td>
            </tr>
          </tfoot>
        )}
      </table>
    </Modal>
  );
}
