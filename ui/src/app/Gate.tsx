import { RouterProvider } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import { useShop } from "../lib/shop";
import { router } from "./router";
import { useStatusQuery } from "./status";
import { Unlock } from "./Unlock";

const FirstRun = lazy(() => import("./firstRun/FirstRun"));

/** Decides between the shop and the first steps. Nothing else may be shown before the shop's currency and zone are known. */
export function Gate() {
  const status = useStatusQuery();
  const s = status.data ?? null;
  const here = useShop();
  if (status.isPending) return <Waiting />;
  if (status.error && !s && status.error.code !== "no_shop")
    return (
      <main className="sk-center">
        <ErrorNotice error={status.error} onRetry={() => void status.refetch()} />
      </main>
    );
  if (s?.locked) return <Unlock database={s.database} onReady={() => void status.refetch()} />;
  if (!s?.ready)
    return (
      <Suspense fallback={<Waiting />}>
        <FirstRun status={s} onReady={() => void status.refetch()} />
      </Suspense>
    );
  // The pages begin once they can know whose money and whose days they show; another shop begins afresh.
  if (here.id !== s.shop?.id) return <Waiting />;
  return <RouterProvider key={here.id} router={router} />;
}

function Waiting() {
  return (
    <main className="sk-center">
      <Spin size="large" />
    </main>
  );
}
