import { expect, it } from "vitest";
import { csvCell, toCsv } from "./files";

it("writes cells that a spreadsheet reads as text, never as a formula", () => {
  expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
  expect(csvCell("=HYPERLINK(1)")).toBe("'=HYPERLINK(1)");
  expect(csvCell("-12.50")).toBe("-12.50");
  expect(toCsv([["客户"], ["张三"]])).toBe("\ufeff客户\r\n张三\r\n");
});
