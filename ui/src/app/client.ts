import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../lib/errors";

/** What was asked, and the answers. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays a refusal; only a lost line is worth another try.
      retry: (n, e) => n < 2 && e instanceof ApiError && e.code === "unreachable",
      refetchOnWindowFocus: false,
    },
  },
});
