import { useNavigate, useParams } from "@tanstack/react-router";
import { Menu, Select } from "antd";
import { AppstoreOutlined, DatabaseOutlined, GlobalOutlined, HistoryOutlined, InfoCircleOutlined, NumberOutlined, ShopOutlined, SlidersOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { Waiting } from "../components/Waiting";
import type { Permission } from "../bindings";
import { useCan } from "../lib/me";
import { useScreen } from "../lib/screen";
import { About } from "./About";
import { Data } from "./Data";
import { History } from "./History";
import { Modules } from "./Modules";
import { Numbering } from "./Numbering";
import { useShopFacts } from "./queries";
import { Regional } from "./Regional";
import { Rules } from "./Rules";
import { ShopInfo } from "./ShopInfo";
import "./settings.css";

const ICONS = { shop: <ShopOutlined />, modules: <AppstoreOutlined />, rules: <SlidersOutlined />, numbers: <NumberOutlined />, regional: <GlobalOutlined />, data: <DatabaseOutlined />, history: <HistoryOutlined />, about: <InfoCircleOutlined /> };
type Name = keyof typeof ICONS;
const NEEDS: Partial<Record<Name, Permission>> = { data: "settings_write", history: "audit_read" };
const NAMES = Object.keys(ICONS) as Name[];

export default function SettingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { narrow } = useScreen();
  const params = useParams({ strict: false }) as { section?: string };
  const here: Name = NAMES.find((n) => n === params.section) ?? "shop";
  const shop = useShopFacts();
  const go = (n: string) => void navigate({ to: `/settings/${n}` });
  const can = useCan();
  const items = NAMES.filter((n) => can(NEEDS[n])).map((n) => ({ key: n, icon: ICONS[n], label: t(`settings.sections.${n}`) }));

  return (
    <div className="sk-page sk-settings">
      <PageHeader title={t("settings.menu")} />
      <div className="sk-settings-body">
        {narrow ? (
          <Select className="sk-settings-pick" aria-label={t("settings.menu")} value={here} onChange={go} options={items.map((i) => ({ value: i.key, label: i.label }))} />
        ) : (
          <nav aria-label={t("settings.menu")}>
            <Menu mode="inline" items={items} selectedKeys={[here]} onClick={({ key }) => go(key)} />
          </nav>
        )}
        <div className="sk-settings-main">
          {shop.error && <ErrorNotice error={shop.error} onRetry={() => void shop.refetch()} />}
          {shop.isPending && <Waiting />}
          {shop.facts && here === "shop" && <ShopInfo facts={shop.facts} />}
          {shop.facts && here === "modules" && <Modules facts={shop.facts} />}
          {shop.facts && here === "rules" && <Rules facts={shop.facts} />}
          {shop.facts && here === "numbers" && <Numbering facts={shop.facts} />}
          {here === "regional" && <Regional />}
          {here === "data" && <Data />}
          {here === "history" && <History />}
          {here === "about" && <About />}
        </div>
      </div>
    </div>
  );
}
