import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { FolderOpenOutlined, ImportOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { StatusTag, useStatusText } from "../components/StatusTag";
import { DataList, type Column } from "../components/list";
import { useToast } from "../components/useToast";
import { ask } from "../lib/api";
import { toApiError, type ApiError } from "../lib/errors";
import { useFormats } from "../lib/shop";
import { inDesktopWindow } from "../lib/transport";
import type { ImportOptions, InspectedFile } from "../bindings";
import { PlanForm } from "./PlanForm";
import { ENDINGS } from "./wizard";
import { useImports } from "./queries";
import "./imports.css";

export default function ImportsPage() {
  const { t } = useTranslation();
  const f = useFormats();
  const status = useStatusText();
  const toast = useToast();
  const source = useImports();
  const [path, setPath] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [found, setFound] = useState<{ path: string; file: InspectedFile; options: ImportOptions } | null>(null);

  const inspect = async (p: string, kind: InspectedFile["kind"] | null = null, options: ImportOptions = {}) => {
    if (p.trim() === "") return;
    setBusy(true);
    setError(null);
    try {
      const file = await ask("imports.inspect", { path: p.trim(), kind, options });
      setFound({ path: p.trim(), file, options });
    } catch (e) {
      // What is shown below would be of another file than the one above.
      setFound(null);
      setError(toApiError("imports.inspect", e));
    } finally {
      setBusy(false);
    }
  };
  const choose = async () => {
    try {
      const p = (await ask("app.pick_open", { endings: ENDINGS })) as string | null;
      if (p) {
        setPath(p);
        await inspect(p);
      }
    } catch (e) {
      toast.error(e);
    }
  };

  const columns: Column<ImportJob>[] = [
    { key: "file", title: t("imports.file"), always: true, width: 260, render: (r) => <Link to="/imports/$id" params={{ id: r.id }}>{r.file_name}</Link>, text: (r) => r.file_name },
    { key: "kind", title: t("imports.kindTitle"), width: 160, render: (r) => t(`imports.kind.${r.kind}`), text: (r) => t(`imports.kind.${r.kind}`) },
    { key: "state", title: t("imports.state"), width: 130, render: (r) => <><StatusTag kind="job" value={r.state} />{r.dry_run && <span className="sk-muted"> {t("imports.dry")}</span>}</>, text: (r) => status("job", r.state) },
    { key: "created", title: t("imports.created"), width: 100, align: "end", render: (r) => <Num value={r.created} />, text: (r) => String(r.created) },
    { key: "updated", title: t("imports.updated"), width: 100, align: "end", render: (r) => <Num value={r.updated} />, text: (r) => String(r.updated) },
    { key: "unchanged", title: t("imports.unchanged"), width: 100, align: "end", render: (r) => <Num value={r.unchanged} />, text: (r) => String(r.unchanged) },
    { key: "rejected", title: t("imports.rejected"), width: 100, align: "end", render: (r) => <Num value={r.rejected} />, text: (r) => String(r.rejected) },
    { key: "when", title: t("imports.when"), width: 160, render: (r) => <When ms={r.started_at} />, text: (r) => f.dateTime(r.started_at) },
  ];

  return (
    <div className={found ? "sk-page" : "sk-page sk-page-fill"}>
      <PageHeader title={t("imports.menu")} sub={t("imports.text")} />
      <form
        className="im-choose"
        onSubmit={(e) => {
          e.preventDefault();
          void inspect(path);
        }}
      >
        {inDesktopWindow() && (
          <Button type="primary" icon={<FolderOpenOutlined />} loading={busy} onClick={() => void choose()}>
            {t("imports.choose")}
          </Button>
        )}
        <Input id="im-path" value={path} spellCheck={false} aria-label={t("imports.path")} placeholder={t("imports.path")} onChange={(e) => setPath(e.target.value)} />
        <Button htmlType="submit" loading={busy} disabled={path.trim() === ""}>
          {t("imports.look")}
        </Button>
      </form>
      {!inDesktopWindow() && <p className="sk-muted im-served">{t("imports.served")}</p>}
      {error && <ErrorNotice error={error} />}
      {found ? (
        <PlanForm key={`${found.path}-${found.file.kind}-${JSON.stringify(found.options)}`} path={found.path} found={found.file} options={found.options} busy={busy} onAgain={(kind, options) => void inspect(found.path, kind, options)} onDrop={() => setFound(null)} />
      ) : (
        <DataList
          id="imports"
          label={t("imports.history")}
          source={source}
          rowKey={(r) => r.id}
          columns={columns}
          empty={<EmptyState icon={<ImportOutlined />} title={t("imports.empty.title")} text={t("imports.empty.text")} />}
        />
      )}
    </div>
  );
}
