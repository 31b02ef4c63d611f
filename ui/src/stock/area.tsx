import { defineArea } from "../app/areas";
import { DatabaseOutlined, SwapOutlined } from "../components/icons";

export default defineArea({
  name: "stock",
  needs: "stock_read",
  menu: { label: "stock.menu", icon: <DatabaseOutlined />, to: "/stock", order: 30 },
  routes: [
    { path: "/stock", page: () => import("./StockList") },
    { path: "/stock/moves", page: () => import("./MoveList") },
    { path: "/stock/check", page: () => import("./StockCheck") },
  ],
  actions: [
    { label: "stock.go", to: "/stock", keys: "g k", words: "kucun inventory warehouse" },
    { label: "stock.goLow", to: "/stock?level=low", words: "quehuo dikucun low reorder" },
    { label: "stock.goMoves", icon: <SwapOutlined />, to: "/stock/moves", words: "liushui ledger movements" },
    { label: "stock.check.title", to: "/stock/check", words: "duizhang zijian self check" },
  ],
});
