// A merchant's first day in a browser, by the texts on the screen, in both languages.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { barriers, nothing } from "./check.mjs";
import { EXCERPT, LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

for (const lang of LANGUAGES)
  describe(`a first day (${lang})`, () => {
    test("from an empty database to an order on its way", async (t) => {
      const shop = await openShop(t);
      const browser = await openBrowser(t);
      const page = await openPage(browser, shop, { lang });
      const say = page.t;
      // The name of a button begins with that of its picture.
      const button = (name) => page.getByRole("button", { name: new RegExp(`(^|\\s)${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(\\s|$)`) }).first();
      // One step stands on another: after the first that fails there is nothing to be learned.
      const step = async (name, run) => {
        let done = false;
        await t.test(name, { timeout: 90_000 }, async () => {
          await run();
          done = true;
        });
        if (!done) {
          await page.picture(`failed-${lang}`);
          throw new Error(`the day ended at: ${name}; ${page.faults.join("; ")}`);
        }
      };

      await step("the shop is set up", async () => {
        await button(say("firstRun.setup.title")).waitFor();
        nothing(await barriers(page), "first run");
        await page.picture(`first-run-${lang}`);
        await button(say("firstRun.setup.title")).click();
        await page.getByLabel(say("firstRun.name")).fill("青禾杂货 Qinghe");
        nothing(await barriers(page), "set-up form");
        await page.picture(`set-up-${lang}`);
        await page.keyboard.press("Enter");
        await page.getByRole("navigation", { name: say("app.nav.label") }).waitFor();
        const status = await shop.call("settings.shop", {});
        assert.equal(JSON.stringify(status).includes('"CNY"'), true);
      });

      let product;
      await step("a product gets three colours and four sizes", async () => {
        await page.to("/catalog/new");
        await page.getByLabel(say("catalog.title"), { exact: true }).fill("亚麻衬衫");
        for (const [n, [name, values]] of [["颜色", ["藏青", "米白", "砖红"]], ["尺码", ["S", "M", "L", "XL"]]].entries()) {
          await button(say("catalog.optionAdd")).click();
          await page.getByLabel(say("catalog.optionName"), { exact: true }).nth(n).fill(name);
          await page.getByRole("combobox", { name: say("catalog.optionValues", { name }), exact: true }).click();
          for (const value of values) {
            await page.keyboard.type(value);
            await page.keyboard.press("Enter");
          }
          await settled(page);
        }
        const rows = page.getByRole("region", { name: say("catalog.grid") }).locator("tbody tr");
        await rows.nth(11).waitFor();
        assert.equal(await rows.count(), 12);
        for (let i = 0; i < 12; i += 1) {
          await page.locator(`#ca-price-${i}`).fill("199");
          await page.locator(`#ca-stock-${i}`).fill("20");
        }
        await page.picture(`matrix-${lang}`);
        await page.keyboard.press("Control+s");
        await page.getByRole("heading", { level: 1, name: "亚麻衬衫" }).waitFor();
        product = await shop.call("catalog.get_product", { id: page.url().split("/").at(-1) });
        assert.equal(product.skus.length, 12);
        assert.equal(product.skus.every((s) => s.price === 19_900 && s.available === 20), true);
      });

      await step("an order is taken with the keyboard, paid in cash, with change", async () => {
        await page.to("/");
        await page.keyboard.press("n");
        await page.getByRole("combobox", { name: say("orders.entry.find"), exact: true }).waitFor();
        // Pinyin initials, as they are typed at a counter.
        await page.keyboard.type("ymcs", { delay: 60 });
        await page.getByRole("option").first().waitFor();
        await page.keyboard.press("Enter");
        await page.keyboard.type("*2", { delay: 60 });
        await page.keyboard.press("Enter");
        await page.getByTestId("total").filter({ hasText: "398.00" }).waitFor();
        await page.keyboard.press("F9");
        await page.keyboard.type("400", { delay: 60 });
        await page.picture(`order-entry-${lang}`);
        await page.keyboard.press("Control+Enter");
        const placed = page.getByRole("status").filter({ hasText: say("orders.entry.placed") });
        await placed.waitFor();
        assert.match(await placed.innerText(), /2\.00/);
        await page.picture(`order-placed-${lang}`);
      });

      let number;
      await step("an order is paid and sent with a waybill", async () => {
        const placed = await shop.tell("orders.place", {
          channel: "counter",
          delivery: "ship",
          buyer_name: "林小满",
          buyer_phone: "13800138000",
          ship_to: { name: "林小满", phone: "13800138000", country: "CN", region_code: "", province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 138 号", postcode: "" },
          lines: [{ sku_id: product.skus[0].id, qty: 1 }],
        });
        number = placed.number;
        await page.to(`/orders/${placed.order_id}`);
        await page.getByRole("heading", { level: 1, name: number }).waitFor();
        await page.keyboard.press("m");
        await page.locator("#pa-given").waitFor();
        await page.locator("#pa-given").fill("200");
        nothing(await barriers(page), "taking money");
        await page.keyboard.press("Enter");
        await page.locator("#pa-given").waitFor({ state: "detached" });
        await settled(page);
        const review = button(say("orders.action.review"));
        if (await review.isVisible()) await review.click();
        await button(say("orders.action.ship")).waitFor();
        await page.keyboard.press("s");
        await page.locator("#sh-waybill").waitFor();
        await page.keyboard.type("SF1234567890123", { delay: 60 });
        await page.locator("#sh-verdict .sh-good").waitFor();
        nothing(await barriers(page), "shipping");
        await page.picture(`ship-${lang}`);
        await page.keyboard.press("Enter");
        await page.locator("#sh-waybill").waitFor({ state: "detached" });
        await page.getByText("SF1234567890123").first().waitFor();
        await page.picture(`order-shipped-${lang}`);
        const order = await shop.call("orders.get", { order_id: placed.order_id });
        assert.equal(order.fulfilment_status, "shipped");
        assert.equal(order.due, 0);
      });

      await step("it is found by its waybill, in the palette and in the list", async () => {
        // Typed on without waiting for the palette: no letter may be lost, or taken for a key of the page.
        await page.keyboard.press("Control+k");
        await page.keyboard.type("SF12345678");
        await page.getByRole("option").filter({ hasText: number }).first().waitFor();
        await page.keyboard.press("Escape");
        await page.to("/orders");
        await page.keyboard.press("/");
        await page.keyboard.type("林小满", { delay: 30 });
        await page.waitForURL(/q=/);
        await settled(page);
        await page.getByText(number).first().waitFor();
        assert.equal(await page.locator(".ant-table-row, .sk-card").count(), 1);
      });

      await step("what was done is taken back with Ctrl+Z", async () => {
        await page.to("/catalog");
        await page.getByRole("link", { name: "亚麻衬衫" }).click();
        await button(say("catalog.archive")).click();
        await button(say("catalog.unarchive")).waitFor();
        await page.locator("h1").click();
        await page.keyboard.press("Control+z");
        await button(say("catalog.archive")).waitFor();
      });

      await step("a file is looked at, tried and imported", async () => {
        await page.to("/imports");
        await page.locator("#im-path").fill(EXCERPT);
        await page.keyboard.press("Enter");
        await button(say("imports.try")).waitFor();
        // The file is in pounds, the shop is not.
        await page.locator("#im-rate").fill("9.12");
        nothing(await barriers(page), "import plan");
        await page.picture(`import-plan-${lang}`);
        await button(say("imports.try")).click();
        await page.getByText(say("imports.dryDone")).waitFor({ timeout: 60_000 });
        assert.equal((await shop.call("orders.list", { limit: 50 })).items.length, 2);
        await button(say("imports.start")).click();
        await page.getByText(say("imports.dryDone")).waitFor({ state: "detached" });
        await page.getByText(say("imports.result")).waitFor({ timeout: 60_000 });
        await page.locator(".ant-progress-status-success").waitFor({ timeout: 60_000 });
        nothing(await barriers(page), "import done");
        await page.picture(`import-done-${lang}`);
        assert.equal((await shop.call("orders.list", { limit: 50 })).items.length, 50);
      });

      await step("reports tell what was sold, and lead down to the SKUs", async () => {
        await page.to("/analytics");
        await page.getByRole("button", { name: "亚麻衬衫" }).click();
        await settled(page);
        nothing(await barriers(page), "reports");
        await page.picture(`reports-${lang}`);
        assert.equal(await page.getByText(/LINEN|亚麻|YMCS/i).count() > 0, true);
      });

      await step("the shop's name is changed in the settings, the language in the top bar", async () => {
        await page.to("/settings/shop");
        const name = page.getByRole("main").getByRole("textbox").first();
        await name.fill("青禾百货 Qinghe");
        await button(say("common.save")).first().click();
        await page.getByRole("link", { name: /青禾百货/ }).first().waitFor();
        const other = lang === "en" ? "简体中文" : "English";
        await button(say("app.language")).click();
        await page.getByRole("menuitem", { name: other }).click();
        // The other language's words are loaded when they are asked for.
        await page.waitForFunction((wanted) => document.documentElement.lang === wanted, lang === "en" ? "zh-CN" : "en");
      });

      nothing(page.faults, "the console");
    });
  });
