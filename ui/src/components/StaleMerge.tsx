import { Alert, Button, Input, Modal } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../lib/api";
import { copyText } from "../lib/files";
import { keyLabel, useHotkeys } from "../lib/hotkeys";
import { me, useCan } from "../lib/me";
import { merge as mergeThree, type Choices, type Difference, type Settled, type Side } from "../lib/merge";
import { useFormats } from "../lib/shop";
import { useStore } from "../lib/store";
import type { FormFields, Merging, MergeView } from "../lib/useMerge";
import { useWho } from "../lib/who";
import { ErrorNotice } from "./ErrorNotice";
import { useToast } from "./useToast";
import { Waiting } from "./Waiting";
import "./merge.css";

const SIDES: Side[] = ["mine", "theirs"];
/** Of what was taken by itself, so much is told. */
const TOLD = 12;
const SLOW_MS = 400;

/** Above a form: that it was changed meanwhile, quietly; and, when it must be, what both sides did, to be made one. */
export function StaleMerge<T extends object, V>({ merge }: { merge: Merging<T, V> }) {
  const { t } = useTranslation();
  const kind = useKind(merge.options.kind);
  const by = useChangedBy(merge.options.traces, merge.meanwhile === "changed" || merge.view?.at === "merging");
  return (
    <>
      {merge.meanwhile && !merge.view && (
        <Alert
          className="sk-meanwhile"
          type={merge.meanwhile === "gone" ? "warning" : "info"}
          showIcon
          role="status"
          title={merge.meanwhile === "gone" ? t("merge.gone.title", { kind }) : [t("merge.notice", { kind }), by].filter(Boolean).join(" ")}
          action={
            <Button size="small" loading={merge.busy} onClick={() => void merge.open()}>
              {t(merge.meanwhile === "gone" ? "merge.gone.what" : "merge.compare")}
            </Button>
          }
        />
      )}
      {merge.view && <Shown merge={merge} view={merge.view} by={by} />}
    </>
  );
}

function Shown<T extends object, V>({ merge, view, by }: { merge: Merging<T, V>; view: MergeView<T, V>; by: string }) {
  const { t } = useTranslation();
  const kind = useKind(merge.options.kind);
  if (view.at === "merging") return <Both key={view.round} merge={merge} view={view} by={by} />;
  const keep = (
    <Button key="keep" autoFocus onClick={merge.close}>
      {t("merge.keepTyping")}
    </Button>
  );
  if (view.at === "asking")
    return <Asking onCancel={merge.close} footer={keep} />;
  if (view.at === "failed")
    return (
      <Modal
        open
        title={t("merge.failed")}
        onCancel={merge.close}
        footer={[
          keep,
          <Button key="again" type="primary" loading={merge.busy} onClick={view.again}>
            {t("common.retry")}
          </Button>,
        ]}
      >
        <ErrorNotice error={view.error} />
        <p>{t("merge.kept")}</p>
      </Modal>
    );
  const { anew } = merge.options;
  return (
    <Modal
      open
      title={t("merge.gone.title", { kind })}
      onCancel={merge.close}
      footer={[
        keep,
        ...(anew
          ? [
              <Button key="anew" type="primary" loading={merge.busy} onClick={() => void merge.makeAnew(view.mine)}>
                {t("merge.gone.anew")}
              </Button>,
            ]
          : []),
      ]}
    >
      <Copied text={inWords(view.mine, merge.options.fields)} />
    </Modal>
  );
}

/** Only for a slow line: what is there at once needs no window of its own. */
function Asking({ onCancel, footer }: { onCancel: () => void; footer: ReactNode }) {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Modal open={slow} title={t("merge.asking")} onCancel={onCancel} footer={footer}>
      <Waiting rows={3} />
    </Modal>
  );
}

/** What was typed, to be taken elsewhere. */
function Copied({ text }: { text: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const field = useRef<HTMLTextAreaElement | null>(null);
  const copy = async () => {
    if (await copyText(text)) toast.success(t("merge.gone.copied"));
    else field.current?.select();
  };
  return (
    <>
      <p>{t("merge.gone.text")}</p>
      <Input.TextArea ref={(el) => void (field.current = el?.resizableTextArea?.textArea ?? null)} aria-label={t("merge.gone.typed")} readOnly value={text} rows={Math.min(12, Math.max(3, text.split("\n").length))} />
      <Button className="sk-merge-copy" onClick={() => void copy()}>
        {t("merge.gone.copy")}
      </Button>
    </>
  );
}

/** What both did, side by side. */
function Both<T extends object, V>({ merge, view, by }: { merge: Merging<T, V>; view: MergeView<T, V> & { at: "merging" }; by: string }) {
  const { t } = useTranslation();
  const kind = useKind(merge.options.kind);
  const { fields } = merge.options;
  const [choices, setChoices] = useState<Choices>({});
  const m = mergeThree<T>(view.base?.value ?? null, view.mine, view.theirs.value, fields, choices);
  const all = (side: Side) => setChoices(Object.fromEntries(m.conflicts.map((c) => [c.path, side])));
  const save = () => m.open === 0 && void merge.saveMerged(m.value);
  const body = useRef<HTMLDivElement | null>(null);
  /** The first thing to choose has the focus as soon as it can, and keeps what somebody moved on to. */
  const focus = () => {
    const box = body.current?.closest(".ant-modal");
    if (box?.querySelector("input:focus, button:focus")) return;
    (body.current?.querySelector<HTMLElement>("input[type=radio]") ?? box?.querySelector<HTMLElement>(".ant-btn-primary"))?.focus();
  };
  useHotkeys([
    { keys: "mod+enter", label: t("merge.save"), run: save, inFields: true },
    { keys: "mod+s", run: save, inFields: true },
  ]);
  const from = (side: Settled["from"]) => m.settled.filter((s) => s.from === side);

  return (
    <Modal
      open
      className="sk-merge"
      width={760}
      title={t("merge.title", { kind })}
      onCancel={merge.close}
      afterOpenChange={(open) => open && focus()}
      footer={[
        <span key="left" className="sk-merge-left" role="status">
          {m.open > 0 ? t("merge.left", { count: m.open }) : ""}
        </span>,
        <Button key="keep" onClick={merge.close}>
          {t("merge.keepTyping")}
        </Button>,
        <Button key="save" type="primary" disabled={m.open > 0} loading={merge.busy} title={keyLabel("mod+enter")} onClick={save}>
          {t("merge.save")}
        </Button>,
      ]}
    >
      <div
        ref={(el) => {
          const fresh = el !== null && body.current !== el;
          body.current = el;
          if (fresh) focus();
        }}
      >
        <p>
          {by} {t("merge.kept")}
          {view.again && <strong> {t("merge.again")}</strong>}
        </p>
        {m.conflicts.length > 0 && (
          <section aria-labelledby="sk-merge-choose">
            <div className="sk-merge-head">
              <h3 id="sk-merge-choose">{t("merge.choose")}</h3>
              {m.conflicts.length > 1 && (
                <span className="sk-actions">
                  {SIDES.map((side) => (
                    <Button key={side} size="small" onClick={() => all(side)}>
                      {t(`merge.all.${side}`)}
                    </Button>
                  ))}
                </span>
              )}
            </div>
            {m.conflicts.map((c) => (
              <Conflict key={c.path} of={c} fields={fields} view={view} choice={choices[c.path]} onChoose={(side) => setChoices((old) => ({ ...old, [c.path]: side }))} />
            ))}
          </section>
        )}
        <Taken title={t("merge.theirsTaken")} of={from("theirs")} fields={fields} view={view} />
        <Taken title={t("merge.joined")} of={from("both")} fields={fields} view={view} />
        <Taken title={t("merge.mineKept")} of={from("mine")} fields={fields} view={view} />
      </div>
    </Modal>
  );
}

interface OfFields<T extends object, V> {
  fields: FormFields<T>;
  view: MergeView<T, V> & { at: "merging" };
}

function Conflict<T extends object, V>({ of, fields, view, choice, onChoose }: OfFields<T, V> & { of: Difference; choice: Side | undefined; onChoose: (side: Side) => void }) {
  const { t } = useTranslation();
  const text = { mine: shown(fields, of, of.mine, view.mine), theirs: shown(fields, of, of.theirs, view.theirs.value) };
  const was = view.base && shown(fields, of, of.base, view.base.value);
  return (
    <fieldset className="sk-merge-field">
      <legend>
        {labelOf(fields, of)} {was !== null && <span className="sk-muted">{t("merge.was", { value: short(was) })}</span>}
      </legend>
      {SIDES.map((side) => (
        <label key={side} className={choice === side ? "sk-merge-side sk-chosen" : "sk-merge-side"}>
          <input type="radio" name={`sk-merge-${of.path}`} checked={choice === side} onChange={() => onChoose(side)} />
          <span className="sk-merge-whose">{t(`merge.${side}`)}</span>
          <Marked text={text[side]} other={text[side === "mine" ? "theirs" : "mine"]} />
        </label>
      ))}
    </fieldset>
  );
}

/** What was settled by itself, from what to what. */
function Taken<T extends object, V>({ title, of, fields, view }: OfFields<T, V> & { title: string; of: Settled[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (of.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className="sk-merge-taken">
        {of.slice(0, TOLD).map((s) => {
          const whole = s.from === "mine" ? view.mine : view.theirs.value;
          const secret = fields[s.field]?.secret;
          return (
            <div key={s.path}>
              <dt>{labelOf(fields, s)}</dt>
              <dd>
                {secret ? (
                  "•••"
                ) : (
                  <>
                    {view.base && (
                      <>
                        <del>{short(shown(fields, s, s.base, view.base.value))}</del> →{" "}
                      </>
                    )}
                    <ins>{short(shown(fields, s, s.result, whole))}</ins>
                  </>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {of.length > TOLD && <p className="sk-muted">{t("merge.more", { n: f.count(of.length - TOLD) })}</p>}
    </section>
  );
}

/** A text with the words marked in which it differs from the other; what both begin and end with is cut when it is long. */
function Marked({ text, other }: { text: string; other: string }) {
  // Two short values are compared at a glance.
  if (text.length <= 24 && other.length <= 24) return <span className="sk-merge-value">{text}</span>;
  const words = (x: string) => x.match(/[\p{Script=Latin}\p{N}]+|[\s\S]/gu) ?? [];
  const [a, b] = [words(text), words(other)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const part = (from: number, to: number) => a.slice(from, to).join("");
  const middle = part(head, a.length - tail);
  return (
    <span className="sk-merge-value">
      {head > 40 ? `…${part(head - 25, head)}` : part(0, head)}
      {middle !== "" && <mark>{middle.length > 1200 ? `${middle.slice(0, 1200)}…` : middle}</mark>}
      {tail > 40 ? `${part(a.length - tail, a.length - tail + 25)}…` : part(a.length - tail, a.length)}
    </span>
  );
}

function shown<T extends object>(fields: FormFields<T>, d: Difference, value: unknown, whole: T): string {
  const field = fields[d.field];
  const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  if (field?.secret) return empty ? "—" : "•••";
  const text = d.part === null ? field?.show(value, whole) : empty ? "" : field?.parts?.[d.part]?.show(value);
  return text?.trim() ? text : "—";
}

function labelOf<T extends object>(fields: FormFields<T>, d: Difference): string {
  const field = fields[d.field];
  if (d.part === null) return field?.label ?? d.field;
  const name = field?.name?.(d.item);
  return [name, field?.parts?.[d.part]?.label ?? d.part].filter(Boolean).join(" · ");
}

function short(text: string): string {
  const signs = [...text.replace(/\s+/g, " ")];
  return signs.length > 80 ? `${signs.slice(0, 80).join("")}…` : signs.join("");
}

/** A form as a text, a line a field. */
function inWords<T extends object>(form: T, fields: FormFields<T>): string {
  return Object.entries(fields)
    .flatMap(([key, field]) => {
      const value = (form as Record<string, unknown>)[key];
      if (field.secret) return [];
      const text = field.show(value, form).trim();
      return text === "" || text === "—" ? [] : [`${field.label}: ${text}`];
    })
    .join("\n");
}

function useKind(kind: string): string {
  const { t, i18n } = useTranslation();
  return i18n.exists(`kinds.${kind}`) ? t(`kinds.${kind}` as "kinds.product") : kind;
}

/** "Changed by Lin Xiaoman at 10:32", for whoever may read the history. */
function useChangedBy(traces: { subject: string; id?: string } | null | undefined, wanted: boolean): string {
  const { t } = useTranslation();
  const f = useFormats();
  const can = useCan();
  const who = useWho();
  const self = useStore(me)?.person?.id;
  const q = useAsk("app.audit", { subject: traces?.subject ?? null, limit: 20 }, { enabled: wanted && Boolean(traces) && can("audit_read"), tags: ["catalog", "customers", "settings", "access"], keep: true });
  const row = q.data?.items.find((r) => !traces?.id || r.changes.includes(traces.id));
  if (!row) return "";
  return row.actor === self ? t("merge.byYou", { when: f.dateTime(row.at) }) : t("merge.by", { who: who(row.actor_name), when: f.dateTime(row.at) });
}
