import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** Goes to an address as it is written down: "/orders?stage=ready". */
export function useGo(): (to: string) => void {
  const navigate = useNavigate();
  return useCallback(
    (to: string) => {
      const [path, query] = to.split("?");
      void navigate({ to: path ?? "/", search: Object.fromEntries(new URLSearchParams(query ?? "")) as never });
    },
    [navigate],
  );
}
