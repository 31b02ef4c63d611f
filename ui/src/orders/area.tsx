import { defineArea } from "../app/areas";
import { PlusCircleOutlined, ShoppingOutlined } from "../components/icons";
import { findOrders } from "./queries";

export default defineArea({
  name: "orders",
  needs: "orders_read",
  menu: { label: "orders.menu", icon: <ShoppingOutlined />, to: "/orders", order: 10 },
  routes: [
    { path: "/orders", page: () => import("./OrderList") },
    { path: "/orders/new", page: () => import("./NewOrder") },
    { path: "/orders/$id", page: () => import("./OrderPage") },
  ],
  actions: [
    { label: "orders.new", icon: <PlusCircleOutlined />, to: "/orders/new", needs: "orders_write", keys: "n", words: "kaidan xindan sale till pos shouyin" },
    { label: "orders.go.list", to: "/orders", keys: "g o", words: "dingdan sales" },
    { label: "orders.go.ship", to: "/orders?stage=ready", keys: "g s", words: "daifahuo fahuo to ship" },
    { label: "orders.go.pay", to: "/orders?stage=placed", words: "daifukuan unpaid to pay" },
    { label: "orders.go.review", to: "/orders?stage=review", words: "shenhe shendan to review" },
  ],
  background: () => import("./NewOrderWatch"),
  search: {
    label: "orders.menu",
    icon: <ShoppingOutlined />,
    find: async (text) => (await findOrders(text)).map((o) => ({ key: o.id, title: o.number, detail: [o.buyer_name, o.first_title].filter(Boolean).join(" · "), to: `/orders/${o.id}` })),
  },
});
