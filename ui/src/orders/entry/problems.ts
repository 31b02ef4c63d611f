import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, describeError } from "../../lib/errors";
import type { Problem } from "../types";

/** What placing would be refused for, in words, and which fields of the address it is about. */
export function useProblems(problems: Problem[]): { texts: string[]; address: string[] } {
  const { i18n } = useTranslation();
  return useMemo(
    () => ({
      texts: [...new Set(problems.map((p) => describeError(i18n, new ApiError("orders.place", "invalid", { ...p })).title))],
      address: problems.filter((p) => p.field.startsWith("ship_to")).map((p) => p.field.replace(/^ship_to\.?/, "") || "street"),
    }),
    [problems, i18n, i18n.language],
  );
}
