import { Spin, type InputRef } from "antd";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type Ref, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Money } from "../../components/Money";
import { ProductTitle } from "../../components/ProductTitle";
import { ScannerInput } from "../../components/ScannerInput";
import { useFormats, useShop } from "../../lib/shop";
import { findSkus, type Hit } from "../queries";
import type { FoundSku } from "./draft";
import { readTyped, type Typed } from "./typed";

interface Props {
  inputRef: Ref<InputRef>;
  disabled: boolean;
  /** What is still being looked up: whoever places the order waits for it. */
  queue: RefObject<Promise<unknown>>;
  onAdd: (sku: FoundSku, qty: number) => void;
  /** `*3`, `=9.90` and their like. False when it does not fit the line. */
  onTyped: (typed: Typed) => boolean;
  /** Keys in the empty field drive the lines. */
  onMove: (by: -1 | 1) => void;
  onStep: (by: -1 | 1) => void;
  onRemove: () => void;
  onProblem: (what: "notFound" | "wrong" | "failed", text: string, error?: unknown) => void;
}

const WAIT_MS = 120;

/** The field everything goes through: typing, the scanner, and the grammar of the till. Focus always comes back here. */
export function ProductField(p: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const { currency } = useShop();
  const id = useId();
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ text: string; skus: Hit[] } | null>(null);
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(0);
  // Beeps come faster than answers: they are looked up one after the other, and none is lost.
  const queue = p.queue;
  const now = useRef("");
  now.current = text;
  const latest = useRef(p);
  latest.current = p;

  const typed = readTyped(text, currency);
  const wanted = typed.do === "find" ? typed.text : "";
  const wantedNow = useRef(wanted);
  wantedNow.current = wanted;

  useEffect(() => {
    if (wanted === "") {
      setFound(null);
      return;
    }
    const timer = setTimeout(() => {
      findSkus(wanted)
        .then((skus) => {
          if (wantedNow.current !== wanted) return;
          setFound({ text: wanted, skus });
          setAt(0);
        })
        .catch(() => {
          // The error is shown when it matters: on Enter.
        });
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [wanted]);

  const open = found !== null && wanted !== "" && !p.disabled;
  const list = found?.skus ?? [];

  const clear = () => {
    setText("");
    setFound(null);
    setAt(0);
  };

  const add = (sku: FoundSku, qty: number) => {
    p.onAdd(sku, qty);
    clear();
  };

  const lookUp = (what: string, qty: number, scanned: boolean, given: string) => {
    // The next beep may come before the answer to this one, and must find the field empty.
    clear();
    const put = (hits: Hit[] | null) => {
      if (now.current !== "") return;
      setText(given);
      setFound(hits && { text: what, skus: hits });
    };
    setBusy((n) => n + 1);
    queue.current = queue.current
      .then(async () => {
        const skus = await findSkus(what);
        const exact = exactMatch(skus);
        if (exact) {
          latest.current.onAdd(exact, qty);
        } else if (!scanned && skus.length === 1 && skus[0]) {
          latest.current.onAdd(skus[0], qty);
        } else if (skus.length === 0 || (scanned && !skus.some((s) => s.exact))) {
          latest.current.onProblem("notFound", what);
          // What was typed may be corrected; what was scanned would only be in the way of the next beep.
          if (!scanned) put(null);
        } else {
          put(skus);
        }
      })
      .catch((e: unknown) => latest.current.onProblem("failed", what, e))
      .finally(() => setBusy((n) => n - 1));
  };

  const submit = (value: string, fast: boolean) => {
    // Quick fingers type words; what a scanner reads has figures in it.
    const scanned = fast && /\d/.test(value);
    const meant = readTyped(value, currency);
    if (meant.do === "nothing") return;
    if (meant.do !== "find") {
      if (meant.do === "wrong") p.onProblem("wrong", value);
      else if (busy > 0) {
        // `*3` means the product before it, which is still being looked up.
        clear();
        queue.current = queue.current.then(() => {
          if (!latest.current.onTyped(meant)) latest.current.onProblem("wrong", value);
        });
      } else if (p.onTyped(meant)) clear();
      else p.onProblem("wrong", value);
      return;
    }
    const chosen = open && !scanned && found?.text === meant.text ? list[at] : undefined;
    if (chosen) add(exactMatch(list) ?? chosen, meant.qty);
    else lookUp(meant.text, meant.qty, scanned, value);
  };

  const onKeyDown = (e: KeyboardEvent<HTMLInputElement>) => {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      e.preventDefault();
      if (open && list.length > 0) setAt((n) => (n + step + list.length) % list.length);
      else if (text === "") p.onMove(step);
    } else if (text === "" && (e.key === "ArrowRight" || e.key === "ArrowLeft")) {
      e.preventDefault();
      p.onStep(e.key === "ArrowRight" ? 1 : -1);
    } else if (text === "" && e.key === "Delete") {
      e.preventDefault();
      p.onRemove();
    } else if (e.key === "Escape" && text !== "") {
      e.preventDefault();
      e.stopPropagation();
      clear();
    }
  };

  return (
    <div className="so-find">
      <ScannerInput
        inputRef={p.inputRef}
        size="large"
        autoFocus
        disabled={p.disabled}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onSubmit={submit}
        onKeyDown={onKeyDown}
        onBlur={() => setFound(null)}
        placeholder={t("orders.entry.findHint")}
        aria-label={t("orders.entry.find")}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(open && list[at] ? { "aria-activedescendant": `${id}-${at}` } : {})}
        suffix={busy > 0 ? <Spin size="small" /> : <span />}
      />
      <div className="so-found" role="listbox" id={`${id}-list`} aria-label={t("orders.entry.found")} hidden={!open}>
        {open && list.length === 0 && <div className="so-found-none sk-muted">{t("orders.entry.noneFound", { text: wanted })}</div>}
        {open &&
          list.map((s, i) => (
            <div
              key={s.sku_id}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === at}
              className="so-found-row"
              onMouseEnter={() => setAt(i)}
              onMouseDown={(e) => {
                // Before the field loses the focus.
                e.preventDefault();
                add(s, typed.do === "find" ? typed.qty : 1);
              }}
            >
              <span className="so-found-title">
                <ProductTitle of={s} options={s.options} both />
                <span className="so-code sk-muted">{s.code}</span>
              </span>
              <span className={s.available !== null && s.available <= 0 ? "sk-num so-short" : "sk-num sk-muted"}>{s.available === null ? "" : t("orders.entry.available", { n: f.count(s.available) })}</span>
              <Money minor={s.price} />
            </div>
          ))}
      </div>
    </div>
  );
}

/** A code or barcode that is exactly what was typed is no matter of choice, unless two products bear it. */
function exactMatch(skus: Hit[]): Hit | undefined {
  const exact = skus.filter((s) => s.exact);
  return exact.length === 1 ? exact[0] : undefined;
}
