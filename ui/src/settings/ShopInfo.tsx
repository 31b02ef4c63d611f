import { Button, Form, Input, Select, Upload } from "antd";
import { DeleteOutlined, PictureOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { countryName, currencies, currencyName, REGIONS, zones } from "../app/firstRun/regions";
import { ErrorNotice } from "../components/ErrorNotice";
import { StaleMerge } from "../components/StaleMerge";
import { useToast } from "../components/useToast";
import { useAsk, useTell } from "../lib/api";
import { ApiError } from "../lib/errors";
import { newestShop, useEdit, type ShopFacts } from "./queries";
import { Section } from "./Section";

const MAX_LOGO_BYTES = 380 * 1024;

type ShopForm = Pick<ShopFacts, "name" | "currency" | "zone" | "country" | "contact" | "phone" | "address" | "tax_id">;

function formOf({ name, currency, zone, country, contact, phone, address, tax_id }: ShopFacts): ShopForm {
  return { name, currency, zone, country, contact, phone, address, tax_id };
}

export function ShopInfo({ facts }: { facts: ShopFacts }) {
  const { t, i18n } = useTranslation();
  const save = useTell("settings.save_shop", { undo: () => t("settings.saved") });
  const plain = (v: unknown) => String(v ?? "");
  const edit = useEdit<ShopForm>(formOf(facts), facts.version, {
    kind: "shop",
    fields: {
      name: { label: t("settings.shop.name"), show: plain },
      contact: { label: t("settings.shop.contact"), show: plain },
      phone: { label: t("settings.shop.phone"), show: plain },
      address: { label: t("settings.shop.address"), show: plain },
      tax_id: { label: t("settings.shop.tax_id"), show: plain },
      country: { label: t("firstRun.country"), show: (v) => (v ? countryName(plain(v), i18n.language) : "") },
      currency: { label: t("firstRun.currency"), show: (v) => currencyName(plain(v), i18n.language) },
      zone: { label: t("firstRun.zone"), show: plain },
    },
    newest: () => newestShop(formOf),
    traces: { subject: facts.id },
    save: (form, version) => save.mutateAsync({ version, ...form }),
  });
  const v = edit.value;
  const text = (key: "name" | "contact" | "phone" | "address" | "tax_id", max: number) => (
    <Form.Item label={t(`settings.shop.${key}`)} htmlFor={`shop-${key}`}>
      <Input id={`shop-${key}`} value={v[key]} maxLength={max} onChange={(e) => edit.put({ [key]: e.target.value })} />
    </Form.Item>
  );
  const find = (typed: string, o?: { label?: unknown; value?: unknown }) => `${String(o?.label ?? "")} ${String(o?.value ?? "")}`.toLowerCase().includes(typed.toLowerCase());

  return (
    <>
      <Section
        title={t("settings.shop.title")}
        text={t("settings.shop.text")}
        dirty={edit.dirty}
        saving={save.isPending}
        onDrop={edit.drop}
        onSave={() => void edit.merge.submitOnLive()}
        notice={<StaleMerge merge={edit.merge} />}
      >
        {save.error && !edit.merge.owns(save.error) && <ErrorNotice error={save.error} />}
        <Form layout="vertical" component="div">
          {text("name", 80)}
          <div className="sk-two">
            {text("contact", 200)}
            {text("phone", 60)}
          </div>
          {text("address", 500)}
          <div className="sk-two">
            {text("tax_id", 60)}
            <Form.Item label={t("firstRun.country")} htmlFor="shop-country">
              <Select id="shop-country" showSearch={{ filterOption: find }} value={v.country} options={REGIONS.map((r) => ({ value: r.code, label: countryName(r.code, i18n.language) }))} onChange={(country) => edit.put({ country })} />
            </Form.Item>
          </div>
          <div className="sk-two">
            <Form.Item label={t("firstRun.currency")} htmlFor="shop-currency" extra={t("firstRun.currencyHint")}>
              <Select id="shop-currency" showSearch={{ filterOption: find }} value={v.currency} options={[...new Set([v.currency, ...currencies()])].map((c) => ({ value: c, label: currencyName(c, i18n.language) }))} onChange={(currency) => edit.put({ currency })} />
            </Form.Item>
            <Form.Item label={t("firstRun.zone")} htmlFor="shop-zone" extra={t("settings.shop.zoneHint")}>
              <Select id="shop-zone" showSearch={{ filterOption: find }} value={v.zone} options={zones().map((z) => ({ value: z, label: z }))} onChange={(zone) => edit.put({ zone })} />
            </Form.Item>
          </div>
        </Form>
      </Section>
      <Logo />
    </>
  );
}

function Logo() {
  const { t } = useTranslation();
  const toast = useToast();
  const q = useAsk("settings.logo", {});
  const save = useTell("settings.save_logo", { undo: () => t("settings.saved"), onError: (e) => toast.error(e) });
  const data = q.data?.data ?? null;
  return (
    <Section title={t("settings.logo.title")} text={t("settings.logo.text")}>
      <div className="sk-actions">
        {data ? <img src={data} alt={t("settings.logo.title")} className="sk-logo" /> : <span className="sk-logo sk-logo-none" aria-hidden><PictureOutlined /></span>}
        <Upload
          accept="image/png,image/jpeg,image/webp,image/svg+xml"
          showUploadList={false}
          beforeUpload={(file) => {
            if (file.size > MAX_LOGO_BYTES) toast.error(new ApiError("settings.save_logo", "invalid", { field: "data", rule: "too_large" }));
            else {
              const reader = new FileReader();
              reader.onload = () => save.mutate({ data: String(reader.result) });
              reader.readAsDataURL(file);
            }
            return false;
          }}
        >
          <Button loading={save.isPending}>{t("settings.logo.choose")}</Button>
        </Upload>
        {data && (
          <Button type="text" icon={<DeleteOutlined />} onClick={() => save.mutate({ data: null })}>
            {t("settings.logo.remove")}
          </Button>
        )}
      </div>
    </Section>
  );
}
