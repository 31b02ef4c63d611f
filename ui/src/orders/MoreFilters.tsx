import { Badge, Button, Checkbox, Form, Input, Popover, Select } from "antd";
import { CloseOutlined, FilterOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filter } from "../components/list";
import { useListState } from "../lib/listState";
import { useTitles } from "../lib/titles";
import { hiddenCount } from "./filters";
import { findSkus, useTags } from "./queries";

export type SelectFilter = Extract<Filter, { kind: "select" }>;

/** The filters that are wanted now and then, and on a narrow screen `also` those that fill the bar elsewhere. They stand in the address like all others. */
export function MoreFilters({ also }: { also: SelectFilter[] }) {
  const { t } = useTranslation();
  const { search, set } = useListState();
  const n = hiddenCount(search) + also.filter((x) => search[x.key]).length;
  const field = (key: string, label: string, numeric = false) => (
    <Form.Item label={label} htmlFor={`of-${key}`}>
      <LateInput id={`of-${key}`} numeric={numeric} value={search[key] ?? ""} onChange={(v) => set({ [key]: v })} />
    </Form.Item>
  );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <Form layout="vertical" component="div" className="so-more">
          {search.customer && (
            <Form.Item>
              <Button size="small" icon={<CloseOutlined />} onClick={() => set({ customer: null })}>
                {t("orders.filter.customer")}
              </Button>
            </Form.Item>
          )}
          {also.map((x) => (
            <Form.Item key={x.key} label={x.label} htmlFor={`of-${x.key}`}>
              <Select id={`of-${x.key}`} allowClear value={search[x.key] ?? null} options={x.options} onChange={(v: string | null | undefined) => set({ [x.key]: v ?? null })} />
            </Form.Item>
          ))}
          <div className="so-pair">
            {field("min", t("orders.filter.min"), true)}
            {field("max", t("orders.filter.max"), true)}
          </div>
          <SkuFilter value={search.sku ?? ""} onChange={(sku) => set({ sku })} />
          {field("waybill", t("orders.filter.waybill"))}
          {field("assignee", t("orders.assignee"))}
          <TagFilter value={search.tag ?? ""} onChange={(tag) => set({ tag })} />
          <Checkbox checked={search.held === "true"} onChange={(e) => set({ held: e.target.checked ? "true" : null })}>
            {t("orders.filter.held")}
          </Checkbox>
        </Form>
      }
    >
      <Badge count={n} size="small">
        <Button icon={<FilterOutlined />}>{t("orders.filter.more")}</Button>
      </Badge>
    </Popover>
  );
}

function TagFilter({ value, onChange }: { value: string; onChange: (tag: string | null) => void }) {
  const { t } = useTranslation();
  const known = useTags();
  const all = value && !known.includes(value) ? [value, ...known] : known;
  return (
    <Form.Item label={t("orders.tags")} htmlFor="of-tag">
      <Select id="of-tag" allowClear showSearch value={value || null} notFoundContent={t("orders.noTags")} options={all.map((x) => ({ value: x, label: x }))} onChange={(v: string | null | undefined) => onChange(v ?? null)} />
    </Form.Item>
  );
}

function SkuFilter({ value, onChange }: { value: string; onChange: (sku: string | null) => void }) {
  const { t } = useTranslation();
  const titles = useTitles();
  const [options, setOptions] = useState<{ value: string; label: string }[]>([]);
  const [text, setText] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text.trim() === "") return;
      findSkus(text)
        .then((all) => setOptions(all.map((s) => ({ value: s.sku_id, label: `${s.code} · ${titles.withOptions(s)}` }))))
        .catch(() => setOptions([]));
    }, 150);
    return () => clearTimeout(timer);
  }, [text, titles]);
  return (
    <Form.Item label={t("orders.filter.sku")} htmlFor="of-sku">
      <Select
        id="of-sku"
        allowClear
        showSearch={{ filterOption: false, onSearch: setText }}
        value={value || null}
        placeholder={t("orders.filter.skuHint")}
        notFoundContent={null}
        options={value && !options.some((o) => o.value === value) ? [{ value, label: t("orders.filter.skuChosen") }, ...options] : options}
        onChange={(v: string | null | undefined) => onChange(v ?? null)}
      />
    </Form.Item>
  );
}

/** Goes into the address when the typing pauses, not with each letter. */
function LateInput({ id, value, numeric, onChange }: { id: string; value: string; numeric: boolean; onChange: (v: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 300);
    return () => clearTimeout(timer);
  }, [text]); // eslint-disable-line react-hooks/exhaustive-deps
  return <Input id={id} allowClear autoComplete="off" value={text} {...(numeric ? { inputMode: "decimal" as const } : {})} onChange={(e) => setText(e.target.value)} />;
}
