import { Button, Checkbox, Form, Input, Radio, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { DraftNotice } from "../../components/DraftNotice";
import { ErrorNotice } from "../../components/ErrorNotice";
import { EncryptModal } from "../../components/RecoveryCode";
import { useTell } from "../../lib/api";
import { guessZone } from "../../lib/dates";
import { useDraft } from "../../lib/drafts";
import { countryName, currencies, currencyName, guessRegion, REGIONS, zones } from "./regions";

interface Setup {
  name: string;
  country: string;
  currency: string;
  zone: string;
  tax_inclusive: boolean;
}

export function SetupForm({ onReady, desktop }: { onReady: () => void; desktop: boolean }) {
  const { t, i18n } = useTranslation();
  const start = useMemo<Setup>(() => {
    const here = guessZone();
    const r = guessRegion(here, i18n.language);
    return { name: "", country: r.code, currency: r.currency, zone: here !== "UTC" && zones().includes(here) ? here : r.zone, tax_inclusive: r.inclusive };
  }, []); // eslint-disable-line react-hooks/exhaustive-deps
  const draft = useDraft<Setup>("firstRun.setup", start);
  const v = draft.value;
  const put = (patch: Partial<Setup>) => draft.set((old) => ({ ...old, ...patch }));
  const setup = useTell("settings.setup", {
    onSuccess: () => {
      draft.clear();
      onReady();
    },
  });
  const [encrypt, setEncrypt] = useState(desktop);
  const [showing, setShowing] = useState(false);
  const open = () => setup.mutate({ ...v, name: v.name.trim() });
  const find = (text: string, o?: { label?: unknown; value?: unknown }) => `${String(o?.label ?? "")} ${String(o?.value ?? "")}`.toLowerCase().includes(text.toLowerCase());

  return (
    // Encrypted while there is nothing in it yet; the code stands on the screen before anything depends on it.
    <Form layout="vertical" onFinish={() => (encrypt ? setShowing(true) : open())}>
      <h1 className="sk-first-title">{t("firstRun.setup.title")}</h1>
      <DraftNotice draft={draft} />
      <Form.Item label={t("firstRun.name")} htmlFor="fr-name" required>
        <Input id="fr-name" autoFocus value={v.name} maxLength={80} placeholder={t("firstRun.namePlaceholder")} onChange={(e) => put({ name: e.target.value })} />
      </Form.Item>
      <Form.Item label={t("firstRun.country")} htmlFor="fr-country">
        <Select
          id="fr-country"
          showSearch={{ filterOption: find }}
          value={v.country}
          options={REGIONS.map((r) => ({ value: r.code, label: countryName(r.code, i18n.language) }))}
          onChange={(code) => {
            const r = REGIONS.find((x) => x.code === code);
            if (r) put({ country: code, currency: r.currency, zone: r.zone, tax_inclusive: r.inclusive });
          }}
        />
      </Form.Item>
      <div className="sk-two">
        <Form.Item label={t("firstRun.currency")} htmlFor="fr-currency" extra={t("firstRun.currencyHint")}>
          <Select id="fr-currency" showSearch={{ filterOption: find }} value={v.currency} options={currencies().map((c) => ({ value: c, label: currencyName(c, i18n.language) }))} onChange={(currency) => put({ currency })} />
        </Form.Item>
        <Form.Item label={t("firstRun.zone")} htmlFor="fr-zone" extra={t("firstRun.zoneHint")}>
          <Select id="fr-zone" showSearch={{ filterOption: find }} value={v.zone} options={zones().map((z) => ({ value: z, label: z }))} onChange={(zone: string) => put({ zone })} />
        </Form.Item>
      </div>
      <Form.Item label={t("firstRun.tax")}>
        <Radio.Group value={v.tax_inclusive} onChange={(e) => put({ tax_inclusive: Boolean(e.target.value) })} options={[{ value: true, label: t("firstRun.taxIncl") }, { value: false, label: t("firstRun.taxExcl") }]} />
      </Form.Item>
      {desktop && (
        <Form.Item extra={t("firstRun.encryptHint")}>
          <Checkbox id="fr-encrypt" checked={encrypt} onChange={(e) => setEncrypt(e.target.checked)}>
            {t("firstRun.encrypt")}
          </Checkbox>
        </Form.Item>
      )}
      {showing && (
        <EncryptModal
          onClose={() => setShowing(false)}
          onDone={() => {
            setShowing(false);
            setEncrypt(false);
            open();
          }}
        />
      )}
      {setup.error && <ErrorNotice error={setup.error} />}
      <Button type="primary" size="large" block htmlType="submit" disabled={!v.name.trim()} loading={setup.isPending}>
        {t("firstRun.open")}
      </Button>
    </Form>
  );
}
