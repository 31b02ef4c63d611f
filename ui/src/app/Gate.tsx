import { useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense, useEffect } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import type { ApiError } from "../lib/errors";
import { shop } from "../lib/shop";
import { router } from "./router";
import { askStatus, type AppStatus } from "./status";

const FirstRun = lazy(() => import("./firstRun/FirstRun"));

/** Decides between the shop and the first steps. Nothing else may be shown before the shop's currency and zone are known. */
export function Gate() {
  const status = useQuery<AppStatus, ApiError>({ queryKey: ["app", "status"], queryFn: askStatus, meta: { tags: ["app", "settings"] }, staleTime: 5_000 });
  const s = status.data ?? null;
  useEffect(() => {
    if (s?.shop) shop.set(s.shop);
    if (s?.shop?.name) document.title = `${s.shop.name} · Shopkeeper 掌柜`;
  }, [s?.shop?.name, s?.shop?.currency, s?.shop?.zone, s?.shop?.logoText, s?.shop?.sample]); // eslint-disable-line

  if (status.isPending) return <Waiting />;
  if (status.error && !s && status.error.code !== "no_shop")
    return (
      <main className="sk-center">
        <ErrorNotice error={status.error} onRetry={() => void status.refetch()} />
      </main>
    );
  if (!s?.ready)
    return (
      <Suspense fallback={<Waiting />}>
        <FirstRun status={s} onReady={() => void status.refetch()} />
      </Suspense>
    );
  return <RouterProvider router={router} />;
}

function Waiting() {
  return (
    <main className="sk-center">
      <Spin size="large" />
    </main>
  );
}
