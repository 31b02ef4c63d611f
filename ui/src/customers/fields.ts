import { useTranslation } from "react-i18next";
import type { FormFields, Versioned } from "../lib/useMerge";
import { addressLine, type AddressValue } from "./AddressFields";
import { customerOf } from "./queries";
import type { Address, Customer } from "./types";

export interface CustomerForm {
  name: string;
  phone: string;
  email: string;
  country: string;
  note: string;
}

export function versionOf({ version, name, phone, email, country, note }: Customer): Versioned<CustomerForm> {
  return { version, value: { name, phone, email, country, note } };
}

export async function newestCustomer(id: string): Promise<Versioned<CustomerForm>> {
  return versionOf(await customerOf(id));
}

const text = (v: unknown) => String(v ?? "");

export function useCustomerFields(): FormFields<CustomerForm> {
  const { t } = useTranslation();
  return {
    name: { label: t("customers.name"), show: text },
    phone: { label: t("customers.phone"), show: text },
    email: { label: t("customers.email"), show: text },
    country: { label: t("customers.country"), show: text },
    note: { label: t("customers.note"), show: text },
  };
}

/** The place is one field: a street of one person in the city of another is nobody's address. */
export interface AddressForm {
  name: string;
  phone: string;
  place: Omit<AddressValue, "name" | "phone">;
  preferred: boolean;
}

/** An address keeps no count of its versions: it is its own. */
export function addressVersionOf(a: Address): Versioned<AddressForm, Address> {
  const { id: _id, customer_id: _customer, name, phone, preferred, ...place } = a;
  return { version: a, value: { name, phone, place, preferred } };
}

export async function newestAddress(customer: string, id: string): Promise<Versioned<AddressForm, Address> | null> {
  const found = (await customerOf(customer)).addresses.find((a) => a.id === id);
  return found ? addressVersionOf(found) : null;
}

export function useAddressFields(): FormFields<AddressForm> {
  const { t } = useTranslation();
  return {
    name: { label: t("customers.address.name"), show: text },
    phone: { label: t("customers.phone"), show: text },
    place: { label: t("fields.address"), show: (v) => addressLine(v as AddressForm["place"]) },
    preferred: { label: t("customers.address.preferred"), show: (v) => t(v ? "common.yes" : "common.no") },
  };
}
