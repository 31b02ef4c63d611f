import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { PlainButton } from "../components/PlainButton";
import { WaitingAlone } from "../components/Waiting";
import { useShop } from "../lib/shop";
import { inDesktopWindow } from "../lib/transport";
import { useRestoreFile } from "../lib/useRestore";
import { inLibrary } from "./inLibrary";
import { router } from "./router";
import { useStatusQuery } from "./status";

const AskCodeModal = lazy(inLibrary(async () => ({ default: (await import("../components/RecoveryCode")).AskCodeModal })));
const FirstRun = lazy(inLibrary(() => import("./firstRun/FirstRun")));
const SignIn = lazy(inLibrary(() => import("./SignIn")));
const OpenEncrypted = lazy(inLibrary(() => import("./OpenEncrypted")));
const Unlock = lazy(inLibrary(() => import("./Unlock")));

/** Decides between the shop and the first steps. Nothing else may be shown before the shop's currency and zone are known. */
export function Gate() {
  const status = useStatusQuery();
  const s = status.data ?? null;
  const here = useShop();
  if (status.isPending) return <WaitingAlone />;
  if (status.error?.code === "encrypted" && inDesktopWindow())
    return (
      <Suspense fallback={<WaitingAlone />}>
        <OpenEncrypted file={String(status.error.data.file ?? "")} onReady={() => void status.refetch()} />
      </Suspense>
    );
  if (status.error && !s && status.error.code !== "no_shop")
    return (
      <main className="sk-center">
        <div>
          <ErrorNotice error={status.error} onRetry={() => void status.refetch()} />
          {status.error.code === "damaged" && inDesktopWindow() && <BringBack onDone={() => void status.refetch()} />}
        </div>
      </main>
    );
  if (s?.locked)
    return (
      <Suspense fallback={<WaitingAlone />}>
        <Unlock database={s.database} onReady={() => void status.refetch()} />
      </Suspense>
    );
  if (!s?.ready)
    return (
      <Suspense fallback={<WaitingAlone />}>
        <FirstRun status={s} onReady={() => void status.refetch()} />
      </Suspense>
    );
  if (s.me?.asks && !s.me.person)
    return (
      <Suspense fallback={<WaitingAlone />}>
        <SignIn shopName={s.shop?.name ?? ""} names={s.me.names} pins={s.me.pins ?? []} />
      </Suspense>
    );
  // The pages begin once they can know whose money and whose days they show; another shop begins afresh.
  if (here.id !== s.shop?.id) return <WaitingAlone />;
  return <RouterProvider key={`${here.id} ${s.me?.person?.id ?? ""}`} router={router} />;
}

/** The own shop cannot be read any more: the last backup takes its place. */
function BringBack({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { restore, busy, error, asking } = useRestoreFile(onDone);
  return (
    <div className="sk-gap">
      <PlainButton look="primary" disabled={busy} aria-busy={busy} onClick={() => void restore()}>
        {t("settings.backup.restore")}…
      </PlainButton>
      {error !== null && <ErrorNotice error={error} />}
      {asking && (
        <Suspense>
          <AskCodeModal {...asking} />
        </Suspense>
      )}
    </div>
  );
}
