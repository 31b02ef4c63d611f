import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../components/Dialog";
import { EnterOutlined, SearchOutlined, UserOutlined } from "../components/icons";
import { switchLanguage } from "../i18n";
import { useGo } from "../lib/go";
import { keyLabel } from "../lib/hotkeys";
import { me } from "../lib/me";
import { setPref } from "../lib/prefs";
import { useStore } from "../lib/store";
import { shown } from "./ownAccount";
import { useAreas } from "./areas";

interface Item {
  key: string;
  group: string;
  title: string;
  detail?: string | undefined;
  icon?: ReactNode;
  keys?: string | undefined;
  words: string;
  run: () => void;
}

/** What whoever is signed in does with their own account. */
const OWN = [
  ["switch", "access.pin.switch", "qiehuan renyuan huanren"],
  ["pin", "access.pin.own", "wode"],
  ["steps", "access.twoSteps.title", "liangbu yanzheng totp 2fa"],
  ["password", "access.changePassword", "xiugai mima"],
] as const;

/** Ctrl+K: every page, every action, and whatever the areas find for the typed text. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const goTo = useGo();
  const areas = useAreas();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [found, setFound] = useState<Item[]>([]);
  const [searching, setSearching] = useState(false);
  const list = useRef<HTMLDivElement>(null);

  const who = useStore(me);
  const own = useMemo(() => OWN.filter(([key]) => who?.person && (key !== "switch" || who.pins.some((p) => p.login !== who.person?.login))), [who]);
  const fixed = useMemo<Item[]>(() => {
    const go = (to: string) => () => goTo(to);
    return [
      ...areas.flatMap((a) =>
        a.menu ? [{ key: `page:${a.name}`, group: t("app.palette.pages"), title: t(a.menu.label), icon: a.menu.icon, words: a.name, run: go(a.menu.to) }] : [],
      ),
      ...areas.flatMap((a) =>
        (a.actions ?? []).map((x, i) => ({
          key: `act:${a.name}:${i}`,
          group: t("app.palette.actions"),
          title: t(x.label),
          icon: x.icon ?? a.menu?.icon,
          keys: x.keys,
          words: `${a.name} ${x.words ?? ""}`,
          run: x.to ? go(x.to) : () => x.run?.(),
        })),
      ),
      ...own.map(([key, label, words]) => ({ key: `own:${key}`, group: t("app.palette.actions"), title: t(label), icon: <UserOutlined />, words, run: () => shown.set(key) })),
      { key: "lang:zh", group: t("app.palette.screen"), title: "简体中文", words: "language yuyan chinese 语言", run: () => void switchLanguage("zh-CN") },
      { key: "lang:en", group: t("app.palette.screen"), title: "English", words: "language yuyan 英文 语言", run: () => void switchLanguage("en") },
      { key: "theme:light", group: t("app.palette.screen"), title: t("app.theme.light"), words: "theme zhuti light", run: () => setPref("theme", "light") },
      { key: "theme:dark", group: t("app.palette.screen"), title: t("app.theme.dark"), words: "theme zhuti dark", run: () => setPref("theme", "dark") },
      { key: "theme:system", group: t("app.palette.screen"), title: t("app.theme.system"), words: "theme zhuti system", run: () => setPref("theme", "system") },
    ];
  }, [t, goTo, areas, own]);

  useEffect(() => {
    const q = text.trim();
    setAt(0);
    if (q.length < 1) {
      setFound([]);
      return;
    }
    let stale = false;
    const timer = setTimeout(() => {
      const sources = areas.filter((a) => a.search);
      if (sources.length === 0) return;
      setSearching(true);
      void Promise.allSettled(
        sources.map(async (a) => {
          const s = a.search;
          if (!s) return [];
          const hits = await s.find(q);
          return hits.slice(0, 6).map<Item>((h) => ({ key: `hit:${a.name}:${h.key}`, group: t(s.label), title: h.title, detail: h.detail, icon: s.icon, words: "", run: () => goTo(h.to) }));
        }),
      ).then((all) => {
        if (stale) return;
        setSearching(false);
        setFound(all.flatMap((r) => (r.status === "fulfilled" ? r.value : [])));
      });
    }, 150);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, t, goTo, areas]);

  const q = text.trim().toLowerCase();
  const items = [...fixed.filter((i) => !q || q.split(/\s+/).every((w) => `${i.title} ${i.words}`.toLowerCase().includes(w))), ...found];
  const here = Math.min(at, items.length - 1);

  const choose = (i: Item | undefined) => {
    if (!i) return;
    onClose();
    i.run();
  };

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [here, items.length]);

  return (
    <Dialog label={t("app.palette.open")} className="sk-palette" onClose={onClose}>
      <label className="sk-palette-field">
        <SearchOutlined />
        <input
          placeholder={t("app.palette.hint")}
          aria-label={t("app.palette.hint")}
          role="combobox"
          aria-expanded
          aria-controls="sk-palette-list"
          aria-activedescendant={here >= 0 ? `sk-palette-${here}` : undefined}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.nativeEvent.isComposing) return;
            if (e.key === "ArrowDown") (e.preventDefault(), setAt((here + 1) % Math.max(items.length, 1)));
            else if (e.key === "ArrowUp") (e.preventDefault(), setAt((here - 1 + items.length) % Math.max(items.length, 1)));
            else if (e.key === "Enter") (e.preventDefault(), choose(items[here]));
          }}
        />
        {searching && <span className="sk-turning" aria-busy="true" />}
      </label>
      <div className="sk-palette-list" id="sk-palette-list" role="listbox" aria-label={t("app.palette.open")} ref={list}>
        {items.length === 0 && <p className="sk-muted sk-palette-none">{t("app.palette.none")}</p>}
        {items.map((i, n) => (
          <div key={i.key}>
            {items[n - 1]?.group !== i.group && <div className="sk-palette-group" role="presentation">{i.group}</div>}
            <div id={`sk-palette-${n}`} role="option" aria-selected={n === here} className="sk-palette-item" onMouseMove={() => setAt(n)} onClick={() => choose(i)}>
              <span className="sk-palette-icon">{i.icon ?? <EnterOutlined />}</span>
              <span className="sk-palette-title">{i.title}</span>
              {i.detail && <span className="sk-muted">{i.detail}</span>}
              {i.keys && <kbd>{keyLabel(i.keys)}</kbd>}
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
