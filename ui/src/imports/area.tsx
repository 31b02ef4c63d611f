import { defineArea } from "../app/areas";
import { ImportOutlined } from "../components/icons";

export default defineArea({
  name: "imports",
  needs: "imports_read",
  menu: { label: "imports.menu", icon: <ImportOutlined />, to: "/imports", order: 60 },
  routes: [
    { path: "/imports", page: () => import("./ImportsPage") },
    { path: "/imports/$id", page: () => import("./JobPage") },
  ],
  background: async () => ({ default: (await import("./queries")).WatchImports }),
  actions: [{ label: "imports.go", to: "/imports", words: "daoru csv excel xlsx shopify woocommerce upload file" }],
});
