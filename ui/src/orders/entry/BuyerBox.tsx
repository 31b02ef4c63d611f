import { Input, Radio, type RefSelectProps } from "antd";
import { CarOutlined, ShopOutlined, InboxOutlined } from "@ant-design/icons";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { MoneyInput } from "../../components/MoneyInput";
import { AddressFields, CustomerPicker } from "../../customers";
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

/** Who buys, and how the goods get there. */
export function BuyerBox({ draft, disabled, pickRef, wrong, onChange, onDone }: Props) {
  const { t } = useTranslation();
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
        <h2 id="so-delivery">{t("orders.entry.delivery")}</h2>
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
            <AddressFields value={draft.address} onChange={(address) => onChange({ address })} disabled={disabled} wrong={wrong} />
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
