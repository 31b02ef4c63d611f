import { beforeEach, expect, it } from "vitest";
import { pushUndo, undo, undoStack } from "./undo";

beforeEach(() => undoStack.set([]));

it("takes back the newest first", async () => {
  const done: string[] = [];
  pushUndo({ label: "one", run: async () => done.push("one") });
  pushUndo({ label: "two", run: async () => done.push("two") });
  await undo();
  await undo();
  expect(done).toEqual(["two", "one"]);
  expect(await undo()).toBeNull();
});

it("keeps what could not be taken back", async () => {
  pushUndo({ label: "one", run: () => Promise.reject(new Error("no line")) });
  await expect(undo()).rejects.toThrow();
  expect(undoStack.get()).toHaveLength(1);
});
