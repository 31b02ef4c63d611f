import { SettingOutlined } from "@ant-design/icons";
import { defineArea } from "../app/areas";

export default defineArea({
  name: "settings",
  menu: { label: "settings.menu", icon: <SettingOutlined />, to: "/settings", order: 90 },
  routes: [{ path: "/settings", page: () => import("./SettingsPage") }],
  actions: [{ label: "settings.go", to: "/settings", keys: "g ,", words: "shezhi preferences backup beifen" }],
});
