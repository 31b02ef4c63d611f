import { useTranslation } from "react-i18next";
import { describeError } from "../lib/errors";
import { PlainButton } from "./PlainButton";
import { CloseCircleFilled } from "./icons";

/** An error in its place: what happened, what to do next, and what support needs. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, i18n } = useTranslation();
  if (!error) return null;
  const e = describeError(i18n, error);
  return (
    <div className="sk-error" role="alert">
      <CloseCircleFilled className="sk-error-icon" />
      <div className="sk-error-text">
        <div className="sk-error-title">{e.title}</div>
        <span>{e.next}</span>
        {e.ref && <div className="sk-muted">{t("errors.ref", { ref: e.ref })}</div>}
      </div>
      {onRetry && (
        <PlainButton small onClick={onRetry}>
          {t("common.retry")}
        </PlainButton>
      )}
    </div>
  );
}
