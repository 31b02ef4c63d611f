import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PlainButton } from "../components/PlainButton";
import { Popup } from "../components/Popup";
import { DesktopOutlined, GlobalOutlined, MoonOutlined, PlusOutlined, QuestionCircleOutlined, SearchOutlined, SunOutlined } from "../components/icons";
import { switchLanguage } from "../i18n";
import { keyLabel } from "../lib/hotkeys";
import { useCan } from "../lib/me";
import { prefs, setPref, type Lang, type ThemeChoice } from "../lib/prefs";
import { useStore } from "../lib/store";
import { Account } from "./Account";
import { ConnectionButton } from "./ConnectionButton";
import { inLibrary } from "./inLibrary";
import { JobsButton } from "./JobsButton";

const ChoiceMenu = lazy(inLibrary(() => import("./ChoiceMenu")));

interface Props {
  narrow: boolean;
  menuButton: ReactNode;
  onPalette: () => void;
  onShortcuts: () => void;
}

export function TopBar({ narrow, menuButton, onPalette, onShortcuts }: Props) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const theme = useStore(prefs).theme;
  const themeIcon = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> }[theme];

  return (
    <header className="sk-top">
      {menuButton}
      <button type="button" className="sk-search" onClick={onPalette} title={t("app.palette.open")}>
        <SearchOutlined />
        <span className="sk-search-text">{t("app.palette.hint")}</span>
        {!narrow && <kbd>{keyLabel("mod+k")}</kbd>}
      </button>
      <span className="sk-grow" />
      {can("orders_write") && (
        <PlainButton look="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: "/orders/new" })} aria-label={t("app.newOrder")} title={`${t("app.newOrder")} (${keyLabel("n")})`}>
          {narrow ? null : t("app.newOrder")}
        </PlainButton>
      )}
      <ConnectionButton narrow={narrow} />
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
      <Account />
      {!narrow && <PlainButton look="text" icon={<QuestionCircleOutlined />} aria-label={t("app.shortcuts.open")} title={t("app.shortcuts.open")} onClick={onShortcuts} />}
    </header>
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
  const button = <PlainButton look="text" icon={icon} aria-label={label} title={label} />;
  return (
    <Popup plain={button}>
      <ChoiceMenu chosen={chosen} items={items} onChoose={onChoose}>
        {button}
      </ChoiceMenu>
    </Popup>
  );
}
