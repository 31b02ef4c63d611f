import { defineArea } from "../app/areas";
import { TeamOutlined, UserAddOutlined } from "../components/icons";
import { findCustomers } from "./queries";

export default defineArea({
  name: "customers",
  needs: "customers_read",
  menu: { label: "customers.menu", icon: <TeamOutlined />, to: "/customers", order: 40 },
  routes: [
    { path: "/customers", page: () => import("./CustomerList") },
    { path: "/customers/$id", page: () => import("./CustomerPage") },
  ],
  actions: [
    { label: "customers.go", to: "/customers", keys: "g c", words: "kehu huiyuan buyers people" },
    { label: "customers.add", icon: <UserAddOutlined />, to: "/customers?new=1", needs: "customers_write", words: "xinjian kehu new customer" },
  ],
  search: {
    label: "customers.menu",
    icon: <TeamOutlined />,
    find: async (text) => (await findCustomers(text)).map((c) => ({ key: c.id, title: c.name || c.email || c.phone, detail: c.phone, to: `/customers/${c.id}` })),
  },
});
