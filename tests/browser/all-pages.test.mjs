// Every page, full of goods (named to begin early beside the journeys, for it takes longer than any of them): without barriers in both languages, light and dark, and within the window at each width.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { barriers, nothing, overflow, unreachable } from "./check.mjs";
import { furnish } from "./furnish.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

// 640 is a window of 1280 px on a screen scaled to 200 %.
const WIDTHS = [360, 640, 768, 1280];
const HEIGHTS = { 360: 740, 640: 450 };

const PAGES = [
  ["dashboard", () => "/"],
  ["orders", () => "/orders"],
  ["orders-filtered", () => "/orders?stage=ready"],
  ["order", (of) => `/orders/${of.order}`],
  ["order-shipped", (of) => `/orders/${of.shipped}`],
  ["order-new", () => "/orders/new"],
  ["products", () => "/catalog"],
  ["product", (of) => `/catalog/${of.product}`],
  ["product-new", () => "/catalog/new"],
  ["categories", () => "/catalog/categories"],
  ["stock", () => "/stock"],
  ["stock-moves", () => "/stock/moves"],
  ["stock-check", () => "/stock/check"],
  ["customers", () => "/customers"],
  ["customer", (of) => `/customers/${of.customer}`],
  ["payments", () => "/payments"],
  ["reports", () => "/analytics"],
  ["imports", () => "/imports"],
  ["import", (of) => `/imports/${of.job}`],
  ["people", () => "/access"],
  ["settings", () => "/settings"],
  ...["modules", "rules", "numbers", "regional", "data", "history", "about"].map((s) => [`settings-${s}`, () => `/settings/${s}`]),
  ["nowhere", () => "/nowhere"],
];

// Two of its tests at once: they only look.
describe("pages", { concurrency: 2 }, () => {
  let browser, shop, of;
  const closers = [];
  before(async () => {
    const all = { after: (close) => closers.unshift(close) };
    shop = await openShop(all);
    browser = await openBrowser(all);
    of = await furnish(shop);
  });
  after(async () => {
    for (const close of closers) await close();
  });

  for (const lang of LANGUAGES)
    for (const scheme of ["light", "dark"])
      test(`${lang}, ${scheme}: no barriers`, async () => {
        const page = await openPage(browser, shop, { lang, scheme });
        const problems = [];
        for (const [name, path] of PAGES) {
          await page.to(path(of));
          problems.push(...(await barriers(page)).map((p) => `${name}: ${p}`));
          await page.picture(`${name}-${lang}-${scheme}-1280`);
        }
        nothing([...problems, ...page.faults], `${lang} ${scheme}`);
        await page.context().close();
      });

  for (const lang of LANGUAGES)
    for (const width of WIDTHS)
      test(`${lang}, ${width} px: nothing sticks out`, async () => {
        const page = await openPage(browser, shop, { lang, width, height: HEIGHTS[width] ?? 900, scale: width === 640 ? 2 : 1 });
        const problems = [];
        for (const [name, path] of PAGES) {
          await page.to(path(of));
          problems.push(...(await overflow(page)).map((p) => `${name}: ${p}`));
          problems.push(...(await unreachable(page)).map((p) => `${name}: ${p}`));
          if (width < 768) problems.push(...(await barriers(page)).map((p) => `${name}: ${p}`));
          if (width !== 1280) await page.picture(`${name}-${lang}-light-${width}`);
        }
        nothing([...problems, ...page.faults], `${lang} ${width}`);
        await page.context().close();
      });

  test("a product is called by its name in the language of the screen", async () => {
    const names = { en: ["Linen shirt", "亚麻衬衫"], "zh-CN": ["亚麻衬衫", "Linen shirt"] };
    for (const lang of LANGUAGES) {
      const [own, other] = names[lang];
      const page = await openPage(browser, shop, { lang });
      await page.to(`/catalog/${of.product}`);
      await page.getByRole("heading", { level: 1, name: own }).waitFor();
      assert.match(await page.locator(".sk-header-sub").innerText(), new RegExp(other));
      await page.to("/catalog?q=LINEN-1-S");
      const link = page.getByRole("main").getByRole("link", { name: own }).first();
      assert.ok((await link.innerText()).startsWith(own));
      await page.keyboard.press("Control+k");
      await page.keyboard.type("LINEN-1-S", { delay: 20 });
      await page.getByRole("option", { name: own }).first().waitFor();
      await page.context().close();
    }
  });

  test("what opens over a page has no barriers", async () => {
    const problems = [];
    for (const scheme of ["light", "dark"]) {
      const page = await openPage(browser, shop, { scheme });
      const say = page.t;
      const named = (name) => page.getByRole("button", { name: new RegExp(`(^|\\s)${name}$`) }).first();
      const over = {
        "stock correction": ["/stock", () => named(say("stock.correctOne")).click()],
        "new customer": ["/customers", () => named(say("customers.add")).click()],
        "new category": ["/catalog/categories", () => named(say("catalog.categories.add")).click()],
        "history of a product": [`/catalog/${of.product}`, () => page.getByRole("tab", { name: say("catalog.tab.history") }).click()],
        "payment": [`/orders/${of.order}`, () => page.keyboard.press("m")],
        "refund": [`/orders/${of.shipped}`, () => named(say("orders.action.refund")).click()],
        "parcel": [`/orders/${of.ready}`, () => page.keyboard.press("s")],
      };
      for (const [name, [path, act]] of Object.entries(over)) {
        await page.to(path);
        await act();
        await settled(page);
        problems.push(...(await barriers(page)).map((p) => `${scheme}, ${name}: ${p}`));
        await page.picture(`over-${name.replaceAll(" ", "-")}-${scheme}`);
        await page.keyboard.press("Escape");
        await settled(page);
      }
      problems.push(...page.faults);
      await page.context().close();
    }
    nothing(problems, "over a page");
  });

  test("palette and shortcuts have no barriers", async () => {
    const page = await openPage(browser, shop, {});
    await settled(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("listbox").waitFor();
    await settled(page);
    nothing(await barriers(page), "palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").filter({ hasText: page.t("app.shortcuts.title") }).waitFor();
    await settled(page);
    nothing(await barriers(page), "shortcuts");
    await page.context().close();
  });
});
