import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useLayoutEffect, useState } from "react";
import { invalidateTags } from "../lib/api";
import { installHotkeys } from "../lib/hotkeys";
import { useStore } from "../lib/store";
import { toasts } from "../lib/toasts";
import { onChanged } from "../lib/transport";
import { Boundary } from "./Boundary";
import { client } from "./client";
import { Gate } from "./Gate";
import { inLibrary } from "./inLibrary";
import { useDark } from "./theme";

const ToastHost = lazy(inLibrary(() => import("./ToastHost")));

export function App() {
  const dark = useDark();
  useEffect(() => installHotkeys(), []);
  useEffect(() => onChanged((tags) => invalidateTags(client, tags)), []);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }, [dark]);

  return (
    <QueryClientProvider client={client}>
      <Boundary>
        <Gate />
        <Toasts />
      </Boundary>
    </QueryClientProvider>
  );
}

/** There from the first thing to say on. */
function Toasts() {
  const any = useStore(toasts).length > 0;
  const [wanted, setWanted] = useState(any);
  if (any && !wanted) setWanted(true);
  return (
    wanted && (
      <Suspense>
        <ToastHost />
      </Suspense>
    )
  );
}
