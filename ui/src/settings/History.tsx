import { Link } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { HistoryOutlined, UndoOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditRow } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { DataList } from "../components/list";
import { When } from "../components/Money";
import { useToast } from "../components/useToast";
import { AREA_NAMES } from "../app/areas";
import { invalidateTags, usePages, useTell } from "../lib/api";
import { dayStart, isoToDay } from "../lib/dates";
import { useListState } from "../lib/listState";
import { useScreen } from "../lib/screen";
import { useFormats, useShop } from "../lib/shop";
import { useWho } from "../lib/who";
import { Changes } from "./Changes";
import { aboutOf, pageOf, readChanges } from "./changes";

const AUDITED = ["orders", "payments", "shipping", "catalog", "stock", "customers", "imports", "settings", "access", "app"] as const;

/** Everything that was ever done, by whom and through which door; and what can be taken back. */
export function History() {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  const who = useWho();
  const toast = useToast();
  const client = useQueryClient();
  const { search } = useListState();
  const [open, setOpen] = useState<AuditRow | null>(null);
  const from = isoToDay(search.at_from ?? "");
  const to = isoToDay(search.at_to ?? "");
  const source = usePages(
    "app.audit",
    {
      subject: null,
      command: search.area ?? "",
      actor: null,
      text: search.q ?? "",
      from: from === undefined ? null : dayStart(from, shop.zone),
      to: to === undefined ? null : dayStart(to + 1, shop.zone),
      limit: 50,
    },
    { tags: ["orders", "stock", "catalog", "customers", "payments", "settings", "imports"] },
  );
  const undo = useTell("app.undo", {
    onSuccess: () => {
      toast.success(t("settings.history.undone"));
      invalidateTags(client, ["*"]);
    },
    onError: (e) => toast.error(e),
  });

  const did = (command: string) => {
    const key = `settings.did.${command.replace(".", "_")}`;
    return i18n.exists(key) ? t(key as "settings.did.orders_place") : command;
  };
  const area = (name: string) => {
    const key = (AREA_NAMES as readonly string[]).includes(name) ? `${name}.menu` : `settings.history.areas.${name}`;
    return i18n.exists(key) ? t(key as "orders.menu") : name;
  };
  const about = (r: AuditRow) => aboutOf(readChanges(r.changes), r.subject);
  const door = (d: string) => t(`settings.history.doors.${d}` as "settings.history.doors.window");

  return (
    <div className="sk-history">
      <DataList<AuditRow>
        id="audit"
        label={t("settings.sections.history")}
        source={source}
        rowKey={(r) => r.command_id}
        searchHint={t("settings.history.search")}
        filters={[
          { key: "area", label: t("settings.history.area"), kind: "select", options: AUDITED.map((a) => ({ value: a, label: area(a) })) },
          { key: "at", label: t("settings.history.when"), kind: "dates" },
        ]}
        onOpen={setOpen}
        empty={<EmptyState icon={<HistoryOutlined />} title={t("settings.history.empty")} text={t("settings.history.emptyNext")} />}
        columns={[
          {
            key: "did",
            title: t("settings.history.what"),
            always: true,
            width: 260,
            render: (r) => (
              <span className={r.undone_by ? "sk-undone" : undefined}>
                {did(r.command)} <span className="sk-muted">{about(r)}</span>
              </span>
            ),
            text: (r) => [did(r.command), about(r)].filter(Boolean).join(" "),
          },
          { key: "at", title: t("settings.history.when"), width: 150, render: (r) => <When ms={r.at} />, text: (r) => f.dateTime(r.at) },
          { key: "who", title: t("settings.history.who"), width: 110, render: (r) => who(r.actor_name), text: (r) => who(r.actor_name) },
          { key: "door", title: t("settings.history.door"), width: 110, render: (r) => door(r.door), text: (r) => door(r.door) },
          {
            key: "undo",
            title: t("app.undo.action"),
            width: 120,
            render: (r) =>
              r.undone_by ? (
                <span className="sk-muted">{t("settings.history.wasUndone")}</span>
              ) : r.undoable ? (
                <Button size="small" icon={<UndoOutlined />} loading={undo.isPending && undo.variables.command_id === r.command_id} onClick={() => undo.mutate({ command_id: r.command_id })}>
                  {t("app.undo.action")}
                </Button>
              ) : null,
          },
        ]}
      />
      <Detail row={open} title={open ? did(open.command) : ""} onClose={() => setOpen(null)} />
    </div>
  );
}

function Detail({ row, title, onClose }: { row: AuditRow | null; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const { narrow } = useScreen();
  const changes = row ? readChanges(row.changes) : [];
  const page = row && pageOf(row.command, row.subject, changes);
  return (
    <Drawer open={row !== null} onClose={onClose} title={title} size={narrow ? "100%" : 560} destroyOnHidden>
      {row && (
        <>
          <dl className="sk-facts">
            <div>
              <dt>{t("settings.history.when")}</dt>
              <dd>
                <When ms={row.at} />
              </dd>
            </div>
            <div>
              <dt>{t("settings.history.who")}</dt>
              <dd>{who(row.actor_name)}</dd>
            </div>
            <div>
              <dt>{t("settings.history.id")}</dt>
              <dd className="sk-code">{row.command_id}</dd>
            </div>
          </dl>
          {page && (
            <p>
              <Link to={page}>{t("settings.history.open")}</Link>
            </p>
          )}
          {changes.length > 0 && (
            <>
              <h3>{t("settings.history.changes")}</h3>
              <Changes changes={changes} />
            </>
          )}
          <details className="sk-details">
            <summary>{t("settings.history.record")}</summary>
            <pre className="sk-pre" tabIndex={0}>
              {pretty(row.input)}
            </pre>
            {changes.length > 0 && (
              <pre className="sk-pre" tabIndex={0}>
                {pretty(row.changes)}
              </pre>
            )}
          </details>
        </>
      )}
    </Drawer>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
