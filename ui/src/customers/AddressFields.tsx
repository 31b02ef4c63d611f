import "./customers.css";
import { Alert, Button, Input } from "antd";
import { SnippetsOutlined } from "@ant-design/icons";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { parseAddress } from "./queries";

export interface AddressValue {
  name: string;
  phone: string;
  country: string;
  region_code: string;
  province: string;
  city: string;
  district: string;
  street: string;
  postcode: string;
}

interface Props {
  value: AddressValue;
  onChange: (a: AddressValue) => void;
  disabled?: boolean;
  /** Names of fields that were refused. */
  wrong?: string[];
}

/** An address, field by field, or pasted in one piece as it came in a chat. */
export function AddressFields({ value, onChange, disabled = false, wrong = [] }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [pasted, setPasted] = useState("");
  const [rest, setRest] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  const take = async (text: string) => {
    if (text.trim() === "") return;
    setBusy(true);
    setFailed(false);
    try {
      const a = await parseAddress(text);
      const understood = a.name + a.phone + a.province + a.city + a.district + a.street !== "";
      if (!understood) {
        setFailed(true);
        return;
      }
      // What the text does not say stays as it was.
      onChange({
        ...value,
        name: a.name || value.name,
        phone: a.phone || value.phone,
        region_code: a.region_code,
        province: a.province,
        city: a.city,
        district: a.district,
        street: a.street,
        postcode: "",
      });
      setRest(a.rest);
      setPasted("");
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  };

  const field = (key: keyof AddressValue, label: string, props: { wide?: boolean; tel?: boolean; max?: number } = {}) => (
    <div className={props.wide ? "cu-field cu-wide" : "cu-field"}>
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <Input
        id={`${id}-${key}`}
        value={value[key]}
        disabled={disabled}
        maxLength={props.max ?? 80}
        autoComplete="off"
        {...(props.tel ? { inputMode: "tel" as const } : {})}
        {...(wrong.includes(key) ? { status: "error" as const, "aria-invalid": true } : {})}
        // A place typed by hand no longer is the place of the code.
        onChange={(e) => onChange({ ...value, [key]: e.target.value, ...(key === "province" || key === "city" || key === "district" ? { region_code: "" } : {}) })}
      />
    </div>
  );

  return (
    <div className="cu-address">
      <div className="cu-paste cu-wide">
        <Input.TextArea
          value={pasted}
          disabled={disabled}
          rows={1}
          placeholder={t("customers.address.pasteHint")}
          aria-label={t("customers.address.paste")}
          onChange={(e) => setPasted(e.target.value)}
          onPaste={(e) => {
            const text = e.clipboardData.getData("text");
            if (pasted === "" && text.trim().length > 6) {
              e.preventDefault();
              setPasted(text);
              void take(text);
            }
          }}
          onPressEnter={(e) => {
            if (e.nativeEvent.isComposing || e.shiftKey || e.ctrlKey) return;
            e.preventDefault();
            void take(pasted);
          }}
        />
        <Button icon={<SnippetsOutlined />} loading={busy} disabled={disabled || pasted.trim() === ""} onClick={() => void take(pasted)}>
          {t("customers.address.take")}
        </Button>
      </div>
      {failed && <Alert className="cu-wide" type="warning" showIcon role="alert" title={t("customers.address.notUnderstood")} />}
      {rest !== "" && <Alert className="cu-wide" type="info" showIcon role="status" closable={{ onClose: () => setRest("") }} title={t("customers.address.rest", { text: rest })} />}
      {field("name", t("customers.address.name"))}
      {field("phone", t("customers.phone"), { tel: true, max: 30 })}
      {field("province", t("customers.address.province"))}
      {field("city", t("customers.address.city"))}
      {field("district", t("customers.address.district"))}
      {field("postcode", t("customers.address.postcode"), { max: 12 })}
      {field("street", t("customers.address.street"), { wide: true, max: 200 })}
    </div>
  );
}

/** One line to read: 浙江省杭州市西湖区文三路 1 号, or "1 High Street, Leeds, LS1 4AB". */
export function addressLine(given: Partial<AddressValue>): string {
  const a = { province: "", city: "", district: "", street: "", postcode: "", country: "", ...given };
  const cjk = /[\u4e00-\u9fff]/.test(a.province + a.city + a.district + a.street);
  const parts = cjk ? [a.province, a.city === a.province ? "" : a.city, a.district, a.street] : [a.street, a.district, a.city, a.province, a.postcode, a.country];
  return parts.filter((x) => x !== "").join(cjk ? "" : ", ");
}
