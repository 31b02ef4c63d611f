import type { Method } from "./types";

export const METHODS: Method[] = ["cash", "bank_transfer", "elsewhere"];
