import { Input, Radio, Select, type RefSelectProps } from "antd";
import { CarOutlined, ShopOutlined, InboxOutlined } from "@ant-design/icons";
import { useEffect, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { MoneyInput } from "../../components/MoneyInput";
import { AddressFields, CustomerPicker, addressLine, type AddressValue } from "../../customers";
import { useAsk } from "../../lib/api";
import type { OrderDraft } from "./draft";
import type { DeliveryMethod } from "../types";

interface Props {
  draft: OrderDraft;
  disabled: boolean;
  pickRef: Ref<RefSelectProps>;
  /** Fields of the address that the shop would refuse. */
  wrong: string[];
  onChange: (patch: Partial<OrderDraft>) => void;
  onDone: () => void;
}

const ICONS = { counter: <ShopOutlined />, ship: <CarOutlined />, pickup: <InboxOutlined /> };

/** What the shop shows of a street to whoever may not see it. */
const MASKED = "***";

function plain({ name, phone, country, region_code, province, city, district, street, postcode }: AddressValue): AddressValue {
  return { name, phone, country, region_code, province, city, district, street, postcode };
}

/** Who buys, and how the goods get there. */
export function BuyerBox({ draft, disabled, pickRef, wrong, onChange, onDone }: Props) {
  const { t } = useTranslation();
  const customer = useAsk("customers.get", { id: draft.buyer?.id ?? "" }, { enabled: Boolean(draft.buyer?.id) && draft.delivery === "ship" });
  const known = draft.buyer?.id && customer.data?.id === draft.buyer.id ? customer.data.addresses : [];
  const usual = known.find((a) => a.preferred) ?? known[0];
  const empty = draft.address.street === "" && draft.address.city === "" && !disabled;

  // Whoever bought before need not say again where they live.
  useEffect(() => {
    if (usual && empty && draft.delivery === "ship") onChange({ address: plain(usual), addressId: usual.id });
  }, [usual?.id, draft.delivery]); // eslint-disable-line react-hooks/exhaustive-deps

  return (
    <>
      <section className="so-box" aria-labelledby="so-buyer">
        <h2 id="so-buyer">
          {t("orders.entry.buyer")} <kbd>F4</kbd>
        </h2>
        <CustomerPicker value={draft.buyer} onChange={(buyer) => onChange({ buyer })} disabled={disabled} pickRef={pickRef} onDone={onDone} />
        {!draft.buyer && <p className="sk-muted so-hint">{t("orders.entry.walkIn")}</p>}
      </section>
      <section className="so-box" aria-labelledby="so-delivery">
        <h2 id="so-delivery">
          {t("orders.entry.delivery")} <kbd>F7</kbd>
        </h2>
        <Radio.Group
          block
          optionType="button"
          buttonStyle="solid"
          disabled={disabled}
          value={draft.delivery}
          onChange={(e) => onChange({ delivery: e.target.value as DeliveryMethod })}
          aria-labelledby="so-delivery"
          options={(["counter", "ship", "pickup"] as const).map((d) => ({
            value: d,
            label: (
              <span>
                {ICONS[d]} {t(`orders.delivery.${d}`)}
              </span>
            ),
          }))}
        />
        {draft.delivery === "pickup" && <p className="sk-muted so-hint">{t("orders.entry.pickupHint")}</p>}
        {draft.delivery === "ship" && (
          <>
            {known.length > 1 && (
              <Select
                className="so-known"
                value={null}
                disabled={disabled}
                placeholder={t("orders.entry.knownAddress")}
                aria-label={t("orders.entry.knownAddress")}
                options={known.map((a) => ({ value: a.id, label: `${a.name || draft.buyer?.name || ""} ${addressLine(a)}` }))}
                onChange={(id: string | null) => {
                  const a = known.find((x) => x.id === id);
                  if (a) onChange({ address: plain(a), addressId: a.id });
                }}
              />
            )}
            <AddressFields value={draft.address} onChange={(address) => onChange({ address })} disabled={disabled} wrong={wrong} />
            {draft.addressId && draft.address.street === MASKED && <p className="sk-muted so-hint">{t("orders.entry.maskedAddress")}</p>}
            <label className="so-row">
              <span>{t("orders.freight")}</span>
              <MoneyInput value={draft.freight} disabled={disabled} aria-label={t("orders.freight")} onChange={(freight) => onChange({ freight })} />
            </label>
          </>
        )}
        <Input.TextArea
          className="so-note"
          value={draft.sellerNote}
          disabled={disabled}
          maxLength={1000}
          rows={1}
          placeholder={t("orders.sellerNoteHint")}
          aria-label={t("orders.sellerNote")}
          onChange={(e) => onChange({ sellerNote: e.target.value })}
        />
        {draft.delivery !== "counter" && (
          <Input.TextArea
            className="so-note"
            value={draft.buyerNote}
            disabled={disabled}
            maxLength={1000}
            rows={1}
            placeholder={t("orders.buyerNoteHint")}
            aria-label={t("orders.buyerNote")}
            onChange={(e) => onChange({ buyerNote: e.target.value })}
          />
        )}
      </section>
    </>
  );
}
