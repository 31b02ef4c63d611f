import { Link, useNavigate } from "@tanstack/react-router";
import { Button, TreeSelect } from "antd";
import { AppstoreOutlined, InboxOutlined, PauseCircleOutlined, PictureOutlined, PlayCircleOutlined, PlusOutlined, TagsOutlined, UndoOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { ProductRow, ProductState } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { Money, Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { ProductTitle } from "../components/ProductTitle";
import { StatusTag, useStatusText } from "../components/StatusTag";
import { DataList, type Column, type View } from "../components/list";
import { useToast } from "../components/useToast";
import { useTell } from "../lib/api";
import { useListState } from "../lib/listState";
import { useCan } from "../lib/me";
import { toDecimalText } from "../lib/money";
import { useFormats, useShop } from "../lib/shop";
import { useTitles } from "../lib/titles";
import { listInput, STATES, treeOf, useCategories, useCounts, useProducts } from "./queries";
import "./catalog.css";

export default function ProductList() {
  const { t } = useTranslation();
  const can = useCan();
  const f = useFormats();
  const { currency } = useShop();
  const status = useStatusText();
  const titles = useTitles();
  const toast = useToast();
  const navigate = useNavigate();
  const { search, set } = useListState();
  const source = useProducts(search);
  const counts = useCounts();
  const categories = useCategories().data?.items ?? [];
  const setState = useTell("catalog.set_state", {
    undo: (done, input) => (done.changed > 0 ? t("catalog.stateSet", { count: done.changed, state: status("product", input.state) }) : null),
    onSuccess: (done) => {
      if (done.refused.length > 0) toast.info(t("catalog.stateRefused", { count: done.refused.length }));
    },
    onError: (e) => toast.error(e),
  });
  const move = (state: ProductState) => async (rows: ProductRow[], clear: () => void) => {
    await setState.mutateAsync({ ids: rows.map((r) => r.id), state });
    clear();
  };

  const all = counts?.states.filter((s) => s.state !== "archived").reduce((n, s) => n + s.count, 0) ?? null;
  const views: View[] = [
    { key: "all", label: t("catalog.all"), search: {}, count: all },
    ...STATES.map((s) => ({ key: s, label: status("product", s), search: { state: s }, count: counts?.states.find((x) => x.state === s)?.count ?? (counts ? 0 : null) })),
    { key: "low", label: t("catalog.lowOnly"), search: { level: "low" }, count: counts?.low ?? null },
    { key: "incomplete", label: t("catalog.incomplete"), search: { missing: "1" } },
  ];

  const price = (r: ProductRow) =>
    r.price_min === r.price_max ? (
      <Money minor={r.price_min} />
    ) : (
      <>
        <Money minor={r.price_min} />–<Money minor={r.price_max} />
      </>
    );

  const columns: Column<ProductRow>[] = [
    {
      key: "title",
      title: t("catalog.title"),
      always: true,
      sort: "ascend",
      width: 250,
      render: (r) => (
        <span className="ca-title">
          <span className="ca-cover" aria-hidden>
            {r.cover ? <img src={r.cover} alt="" loading="lazy" /> : <PictureOutlined />}
          </span>
          <Link to="/catalog/$id" params={{ id: r.id }}>
            <ProductTitle of={r} both />
          </Link>
        </span>
      ),
      text: titles.title,
    },
    { key: "state", title: t("catalog.state"), width: 110, render: (r) => <StatusTag kind="product" value={r.state} />, text: (r) => status("product", r.state) },
    { key: "sku", title: t("catalog.sku"), width: 170, render: (r) => <span className="sk-num">{r.sku_code}{r.sku_count > 1 && <span className="sk-muted"> {t("catalog.skuCount", { count: r.sku_count })}</span>}</span>, text: (r) => r.sku_code },
    { key: "price", title: t("catalog.price"), width: 145, align: "end", render: price, text: (r) => toDecimalText(r.price_min, currency) },
    { key: "available", title: t("catalog.available"), width: 95, align: "end", render: (r) => <span className={r.low ? "ca-low" : ""}><Num value={r.available} /></span>, text: (r) => String(r.available) },
    { key: "category", title: t("catalog.category"), width: 120, render: (r) => r.category_name ?? <span className="sk-muted">—</span>, text: (r) => r.category_name ?? "" },
    { key: "brand", title: t("catalog.brand"), width: 120, hidden: true, render: (r) => r.brand, text: (r) => r.brand },
    { key: "missing", title: t("catalog.missingTitle"), width: 100, wideOnly: true, render: (r) => <span className="sk-muted">{r.missing.map((m) => t(`catalog.missing.${m}`)).join(t("common.comma"))}</span>, text: (r) => r.missing.map((m) => t(`catalog.missing.${m}`)).join(" ") },
    { key: "updated", title: t("catalog.updated"), width: 150, hidden: true, render: (r) => <When ms={r.updated_at} ago />, text: (r) => f.dateTime(r.updated_at) },
  ];

  const add = can("catalog_write") && (
    <Link to="/catalog/new">
      <Button type="primary" icon={<PlusOutlined />} tabIndex={-1}>
        {t("catalog.add")}
      </Button>
    </Link>
  );

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader
        title={t("catalog.menu")}
        actions={
          <>
            <Link to="/catalog/categories">
              <Button icon={<AppstoreOutlined />} tabIndex={-1}>
                {t("catalog.categories.title")}
              </Button>
            </Link>
            {add}
          </>
        }
      />
      <DataList
        id="products"
        label={t("catalog.menu")}
        source={source}
        rowKey={(r) => r.id}
        columns={columns}
        views={views}
        onOpen={(r) => void navigate({ to: "/catalog/$id", params: { id: r.id } })}
        searchHint={t("catalog.searchHint")}
        filters={[
          { key: "tag", label: t("catalog.tag"), kind: "text", width: 120 },
          { key: "brand", label: t("catalog.brand"), kind: "text", width: 120 },
        ]}
        extra={
          <TreeSelect
            aria-label={t("catalog.category")}
            placeholder={t("catalog.category")}
            allowClear
            style={{ width: 170 }}
            value={search.category ?? null}
            treeData={treeOf(categories)}
            treeDefaultExpandAll
            onChange={(v) => set({ category: (v as string | null) ?? null })}
          />
        }
        bulk={[
          { key: "list", needs: "catalog_write", label: t("catalog.list"), icon: <PlayCircleOutlined />, disabled: (rows) => rows.every((r) => r.state === "listed"), run: move("listed") },
          { key: "unlist", needs: "catalog_write", label: t("catalog.unlist"), icon: <PauseCircleOutlined />, disabled: (rows) => !rows.some((r) => r.state === "listed"), run: move("unlisted") },
          search.state === "archived"
            ? { key: "unarchive", needs: "catalog_write", label: t("catalog.unarchive"), icon: <UndoOutlined />, run: move("unlisted") }
            : { key: "archive", needs: "catalog_write", label: t("catalog.archive"), icon: <InboxOutlined />, run: move("archived") },
        ]}
        exportAs={{ what: "products", filter: listInput(search) }}
        empty={
          <EmptyState
            icon={<TagsOutlined />}
            title={t("catalog.empty.title")}
            text={t("catalog.empty.text")}
            action={
              <div className="sk-actions ca-center">
                {add}
                <Link to="/imports">
                  <Button tabIndex={-1}>{t("catalog.empty.import")}</Button>
                </Link>
              </div>
            }
          />
        }
      />
    </div>
  );
}
