import { Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { StaleMerge } from "../components/StaleMerge";
import { useTell } from "../lib/api";
import { useMerge, useTypedHere } from "../lib/useMerge";
import { AddressFields } from "./AddressFields";
import { addressVersionOf, newestAddress, useAddressFields, type AddressForm } from "./fields";
import type { Address, Customer } from "./types";

interface Props {
  customer: Customer;
  address?: Address;
  onClose: () => void;
}

export function AddressDrawer({ customer, address, onClose }: Props) {
  const { t } = useTranslation();
  // The customer's record is read anew when somebody changes it; what is typed here stays.
  const now = address && customer.addresses.find((a) => a.id === address.id);
  const live = address && (now ? addressVersionOf(now) : null);
  const start = address && addressVersionOf(address);
  const typed = useTypedHere<AddressForm, Address>(
    start
      ? { form: start.value, base: start }
      : { form: { name: customer.name, phone: customer.phone, place: { country: customer.country, region_code: "", province: "", city: "", district: "", street: "", postcode: "" }, preferred: customer.addresses.length === 0 }, base: null },
    live,
  );
  const { name, phone, place, preferred } = typed.form;
  const save = useTell("customers.save_address", { undo: () => t("customers.address.saved") });
  const send = async (form: AddressForm, onto: Address | null) => {
    await save.mutateAsync({ id: onto?.id ?? null, customer_id: customer.id, name: form.name, phone: form.phone, ...form.place, preferred: form.preferred, was: onto });
    onClose();
  };
  const merge = useMerge<AddressForm, Address>({
    kind: "address",
    fields: useAddressFields(),
    mine: typed.form,
    base: typed.base,
    live,
    newest: () => newestAddress(customer.id, address?.id ?? ""),
    traces: address ? { subject: customer.id, id: address.id } : null,
    rebase: typed.rebase,
    save: (form, onto) => send(form, onto?.version ?? null),
    anew: (form) => send(form, null),
  });
  const error = merge.owns(save.error) ? null : save.error;
  const wrong = error?.code === "invalid" ? [String(error.data.field ?? "")] : [];

  return (
    <FormDrawer open title={address ? t("customers.address.edit") : t("customers.address.add")} onClose={onClose} onSave={() => void merge.submit()} saving={save.isPending} disabled={place.street.trim() === ""} error={error}>
      <StaleMerge merge={merge} />
      <AddressFields value={{ name, phone, ...place }} onChange={({ name: who, phone: number, ...where }) => typed.put({ name: who, phone: number, place: where })} wrong={wrong} />
      <Checkbox checked={preferred} disabled={typed.base?.value.preferred ?? false} onChange={(e) => typed.put({ preferred: e.target.checked })}>
        {t("customers.address.preferred")}
      </Checkbox>
    </FormDrawer>
  );
}
