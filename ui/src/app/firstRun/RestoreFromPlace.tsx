import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place, RemoteCopy } from "../../bindings";
import { ErrorNotice } from "../../components/ErrorNotice";
import { isWhole, NO_PLACE, PlaceFields, type PlaceKind } from "../../components/PlaceFields";
import { AskCodeModal } from "../../components/RecoveryCode";
import { tell, useTell } from "../../lib/api";
import { useFormats } from "../../lib/shop";
import { useRestore } from "../../lib/useRestore";

const KINDS = ["s3", "webdav"] as const;

/** A machine that has nothing, and the copies of one that is gone. Nothing typed here is kept. */
export function RestoreFromPlace({ onReady }: { onReady: () => void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [place, setPlace] = useState<Place>(NO_PLACE.s3);
  const [secret, setSecret] = useState("");
  const [copies, setCopies] = useState<RemoteCopy[] | null>(null);
  const look = useTell("app.list_copies", { onSuccess: setCopies });
  const [chosen, setChosen] = useState("");
  const { restore, busy, error: unrestored, asking } = useRestore(onReady);
  const edited = () => {
    look.reset();
    setCopies(null);
  };
  const bring = (name: string) => {
    setChosen(name);
    void restore((code) => tell("app.restore_copy", { place, secret, name, code }));
  };
  const error = unrestored ?? look.error;
  return (
    <>
      {asking && <AskCodeModal {...asking} />}
      <Form layout="vertical" onFinish={() => look.mutate({ place, secret })}>
        <h1 className="sk-first-title">{t("firstRun.elsewhere.title")}</h1>
        <p className="sk-muted">{t("firstRun.elsewhere.how")}</p>
        <Form.Item label={t("place.where")} htmlFor="el-kind">
          <Select<PlaceKind> id="el-kind" value={place.kind} options={KINDS.map((kind) => ({ value: kind, label: t(`place.kind.${kind}`) }))} onChange={(kind) => (edited(), setPlace(NO_PLACE[kind]))} />
        </Form.Item>
        <PlaceFields value={place} onChange={(p) => (edited(), setPlace(p))} secret={secret} onSecret={(s) => (edited(), setSecret(s))} kept={false} />
        {error !== null && <ErrorNotice error={error} />}
        <Button type={copies ? "default" : "primary"} htmlType="submit" loading={look.isPending} disabled={!isWhole(place) || busy}>
          {t("firstRun.elsewhere.look")}
        </Button>
        {copies?.length === 0 && <p role="status">{t("firstRun.elsewhere.none")}</p>}
        {copies && copies.length > 0 && (
          <ul className="sk-first-copies">
            {copies.map((copy) => (
              <li key={copy.name}>
                <span className="sk-num">{copy.made}</span>
                <span className="sk-muted sk-num">{t("firstRun.elsewhere.size", { size: f.count(Math.max(1, Math.round(copy.bytes / 1_000_000))) })}</span>
                <Button loading={busy && chosen === copy.name} disabled={busy} aria-label={`${t("firstRun.elsewhere.bring")} ${copy.made}`} onClick={() => bring(copy.name)}>
                  {t("firstRun.elsewhere.bring")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Form>
    </>
  );
}
