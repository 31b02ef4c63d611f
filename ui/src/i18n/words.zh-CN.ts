export const words = import.meta.glob<Record<string, unknown>>("../*/zh-CN.json", { eager: true, import: "default" });
