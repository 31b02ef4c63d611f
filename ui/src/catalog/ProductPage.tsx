import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Select, Switch, Tabs } from "antd";
import { DeleteOutlined, InboxOutlined, UndoOutlined } from "@ant-design/icons";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Product } from "../bindings";
import { DraftNotice } from "../components/DraftNotice";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { StaleMerge } from "../components/StaleMerge";
import { StatusTag, useStatusText } from "../components/StatusTag";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { useTell } from "../lib/api";
import { useDraft } from "../lib/drafts";
import { keyLabel, useHotkeys } from "../lib/hotkeys";
import { useTitles } from "../lib/titles";
import { asTyped, useMerge, useTyped, type Typed } from "../lib/useMerge";
import { CategorySelect } from "./CategorySelect";
import { anewOf, newestProduct, onTopOf, useProductFields, versionOf } from "./fields";
import { emptyProduct, firstMissing, inputOf, type ProductForm } from "./form";
import { History } from "./History";
import { MediaEditor } from "./MediaEditor";
import { OptionsEditor } from "./OptionsEditor";
import { useProduct } from "./queries";
import { SkuGrid } from "./SkuGrid";
import { SpecsEditor } from "./SpecsEditor";
import "./catalog.css";

export default function ProductPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const q = useProduct(id);
  if (id === "") return <Editor key="new" />;
  // What is on the screen stays there when the line goes, or the product: somebody may be typing.
  if (q.data) return <Editor key={id} product={q.data} gone={q.error?.code === "not_found"} />;
  return <div className="sk-page">{q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : <Waiting />}</div>;
}

/** One form for a new product and an old one. What is typed outlives a crash, and a change made elsewhere meanwhile. */
function Editor({ product, gone = false }: { product?: Product; gone?: boolean }) {
  const { t } = useTranslation();
  const toast = useToast();
  const status = useStatusText();
  const titles = useTitles();
  const navigate = useNavigate();
  const loaded = product && versionOf(product);
  const fresh = (): Typed<ProductForm> => (loaded ? { form: loaded.value, base: loaded } : { form: emptyProduct(), base: null });
  const draft = useDraft<Typed<ProductForm> | ProductForm>(product ? `catalog.product.${product.id}` : "catalog.product.new", fresh());
  const kept = asTyped<ProductForm, number>(draft.value);
  const typed = useTyped<ProductForm>(kept.base === null && loaded && kept.form.version === loaded.version ? { ...kept, base: loaded } : kept, draft.set, draft.clear, gone ? null : loaded);
  const v = typed.form;
  const edit = typed.put;
  const title = useRef<HTMLInputElement | null>(null);
  const [missing, setMissing] = useState<ReturnType<typeof firstMissing>>(null);

  const save = useTell("catalog.save_product", { undo: (p) => (product ? t("catalog.saved", { title: titles.title(p) }) : null) });
  const setState = useTell("catalog.set_state", { undo: (_, input) => t("catalog.stateSet", { count: 1, state: status("product", input.state) }), onError: (e) => toast.error(e) });
  const remove = useTell("catalog.delete_product", { undo: () => t("catalog.deleted", { title: product ? titles.title(product) : "" }), onSuccess: () => void navigate({ to: "/catalog" }) });

  const make = async (form: ProductForm) => {
    const saved = await save.mutateAsync(inputOf(form, null));
    draft.clear({ form: emptyProduct(), base: null });
    void navigate({ to: "/catalog/$id", params: { id: saved.id } });
  };
  const merge = useMerge<ProductForm>({
    kind: "product",
    fields: useProductFields(),
    mine: v,
    base: typed.base,
    live: gone ? null : loaded,
    newest: () => newestProduct(v.id ?? ""),
    traces: product ? { subject: product.id } : null,
    rebase: (value, onto) => typed.rebase(onTopOf(value, onto.value), onto),
    save: async (form, onto) => {
      if (!product) return make(form);
      const saved = versionOf(await save.mutateAsync(inputOf({ ...(onto ? onTopOf(form, onto.value) : form), version: onto?.version ?? form.version }, product.state)));
      draft.clear({ form: saved.value, base: saved });
    },
    anew: (form) => make(anewOf(form)),
  });

  const error = merge.owns(save.error) ? null : save.error;
  const odd = error?.code === "invalid" && error.data.rule === "check_digit";

  const submit = async (patch: Partial<ProductForm> = {}) => {
    const form = { ...v, ...patch };
    const gap = firstMissing(form);
    setMissing(gap);
    if (gap === "title") title.current?.focus();
    if (!gap) await merge.submit(form);
  };
  useHotkeys([{ keys: "mod+s", label: t("common.save"), run: () => void submit(), inFields: true }, { keys: "mod+enter", label: t("common.save"), run: () => void submit(), inFields: true }]);

  const form = (
    <div className="ca-form">
      <DraftNotice draft={draft} />
      <StaleMerge merge={merge} />
      {error && <ErrorNotice error={error} />}
      {odd && (
        <Alert
          type="warning"
          title={t("catalog.oddBarcode")}
          action={
            <Button size="small" onClick={() => void submit({ accept_odd_barcode: true })}>
              {t("catalog.oddBarcodeTake")}
            </Button>
          }
        />
      )}
      <section className="ca-card">
        <Form layout="vertical" component="div">
          <Form.Item label={t("catalog.title")} htmlFor="ca-title" required {...(missing === "title" ? { validateStatus: "error" as const, help: t("catalog.titleNeeded") } : {})}>
            <Input id="ca-title" ref={(el) => void (title.current = el?.input ?? null)} autoFocus={!product} value={v.title} maxLength={200} onChange={(e) => edit({ title: e.target.value })} />
          </Form.Item>
          <div className="ca-two">
            <Form.Item label={t("catalog.titleEn")} htmlFor="ca-title-en">
              <Input id="ca-title-en" value={v.title_en} maxLength={200} onChange={(e) => edit({ title_en: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("catalog.brand")} htmlFor="ca-brand">
              <Input id="ca-brand" value={v.brand} maxLength={80} onChange={(e) => edit({ brand: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("catalog.category")} htmlFor="ca-category">
              <CategorySelect id="ca-category" value={v.category_id} onChange={(category_id) => edit({ category_id })} />
            </Form.Item>
            <Form.Item label={t("catalog.tags")} htmlFor="ca-tags">
              <Select id="ca-tags" mode="tags" value={v.tags} tokenSeparators={[",", "，"]} open={false} suffixIcon={null} onChange={(tags: string[]) => edit({ tags })} />
            </Form.Item>
          </div>
          <Form.Item label={t("catalog.onSale")} htmlFor="ca-listed" extra={t("catalog.onSaleHint")}>
            <Switch id="ca-listed" checked={v.listed} disabled={product?.state === "archived"} onChange={(listed) => edit({ listed })} />
          </Form.Item>
        </Form>
      </section>
      <section className="ca-card" aria-labelledby="ca-options">
        <h2 id="ca-options">{t("catalog.options")}</h2>
        <OptionsEditor form={v} onChange={edit} wrong={missing === "options"} />
        <SkuGrid form={v} onChange={edit} />
        {product && product.retired.length > 0 && <p className="sk-muted">{t("catalog.retired", { codes: product.retired.map((s) => s.code).join(t("common.comma")) })}</p>}
      </section>
      <section className="ca-card">
        <Form layout="vertical" component="div">
          <Form.Item label={t("catalog.description")} htmlFor="ca-description">
            <Input.TextArea id="ca-description" value={v.description} maxLength={100_000} autoSize={{ minRows: 3, maxRows: 14 }} onChange={(e) => edit({ description: e.target.value })} />
          </Form.Item>
        </Form>
        <h2>{t("catalog.pictures")}</h2>
        <MediaEditor value={v.media} onChange={(media) => edit({ media })} />
        <h2>{t("catalog.specs")}</h2>
        <SpecsEditor value={v.specs} onChange={(specs) => edit({ specs })} />
      </section>
    </div>
  );

  return (
    <div className="sk-page">
      <PageHeader
        title={product ? titles.title(product) : t("catalog.add")}
        tags={product && <StatusTag kind="product" value={product.state} />}
        back="/catalog"
        sub={
          product &&
          [titles.other(product), product.missing.length > 0 && t("catalog.lacks", { what: product.missing.map((m) => t(`catalog.missing.${m}`)).join(t("common.comma")) })].filter(Boolean).join(" · ")
        }
        actions={
          <>
            {product && product.state !== "archived" && (
              <Button icon={<InboxOutlined />} onClick={() => setState.mutate({ ids: [product.id], state: "archived" })}>
                {t("catalog.archive")}
              </Button>
            )}
            {product?.state === "archived" && (
              <Button icon={<UndoOutlined />} onClick={() => setState.mutate({ ids: [product.id], state: "unlisted" })}>
                {t("catalog.unarchive")}
              </Button>
            )}
            {product && (
              <Button icon={<DeleteOutlined />} danger loading={remove.isPending} onClick={() => remove.mutate({ id: product.id })}>
                {t("catalog.delete")}
              </Button>
            )}
            <Button type="primary" loading={save.isPending} title={keyLabel("mod+s")} onClick={() => void submit()}>
              {t("common.save")}
            </Button>
          </>
        }
      />
      {remove.error && product && (
        <Alert
          type="error"
          showIcon
          closable={{ onClose: () => remove.reset() }}
          title={remove.error.code === "in_use" ? t("catalog.inUse") : t("catalog.notDeleted")}
          action={
            <Button size="small" onClick={() => (remove.reset(), setState.mutate({ ids: [product.id], state: "archived" }))}>
              {t("catalog.archive")}
            </Button>
          }
        />
      )}
      {product ? (
        <Tabs
          items={[
            { key: "form", label: t("catalog.tab.form"), children: form },
            { key: "history", label: t("catalog.tab.history"), children: <History id={product.id} /> },
          ]}
        />
      ) : (
        form
      )}
      {product && (
        <p>
          <Link to="/stock" search={{ q: product.skus[0]?.code ?? "" } as never}>
            {t("catalog.toStock")}
          </Link>
        </p>
      )}
    </div>
  );
}
