import { useNavigate } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportKind, ImportOptions, InspectedFile } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { useTell } from "../lib/api";
import { useFormats, useShop } from "../lib/shop";
import { ENCODINGS, KINDS, mapColumn, mapsByHand, missingFields, planOf } from "./wizard";

interface Props {
  path: string;
  found: InspectedFile;
  options: ImportOptions;
  busy: boolean;
  /** Looks at the file again with another kind or another way of reading. */
  onAgain: (kind: ImportKind, options: ImportOptions) => void;
  onDrop: () => void;
}

/** What the file is, how its columns are read, and a trial before anything is written. */
export function PlanForm({ path, found, options, busy, onAgain, onDrop }: Props) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const navigate = useNavigate();
  const [plan, setPlan] = useState(() => planOf(path, found, options));
  const start = useTell("imports.start", { onSuccess: (job) => void navigate({ to: "/imports/$id", params: { id: job.id } }) });
  const shop = useShop();
  const currency = plan.options.currency || found.currency || shop.currency;
  const missing = missingFields(found, plan.mapping);
  const byHand = mapsByHand(plan.kind);
  const option = (patch: ImportOptions) => setPlan((p) => ({ ...p, options: { ...p.options, ...patch } }));
  const name = (field: string) => (i18n.exists(`imports.field.${field}`) ? t(`imports.field.${field}` as "imports.file") : field);
  const go = (dry_run: boolean) => start.mutate({ ...plan, dry_run });

  return (
    <div className="im-plan">
      {found.imported_before !== null && <Alert type="info" showIcon title={t("imports.before", { when: f.dateTime(found.imported_before) })} />}
      <section className="im-card">
        <dl className="im-facts">
          <dt>{t("imports.file")}</dt>
          <dd>{found.file_name}</dd>
          <dt>{t("imports.rows")}</dt>
          <dd className="sk-num">{t("imports.about", { n: f.count(found.row_estimate) })}</dd>
          <dt>{t("imports.encoding")}</dt>
          <dd>
            {found.format === "xlsx" ? "XLSX" : <Select aria-label={t("imports.encoding")} size="small" value={found.encoding.toLowerCase()} options={[...new Set([found.encoding.toLowerCase(), ...ENCODINGS])].map((e) => ({ value: e, label: e.toUpperCase() }))} onChange={(encoding) => onAgain(plan.kind, { ...plan.options, encoding })} />}
          </dd>
          {found.sheets.length > 1 && (
            <>
              <dt>{t("imports.sheet")}</dt>
              <dd>
                <Select aria-label={t("imports.sheet")} size="small" value={found.sheet} options={found.sheets.map((s) => ({ value: s, label: s }))} onChange={(sheet) => onAgain(plan.kind, { ...plan.options, sheet })} />
              </dd>
            </>
          )}
        </dl>
        <Form layout="vertical" component="div" className="im-two">
          <Form.Item label={t("imports.kindTitle")} htmlFor="im-kind" extra={t(`imports.about_kind.${plan.kind}`)}>
            <Select<ImportKind> id="im-kind" value={plan.kind} disabled={busy} options={KINDS.map((k) => ({ value: k, label: t(`imports.kind.${k}`) }))} onChange={(kind) => onAgain(kind, plan.options)} />
          </Form.Item>
          <Form.Item label={t("imports.currency")} htmlFor="im-currency" extra={t("imports.currencyHint")}>
            <Input id="im-currency" value={plan.options.currency ?? ""} maxLength={3} placeholder={found.currency ?? ""} onChange={(e) => option({ currency: e.target.value.toUpperCase() || null })} />
          </Form.Item>
          {currency !== shop.currency && (
            <Form.Item label={t("imports.rate")} htmlFor="im-rate" required extra={t("imports.rateHint", { from: currency, to: shop.currency })}>
              <Input id="im-rate" inputMode="decimal" autoComplete="off" value={plan.options.rate ?? ""} onChange={(e) => option({ rate: e.target.value.trim() || null })} />
            </Form.Item>
          )}
          {(plan.kind === "orders" || plan.kind === "online_retail") && (
            <Form.Item label={t("imports.zone")} htmlFor="im-zone">
              <Input id="im-zone" value={plan.options.zone ?? ""} placeholder={plan.kind === "online_retail" ? "Europe/London" : ""} onChange={(e) => option({ zone: e.target.value || null })} />
            </Form.Item>
          )}
          {plan.kind !== "orders" && plan.kind !== "customers" && plan.kind !== "online_retail" && (
            <Form.Item label={t("imports.category")} htmlFor="im-category" extra={t("imports.categoryHint")}>
              <Input id="im-category" value={plan.options.category ?? ""} placeholder="A > B" onChange={(e) => option({ category: e.target.value || null })} />
            </Form.Item>
          )}
        </Form>
        {plan.kind !== "orders" && plan.kind !== "customers" && plan.kind !== "online_retail" && (
          <Checkbox checked={plan.options.without_stock ?? false} onChange={(e) => option({ without_stock: e.target.checked })}>
            {t("imports.withoutStock")}
          </Checkbox>
        )}
      </section>
      <section className="im-card" aria-labelledby="im-columns">
        <h2 id="im-columns">{t("imports.columns")}</h2>
        {found.remembered && <p className="sk-muted">{t("imports.remembered")}</p>}
        {missing.length > 0 && <Alert type="warning" showIcon title={t("imports.missing", { fields: missing.map(name).join(t("common.comma")) })} />}
        <div className="im-preview" role="region" aria-label={t("imports.preview")} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {found.header.map((h, i) => {
                  const mapped = plan.mapping.find((m) => m.column === h)?.field ?? null;
                  return (
                    <th key={i} scope="col">
                      <div className="im-head">{h}</div>
                      {byHand ? (
                        <Select
                          size="small"
                          aria-label={t("imports.readAs", { column: h })}
                          value={mapped ?? ""}
                          popupMatchSelectWidth={false}
                          className={mapped ? "im-mapped" : "im-left"}
                          options={[{ value: "", label: t("imports.leftOut") }, ...found.fields.map((x) => ({ value: x.name, label: x.needed ? `${name(x.name)} *` : name(x.name) }))]}
                          onChange={(v) => setPlan((p) => ({ ...p, mapping: mapColumn(p.mapping, h, v || null) }))}
                        />
                      ) : (
                        <div className={mapped ? "im-mapped" : "sk-muted"}>{mapped ? name(mapped) : t("imports.leftOut")}</div>
                      )}
                    </th>
                  );
                })}
              </tr>
            </thead>
            <tbody>
              {found.rows.map((r, i) => (
                <tr key={i}>
                  {found.header.map((_, n) => (
                    <td key={n} title={r[n] ?? ""}>
                      {(r[n] ?? "").slice(0, 80)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {start.error && <ErrorNotice error={start.error} />}
      <div className="sk-actions">
        <Button onClick={onDrop}>{t("common.cancel")}</Button>
        <Button disabled={missing.length > 0} loading={start.isPending} onClick={() => go(true)}>
          {t("imports.try")}
        </Button>
        <Button type="primary" disabled={missing.length > 0} loading={start.isPending} onClick={() => go(false)}>
          {t("imports.start")}
        </Button>
      </div>
    </div>
  );
}
