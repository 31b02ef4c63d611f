import { RouterProvider } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense, useEffect } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import { shop } from "../lib/shop";
import { router } from "./router";
import { useStatusQuery } from "./status";
import { Unlock } from "./Unlock";

const FirstRun = lazy(() => import("./firstRun/FirstRun"));

/** Decides between the shop and the first steps. Nothing else may be shown before the shop's currency and zone are known. */
export function Gate() {
  const status = useStatusQuery();
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
  if (s?.locked) return <Unlock database={s.database} onReady={() => void status.refetch()} />;
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
