import { defineArea } from "../app/areas";
import { DashboardOutlined } from "../components/icons";
import { DashboardPage } from "./DashboardPage";
import { askFirst } from "./queries";

export default defineArea({
  name: "dashboard",
  needs: "analytics_read",
  menu: { label: "dashboard.menu", icon: <DashboardOutlined />, to: "/", order: 0 },
  routes: [{ path: "/", page: { Page: DashboardPage, ask: askFirst } }],
  actions: [{ label: "dashboard.go", to: "/", keys: "g d", words: "home shouye gongzuotai kpi" }],
});
