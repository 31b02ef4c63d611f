import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown, Layout, Tooltip } from "antd";
import { DesktopOutlined, GlobalOutlined, MoonOutlined, PlusOutlined, QuestionCircleOutlined, SearchOutlined, SunOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n";
import { keyLabel } from "../lib/hotkeys";
import { prefs, setPref, type Lang, type ThemeChoice } from "../lib/prefs";
import { useStore } from "../lib/store";
import { JobsButton } from "./JobsButton";

interface Props {
  narrow: boolean;
  menuButton: ReactNode;
  onPalette: () => void;
  onShortcuts: () => void;
}

export function TopBar({ narrow, menuButton, onPalette, onShortcuts }: Props) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const theme = useStore(prefs).theme;
  const themeIcon = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> }[theme];

  return (
    <Layout.Header className="sk-top">
      {menuButton}
      <button type="button" className="sk-search" onClick={onPalette} title={t("app.palette.open")}>
        <SearchOutlined aria-hidden />
        <span className="sk-search-text">{t("app.palette.hint")}</span>
        {!narrow && <kbd>{keyLabel("mod+k")}</kbd>}
      </button>
      <span className="sk-grow" />
      <Tooltip title={narrow ? "" : keyLabel("n")}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: "/orders/new" })} aria-label={t("app.newOrder")}>
          {narrow ? null : t("app.newOrder")}
        </Button>
      </Tooltip>
      <JobsButton />
      <Dropdown
        trigger={["click"]}
        menu={{
          selectable: true,
          selectedKeys: [i18n.language],
          items: [
            { key: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
            { key: "en", label: <span lang="en">English</span> },
          ],
          onClick: ({ key }) => void switchLanguage(key as Lang),
        }}
      >
        <Button type="text" icon={<GlobalOutlined />} aria-label={t("app.language")} title={t("app.language")} />
      </Dropdown>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectable: true,
          selectedKeys: [theme],
          items: [
            { key: "light", icon: <SunOutlined />, label: t("app.theme.light") },
            { key: "dark", icon: <MoonOutlined />, label: t("app.theme.dark") },
            { key: "system", icon: <DesktopOutlined />, label: t("app.theme.system") },
          ],
          onClick: ({ key }) => setPref("theme", key as ThemeChoice),
        }}
      >
        <Button type="text" icon={themeIcon} aria-label={t("app.theme.label")} title={t("app.theme.label")} />
      </Dropdown>
      {!narrow && <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t("app.shortcuts.open")} title={t("app.shortcuts.open")} onClick={onShortcuts} />}
    </Layout.Header>
  );
}
