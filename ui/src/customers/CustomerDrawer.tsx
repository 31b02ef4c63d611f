import { Link } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { DraftNotice } from "../components/DraftNotice";
import { StaleMerge } from "../components/StaleMerge";
import { useTell } from "../lib/api";
import { useDraft } from "../lib/drafts";
import { useMerge, useTyped, type Typed } from "../lib/useMerge";
import { newestCustomer, useCustomerFields, versionOf, type CustomerForm } from "./fields";
import type { Customer } from "./types";

interface Props {
  open: boolean;
  /** The one being changed; without it a new one is made. */
  customer?: Customer;
  /** It is no longer there. */
  gone?: boolean;
  onClose: () => void;
  onSaved?: (id: string) => void;
}

const nothing: CustomerForm = { name: "", phone: "", email: "", country: "", note: "" };

export function CustomerDrawer(p: Props) {
  // A drawer that is shut keeps no form, so that the next one begins with what the customer is now.
  return p.open ? <Drawer key={p.customer?.id ?? "new"} {...p} /> : null;
}

function Drawer({ customer, gone = false, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const loaded = customer && versionOf(customer);
  const live = gone ? null : loaded;
  const draft = useDraft<Typed<CustomerForm> | CustomerForm>(`customers.${customer?.id ?? "new"}`, { form: loaded?.value ?? nothing, base: loaded ?? null });
  const typed = useTyped<CustomerForm>(draft.value, draft.set, draft.clear, live);
  const v = typed.form;
  const save = useTell("customers.save", { ...(customer ? { undo: () => t("customers.saved", { name: v.name }) } : {}) });
  const send = async (form: CustomerForm, id: string | null, version: number | null) => {
    const saved = await save.mutateAsync({ id, version, ...form, addresses: [] });
    draft.clear({ form: nothing, base: null });
    onClose();
    onSaved?.(saved.id);
  };
  const merge = useMerge<CustomerForm>({
    kind: "customer",
    fields: useCustomerFields(),
    mine: v,
    base: typed.base,
    live,
    newest: () => newestCustomer(customer?.id ?? ""),
    traces: customer ? { subject: customer.id } : null,
    rebase: typed.rebase,
    save: (form, onto) => send(form, customer?.id ?? null, onto?.version ?? null),
    anew: (form) => send(form, null, null),
  });
  const error = merge.owns(save.error) ? null : save.error;
  const existing = error?.code === "duplicate" ? String(error.data.existing ?? "") : "";
  const wrong = error?.code === "invalid" || error?.code === "duplicate" ? String(error.data.field ?? "") : "";

  const put = (patch: Partial<CustomerForm>) => {
    if (save.error) save.reset();
    typed.put(patch);
  };

  const field = (key: keyof CustomerForm, label: string, props: { autoFocus?: boolean; required?: boolean; tel?: boolean; max: number }) => (
    <Form.Item label={label} htmlFor={`cu-${key}`} required={props.required ?? false} {...(wrong === key ? { validateStatus: "error" as const } : {})}>
      <Input
        id={`cu-${key}`}
        value={v[key]}
        maxLength={props.max}
        autoComplete="off"
        autoFocus={props.autoFocus ?? false}
        aria-invalid={wrong === key || undefined}
        {...(props.tel ? { inputMode: "tel" as const } : {})}
        onChange={(e) => put({ [key]: e.target.value })}
      />
    </Form.Item>
  );

  return (
    <FormDrawer open title={customer ? t("customers.edit") : t("customers.add")} onClose={onClose} onSave={() => void merge.submit()} saving={save.isPending} disabled={v.name.trim() === "" && v.phone.trim() === "" && v.email.trim() === ""} error={existing ? null : error}>
      <DraftNotice draft={draft} />
      <StaleMerge merge={merge} />
      {existing && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          style={{ marginBottom: 12 }}
          title={t("customers.duplicate.title", { what: wrong === "email" ? t("customers.email") : t("customers.phone") })}
          description={t("customers.duplicate.text")}
          action={
            <Link to="/customers/$id" params={{ id: existing }} onClick={onClose}>
              <Button size="small">{t("customers.duplicate.open")}</Button>
            </Link>
          }
        />
      )}
      <Form layout="vertical" component="div">
        {field("name", t("customers.name"), { autoFocus: true, required: true, max: 80 })}
        {field("phone", t("customers.phone"), { tel: true, max: 30 })}
        {field("email", t("customers.email"), { max: 120 })}
        {field("country", t("customers.countryCode"), { max: 2 })}
        <Form.Item label={t("customers.note")} htmlFor="cu-note">
          <Input.TextArea id="cu-note" value={v.note} maxLength={2000} rows={2} onChange={(e) => put({ note: e.target.value })} />
        </Form.Item>
      </Form>
    </FormDrawer>
  );
}
