import { lazy, Suspense } from "react";
import { areas, useAreas } from "./areas";
import { me } from "../lib/me";
import { useShop } from "../lib/shop";
import { useStore } from "../lib/store";
import { IdleLock } from "./IdleLock";
import { ShortcutList } from "./ShortcutList";
import { UndoHost } from "./UndoHost";

const watchers = areas.flatMap((a) => (a.background ? [{ name: a.name, Watcher: lazy(a.background) }] : []));

/** What accompanies every page and is not in the first picture. */
export default function Rest({ shortcuts, onShortcutsClose }: { shortcuts: boolean; onShortcutsClose: () => void }) {
  const person = useStore(me)?.person;
  const { lockMinutes } = useShop();
  const offered = useAreas().map((a) => a.name);
  return (
    <>
      <ShortcutList open={shortcuts} onClose={onShortcutsClose} />
      <UndoHost />
      {person && lockMinutes > 0 && <IdleLock minutes={lockMinutes} />}
      {watchers.filter(({ name }) => offered.includes(name)).map(({ name, Watcher }) => (
        <Suspense key={name}>
          <Watcher />
        </Suspense>
      ))}
    </>
  );
}
