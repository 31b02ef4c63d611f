import { Alert, Button, Checkbox, Select, Skeleton, Spin, Table, type TableColumnsType } from "antd";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type Key, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Permission } from "../../bindings";
import type { ListSource } from "../../lib/api";
import { useHotkeys } from "../../lib/hotkeys";
import { useListState } from "../../lib/listState";
import { useCan } from "../../lib/me";
import { useScreen } from "../../lib/screen";
import { load, save } from "../../lib/store";
import { useFormats } from "../../lib/shop";
import { inDesktopWindow } from "../../lib/transport";
import { ErrorNotice } from "../ErrorNotice";
import { useToast } from "../useToast";
import { ListBar, type Filter, type View } from "./ListBar";
import { exportRows } from "./exportRows";
import { exportTable, type ExportAs } from "./exportTable";
import "./list.css";

export type Direction = "ascend" | "descend";

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** The same as plain text, for export. A column without it is not exported. */
  text?: (row: Row) => string;
  /** The list can be put in this order; the address gets `sort=key` or `sort=-key`. A direction where the shop knows only that one. */
  sort?: boolean | Direction;
  width?: number;
  /** "end" for numbers. */
  align?: "start" | "center" | "end";
  /** Not shown until chosen. */
  hidden?: boolean;
  /** Cannot be switched off; the first such column is the title of a card on a narrow screen. */
  always?: boolean;
  /** Left out of the cards on a narrow screen. */
  wideOnly?: boolean;
}

export interface BulkAction<Row> {
  key: string;
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  /** Called with the chosen rows; `clear` empties the choice. Undoable work calls pushUndo. */
  run: (rows: Row[], clear: () => void) => void | Promise<unknown>;
  /** Offered to those only who have this permission. */
  needs?: Permission;
  /** Greyed out for this choice. */
  disabled?: (rows: Row[]) => boolean;
}

export interface DataListProps<Row> {
  /** Names the list on this device: columns and saved views are kept under it. */
  id: string;
  label: string;
  source: ListSource<Row>;
  rowKey: (row: Row) => string;
  columns: Column<Row>[];
  /** Enter, or a click on a row. */
  onOpen?: (row: Row) => void;
  filters?: Filter[];
  /** Ready-made views, shown as tabs; the person's own are added beside them. */
  views?: View[];
  searchHint?: string;
  bulk?: BulkAction<Row>[];
  /** Shown when there is nothing at all. With filters set, "nothing matches" is shown instead. */
  empty: ReactNode;
  /** In the desktop window the file holds everything that matches; without it (and in a browser) what is loaded, or chosen. */
  exportAs?: ExportAs;
  /** The area's own way to export. */
  onExport?: (columns: { key: string; title: string }[]) => void | Promise<unknown>;
  /** At the right of the bar. */
  extra?: ReactNode;
}

const HEAD_PX = 35;
const ROW_PX = 39;

/** The list of a back office: virtual rows, filters in the address, saved views, column choice, bulk actions, export, keyboard. */
export function DataList<Row extends object>(p: DataListProps<Row>) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const f = useFormats();
  const toast = useToast();
  const { search, set } = useListState();
  const { narrow } = useScreen();
  const [shown, setShown] = useState<string[] | null>(() => load<string[] | null>(`columns.${p.id}`, null));
  const [chosen, setChosen] = useState<string[]>([]);
  const [active, setActive] = useState(-1);
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ w: 800, h: 400 });

  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const measure = () => setSize({ w: el.clientWidth, h: el.clientHeight });
    measure();
    const o = new ResizeObserver(measure);
    o.observe(el);
    return () => o.disconnect();
  }, [narrow]);

  // A row cut in two at the lower edge is hard to read and to hit: the table shows as many whole rows as there is room for.
  const [px, setPx] = useState({ head: HEAD_PX, row: ROW_PX });
  useLayoutEffect(() => {
    const height = (what: string) => box.current?.querySelector<HTMLElement>(what)?.offsetHeight ?? 0;
    const now = { head: height(".ant-table-thead") || HEAD_PX, row: height(".ant-table-tbody-virtual .ant-table-row") || ROW_PX };
    setPx((old) => (old.head === now.head && old.row === now.row ? old : now));
  }, [size, p.source.rows.length, narrow]);
  const room = size.h - px.head;
  const whole = Math.max(room - (room % px.row), 4 * px.row);

  const visible = useMemo(() => p.columns.filter((c) => c.always || (shown ? shown.includes(c.key) : !c.hidden)), [p.columns, shown]);
  const rows = p.source.rows;
  const byKey = useMemo(() => new Map(rows.map((r) => [p.rowKey(r), r])), [rows]); // eslint-disable-line react-hooks/exhaustive-deps
  const picked = chosen.flatMap((k) => byKey.get(k) ?? []);
  const clear = () => setChosen([]);
  const sort = search.sort ?? "";

  // A choice made under other filters must not be acted on unseen.
  const filterText = JSON.stringify({ ...search, sort: undefined });
  useEffect(() => {
    setChosen([]);
    setActive(-1);
  }, [filterText]);

  const columns: TableColumnsType<Row> = visible.map((c) => ({
    key: c.key,
    title: c.title,
    width: c.width ?? 140,
    align: c.align ?? "start",
    ellipsis: true,
    render: (_: unknown, row: Row) => c.render(row),
    ...(c.align === "end" ? { className: "sk-num" } : {}),
    ...(c.sort ? { sorter: true, sortDirections: directions(c.sort), sortOrder: sort === c.key ? ("ascend" as const) : sort === `-${c.key}` ? ("descend" as const) : null } : {}),
  }));

  const width = columns.reduce((n, c) => n + Number(c.width ?? 140), p.bulk ? 40 : 0);
  const toggle = (k: string) => setChosen((old) => (old.includes(k) ? old.filter((x) => x !== k) : [...old, k]));

  const onKey = (e: KeyboardEvent<HTMLDivElement>) => {
    if ((e.target as HTMLElement).closest("input, textarea, select, [role=combobox]") && (e.target as HTMLElement).getAttribute("type") !== "checkbox") return;
    const last = rows.length - 1;
    const move = (to: number) => {
      e.preventDefault();
      setActive(Math.max(0, Math.min(last, to)));
      if (to >= last - 5) p.source.loadMore();
    };
    if (e.key === "ArrowDown" || e.key === "j") move(active + 1);
    else if (e.key === "ArrowUp" || e.key === "k") move(active - 1);
    else if (e.key === "Home") move(0);
    else if (e.key === "End") move(last);
    else if (e.key === "PageDown") move(active + 10);
    else if (e.key === "PageUp") move(active - 10);
    else if (e.key === "Enter" && e.target === e.currentTarget) {
      const r = rows[active];
      if (r) p.onOpen?.(r);
    } else if ((e.key === " " || e.key === "x") && p.bulk && e.target === e.currentTarget) {
      const r = rows[active];
      e.preventDefault();
      if (r) toggle(p.rowKey(r));
    }
  };

  // From anywhere on the page, the arrow goes into the list.
  useHotkeys(narrow ? [] : [{ keys: "arrowdown", label: t("list.intoList"), run: () => (box.current?.focus(), setActive((i) => Math.max(i, 0))) }]);

  const table = useRef<{ scrollTo?: (o: { index: number }) => void } | null>(null);
  useEffect(() => {
    if (active >= 0) table.current?.scrollTo?.({ index: active });
  }, [active]);

  const filtered = Object.keys(search).some((k) => k !== "sort");
  const nothing = !p.source.loading && !p.source.error && rows.length === 0;
  const failed = p.source.error !== null && rows.length === 0;
  // Grey lines stand where the rows will be, so that nothing jumps when they come, and nobody reads "no data" meanwhile.
  const waiting = p.source.loading && rows.length === 0;
  const emptyView = filtered ? (
    <div className="sk-empty">
      <h2>{t("list.noMatch")}</h2>
      <p>{t("list.noMatchNext")}</p>
      <Button onClick={() => set(Object.fromEntries(Object.keys(search).map((k) => [k, null])))}>{t("list.clearFilters")}</Button>
    </div>
  ) : (
    p.empty
  );

  return (
    <section className="sk-list" aria-label={p.label}>
      <ListBar
        id={p.id}
        filters={p.filters ?? []}
        views={p.views ?? []}
        searchHint={p.searchHint}
        columns={p.columns}
        shown={visible.map((c) => c.key)}
        onShown={(keys) => {
          setShown(keys);
          save(`columns.${p.id}`, keys ?? undefined);
        }}
        onExport={async () => {
          try {
            if (p.onExport) await p.onExport(visible.map((c) => ({ key: c.key, title: c.title })));
            else if (p.exportAs && picked.length === 0 && inDesktopWindow()) {
              if (await exportTable(t, i18n.language, p.exportAs)) toast.success(t("list.exported"));
            } else exportRows(p.id, visible, picked.length ? picked : rows);
          } catch (e) {
            toast.error(e);
          }
        }}
        extra={
          <>
            {narrow && <SortSelect columns={visible} value={sort} onChange={(sort) => set({ sort })} />}
            {p.extra}
          </>
        }
      />
      {picked.length > 0 && p.bulk && (
        <Alert
          className="sk-bulk"
          type="info"
          role="status"
          title={
            <div className="sk-actions">
              <strong className="sk-num">{t("list.chosen", { count: picked.length })}</strong>
              {p.bulk.filter((b) => can(b.needs)).map((b) => (
                <Button key={b.key} size="small" icon={b.icon} danger={b.danger ?? false} disabled={b.disabled?.(picked) ?? false} onClick={() => void b.run(picked, clear)}>
                  {b.label}
                </Button>
              ))}
              <Button size="small" type="text" onClick={clear}>
                {t("list.clearChoice")}
              </Button>
            </div>
          }
        />
      )}
      {p.source.error && <ErrorNotice error={p.source.error} onRetry={p.source.refetch} />}
      {narrow ? (
        <div className="sk-cards" ref={box}>
          {rows.map((r) => {
            const k = p.rowKey(r);
            const [head, ...rest] = visible;
            return (
              <div key={k} className="sk-card-row">
                {p.bulk && <Checkbox checked={chosen.includes(k)} onChange={() => toggle(k)} aria-label={t("list.chooseRow")} />}
                <div className="sk-card-body" role={p.onOpen ? "link" : undefined} tabIndex={p.onOpen ? 0 : undefined} onClick={() => p.onOpen?.(r)} onKeyDown={(e) => e.key === "Enter" && p.onOpen?.(r)}>
                  <div className="sk-card-head">{head?.render(r)}</div>
                  {rest
                    .filter((c) => !c.wideOnly)
                    .map((c) => (
                      <div key={c.key} className="sk-card-line">
                        <span className="sk-muted">{c.title}</span>
                        <span>{c.render(r)}</span>
                      </div>
                    ))}
                </div>
              </div>
            );
          })}
          {waiting && <Skeleton active title={false} paragraph={{ rows: 8, width: "100%" }} />}
          {nothing && emptyView}
          {p.source.hasMore && (
            <Button block onClick={p.source.loadMore} loading={p.source.fetching}>
              {t("list.more")}
            </Button>
          )}
        </div>
      ) : (
        <div className="sk-table" ref={box} hidden={failed} tabIndex={0} role="group" aria-label={t("list.keyboard", { name: p.label })} onKeyDown={onKey}>
          {nothing ? (
            emptyView
          ) : waiting ? (
            <Skeleton active className="sk-list-waiting" title={false} paragraph={{ rows: 10, width: "100%" }} />
          ) : failed ? null : (
            <Table<Row>
              ref={table as never}
              size="small"
              virtual
              columns={columns}
              dataSource={rows}
              rowKey={p.rowKey}
              pagination={false}
              showSorterTooltip={false}
              loading={p.source.loading}
              scroll={{ x: Math.max(width, size.w - 2), y: whole }}
              rowClassName={(_, i) => (i === active ? "sk-row-active" : p.onOpen ? "sk-row" : "")}
              onRow={(row, i) => ({
                onClick: (e) => {
                  if ((e.target as HTMLElement).closest("a, button, input, label, .ant-checkbox-wrapper, .ant-table-selection-column")) return;
                  setActive(i ?? -1);
                  p.onOpen?.(row);
                },
              })}
              {...(p.bulk
                ? { rowSelection: { selectedRowKeys: chosen, onChange: (keys: Key[]) => setChosen(keys.map(String)), columnWidth: 40, preserveSelectedRowKeys: true } }
                : {})}
              onChange={(_pg, _f, s) => {
                const one = Array.isArray(s) ? s[0] : s;
                set({ sort: one?.order ? `${one.order === "descend" ? "-" : ""}${String(one.columnKey)}` : null });
              }}
              onScroll={(e) => {
                const el = e.currentTarget as HTMLElement;
                if (el.scrollHeight - el.scrollTop - el.clientHeight < 600) p.source.loadMore();
              }}
            />
          )}
        </div>
      )}
      <div className="sk-list-foot sk-muted sk-num" role="status">
        {rows.length > 0 &&
          (p.source.total !== null ? t("list.countOf", { shown: f.count(rows.length), total: f.count(p.source.total) }) : t("list.count", { shown: `${f.count(rows.length)}${p.source.hasMore ? "+" : ""}` }))}
        {p.source.fetching && !p.source.loading && <Spin size="small" />}
        {p.source.hasMore && !narrow && (
          <Button size="small" type="link" onClick={p.source.loadMore}>
            {t("list.more")}
          </Button>
        )}
      </div>
    </section>
  );
}

function directions(sort: boolean | Direction): Direction[] {
  return typeof sort === "string" ? [sort] : ["ascend", "descend"];
}

/** Cards have no heads to sort by. */
function SortSelect<Row>({ columns, value, onChange }: { columns: Column<Row>[]; value: string; onChange: (sort: string | null) => void }) {
  const { t } = useTranslation();
  const options = columns.flatMap((c) =>
    c.sort ? directions(c.sort).map((d) => (d === "ascend" ? { value: c.key, label: t("list.rising", { name: c.title }) } : { value: `-${c.key}`, label: t("list.falling", { name: c.title }) })) : [],
  );
  if (options.length === 0) return null;
  return <Select aria-label={t("list.sort")} placeholder={t("list.sort")} allowClear popupMatchSelectWidth={false} style={{ minWidth: 130 }} value={options.some((o) => o.value === value) ? value : null} options={options} onChange={(v: string | null | undefined) => onChange(v ?? null)} />;
}
