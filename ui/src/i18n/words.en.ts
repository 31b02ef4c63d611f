export const words = import.meta.glob<Record<string, unknown>>("../*/en.json", { eager: true, import: "default" });
