import { Button, Input, TreeSelect } from "antd";
import { PlusOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { treeOf, useCategories } from "./queries";

/** A category of the tree, with a field to add one below the chosen one without leaving the form. */
export function CategorySelect({ id, value, onChange }: { id: string; value: string | null; onChange: (id: string | null) => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const categories = useCategories().data?.items ?? [];
  const [name, setName] = useState("");
  const add = useTell("catalog.save_category", {
    onError: (e) => toast.error(e),
    onSuccess: (made) => {
      setName("");
      onChange(made.id);
    },
  });
  const submit = () => name.trim() !== "" && add.mutate({ id: null, version: null, parent_id: value, name: name.trim() });
  return (
    <TreeSelect
      id={id}
      allowClear
      showSearch={{ treeNodeFilterProp: "title" }}
      value={value}
      treeData={treeOf(categories)}
      treeDefaultExpandAll
      placeholder={t("catalog.categoryNone")}
      onChange={(v) => onChange((v as string | null) ?? null)}
      popupRender={(menu) => (
        <>
          {menu}
          <div className="ca-quick" onKeyDown={(e) => e.stopPropagation()}>
            <Input value={name} maxLength={80} aria-label={t("catalog.categories.name")} placeholder={t("catalog.categories.quick")} onChange={(e) => setName(e.target.value)} onPressEnter={submit} />
            <Button icon={<PlusOutlined />} loading={add.isPending} disabled={name.trim() === ""} aria-label={t("catalog.categories.add")} onClick={submit} />
          </div>
        </>
      )}
    />
  );
}
