// All of one language, in one file of the bundle: the areas' words, the component library's and the calendar's.
import antd from "antd/es/locale/zh_CN";
import "dayjs/locale/zh-cn";

export const locale = antd;
export const words = import.meta.glob<Record<string, unknown>>("../*/zh-CN.json", { eager: true, import: "default" });
