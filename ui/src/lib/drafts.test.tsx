import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useDraft } from "./drafts";

beforeEach(() => {
  localStorage.clear();
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
  expect(localStorage.getItem("shopkeeper.draft.orders.new")).toContain('"x"');
});

it("is forgotten once the command was acknowledged", () => {
  const d = renderHook(() => useDraft("orders.new", { note: "" }));
  act(() => d.result.current.set({ note: "x" }));
  act(() => d.result.current.clear({ note: "" }));
  act(() => vi.advanceTimersByTime(1000));
  expect(localStorage.getItem("shopkeeper.draft.orders.new")).toBeNull();
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
