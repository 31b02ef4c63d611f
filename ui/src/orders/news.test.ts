import { expect, it } from "vitest";
import { news, placedAtThisDesk } from "./news";

it("tells of what came in meanwhile, once, and not of what this desk did or a file brought from the past", () => {
  const row = (id: string, placed_at: number) => ({ id, placed_at });
  let r = news(null, [row("b", 20), row("a", 10)]);
  expect(r.fresh).toEqual([]);
  placedAtThisDesk("mine");
  r = news(r.seen, [row("c", 30), row("mine", 25), row("b", 20), row("old", 5)]);
  expect(r.fresh.map((x) => x.id)).toEqual(["c"]);
  r = news(r.seen, [row("c", 30), row("mine", 25), row("b", 20)]);
  expect(r.fresh).toEqual([]);
});
