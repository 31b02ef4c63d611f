import { render, screen } from "@testing-library/react";
import { Button } from "antd";
import { expect, it } from "vitest";
import { Key } from "./Key";

it("shows the key and leaves the button's text and name alone", () => {
  render(
    <Button>
      Ship
      <Key of="s" />
    </Button>,
  );
  const button = screen.getByRole("button", { name: "Ship" });
  expect(button.textContent).toBe("Ship");
  expect(button.querySelector("kbd")?.dataset.key).toBe("S");
});
