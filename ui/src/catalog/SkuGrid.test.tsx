import { render, screen, within } from "@testing-library/react";
import { App } from "antd";
import { beforeAll, expect, it } from "vitest";
import { startI18n } from "../i18n";
import { emptyProduct, emptySku, type ProductForm, type SkuForm } from "./form";
import { SkuGrid } from "./SkuGrid";

const saved = (values: string[], on_hand: number, available: number): SkuForm => ({ ...emptySku(values), id: values.join(), code: values.join("-"), price: 100, on_hand, available });
const form = (skus: SkuForm[]): ProductForm => ({ ...emptyProduct(), id: "p", options: [{ name: "Size", values: skus.flatMap((s) => s.option_values) }], skus });

beforeAll(async () => {
  await startI18n("en");
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});

it("says once how much is on the shelf, and what is left of it where orders hold some", () => {
  render(
    <App>
      <SkuGrid form={form([saved(["S"], 25, 25), saved(["M"], 25, 22)])} onChange={() => undefined} />
    </App>,
  );
  const column = screen.getAllByRole("columnheader").findIndex((h) => h.textContent === "On hand");
  expect(column).toBeGreaterThan(0);
  const shelf = (size: string) => within(screen.getByRole("rowheader", { name: size }).closest("tr") as HTMLElement).getByTestId("shelf").textContent;
  expect(shelf("S")).toBe("25");
  expect(shelf("M")).toBe("2522 available");
});

it("asks a new SKU for its opening stock", () => {
  render(
    <App>
      <SkuGrid form={form([emptySku(["S"]), emptySku(["M"])])} onChange={() => undefined} />
    </App>,
  );
  expect(screen.getByRole("columnheader", { name: "Opening stock" })).toBeInTheDocument();
  expect(screen.getByLabelText("S Opening stock")).toBeInTheDocument();
});
