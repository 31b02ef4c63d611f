import { Button, Checkbox, DatePicker, Input, Modal, Popover, Select, Tooltip, type InputRef } from "antd";
import { CloseOutlined, DownloadOutlined, SearchOutlined, SettingOutlined, StarOutlined } from "@ant-design/icons";
import dayjs from "dayjs";
import { useEffect, useMemo, useRef, useState, type ReactNode, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { useHotkeys } from "../../lib/hotkeys";
import { useListState, type Search } from "../../lib/listState";
import { useAsk, useTell } from "../../lib/api";
import { uuidv7 } from "../../lib/ids";
import { useCan } from "../../lib/me";
import { useToast } from "../useToast";

/** A filter's value is text in the address: `?<key>=<value>`; a date range is two: `<key>_from`, `<key>_to` as 2026-03-05. */
export type Filter =
  | { key: string; label: string; kind: "select"; options: { value: string; label: string }[]; multiple?: boolean; width?: number }
  | { key: string; label: string; kind: "text"; width?: number }
  | { key: string; label: string; kind: "dates" };

export interface View {
  key: string;
  label: string;
  search: Search;
  /** Shown beside the label. */
  count?: number | null;
}

interface Props {
  id: string;
  filters: Filter[];
  views: View[];
  searchHint?: string | undefined;
  columns: { key: string; title: string; always?: boolean }[];
  shown: string[];
  onShown: (keys: string[] | null) => void;
  onExport: () => void | Promise<unknown>;
  extra?: ReactNode;
}

const same = (a: Search, b: Search) => {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  keys.delete("sort");
  return [...keys].every((k) => (a[k] ?? "") === (b[k] ?? ""));
};

export function ListBar(p: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const { search, set, replace } = useListState();
  const toast = useToast();
  const mine = useOwnViews(p.id);
  const saveView = useTell("app.save_view", { onSuccess: () => setNaming(false), onError: (e) => toast.error(e) });
  const dropView = useTell("app.delete_view", { undo: () => t("list.viewDropped"), onError: (e) => toast.error(e) });
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const box = useRef<InputRef>(null);
  useHotkeys([{ keys: "/", label: t("list.searchKey"), run: () => box.current?.focus({ cursor: "all" }) }]);

  const keep = () => {
    if (name.trim()) saveView.mutate({ id: uuidv7(), area: p.id, name: name.trim(), body: JSON.stringify(search), position: null });
  };
  const views = [...p.views, ...mine];
  const known = views.some((v) => same(v.search, search));
  const filtered = Object.keys(search).some((k) => k !== "sort");

  return (
    <div className="sk-bar">
      {views.length > 0 && (
        <div className="sk-views" role="group" aria-label={t("list.views")}>
          {views.map((v) => {
            const on = same(v.search, search);
            const own = mine.some((m) => m.key === v.key);
            return (
              <span key={v.key} className={on ? "sk-view sk-view-on" : "sk-view"}>
                <button type="button" aria-pressed={on} onClick={() => replace(v.search)}>
                  {v.label}
                  {v.count !== undefined && v.count !== null && <span className="sk-num sk-view-count">{v.count}</span>}
                </button>
                {own && <Button size="small" type="text" className="sk-view-drop" icon={<CloseOutlined />} aria-label={t("list.dropView", { name: v.label })} onClick={() => dropView.mutate({ id: v.key })} />}
              </span>
            );
          })}
        </div>
      )}
      <div className="sk-filters">
        {p.searchHint && <SearchBox hint={p.searchHint} value={search.q ?? ""} onChange={(q) => set({ q })} inputRef={box} />}
        {p.filters.map((f) => (
          <FilterField key={f.key} filter={f} search={search} set={set} />
        ))}
        {filtered && (
          <Button type="text" icon={<CloseOutlined />} onClick={() => replace(search.sort ? { sort: search.sort } : {})}>
            {t("list.clearFilters")}
          </Button>
        )}
        {filtered && !known && (
          <Button type="text" icon={<StarOutlined />} onClick={() => (setName(""), setNaming(true))}>
            {t("list.saveView")}
          </Button>
        )}
        <span className="sk-grow" />
        {p.extra}
        <span className="sk-tools">
          {can("exports_write") && (
            <Tooltip title={t("list.export")}>
              <Button icon={<DownloadOutlined />} aria-label={t("list.export")} loading={busy} onClick={() => (setBusy(true), void Promise.resolve(p.onExport()).finally(() => setBusy(false)))} />
            </Tooltip>
          )}
          <Popover
            trigger="click"
            placement="bottomRight"
            title={t("list.columns")}
            content={
              <div className="sk-columns">
                {p.columns.map((c) => (
                  <Checkbox
                    key={c.key}
                    checked={p.shown.includes(c.key)}
                    disabled={c.always ?? false}
                    onChange={(e) => p.onShown(e.target.checked ? [...p.shown, c.key] : p.shown.filter((k) => k !== c.key))}
                  >
                    {c.title}
                  </Checkbox>
                ))}
                <Button size="small" type="link" onClick={() => p.onShown(null)}>
                  {t("list.columnsReset")}
                </Button>
              </div>
            }
          >
            <Button icon={<SettingOutlined />} aria-label={t("list.columns")} title={t("list.columns")} />
          </Popover>
        </span>
      </div>
      <Modal
        open={naming}
        title={t("list.saveView")}
        okText={t("common.save")}
        onCancel={() => setNaming(false)}
        okButtonProps={{ disabled: !name.trim() }}
        confirmLoading={saveView.isPending}
        onOk={keep}
      >
        <Input autoFocus value={name} maxLength={40} onChange={(e) => setName(e.target.value)} onPressEnter={keep} placeholder={t("list.viewName")} aria-label={t("list.viewName")} />
      </Modal>
    </div>
  );
}

/** The views somebody saved in this shop: they are there on every desk. */
function useOwnViews(list: string): View[] {
  const q = useAsk("app.views", { area: list }, { tags: ["views"], staleTime: 300_000 });
  return useMemo(
    () =>
      (q.data?.items ?? []).flatMap((v) => {
        try {
          return [{ key: v.id, label: v.name, search: JSON.parse(v.body) as Search }];
        } catch {
          return [];
        }
      }),
    [q.data],
  );
}

function SearchBox({ hint, value, onChange, inputRef }: { hint: string; value: string; onChange: (v: string) => void; inputRef: Ref<InputRef> }) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, 200);
    return () => clearTimeout(timer);
  }, [text]); // eslint-disable-line react-hooks/exhaustive-deps
  return <Input ref={inputRef} className="sk-list-search" allowClear prefix={<SearchOutlined />} placeholder={hint} aria-label={hint} value={text} onChange={(e) => setText(e.target.value)} />;
}

function FilterField({ filter, search, set }: { filter: Filter; search: Search; set: (p: Record<string, string | null>) => void }) {
  const { t } = useTranslation();
  if (filter.kind === "select") {
    const value = search[filter.key];
    return (
      <Select
        className="sk-filter"
        style={{ minWidth: filter.width ?? 130 }}
        placeholder={filter.label}
        aria-label={filter.label}
        allowClear
        options={filter.options}
        popupMatchSelectWidth={false}
        {...(filter.multiple
          ? { mode: "multiple" as const, maxTagCount: "responsive" as const, value: value ? value.split(",") : [], onChange: (v: unknown) => set({ [filter.key]: (v as string[]).join(",") || null }) }
          : { value: value ?? null, onChange: (v: unknown) => set({ [filter.key]: (v as string | null | undefined) ?? null }) })}
      />
    );
  }
  if (filter.kind === "text") return <Input className="sk-filter" style={{ width: filter.width ?? 130 }} placeholder={filter.label} aria-label={filter.label} allowClear value={search[filter.key] ?? ""} onChange={(e) => set({ [filter.key]: e.target.value })} />;
  const from = search[`${filter.key}_from`];
  const to = search[`${filter.key}_to`];
  return (
    <DatePicker.RangePicker
      className="sk-filter"
      aria-label={filter.label}
      placeholder={[t("list.from"), t("list.until")]}
      allowEmpty={[true, true]}
      value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
      onChange={(v) => set({ [`${filter.key}_from`]: v?.[0]?.format("YYYY-MM-DD") ?? null, [`${filter.key}_to`]: v?.[1]?.format("YYYY-MM-DD") ?? null })}
    />
  );
}
