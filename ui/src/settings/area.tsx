import { defineArea } from "../app/areas";
import { AppstoreOutlined, DatabaseOutlined, HistoryOutlined, NumberOutlined, SettingOutlined, ShopOutlined, SlidersOutlined } from "../components/icons";

export default defineArea({
  name: "settings",
  menu: { label: "settings.menu", icon: <SettingOutlined />, to: "/settings", order: 90 },
  routes: [
    { path: "/settings", page: () => import("./SettingsPage") },
    { path: "/settings/$section", page: () => import("./SettingsPage") },
  ],
  actions: [
    { label: "settings.shop.title", icon: <ShopOutlined />, to: "/settings/shop", words: "shezhi dianpu name logo tax" },
    { label: "settings.modules.title", icon: <AppstoreOutlined />, to: "/settings/modules", words: "shezhi mokuai kaiguan modules on off readonly lock suoding" },
    { label: "settings.rules.title", icon: <SlidersOutlined />, to: "/settings/rules", words: "shezhi guize threshold timeout tax yujing" },
    { label: "settings.numbers.title", icon: <NumberOutlined />, to: "/settings/numbers", words: "shezhi bianhao prefix" },
    { label: "settings.backup.title", icon: <DatabaseOutlined />, to: "/settings/data", needs: "settings_write", words: "shezhi beifen restore huifu jiancha check" },
    { label: "settings.sections.history", icon: <HistoryOutlined />, to: "/settings/history", needs: "audit_read", words: "lishi caozuo rizhi audit log undo chexiao" },
    { label: "settings.diagnostics.copy", to: "/settings/about", words: "zhenduan guanyu about version support" },
    { label: "settings.go", to: "/settings", keys: "g ,", words: "shezhi preferences" },
  ],
});
