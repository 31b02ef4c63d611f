import { QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setTransport } from "../lib/transport";
import { client } from "./client";
import { IdleLock } from "./IdleLock";

const calls: string[] = [];
setTransport({
  call: async (name) => void calls.push(name),
  onChanged: () => () => undefined,
});

beforeEach(() => {
  calls.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const wait = (minutes: number) => act(() => vi.advanceTimersByTimeAsync(minutes * 60_000));

it("locks the desk of whoever left it, and nobody who has a hand on it", async () => {
  render(
    <QueryClientProvider client={client}>
      <IdleLock minutes={15} />
    </QueryClientProvider>,
  );
  await wait(10);
  window.dispatchEvent(new Event("keydown"));
  await wait(14);
  expect(calls).toEqual([]);
  await wait(2);
  expect(calls).toEqual(["access.lock"]);
});
