import { defineArea } from "../app/areas";
import { WarningOutlined } from "../components/icons";

export default defineArea({
  name: "offline",
  needs: "orders_read",
  routes: [{ path: "/attention", page: () => import("./AttentionPage") }],
  actions: [{ label: "offline.go", icon: <WarningOutlined />, to: "/attention", words: "lixian duanwang daichuli lianjie offline connection attention sync" }],
});
