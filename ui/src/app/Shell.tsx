import { Link, Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../components/Dialog";
import { PlainButton } from "../components/PlainButton";
import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined } from "../components/icons";
import { useAsk, useTell } from "../lib/api";
import { useGo } from "../lib/go";
import { useHotkeys } from "../lib/hotkeys";
import { line } from "../lib/transport";
import { me, useCan } from "../lib/me";
import { prefs, setPref } from "../lib/prefs";
import { useSettled, useSettleInTime } from "../lib/ready";
import { useScreen } from "../lib/screen";
import { useFormats, useShop } from "../lib/shop";
import { useStore } from "../lib/store";
import { useBecome, useRoleName, useSees } from "../lib/who";
import { useAreas } from "./areas";
import { CommandPalette } from "./CommandPalette";
import { inLibrary } from "./inLibrary";
import { Seal } from "./Seal";
import { useStatus } from "./status";
import { TopBar } from "./TopBar";

const Rest = lazy(inLibrary(() => import("./Rest")));

/** The frame around every page: menu, top bar, palette, undo. */
export function Shell() {
  const { t } = useTranslation();
  const { narrow, wide } = useScreen();
  // Between a phone and a desk the menu shows its icons only.
  const collapsed = useStore(prefs).navCollapsed || !wide;
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  const { pathname } = useLocation();
  const go = useGo();
  const settled = useSettled();
  const can = useCan();
  useSettleInTime();

  useEffect(() => setDrawer(false), [pathname]);

  const offered = useAreas();
  const areaKeys = offered.flatMap((a) => a.actions ?? []).filter((x) => x.keys);
  // Whoever may not see the sales begins the day elsewhere.
  const home = offered.flatMap((a) => a.menu ?? [])[0]?.to ?? "/settings";
  useHotkeys([
    { keys: "mod+k", label: t("app.palette.open"), run: () => setPalette((v) => !v), inFields: true },
    { keys: "?", label: t("app.shortcuts.open"), run: () => setShortcuts(true) },
    { keys: "mod+b", label: t("app.nav.toggle"), run: () => setPref("navCollapsed", !prefs.get().navCollapsed) },
    ...areaKeys.map((x) => ({
      keys: x.keys ?? "",
      label: t(x.label),
      run: () => (x.to ? go(x.to) : x.run?.()),
    })),
  ]);

  return (
    <div className="sk-shell">
      <a className="sk-skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById("main")?.focus())}>
        {t("app.skip")}
      </a>
      {!narrow && (
        <div className={collapsed ? "sk-sider sk-collapsed" : "sk-sider"}>
          <nav aria-label={t("app.nav.label")} className="sk-nav-all">
            <Brand collapsed={collapsed} />
            <Nav />
          </nav>
          <PlainButton
            look="text"
            className="sk-fold"
            aria-label={t("app.nav.toggle")}
            icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            disabled={!wide}
            onClick={() => setPref("navCollapsed", !prefs.get().navCollapsed)}
          />
        </div>
      )}
      {narrow && drawer && (
        <Dialog label={t("app.nav.label")} className="sk-drawer" onClose={() => setDrawer(false)}>
          <Brand collapsed={false} />
          <nav aria-label={t("app.nav.label")}>
            <Nav />
          </nav>
        </Dialog>
      )}
      <div className="sk-stage">
        <TopBar
          narrow={narrow}
          onPalette={() => setPalette(true)}
          onShortcuts={() => setShortcuts(true)}
          menuButton={narrow ? <PlainButton look="text" aria-label={t("app.nav.open")} icon={<MenuOutlined />} onClick={() => setDrawer(true)} /> : null}
        />
        <LineBanner />
        <SampleBanner />
        {settled && can("settings_write") && <LateBackupBanner />}
        <LookingBanner />
        <main className="sk-content" id="main" tabIndex={-1}>
          <Suspense>
            {pathname === "/" && home !== "/" ? <Navigate to={home} replace /> : <Outlet />}
          </Suspense>
        </main>
      </div>
      {palette && <CommandPalette onClose={() => setPalette(false)} />}
      {settled && (
        <Suspense>
          <Rest shortcuts={shortcuts} onShortcutsClose={() => setShortcuts(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Brand({ collapsed }: { collapsed: boolean }) {
  const { t } = useTranslation();
  const shop = useShop();
  const name = shop.logoText || shop.name || t("app.name");
  return (
    // A long name takes two lines; what does not fit into them is told to whoever points at it.
    <Link to="/" className="sk-brand" title={name} {...(collapsed ? { "aria-label": name } : {})}>
      <Seal size={28} />
      {!collapsed && <span className="sk-brand-name">{name}</span>}
    </Link>
  );
}

/** The shop does not answer: said once, above everything, for as long as it lasts. */
function LineBanner() {
  const { t } = useTranslation();
  const up = useStore(line);
  const client = useQueryClient();
  if (up) return null;
  return (
    <div className="sk-line-banner" role="alert">
      <span>{t("app.offline")}</span>
      <PlainButton small onClick={() => void client.invalidateQueries()}>
        {t("common.retry")}
      </PlainButton>
    </div>
  );
}

/** Whoever looks as another role must know why so much is missing, and how to get back. */
function LookingBanner() {
  const { t } = useTranslation();
  const role = useStore(me)?.view_as;
  const roleName = useRoleName();
  const sees = useSees();
  const back = useBecome("access.view_as");
  if (!role) return null;
  return (
    <div className="sk-sample-banner" role="note">
      <span>
        {t("access.looking", { role: roleName(role) })} {sees(role.sees)}
      </span>
      <PlainButton small disabled={back.isPending} onClick={() => back.mutate({ role_id: null })}>
        {t("access.lookBack")}
      </PlainButton>
    </div>
  );
}

/** A plan whose copies do not come about any more: said to whoever may see to it, on every page and at every desk. */
function LateBackupBanner() {
  const { t } = useTranslation();
  const f = useFormats();
  const shop = useShop();
  // It becomes late while nothing happens.
  const late = useAsk("settings.late_backups", {}, { tags: ["backups"], again: () => 600_000, enabled: !shop.sample }).data?.desks ?? [];
  const first = late[0];
  if (!first) return null;
  const name = first.here ? "" : first.name;
  const since = first.last_good === null ? null : f.dateTime(first.last_good);
  return (
    <div className="sk-sample-banner" role="note">
      <span>
        {name ? t("app.lateBackup.desk", { name }) : t("app.lateBackup.here")} {since && t("app.lateBackup.last", { when: since })}
      </span>
      <Link to="/settings/$section" params={{ section: "data" }}>{t("app.lateBackup.see")}</Link>
    </div>
  );
}

/** Nobody must mistake the sample for their own shop. */
function SampleBanner() {
  const { t } = useTranslation();
  const shop = useShop();
  const status = useStatus();
  const client = useQueryClient();
  const leave = useTell("app.leave_sample", { onSuccess: () => void client.invalidateQueries() });
  if (!shop.sample) return null;
  return (
    <div className="sk-sample-banner" role="note">
      <span>{t("app.sampleBanner")}</span>
      {status?.desktop && (
        <PlainButton small disabled={leave.isPending} onClick={() => leave.mutate({})}>
          {t("app.leaveSample")}
        </PlainButton>
      )}
    </div>
  );
}

function Nav() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const entries = useAreas().flatMap((a) => a.menu ?? []);
  const here = entries
    .map((m) => m.to)
    .filter((to) => (to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`)))
    .sort((a, b) => b.length - a.length)[0];
  return (
    <ul className="sk-nav">
      {entries.map((m) => (
        <li key={m.to}>
          <Link to={m.to} title={t(m.label)} className={m.to === here ? "sk-here" : ""} aria-current={m.to === here ? "page" : undefined}>
            {m.icon}
            <span>{t(m.label)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
