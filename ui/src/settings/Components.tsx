import { Input, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { About, Component } from "../bindings";
import { Section } from "./Section";

/** What of others is in the program, under which licence; and how anybody asks whether something is known against it. */
export function Components({ about }: { about: About }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const rows = about.components.filter((c) => `${c.name} ${c.version} ${c.licence}`.toLowerCase().includes(wanted));
  return (
    <Section title={t("settings.parts.title")} text={t("settings.parts.text", { count: about.components.length })}>
      <p>{about.audited_on ? t("settings.parts.audited", { day: about.audited_on }) : t("settings.parts.notAudited")}</p>
      <p>{t("settings.parts.how")}</p>
      <pre className="sk-pre" tabIndex={0} aria-label={t("settings.parts.how")}>
        cargo deny check advisories{"\n"}cd ui && npm audit --omit=dev
      </pre>
      <Input.Search className="sk-gap" allowClear aria-label={t("settings.parts.find")} placeholder={t("settings.parts.find")} value={text} onChange={(e) => setText(e.target.value)} />
      <Table<Component>
        size="small"
        tableLayout="fixed"
        rowKey={(c) => `${c.from} ${c.name} ${c.version}`}
        dataSource={rows}
        pagination={{ pageSize: 20, showSizeChanger: false, hideOnSinglePage: true }}
        columns={[
          { key: "name", title: t("settings.parts.name"), dataIndex: "name" },
          { key: "version", title: t("settings.parts.versionOf"), dataIndex: "version", className: "sk-num" },
          { key: "licence", title: t("settings.parts.licence"), render: (_, c) => c.licence || t("settings.parts.unknown") },
          { key: "from", title: t("settings.parts.from"), responsive: ["sm"], render: (_, c) => (c.from === "npm" ? "npm" : "crates.io") },
        ]}
      />
    </Section>
  );
}
