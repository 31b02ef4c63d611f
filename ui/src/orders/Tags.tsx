import { Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useTags } from "./queries";

/** Tags as they stand in a list: words, not controls. */
export function Tags({ tags }: { tags: string[] }) {
  return (
    <>
      {tags.map((x) => (
        <Tag key={x} variant="filled">
          {x}
        </Tag>
      ))}
    </>
  );
}

/** Tags being chosen or typed; those in use are offered. */
export function TagInput({ id, value, autoFocus, onChange }: { id: string; value: string[]; autoFocus?: boolean; onChange: (tags: string[]) => void }) {
  const { t } = useTranslation();
  const known = useTags();
  return (
    <Select
      id={id}
      mode="tags"
      autoFocus={autoFocus ?? false}
      value={value}
      style={{ width: "100%" }}
      placeholder={t("orders.tagHint")}
      tokenSeparators={[",", "，", "、"]}
      options={known.map((x) => ({ value: x, label: x }))}
      onChange={(all: string[]) => onChange(all.map((x) => x.trim()).filter((x) => x !== ""))}
    />
  );
}
