import { Button, Input, Modal, Tree, TreeSelect, type TreeDataNode } from "antd";
import { AppstoreOutlined, DeleteOutlined, DragOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Category } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { ask, useTell } from "../lib/api";
import { useMerge } from "../lib/useMerge";
import { pathOf, treeOf, useCategories, type TreeNode } from "./queries";
import "./catalog.css";

type Doing = { what: "add"; parent: string | null } | { what: "rename" | "move" | "delete"; of: Category };

/** The tree that products hang in: of any depth, moved with the mouse or by name. */
export default function Categories() {
  const { t } = useTranslation();
  const toast = useToast();
  const q = useCategories();
  const all = q.data?.items ?? [];
  const [doing, setDoing] = useState<Doing | null>(null);
  const [name, setName] = useState("");
  const [target, setTarget] = useState<string | null>(null);
  const done = { onSuccess: () => setDoing(null), onError: (e: unknown) => toast.error(e) };
  const save = useTell("catalog.save_category", { undo: (c) => t("catalog.categories.saved", { name: c.name }), ...done, onError: (e) => !merge.owns(e) && toast.error(e) });
  const move = useTell("catalog.move_category", { undo: (c) => t("catalog.categories.moved", { name: c.name }), ...done });
  const remove = useTell("catalog.delete_category", { undo: () => t("catalog.categories.deleted"), ...done });

  const renamed = doing?.what === "rename" ? doing.of : null;
  const now = renamed && all.find((c) => c.id === renamed.id);
  const merge = useMerge<{ name: string }>({
    kind: "category",
    fields: { name: { label: t("catalog.categories.name"), show: String } },
    mine: { name },
    base: renamed && { version: renamed.version, value: { name: renamed.name } },
    live: renamed ? (now ? { version: now.version, value: { name: now.name } } : null) : undefined,
    newest: async () => {
      const found = (await ask("catalog.categories", {})).items.find((c) => c.id === renamed?.id);
      return found ? { version: found.version, value: { name: found.name } } : null;
    },
    traces: renamed && { subject: renamed.id },
    rebase: (value, onto) => {
      setName(value.name);
      if (renamed) setDoing({ what: "rename", of: { ...renamed, name: onto.value.name, version: onto.version } });
    },
    save: (value, onto) => save.mutateAsync({ id: renamed?.id ?? null, version: onto?.version ?? null, parent_id: renamed?.parent_id ?? null, name: value.name.trim() }),
    anew: (value) => save.mutateAsync({ id: null, version: null, parent_id: all.some((c) => c.id === renamed?.parent_id) ? (renamed?.parent_id ?? null) : null, name: value.name.trim() }),
  });

  const start = (d: Doing) => {
    setName(d.what === "rename" ? d.of.name : "");
    setTarget(null);
    setDoing(d);
  };
  const filled = (c: Category) => c.products > 0 || all.some((x) => x.parent_id === c.id);
  const submit = () => {
    if (!doing) return;
    if (doing.what === "add") save.mutate({ id: null, version: null, parent_id: doing.parent, name: name.trim() });
    else if (doing.what === "rename") void merge.submit();
    else if (doing.what === "move") move.mutate({ id: doing.of.id, parent_id: target, position: 1_000_000 });
    else remove.mutate({ id: doing.of.id, move_to: target });
  };

  /** A category may go anywhere but below itself. */
  const targets = (of: Category, nodes: TreeNode[] = treeOf(all)): TreeNode[] => nodes.filter((n) => n.value !== of.id).map((n) => ({ ...n, children: targets(of, n.children) }));

  const nodes = (parent: string | null): TreeDataNode[] =>
    all
      .filter((c) => c.parent_id === parent)
      .sort((a, b) => a.position - b.position)
      .map((c) => ({
        key: c.id,
        title: (
          <span className="ca-node">
            <span>
              {c.name} <span className="sk-muted sk-num">{c.products}</span>
            </span>
            <span className="sk-actions">
              <Button size="small" type="text" icon={<PlusOutlined />} aria-label={t("catalog.categories.addBelow", { name: c.name })} onClick={() => start({ what: "add", parent: c.id })} />
              <Button size="small" type="text" icon={<EditOutlined />} aria-label={t("catalog.categories.rename", { name: c.name })} onClick={() => start({ what: "rename", of: c })} />
              <Button size="small" type="text" icon={<DragOutlined />} aria-label={t("catalog.categories.move", { name: c.name })} onClick={() => start({ what: "move", of: c })} />
              <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("catalog.categories.delete", { name: c.name })} onClick={() => (filled(c) ? start({ what: "delete", of: c }) : remove.mutate({ id: c.id, move_to: null }))} />
            </span>
          </span>
        ),
        children: nodes(c.id),
      }));

  const title = doing && { add: t("catalog.categories.add"), rename: t("catalog.categories.renameTitle"), move: t("catalog.categories.moveTitle"), delete: t("catalog.categories.deleteTitle") }[doing.what];

  return (
    <div className="sk-page">
      <PageHeader
        title={t("catalog.categories.title")}
        sub={t("catalog.categories.text")}
        back="/catalog"
        actions={
          <Button type="primary" icon={<PlusOutlined />} onClick={() => start({ what: "add", parent: null })}>
            {t("catalog.categories.add")}
          </Button>
        }
      />
      {q.isPending && <Waiting />}
      {q.error && <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />}
      {q.data && all.length === 0 && <EmptyState icon={<AppstoreOutlined />} title={t("catalog.categories.none")} text={t("catalog.categories.noneText")} />}
      {all.length > 0 && (
        <Tree
          blockNode
          defaultExpandAll
          selectable={false}
          draggable={{ icon: false }}
          treeData={nodes(null)}
          onDrop={(d) => {
            const dragged = all.find((c) => c.id === d.dragNode.key);
            const onto = all.find((c) => c.id === d.node.key);
            if (!dragged || !onto) return;
            if (!d.dropToGap) move.mutate({ id: dragged.id, parent_id: onto.id, position: 0 });
            else {
              const siblings = all.filter((c) => c.parent_id === onto.parent_id && c.id !== dragged.id).sort((a, b) => a.position - b.position);
              const at = siblings.findIndex((c) => c.id === onto.id);
              move.mutate({ id: dragged.id, parent_id: onto.parent_id, position: d.dropPosition < Number(String(d.node.pos).split("-").at(-1)) ? Math.max(0, at) : at + 1 });
            }
          }}
        />
      )}
      <Modal
        open={doing !== null}
        title={title}
        okText={t("common.save")}
        cancelText={t("common.cancel")}
        onCancel={() => setDoing(null)}
        onOk={submit}
        confirmLoading={save.isPending || move.isPending || remove.isPending}
        okButtonProps={{ disabled: doing?.what === "add" || doing?.what === "rename" ? name.trim() === "" : doing?.what === "delete" && target === null }}
        destroyOnHidden
      >
        {renamed && <StaleMerge merge={merge} />}
        {(doing?.what === "add" || doing?.what === "rename") && (
          <label>
            {t("catalog.categories.name")}
            <Input autoFocus value={name} maxLength={80} onChange={(e) => setName(e.target.value)} onPressEnter={submit} />
          </label>
        )}
        {(doing?.what === "move" || doing?.what === "delete") && (
          <>
            <p>{doing.what === "delete" ? t("catalog.categories.deleteText", { name: pathOf(all, doing.of.id) }) : t("catalog.categories.moveText", { name: pathOf(all, doing.of.id) })}</p>
            <TreeSelect aria-label={t("catalog.categories.target")} style={{ width: "100%" }} allowClear treeDefaultExpandAll value={target} treeData={targets(doing.of)} placeholder={doing.what === "move" ? t("catalog.categories.top") : t("catalog.categories.target")} onChange={(v) => setTarget((v as string | null) ?? null)} />
          </>
        )}
      </Modal>
    </div>
  );
}
