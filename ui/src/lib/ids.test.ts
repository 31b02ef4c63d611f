import { expect, it } from "vitest";
import { uuidv7 } from "./ids";

it("is a UUID of version 7 that begins with its time", () => {
  const id = uuidv7(0x0123456789ab);
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("does not repeat", () => {
  expect(new Set(Array.from({ length: 2000 }, () => uuidv7(1))).size).toBe(2000);
});
