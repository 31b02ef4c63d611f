import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startI18n } from "../i18n";
import { ApiError } from "../lib/errors";
import { installHotkeys } from "../lib/hotkeys";
import { setTransport } from "../lib/transport";
import { useMerge, useTypedHere, type Versioned } from "../lib/useMerge";
import { StaleMerge } from "./StaleMerge";

interface Thing {
  title: string;
  note: string;
}

// What the shop has, and what it was told.
let stored: Versioned<Thing> | null;
let saved: { value: Thing; version: number | undefined }[];
let line: "up" | "down";
const anew = vi.fn();

function Form({ live }: { live?: Versioned<Thing> | null }) {
  const start: Versioned<Thing> = { version: 1, value: { title: "Tea", note: "" } };
  const typed = useTypedHere<Thing>({ form: start.value, base: start }, live);
  const merge = useMerge<Thing>({
    kind: "product",
    fields: { title: { label: "Title", show: String }, note: { label: "Note", show: String } },
    mine: typed.form,
    base: typed.base,
    live,
    newest: async () => {
      if (line === "down") throw new ApiError("catalog.get_product", "unreachable");
      return stored;
    },
    traces: { subject: "p1" },
    rebase: typed.rebase,
    save: async (value, onto) => {
      if (!stored) throw new ApiError("catalog.save_product", "not_found", { kind: "product", id: "p1" });
      if (onto?.version !== stored.version) throw new ApiError("catalog.save_product", "stale", { kind: "product", id: "p1", current: stored.version });
      stored = { version: stored.version + 1, value };
      saved.push({ value, version: onto.version });
    },
    anew: async (value) => anew(value),
  });
  return (
    <>
      <StaleMerge merge={merge} />
      <input aria-label="Title" value={typed.form.title} onChange={(e) => typed.put({ title: e.target.value })} />
      <input aria-label="Note" value={typed.form.note} onChange={(e) => typed.put({ note: e.target.value })} />
      <button onClick={() => void merge.submit()}>Send</button>
    </>
  );
}

function show(live?: Versioned<Thing> | null) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = (now?: Versioned<Thing> | null) => (
    <QueryClientProvider client={client}>
      <Form live={now} />
    </QueryClientProvider>
  );
  const { rerender } = render(page(live));
  return (now: Versioned<Thing> | null) => rerender(page(now));
}

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label, { selector: "input:not([type])" }), { target: { value } });
const typed = (label: string) => screen.getByLabelText<HTMLInputElement>(label, { selector: "input:not([type])" }).value;
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));

beforeAll(async () => {
  // jsdom measures nothing.
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  await startI18n("en");
  installHotkeys();
});
beforeEach(() => {
  stored = { version: 1, value: { title: "Tea", note: "" } };
  saved = [];
  line = "up";
  anew.mockReset();
  setTransport({
    call: async (name) => (name === "app.audit" ? { items: [{ at: Date.now(), actor: "x", actor_name: "Lin", changes: "[]" }] } : {}),
    onChanged: () => () => undefined,
  });
});

it("asks about what both changed, by keyboard, and saves it with the rest of both", async () => {
  show();
  type("Title", "Green tea");
  stored = { version: 4, value: { title: "Black tea", note: "theirs" } };
  press("Send");
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/Changed by Lin/)).toBeInTheDocument();
  const save = within(dialog).getByRole("button", { name: "Save merged" });
  expect(save).toBeDisabled();
  expect(within(dialog).getByText("1 left to choose")).toBeInTheDocument();
  const [mine, theirs] = within(dialog).getAllByRole("radio");
  // The first thing to choose has the focus; nothing is chosen for anybody.
  await waitFor(() => expect(mine).toHaveFocus());
  expect([mine, theirs].map((r) => (r as HTMLInputElement).checked)).toEqual([false, false]);
  await userEvent.keyboard(" ");
  expect(mine).toBeChecked();
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
  await waitFor(() => expect(saved).toEqual([{ value: { title: "Green tea", note: "theirs" }, version: 4 }]));
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("goes back to the form with everything that was typed", async () => {
  show();
  type("Title", "Green tea");
  stored = { version: 2, value: { title: "Black tea", note: "theirs" } };
  press("Send");
  await screen.findByRole("dialog");
  press("Keep typing");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect([typed("Title"), typed("Note")]).toEqual(["Green tea", ""]);
  expect(saved).toEqual([]);
});

it("begins again when it was changed once more, with what was chosen as typed", async () => {
  show();
  type("Title", "Green tea");
  stored = { version: 2, value: { title: "Black tea", note: "" } };
  press("Send");
  await screen.findByRole("dialog");
  fireEvent.click(screen.getAllByRole("radio")[0] as HTMLElement);
  stored = { version: 3, value: { title: "Black tea", note: "third" } };
  press("Save merged");
  await screen.findByText(/changed once more/);
  press("Save merged");
  await waitFor(() => expect(saved).toEqual([{ value: { title: "Green tea", note: "third" }, version: 3 }]));
});

it("saves on by itself when the newer version changed nothing that the form shows", async () => {
  show();
  type("Title", "Green tea");
  stored = { version: 7, value: { title: "Tea", note: "" } };
  press("Send");
  await waitFor(() => expect(saved).toEqual([{ value: { title: "Green tea", note: "" }, version: 7 }]));
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("loses nothing when the newest cannot be fetched", async () => {
  show();
  type("Note", "mine");
  stored = { version: 2, value: { title: "Black tea", note: "" } };
  line = "down";
  press("Send");
  await screen.findByText("The newest version cannot be fetched now");
  line = "up";
  press("Try again");
  await screen.findByRole("button", { name: "Save merged" });
  press("Save merged");
  await waitFor(() => expect(saved.map((s) => s.value)).toEqual([{ title: "Black tea", note: "mine" }]));
});

it("gives what was typed to take along, or to make anew, when the thing is gone", async () => {
  show();
  type("Title", "Green tea");
  stored = null;
  press("Send");
  const text = await screen.findByLabelText<HTMLTextAreaElement>("What you typed");
  expect(text.value).toBe("Title: Green tea");
  press("Make it anew");
  await waitFor(() => expect(anew).toHaveBeenCalledWith({ title: "Green tea", note: "" }));
  expect(typed("Title")).toBe("Green tea");
});

it("follows the shop until something is typed, then stays and says what happened", async () => {
  const now = show({ version: 1, value: { title: "Tea", note: "" } });
  now({ version: 2, value: { title: "Tea", note: "theirs" } });
  await waitFor(() => expect(typed("Note")).toBe("theirs"));
  expect(screen.queryByRole("status")).toBeNull();
  type("Title", "Green tea");
  stored = { version: 3, value: { title: "Tea", note: "newer" } };
  act(() => now(stored));
  expect([typed("Title"), typed("Note")]).toEqual(["Green tea", "theirs"]);
  expect(await screen.findByText(/was changed meanwhile; what you typed is still here/)).toBeInTheDocument();
  press("Compare");
  await screen.findByRole("dialog");
  press("Save merged");
  await waitFor(() => expect(saved).toEqual([{ value: { title: "Green tea", note: "newer" }, version: 3 }]));
});
