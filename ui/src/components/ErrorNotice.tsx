import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { describeError } from "../lib/errors";

/** An error in its place: what happened, what to do next, and what support needs. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, i18n } = useTranslation();
  if (!error) return null;
  const e = describeError(i18n, error);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={e.title}
      description={
        <>
          <span>{e.next}</span>
          {e.ref && <div className="sk-muted">{t("errors.ref", { ref: e.ref })}</div>}
        </>
      }
      action={
        onRetry ? (
          <Button size="small" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        ) : undefined
      }
    />
  );
}
