import { Link } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { DraftNotice } from "../components/DraftNotice";
import { useTell } from "../lib/api";
import { useDraft } from "../lib/drafts";
import { ApiError } from "../lib/errors";
import type { Customer } from "./types";

interface Props {
  open: boolean;
  /** The one being changed; without it a new one is made. */
  customer?: Customer;
  onClose: () => void;
  onSaved?: (id: string) => void;
}

interface Typed {
  name: string;
  phone: string;
  email: string;
  country: string;
  note: string;
}

const nothing: Typed = { name: "", phone: "", email: "", country: "", note: "" };

export function CustomerDrawer(p: Props) {
  // A drawer that is shut keeps no form, so that the next one begins with what the customer is now.
  return p.open ? <Drawer key={`${p.customer?.id ?? "new"}-${p.customer?.version ?? 0}`} {...p} /> : null;
}

function Drawer({ customer, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const start: Typed = customer ? { name: customer.name, phone: customer.phone, email: customer.email, country: customer.country, note: customer.note } : nothing;
  const draft = useDraft<Typed>(`customers.${customer ? `${customer.id}.${customer.version}` : "new"}`, start);
  const v = draft.value;
  const save = useTell("customers.save", { ...(customer ? { undo: () => t("customers.saved", { name: v.name }) } : {}) });
  const error = save.error;
  const existing = error instanceof ApiError && error.code === "duplicate" ? String(error.data.existing ?? "") : "";
  const wrong = error instanceof ApiError && (error.code === "invalid" || error.code === "duplicate") ? String(error.data.field ?? "") : "";

  useEffect(() => {
    save.reset();
  }, [v.phone, v.email, v.name]); // eslint-disable-line react-hooks/exhaustive-deps

  const submit = async () => {
    try {
      const saved = await save.mutateAsync({ id: customer?.id ?? null, version: customer?.version ?? null, ...v, addresses: [] });
      draft.clear(nothing);
      onClose();
      onSaved?.(saved.id);
    } catch {
      // Shown in the drawer.
    }
  };

  const field = (key: keyof Typed, label: string, props: { autoFocus?: boolean; required?: boolean; tel?: boolean; max: number }) => (
    <Form.Item label={label} htmlFor={`cu-${key}`} required={props.required ?? false} {...(wrong === key ? { validateStatus: "error" as const } : {})}>
      <Input
        id={`cu-${key}`}
        value={v[key]}
        maxLength={props.max}
        autoComplete="off"
        autoFocus={props.autoFocus ?? false}
        aria-invalid={wrong === key || undefined}
        {...(props.tel ? { inputMode: "tel" as const } : {})}
        onChange={(e) => draft.set((old) => ({ ...old, [key]: e.target.value }))}
      />
    </Form.Item>
  );

  return (
    <FormDrawer open title={customer ? t("customers.edit") : t("customers.add")} onClose={onClose} onSave={() => void submit()} saving={save.isPending} disabled={v.name.trim() === "" && v.phone.trim() === "" && v.email.trim() === ""} error={existing ? null : error}>
      <DraftNotice draft={draft} />
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
          <Input.TextArea id="cu-note" value={v.note} maxLength={2000} rows={2} onChange={(e) => draft.set((old) => ({ ...old, note: e.target.value }))} />
        </Form.Item>
      </Form>
    </FormDrawer>
  );
}
