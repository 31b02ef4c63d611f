import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown, Layout, Tooltip } from "antd";
import { DesktopOutlined, GlobalOutlined, MoonOutlined, PlusOutlined, QuestionCircleOutlined, SearchOutlined, SunOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Popup } from "../components/Popup";
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
      <Popup on={(button) => <Tooltip title={narrow ? "" : keyLabel("n")}>{button}</Tooltip>}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: "/orders/new" })} aria-label={t("app.newOrder")}>
          {narrow ? null : t("app.newOrder")}
        </Button>
      </Popup>
      <JobsButton />
      <Choice
        label={t("app.language")}
        icon={<GlobalOutlined />}
        chosen={i18n.language}
        items={[
          { key: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
          { key: "en", label: <span lang="en">English</span> },
        ]}
        onChoose={(lang) => void switchLanguage(lang as Lang)}
      />
      <Choice
        label={t("app.theme.label")}
        icon={themeIcon}
        chosen={theme}
        items={[
          { key: "light", icon: <SunOutlined />, label: t("app.theme.light") },
          { key: "dark", icon: <MoonOutlined />, label: t("app.theme.dark") },
          { key: "system", icon: <DesktopOutlined />, label: t("app.theme.system") },
        ]}
        onChoose={(to) => setPref("theme", to as ThemeChoice)}
      />
      {!narrow && <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t("app.shortcuts.open")} title={t("app.shortcuts.open")} onClick={onShortcuts} />}
    </Layout.Header>
  );
}

interface ChoiceProps {
  label: string;
  icon: ReactNode;
  chosen: string;
  items: { key: string; label: ReactNode; icon?: ReactNode }[];
  onChoose: (key: string) => void;
}

/** A button with a short list, of which one is chosen. */
function Choice({ label, icon, chosen, items, onChoose }: ChoiceProps) {
  return (
    <Popup
      on={(button) => (
        <Dropdown trigger={["click"]} menu={{ selectable: true, selectedKeys: [chosen], items, onClick: ({ key }) => onChoose(key) }}>
          {button}
        </Dropdown>
      )}
    >
      <Button type="text" icon={icon} aria-label={label} title={label} />
    </Popup>
  );
}
