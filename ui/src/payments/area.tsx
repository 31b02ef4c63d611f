import { defineArea } from "../app/areas";
import { WalletOutlined } from "../components/icons";

export default defineArea({
  name: "payments",
  needs: "payments_read",
  menu: { label: "payments.menu", icon: <WalletOutlined />, to: "/payments", order: 15 },
  routes: [{ path: "/payments", page: () => import("./PaymentList") }],
  actions: [{ label: "payments.go", to: "/payments", keys: "g m", words: "shoukuan qianxiang till cash money zhifu" }],
});
