import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useDraft } from "./drafts";
import { setTransport } from "./transport";

// The shop's copies, as the program would keep them.
const kept = new Map<string, { id: string; area: string; body: string; updated_at: number }>();
setTransport({
  async call(name, input) {
    const i = input as { id: string; area: string; body: string };
    if (name === "app.save_draft") kept.set(i.id, { ...i, updated_at: 1 });
    if (name === "app.discard_draft") kept.delete(i.id);
    return { items: [...kept.values()].filter((d) => d.area === i.area) };
  },
  onChanged: () => () => undefined,
});

beforeEach(() => {
  localStorage.clear();
  kept.clear();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it("is on the device 300 ms after a keystroke, and found again after a crash", () => {
  const first = renderHook(() => useDraft("orders.new", { note: "" }));
  expect(first.result.current.restoredAt).toBeNull();
  act(() => first.result.current.set({ note: "three mugs" }));
  act(() => vi.advanceTimersByTime(301));
  // A crash unmounts nothing: the second window simply starts.
  const second = renderHook(() => useDraft("orders.new", { note: "" }));
  expect(second.result.current.value.note).toBe("three mugs");
  expect(second.result.current.restoredAt).not.toBeNull();
});

it("is written at once when the window is hidden", () => {
  const d = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => d.result.current.set({ note: "x" }));
  act(() => void window.dispatchEvent(new Event("pagehide")));
  expect(localStorage.getItem("shopkeeper.draft..orders.new")).toContain('"x"');
});

it("is forgotten once the command was acknowledged", () => {
  const d = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => d.result.current.set({ note: "x" }));
  act(() => d.result.current.clear({ note: "" }));
  act(() => vi.advanceTimersByTime(1000));
  expect(localStorage.getItem("shopkeeper.draft..orders.new")).toBeNull();
  expect(d.result.current.value.note).toBe("");
});

it("survives a device that cannot keep anything", () => {
  const spy = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const d = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => d.result.current.set({ note: "x" }));
  act(() => vi.advanceTimersByTime(301));
  expect(d.result.current.value.note).toBe("x");
  spy.mockRestore();
});

it("comes back from the shop when the window's storage was lost", async () => {
  const first = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => first.result.current.set({ note: "for Ms Li" }));
  await act(() => vi.advanceTimersByTimeAsync(1100));
  expect(kept.size).toBe(1);
  first.unmount();
  localStorage.clear();
  Object.assign(window, { __TAURI_INTERNALS__: {} });
  const second = renderHook(() => useDraft("orders.new", { note: "" }));
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(second.result.current.value.note).toBe("for Ms Li");
  Reflect.deleteProperty(window, "__TAURI_INTERNALS__");
});

it("gives nobody what somebody else is typing, and is dropped from the shop when done", async () => {
  kept.set("theirs", { id: "theirs", area: "orders.new", body: JSON.stringify({ desk: "other", value: { note: "not yours" } }), updated_at: 9 });
  const mine = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => mine.result.current.set({ note: "mine" }));
  await act(() => vi.advanceTimersByTimeAsync(1100));
  expect(kept.size).toBe(2);
  act(() => mine.result.current.clear({ note: "" }));
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect([...kept.keys()]).toEqual(["theirs"]);
  const again = renderHook(() => useDraft("orders.new", { note: "" }));
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(again.result.current.value.note).toBe("");
});

it("turns to the next thing with its own draft", () => {
  const d = renderHook(({ id }) => useDraft(`orders.note.${id}`, `note of ${id}`), { initialProps: { id: "a" } });
  act(() => d.result.current.set("typed for a"));
  d.rerender({ id: "b" });
  expect(d.result.current.value).toBe("note of b");
  d.rerender({ id: "a" });
  expect(d.result.current.value).toBe("typed for a");
});
