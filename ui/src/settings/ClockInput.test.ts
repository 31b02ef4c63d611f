import { expect, it } from "vitest";
import { clock, minutesOf } from "./ClockInput";

it("writes and reads a time of day", () => {
  for (const minutes of [0, 1, 59, 60, 570, 1439]) expect(minutesOf(clock(minutes))).toBe(minutes);
  expect(clock(570)).toBe("09:30");
  for (const text of ["", "9:30", "24:00", "12:60", "--:30"]) expect(minutesOf(text)).toBeUndefined();
});
