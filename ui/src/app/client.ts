import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../lib/errors";

/** Who was signed in is not any more: whoever left, or was too long away. The gate asks who is there. */
function refused(e: Error): void {
  if (e instanceof ApiError && e.code === "sign_in_required") void client.invalidateQueries({ queryKey: ["app", "status"] });
}

/** What was asked, and the answers. */
export const client = new QueryClient({
  queryCache: new QueryCache({ onError: refused }),
  mutationCache: new MutationCache({ onError: refused }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays a refusal; only a lost line is worth another try.
      retry: (n, e) => n < 2 && e instanceof ApiError && e.code === "unreachable",
      refetchOnWindowFocus: false,
    },
  },
});
