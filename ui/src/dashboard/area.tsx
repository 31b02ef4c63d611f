import { DashboardOutlined } from "@ant-design/icons";
import { defineArea } from "../app/areas";

export default defineArea({
  name: "dashboard",
  menu: { label: "dashboard.menu", icon: <DashboardOutlined />, to: "/", order: 0 },
  routes: [{ path: "/", page: () => import("./DashboardPage") }],
  actions: [{ label: "dashboard.go", to: "/", keys: "g d", words: "home shouye gongzuotai kpi" }],
});
