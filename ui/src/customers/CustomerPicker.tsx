import "./customers.css";
import { Button, Input, Select, Spin, type RefSelectProps } from "antd";
import { CloseOutlined, UserAddOutlined } from "@ant-design/icons";
import { useState, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { useFoundCustomers } from "./queries";

export interface PickedCustomer {
  /** Null for somebody new, who is created with the document. */
  id: string | null;
  name: string;
  phone: string;
}

interface Props {
  value: PickedCustomer | null;
  onChange: (c: PickedCustomer | null) => void;
  disabled?: boolean;
  pickRef?: Ref<RefSelectProps>;
  /** Enter in the last field. */
  onDone?: () => void;
}

const NEW = "+new";

/** Finds somebody by name, pinyin, phone or e-mail; whoever is not there yet is added with a name and a phone number. */
export function CustomerPicker({ value, onChange, disabled = false, pickRef, onDone }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const found = useFoundCustomers(text);

  if (value && value.id === null) {
    return (
      <div className="cu-new">
        <Input
          autoFocus={value.name === ""}
          value={value.name}
          disabled={disabled}
          maxLength={80}
          aria-label={t("customers.name")}
          placeholder={t("customers.name")}
          onChange={(e) => onChange({ ...value, name: e.target.value })}
        />
        <Input
          autoFocus={value.name !== ""}
          value={value.phone}
          disabled={disabled}
          maxLength={30}
          inputMode="tel"
          aria-label={t("customers.phone")}
          placeholder={t("customers.phone")}
          onChange={(e) => onChange({ ...value, phone: e.target.value })}
          onPressEnter={(e) => {
            if (e.nativeEvent.isComposing) return;
            e.preventDefault();
            onDone?.();
          }}
        />
        <Button type="text" disabled={disabled} icon={<CloseOutlined />} aria-label={t("customers.pick.clear")} onClick={() => onChange(null)} />
      </div>
    );
  }

  if (value) {
    return (
      <div className="cu-picked">
        <span>
          <strong>{value.name}</strong> <span className="sk-muted sk-num">{value.phone}</span>
        </span>
        <Button type="text" size="small" disabled={disabled} icon={<CloseOutlined />} aria-label={t("customers.pick.clear")} onClick={() => onChange(null)} />
      </div>
    );
  }

  const typed = text.trim();
  return (
    <Select
      {...(pickRef ? { ref: pickRef } : {})}
      className="cu-pick"
      disabled={disabled}
      value={null}
      placeholder={t("customers.pick.hint")}
      aria-label={t("customers.pick.label")}
      showSearch={{ filterOption: false, searchValue: text, onSearch: setText }}
      loading={found.waiting}
      notFoundContent={found.waiting ? <Spin size="small" /> : typed === "" ? t("customers.pick.typeFirst") : null}
      defaultActiveFirstOption
      options={[
        ...(found.data ?? []).map((c) => ({
          value: c.id,
          label: (
            <span className="cu-option">
              <span>{c.name || c.email}</span>
              <span className="sk-muted sk-num">{c.phone}</span>
            </span>
          ),
        })),
        ...(typed === "" || found.waiting
          ? []
          : [
              {
                value: NEW,
                label: (
                  <span>
                    <UserAddOutlined aria-hidden /> {t("customers.pick.new", { text: typed })}
                  </span>
                ),
              },
            ]),
      ]}
      onChange={(v: string | null) => {
        if (v === NEW) {
          // A number is a phone number, everything else a name.
          const phone = /^[+\d][\d\s()-]{4,}$/.test(typed);
          onChange({ id: null, name: phone ? "" : typed, phone: phone ? typed : "" });
        } else {
          const c = (found.data ?? []).find((x) => x.id === v);
          if (c) {
            onChange({ id: c.id, name: c.name || c.email, phone: c.phone });
            onDone?.();
          }
        }
        setText("");
      }}
    />
  );
}
