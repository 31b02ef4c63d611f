import { RouterProvider } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense, useEffect } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import { shop } from "../lib/shop";
import { useStore } from "../lib/store";
import { undoStack } from "../lib/undo";
import { router } from "./router";
import { useStatusQuery } from "./status";
import { Unlock } from "./Unlock";

const FirstRun = lazy(() => import("./firstRun/FirstRun"));

/** Decides between the shop and the first steps. Nothing else may be shown before the shop's currency and zone are known. */
export function Gate() {
  const status = useStatusQuery();
  const s = status.data ?? null;
  const here = useStore(shop);
  useEffect(() => {
    if (!s?.shop) return;
    // What was done in another shop cannot be taken back in this one.
    if (shop.get().id !== s.shop.id) undoStack.set([]);
    shop.set(s.shop);
    document.title = `${s.shop.name} · Shopkeeper 掌柜`;
  }, [s?.shop?.id, s?.shop?.name, s?.shop?.currency, s?.shop?.zone, s?.shop?.logoText, s?.shop?.sample]); // eslint-disable-line react-hooks/exhaustive-deps

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
