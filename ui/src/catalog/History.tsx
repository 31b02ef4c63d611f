import { Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Timeline } from "../components/Timeline";
import { useHistory } from "./queries";

/** Who changed what, when, from what to what. */
export function History({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const q = useHistory(id);
  if (q.error) return <ErrorNotice error={q.error} onRetry={() => void q.refetch()} />;
  if (!q.data) return <Skeleton active />;
  if (q.data.items.length === 0) return <EmptyState title={t("catalog.noHistory")} />;
  const word = (field: string) => (i18n.exists(`fields.${field}`) ? t(`fields.${field}` as "catalog.title") : field);
  return (
    <Timeline
      events={q.data.items.map((c) => ({
        key: c.command_id,
        at: c.at,
        who: c.actor_name,
        title: (
          <>
            {i18n.exists(`catalog.did.${c.command.split(".")[1]}`) ? t(`catalog.did.${c.command.split(".")[1]}` as "catalog.title") : c.command} {c.undone && <Tag>{t("catalog.undone")}</Tag>}
          </>
        ),
        detail: (
          <ul className="ca-diff">
            {c.fields.slice(0, 40).map((f, i) => (
              <li key={i}>
                {word(f.field)}: <del>{(f.before ?? "—").slice(0, 120)}</del> → <ins>{(f.after ?? "—").slice(0, 120)}</ins>
              </li>
            ))}
          </ul>
        ),
      }))}
    />
  );
}
