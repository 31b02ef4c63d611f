import { describe, expect, it } from "vitest";
import { dayOf, dayStart, dayToIso, formatDateTime, formatDuration, isoToDay } from "./dates";

describe("dates", () => {
  it("ends the day where the shop is", () => {
    const t = Date.UTC(2026, 2, 5, 16, 30);
    expect(dayToIso(dayOf(t, "UTC"))).toBe("2026-03-05");
    expect(dayToIso(dayOf(t, "Asia/Shanghai"))).toBe("2026-03-06");
    expect(formatDateTime(t, "Asia/Shanghai", "en-CA")).toContain("00:30");
  });

  it("finds midnight on the days the clocks change", () => {
    for (const iso of ["2026-03-29", "2026-10-25", "2026-07-01"]) {
      const day = isoToDay(iso) as number;
      const start = dayStart(day, "Europe/London");
      expect(dayOf(start, "Europe/London")).toBe(day);
      expect(dayOf(start - 1, "Europe/London")).toBe(day - 1);
    }
  });

  it("refuses what is not a day", () => {
    expect(isoToDay("yesterday")).toBeUndefined();
  });

  it("promises no less than it takes", () => {
    expect(formatDuration(40, "en-GB")).toContain("40");
    expect(formatDuration(61, "en-GB")).toMatch(/^2\smins/);
    expect(formatDuration(61, "zh-CN")).toBe("2分钟");
    expect(formatDuration(7300, "zh-CN")).toBe("3小时");
  });
});
