import { defineArea } from "../app/areas";
import { AuditOutlined, UserAddOutlined } from "../components/icons";

export default defineArea({
  name: "access",
  needs: "access_read",
  menu: { label: "access.menu", icon: <AuditOutlined />, to: "/access", order: 80 },
  routes: [{ path: "/access", page: () => import("./AccessPage") }],
  actions: [
    { label: "access.go", to: "/access", words: "renyuan yuangong quanxian juese staff people roles permissions users" },
    { label: "access.add", icon: <UserAddOutlined />, to: "/access?new=1", needs: "access_write", words: "xinjian yuangong new person user" },
  ],
});
