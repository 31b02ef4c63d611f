import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it, vi } from "vitest";
import { startI18n } from "../i18n";
import { MoneyInput } from "./MoneyInput";
import { ScannerInput } from "./ScannerInput";
import { StatusTag } from "./StatusTag";

beforeAll(() => startI18n("en"));

it("gives minor units and keeps what it cannot read in sight", async () => {
  const seen: (number | null)[] = [];
  render(<MoneyInput aria-label="price" currency="CNY" onChange={(v) => seen.push(v)} />);
  const box = screen.getByLabelText("price");
  await userEvent.type(box, "12.345");
  expect(seen.at(-1)).toBe(1234);
  expect(box).toHaveValue("12.345");
  expect(box).toHaveAttribute("aria-invalid", "true");
});

it("tells a scanner from a person", () => {
  const got = vi.fn();
  render(<ScannerInput aria-label="code" onSubmit={got} value="6901234567892" onChange={() => undefined} />);
  const box = screen.getByLabelText("code");
  for (const c of "6901234567892") fireEvent.keyDown(box, { key: c });
  fireEvent.keyDown(box, { key: "Enter" });
  expect(got).toHaveBeenCalledWith("6901234567892", true);
});

it("shows a status as a word with an icon", () => {
  const { container } = render(<StatusTag kind="stage" value="ready" />);
  expect(screen.getByText("To ship")).toBeInTheDocument();
  expect(container.querySelector("[role=img], svg")).not.toBeNull();
});
