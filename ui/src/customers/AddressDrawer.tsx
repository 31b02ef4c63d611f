import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../components/FormDrawer";
import { useTell } from "../lib/api";
import { ApiError } from "../lib/errors";
import { AddressFields, type AddressValue } from "./AddressFields";
import type { Address, Customer } from "./types";

interface Props {
  customer: Customer;
  address?: Address;
  onClose: () => void;
}

export function AddressDrawer({ customer, address, onClose }: Props) {
  const { t } = useTranslation();
  const [value, setValue] = useState<AddressValue>(
    address ?? { name: customer.name, phone: customer.phone, country: customer.country, region_code: "", province: "", city: "", district: "", street: "", postcode: "" },
  );
  const [preferred, setPreferred] = useState(address?.preferred ?? customer.addresses.length === 0);
  const save = useTell("customers.save_address", { undo: () => t("customers.address.saved") });
  const wrong = save.error instanceof ApiError && save.error.code === "invalid" ? [String(save.error.data.field ?? "")] : [];

  const run = async () => {
    const { name, phone, country, region_code, province, city, district, street, postcode } = value;
    try {
      await save.mutateAsync({ id: address?.id ?? null, customer_id: customer.id, name, phone, country, region_code, province, city, district, street, postcode, preferred });
      onClose();
    } catch {
      // Shown in the drawer.
    }
  };

  return (
    <FormDrawer open title={address ? t("customers.address.edit") : t("customers.address.add")} onClose={onClose} onSave={() => void run()} saving={save.isPending} disabled={value.street.trim() === ""} error={save.error}>
      <AddressFields value={value} onChange={setValue} wrong={wrong} />
      <Checkbox checked={preferred} disabled={address?.preferred ?? false} onChange={(e) => setPreferred(e.target.checked)}>
        {t("customers.address.preferred")}
      </Checkbox>
    </FormDrawer>
  );
}
