import { Link } from "@tanstack/react-router";
import { Button, Card, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert as AlertFacts } from "../bindings";
import { ErrorNotice } from "../components/ErrorNotice";
import { When } from "../components/Money";
import { WarningOutlined } from "../components/icons";
import { useTell } from "../lib/api";
import { useCan } from "../lib/me";
import { useFormats } from "../lib/shop";
import { useWho } from "../lib/who";
import "./access.css";

/** What one person did out of the ordinary, for whoever manages people. */
export function Alerts({ of: alerts }: { of: AlertFacts[] }) {
  return alerts.map((a) => <One key={a.id} of={a} />);
}

function One({ of: a }: { of: AlertFacts }) {
  const { t } = useTranslation();
  const f = useFormats();
  const who = useWho();
  const can = useCan();
  const [note, setNote] = useState("");
  const acknowledge = useTell("access.acknowledge_alert");
  const facts = { who: who(a.actor_name), n: f.count(a.how_many) };
  return (
    <Card
      className="sk-alert"
      size="small"
      title={
        <>
          <WarningOutlined /> {t(`access.alert.${a.kind}`, facts)}
        </>
      }
      extra={can("audit_read") && <Link to="/settings/$section" params={{ section: "history" }}>{t("access.alert.history")}</Link>}
    >
      <p>
        <When ms={a.from_at} /> – <When ms={a.to_at} />
        {a.kind !== "hours" && ` · ${t("access.alert.most", { n: f.count(a.most) })}`}
      </p>
      <p className="sk-muted">{t(`access.alert.next.${a.kind}`)}</p>
      {acknowledge.error && <ErrorNotice error={acknowledge.error} />}
      {a.acknowledged_at === null ? (
        <>
          <label htmlFor={`alert-${a.id}`}>{t("access.alert.note")}</label>
          <div className="sk-actions">
            <Input id={`alert-${a.id}`} value={note} maxLength={1000} autoComplete="off" onChange={(e) => setNote(e.target.value)} />
            <Button disabled={note.trim() === ""} loading={acknowledge.isPending} onClick={() => acknowledge.mutate({ id: a.id, note })}>
              {t("access.alert.acknowledge")}
            </Button>
          </div>
        </>
      ) : (
        <p>
          {t("access.alert.done", { who: who(a.acknowledged_by) })} <When ms={a.acknowledged_at} /> {a.note}
        </p>
      )}
    </Card>
  );
}
