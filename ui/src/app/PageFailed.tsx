import { useRouter } from "@tanstack/react-router";
import { ErrorNotice } from "../components/ErrorNotice";

/** A page that broke takes nothing else down; typed drafts are safe on the device. */
export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <div className="sk-page">
      <ErrorNotice
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}
