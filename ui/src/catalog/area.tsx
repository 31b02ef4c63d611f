import { defineArea } from "../app/areas";
import { AppstoreOutlined, PlusOutlined, TagsOutlined } from "../components/icons";
import { i18next } from "../i18n";
import { titleOf } from "../lib/titles";
import { findProducts } from "./queries";

export default defineArea({
  name: "catalog",
  needs: "catalog_read",
  menu: { label: "catalog.menu", icon: <TagsOutlined />, to: "/catalog", order: 20 },
  routes: [
    { path: "/catalog", page: () => import("./ProductList") },
    { path: "/catalog/new", page: () => import("./ProductPage") },
    { path: "/catalog/categories", page: () => import("./Categories") },
    { path: "/catalog/$id", page: () => import("./ProductPage") },
  ],
  actions: [
    { label: "catalog.go", to: "/catalog", keys: "g p", words: "shangpin products goods" },
    { label: "catalog.add", icon: <PlusOutlined />, to: "/catalog/new", needs: "catalog_write", words: "xinjian shangpin new product" },
    { label: "catalog.categories.title", icon: <AppstoreOutlined />, to: "/catalog/categories", words: "fenlei category tree" },
  ],
  search: {
    label: "catalog.menu",
    icon: <TagsOutlined />,
    find: async (text) => (await findProducts(text)).map((p) => ({ key: p.id, title: titleOf(p, i18next.language), detail: p.sku_code, to: `/catalog/${p.id}` })),
  },
});
