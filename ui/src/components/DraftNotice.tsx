import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Draft } from "../lib/drafts";
import { useFormats } from "../lib/shop";

/** "What you typed at … is still here." */
export function DraftNotice<T>({ draft }: { draft: Draft<T> }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (draft.restoredAt === null) return null;
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: 12 }}
      title={t("common.draftRestored", { when: f.dateTime(draft.restoredAt) })}
      action={
        <Button size="small" onClick={draft.discard}>
          {t("common.discardDraft")}
        </Button>
      }
    />
  );
}
