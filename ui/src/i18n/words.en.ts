import antd from "antd/es/locale/en_US";

export const locale = antd;
export const words = import.meta.glob<Record<string, unknown>>("../*/en.json", { eager: true, import: "default" });
