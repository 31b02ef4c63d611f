import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, type InputRef, type RefSelectProps } from "antd";
import { BarcodeOutlined, ClearOutlined } from "@ant-design/icons";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { DraftNotice } from "../components/DraftNotice";
import { EmptyState } from "../components/EmptyState";
import { ErrorNotice } from "../components/ErrorNotice";
import { PageHeader } from "../components/PageHeader";
import { ask, invalidateTags, tell } from "../lib/api";
import { ApiError } from "../lib/errors";
import { keyLabel, useHotkeys } from "../lib/hotkeys";
import { useFormats } from "../lib/shop";
import { useTitles } from "../lib/titles";
import { Aside } from "./entry/Aside";
import { BuyerBox } from "./entry/BuyerBox";
import { LineTable } from "./entry/LineTable";
import { PayBox } from "./entry/PayBox";
import { PlacedPanel } from "./entry/Placed";
import { ProductField } from "./entry/ProductField";
import { addSku, changeLine, isTouched, moveTo, removeLine, toPlace, type OrderDraft, type PayNow } from "./entry/draft";
import { applyTyped } from "./entry/typed";
import { useOrderDraft } from "./entry/useOrderDraft";
import { useProblems } from "./entry/problems";
import { placedAtThisDesk } from "./news";
import { useQuote } from "./queries";
import type { DeliveryMethod, Placed } from "./types";
import "./orders.css";

/** An order in under a minute, with the keyboard and a scanner alone. */
export default function NewOrder() {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const client = useQueryClient();
  const draft = useOrderDraft();
  const d = draft.value;
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [placed, setPlaced] = useState<Placed | null>(null);
  const product = useRef<InputRef>(null);
  const pick = useRef<RefSelectProps>(null);
  const discount = useRef<InputRef>(null);
  const pay = useRef<InputRef>(null);
  const lookups = useRef<Promise<unknown>>(Promise.resolve());
  const button = useRef<HTMLButtonElement>(null);

  const asked = useMemo(() => (d.lines.length > 0 && !placed ? toPlace(d, null) : null), [d, placed]);
  const quote = useQuote(asked);
  const short = useMemo(() => new Map((quote.quoted?.shortages ?? []).map((s) => [s.sku, s])), [quote.quoted]);
  const problems = useProblems(quote.quoted?.problems ?? []);
  const locked = busy || d.sent !== null;

  // Any change after a refusal makes the refusal old.
  const change = (f: (old: OrderDraft) => OrderDraft) => {
    setError(null);
    draft.set(f);
  };
  const patch = (p: Partial<OrderDraft>) => change((old) => ({ ...old, ...p }));
  const toProduct = () => product.current?.focus();

  const place = async () => {
    if (busy || placed) return;
    setBusy(true);
    setError(null);
    try {
      await lookups.current;
      const d = draft.current();
      if (d.lines.length === 0 && !d.sent) return;
      let input = d.sent;
      if (!input) {
        // Paid is what it costs now, not what the screen said a moment ago.
        const now = await ask("orders.quote", toPlace(d, null));
        if (now.shortages.length > 0) throw new ApiError("orders.place", "insufficient_stock", { lines: now.shortages });
        const first = now.problems[0];
        if (first) throw new ApiError("orders.place", "invalid", { ...first });
        input = toPlace(d, now.total);
        draft.set((old) => ({ ...old, sent: input }));
      }
      const answer = await tell("orders.place", input, d.commandId);
      placedAtThisDesk(answer.order_id);
      draft.clear();
      setSaid(null);
      setPlaced(answer);
      invalidateTags(client, ["orders", "payments", "stock", "customers", "analytics", "dashboard"]);
    } catch (e) {
      setError(e);
      // Silence may mean that it was placed: then only the same may be sent again. A clear answer sets the order free.
      if (!(e instanceof ApiError) || e.code !== "unreachable") draft.set((old) => ({ ...old, sent: null }));
    } finally {
      setBusy(false);
    }
  };

  const next = () => {
    setPlaced(null);
    setError(null);
  };
  useEffect(() => {
    if (!placed) product.current?.focus();
  }, [placed]);

  const setAside = async (f: () => Promise<void>) => {
    setError(null);
    setSaid(null);
    try {
      await f();
      invalidateTags(client, ["drafts", "app"]);
    } catch (e) {
      setError(e);
    }
    toProduct();
  };
  const park = () => (isTouched(d) && !locked ? setAside(draft.park) : Promise.resolve());

  // F9 leads to the payment; from there it goes on to the next way of paying.
  const toPay = () => {
    const here = document.activeElement;
    const inPay = here !== null && (here === pay.current?.input || (d.pay === "later" && here === button.current));
    const focus = () => (pay.current ?? button.current)?.focus();
    // At once: the first digit may follow within the same blink. Another way of paying has its field only after the next drawing.
    if (!inPay || locked) return focus();
    patch({ pay: after(PAY, d.pay), tendered: null });
    setTimeout(focus, 0);
  };
  const nextDelivery = () => {
    if (locked) return;
    const delivery = after(DELIVERY, d.delivery);
    patch({ delivery });
    if (delivery === "ship") setTimeout(() => document.querySelector<HTMLElement>(".so-side .cu-paste textarea")?.focus(), 0);
  };

  useHotkeys([
    { keys: "f2", label: t("orders.entry.find"), run: toProduct, inFields: true },
    { keys: "f4", label: t("orders.entry.buyer"), run: () => pick.current?.focus(), inFields: true },
    { keys: "f6", label: t("orders.entry.park"), run: () => void park(), inFields: true },
    { keys: "f7", label: t("orders.entry.delivery"), run: nextDelivery, inFields: true },
    { keys: "f8", label: t("orders.discount"), run: () => discount.current?.focus(), inFields: true },
    { keys: "f9", label: t("orders.entry.pay"), run: toPay, inFields: true },
    { keys: "mod+enter", label: t("orders.entry.place"), run: (e) => {
        // A key held down too long must not wipe the change off the screen.
        if (!e.repeat) void (placed ? next() : place());
      }, inFields: true },
  ]);

  if (placed) {
    return (
      <div className="sk-page">
        <PageHeader title={t("orders.new")} back="/orders" />
        <PlacedPanel placed={placed} onNext={next} />
      </div>
    );
  }

  return (
    <div className="sk-page so-entry">
      <PageHeader
        title={t("orders.new")}
        back="/orders"
        actions={
          <>
            <Aside draft={draft} disabled={locked} onPark={() => void park()} onTake={(p) => void setAside(() => draft.take(p))} />
            {isTouched(d) && (
            <Button
              icon={<ClearOutlined />}
              disabled={busy}
              onClick={() => {
                draft.discard();
                setError(null);
                toProduct();
              }}
            >
              {t("orders.entry.clear")}
            </Button>
            )}
          </>
        }
      />
      {!d.sent && <DraftNotice draft={draft} />}
      {d.sent && !busy && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          className="so-alert"
          title={t("orders.entry.sent")}
          description={t("orders.entry.sentNext")}
          action={
            <Button size="small" type="primary" onClick={() => void place()}>
              {t("orders.entry.sendAgain")}
            </Button>
          }
        />
      )}
      <div className="so-grid">
        <section className="so-main" aria-label={t("orders.entry.lines")}>
          <ProductField
            inputRef={product}
            queue={lookups}
            disabled={locked}
            onAdd={(sku, qty) => {
              change((old) => addSku(old, sku, qty));
              setSaid({ text: t("orders.entry.added", { name: titles.withOptions(sku), n: f.count(qty) }), bad: false });
            }}
            onTyped={(typed) => {
              let fits = false;
              change((old) => {
                const next = applyTyped(old, typed);
                fits = next !== null;
                return next ?? old;
              });
              return fits;
            }}
            onMove={(by) => change((old) => moveTo(old, old.at + by))}
            onStep={(by) => change((old) => (old.lines[old.at] ? changeLine(old, old.at, { qty: Math.max(1, (old.lines[old.at]?.qty ?? 1) + by) }) : old))}
            onRemove={() => change((old) => (old.at >= 0 ? removeLine(old, old.at) : old))}
            onProblem={(what, text, e) => {
              if (what === "failed") setError(e);
              else setSaid({ text: t(what === "notFound" ? "orders.entry.noneFound" : "orders.entry.notThis", { text }), bad: true });
            }}
          />
          <div className={said?.bad ? "so-said sk-negative" : "so-said sk-muted"} role="status" aria-live="polite">
            {said?.text}
          </div>
          {d.lines.length === 0 ? (
            <EmptyState icon={<BarcodeOutlined />} title={t("orders.entry.empty")} text={t("orders.entry.emptyText")} />
          ) : (
            <LineTable
              lines={d.lines}
              at={d.at}
              short={short}
              disabled={locked}
              onAt={(at) => at !== d.at && draft.set((old) => moveTo(old, at))}
              onChange={(i, p) => change((old) => changeLine(old, i, p))}
              onRemove={(i) => {
                change((old) => removeLine(old, i));
                toProduct();
              }}
              onDone={toProduct}
            />
          )}
          <Legend />
        </section>
        <aside className="so-side">
          <BuyerBox draft={d} disabled={locked} pickRef={pick} wrong={problems.address} onChange={patch} onDone={toProduct} />
          <PayBox draft={d} quoted={quote.quoted} disabled={locked} discountRef={discount} payRef={pay} onChange={patch} onDone={() => button.current?.focus()} />
          {problems.texts.length > 0 && (
            <Alert type="warning" showIcon role="status" className="so-alert" title={problems.texts.length === 1 ? problems.texts[0] : <ul className="so-problems">{problems.texts.map((x) => <li key={x}>{x}</li>)}</ul>} />
          )}
          {Boolean(error ?? quote.error) && <ErrorNotice error={error ?? quote.error} />}
          <Button ref={button} className="so-place" type="primary" size="large" block loading={busy} disabled={d.lines.length === 0 && !d.sent} onClick={() => void place()}>
            {d.sent ? t("orders.entry.sendAgain") : t("orders.entry.place")} <kbd>{keyLabel("mod+enter")}</kbd>
          </Button>
        </aside>
      </div>
    </div>
  );
}

const PAY: PayNow[] = ["cash", "bank_transfer", "elsewhere", "later"];
const DELIVERY: DeliveryMethod[] = ["counter", "ship", "pickup"];

function after<T>(all: T[], now: T): T {
  return all[(all.indexOf(now) + 1) % all.length] ?? now;
}

/** The keys, always in sight: nobody learns what is hidden. */
function Legend() {
  const { t } = useTranslation();
  const keys: [string[], string][] = [
    [["F2"], t("orders.keys.find")],
    [["*3"], t("orders.keys.qty")],
    [["=9.9"], t("orders.keys.price")],
    [["-10%"], t("orders.keys.off")],
    [["↑", "↓"], t("orders.keys.move")],
    [["←", "→"], t("orders.keys.step")],
    [["Del"], t("orders.keys.remove")],
    [["F4"], t("orders.keys.buyer")],
    [["F7"], t("orders.keys.delivery")],
    [["F8"], t("orders.keys.discount")],
    [["F9"], t("orders.keys.pay")],
    [[keyLabel("mod+enter")], t("orders.keys.place")],
  ];
  return (
    <dl className="so-legend" aria-label={t("orders.keys.title")}>
      {keys.map(([k, what]) => (
        <div key={what}>
          <dt>
            {k.map((x) => (
              <kbd key={x}>{x}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
