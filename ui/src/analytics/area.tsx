import { defineArea } from "../app/areas";
import { BarChartOutlined } from "../components/icons";

export default defineArea({
  name: "analytics",
  needs: "analytics_read",
  menu: { label: "analytics.menu", icon: <BarChartOutlined />, to: "/analytics", order: 50 },
  routes: [{ path: "/analytics", page: () => import("./ReportsPage") }],
  actions: [
    { label: "analytics.go", to: "/analytics", keys: "g r", words: "baobiao tongji report sales fenxi" },
  ],
});
