// Two tabs change the same things at once: nothing that either typed is lost, and what both changed is chosen by a person.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { barriers, nothing, onPhone } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

for (const lang of LANGUAGES)
  describe(`two at one thing (${lang})`, () => {
    test("a product, a customer, an address, the shop and an order", { timeout: 300_000 }, async (t) => {
      const shop = await openShop(t, { sample: true });
      const browser = await openBrowser(t);
      const mine = await openPage(browser, shop, { lang });
      const theirs = await openPage(browser, shop, { lang, scheme: "dark" });
      const say = mine.t;
      const button = (page, name) => page.getByRole("button", { name: new RegExp(`(^|\\s)${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(\\s|$)`) }).first();
      const dialog = mine.getByRole("dialog").filter({ hasText: say("merge.kept") });
      const side = (label, which) => dialog.locator("fieldset").filter({ hasText: label }).getByRole("radio").nth(which === "mine" ? 0 : 1);
      /** By keyboard: the first thing to choose has the focus. */
      const chosenFirst = async () => {
        await settled(mine);
        assert.equal(await mine.evaluate(() => document.activeElement?.outerHTML.slice(0, 60)), await mine.evaluate(() => document.querySelector(".sk-merge input[type=radio]")?.outerHTML.slice(0, 60)));
      };
      const notice = (page, kind) => page.getByText(say("merge.notice", { kind: say(`kinds.${kind}`) }));
      const looks = async (name) => {
        await settled(mine);
        nothing(await barriers(mine), name);
        await mine.picture(`${name}-${lang}`);
        await mine.emulateMedia({ colorScheme: "dark" });
        await settled(mine);
        nothing(await barriers(mine), `${name}, dark`);
        await mine.picture(`${name}-${lang}-dark`);
        await mine.emulateMedia({ colorScheme: "light" });
        await onPhone(mine, name);
        await settled(mine);
      };

      const step = (name, run) =>
        t.test(name, { timeout: 90_000 }, async () => {
          try {
            await run();
          } catch (e) {
            await mine.picture(`failed-merge-${lang}`);
            await theirs.picture(`failed-merge-theirs-${lang}`);
            for (const page of [mine, theirs]) await page.reload();
            throw e;
          }
        });

      // A product with variants.
      const sku = (colour, price) => ({ id: null, code: `MUG-${colour}`, barcode: null, option_values: [colour], price, list_price: null, cost: null, weight_g: null, volume_cm3: null, backorder: false, tax_ppm: null, low_stock: null, opening_stock: 3 });
      const mug = await shop.tell("catalog.save_product", {
        id: null, version: null, title: "陶瓷马克杯", title_en: "Stoneware mug", description: "Holds 300 ml.", category_id: null, brand: "Qinghe", tags: ["kitchen"],
        options: [{ name: "颜色", values: ["红", "蓝"] }], specs: [], media: [], skus: [sku("红", 3_900), sku("蓝", 4_100)], state: "listed", accept_odd_barcode: false,
      });
      const product = () => shop.call("catalog.get_product", { id: mug.id });

      const price = (page, code) => page.locator(`#ca-price-${code === "MUG-红" ? 0 : 1}`);
      for (const page of [mine, theirs]) await page.to(`/catalog/${mug.id}`);

      // And a buyer.
      const buyer = await shop.tell("customers.save", { id: null, version: null, name: "沈知夏", phone: "13900010002", email: "shen@example.com", country: "CN", note: "", addresses: [{ id: null, customer_id: mug.id, name: "沈知夏", phone: "13900010002", country: "CN", province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 1 号", postcode: "310000" }] });

      await step("a product", async () => {
        // I type; they save; my form stays as it is and says so.
        await mine.locator("#ca-title").fill("陶瓷马克杯 大号");
        await mine.locator("#ca-description").fill("Holds 450 ml. For the dishwasher.");
        await price(mine, "MUG-红").fill("42");
        await theirs.locator("#ca-description").fill("Holds 300 ml. Not for the dishwasher.");
        await theirs.locator("#ca-brand").fill("青禾");
        await price(theirs, "MUG-红").fill("45");
        await price(theirs, "MUG-蓝").fill("47");
        await theirs.keyboard.press("Control+s");
        await notice(mine, "product").waitFor();
        assert.equal(await mine.locator("#ca-title").inputValue(), "陶瓷马克杯 大号");
        assert.equal(await mine.locator("#ca-brand").inputValue(), "Qinghe");
        assert.equal((await product()).title, "陶瓷马克杯");
        await looks("merge-notice");

        // Saving is refused, and shows both sides.
        await mine.keyboard.press("Control+s");
        await dialog.waitFor();
        assert.equal(await dialog.locator("fieldset").count(), 2);
        await looks("merge-product");
        assert.equal(await button(mine, say("merge.save")).isDisabled(), true);
        // Back to the form: as it was typed.
        await mine.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
        assert.equal(await mine.locator("#ca-description").inputValue(), "Holds 450 ml. For the dishwasher.");
        // What is typed outlives the window, with what it was typed upon.
        await mine.reload();
        await notice(mine, "product").waitFor();
        assert.equal(await mine.locator("#ca-title").inputValue(), "陶瓷马克杯 大号");
        await button(mine, say("merge.compare")).click();
        await dialog.waitFor();
        await chosenFirst();
        await mine.keyboard.press("Space");
        await side(say("catalog.description"), "mine").waitFor();
        // They save once more while I choose.
        await theirs.locator("#ca-title-en").fill("Mug, stoneware");
        await theirs.keyboard.press("Control+s");
        while ((await product()).title_en !== "Mug, stoneware") await new Promise((go) => setTimeout(go, 50));
        await side("红 · ", "theirs").check();
        await side(say("catalog.description"), "mine").check();
        await looks("merge-chosen");
        await mine.keyboard.press("Control+Enter");
        // Refused again: what was chosen counts as typed, and there is nothing left to choose.
        await dialog.getByText(say("merge.again")).waitFor();
        assert.equal(await dialog.locator("fieldset").count(), 0);
        await mine.picture(`merge-again-${lang}`);
        await mine.waitForFunction((name) => document.activeElement?.textContent?.includes(name), say("merge.save"));
        await mine.keyboard.press("Enter");
        await dialog.waitFor({ state: "detached" });
        await mine.getByText(say("catalog.saved", { title: lang === "en" ? "Mug, stoneware" : "陶瓷马克杯 大号" })).first().waitFor();
        const made = await product();
        assert.deepEqual(
          [made.title, made.title_en, made.brand, made.description, made.skus.map((s) => [s.code, s.price])],
          ["陶瓷马克杯 大号", "Mug, stoneware", "青禾", "Holds 450 ml. For the dishwasher.", [["MUG-红", 4_500], ["MUG-蓝", 4_700]]],
        );
        assert.equal(await notice(mine, "product").count(), 0);
      });

      await step("a customer", async () => {
        // A customer, in the drawer: what is typed there outlives what arrives.
        for (const page of [mine, theirs]) {
          await page.to(`/customers/${buyer.id}`);
          await button(page, say("customers.edit")).click();
          await page.locator("#cu-name").waitFor();
        }
        await mine.locator("#cu-name").fill("沈知夏女士");
        await mine.locator("#cu-note").fill("likes tea 爱喝茶");
        await theirs.locator("#cu-phone").fill("13900010003");
        await theirs.locator("#cu-note").fill("prefers mornings 上午送货");
        await theirs.keyboard.press("Control+Enter");
        await notice(mine, "customer").waitFor();
        assert.equal(await mine.locator("#cu-note").inputValue(), "likes tea 爱喝茶");
        await mine.keyboard.press("Control+Enter");
        await dialog.waitFor();
        assert.equal(await dialog.locator("fieldset").count(), 1);
        await chosenFirst();
        await looks("merge-customer");
        await mine.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
        assert.equal(await mine.locator("#cu-note").inputValue(), "likes tea 爱喝茶", "the drawer is still there");
        await mine.keyboard.press("Control+Enter");
        await dialog.waitFor();
        await side(say("customers.note"), "theirs").check();
        await mine.keyboard.press("Control+Enter");
        await mine.locator("#cu-name").waitFor({ state: "detached" });
        const person = await shop.call("customers.get", { id: buyer.id });
        assert.deepEqual([person.name, person.phone, person.note], ["沈知夏女士", "13900010003", "prefers mornings 上午送货"]);
      });

      await step("an address", async () => {
        // An address: the place is one thing, the recipient another.
        for (const page of [mine, theirs]) {
          await settled(page);
          await page.getByRole("button", { name: say("customers.address.edit") }).first().click();
          await page.getByLabel(say("customers.address.street")).waitFor();
        }
        await mine.getByLabel(say("customers.address.street")).fill("文三路 9 号");
        await theirs.getByLabel(say("customers.address.street")).fill("文二路 2 号");
        await theirs.getByLabel(say("customers.address.name"), { exact: true }).fill("沈先生");
        await theirs.keyboard.press("Control+Enter");
        await notice(mine, "address").waitFor();
        await mine.keyboard.press("Control+Enter");
        await dialog.waitFor();
        await side(say("fields.address"), "mine").check();
        await mine.picture(`merge-address-${lang}`);
        await mine.keyboard.press("Control+Enter");
        await mine.getByLabel(say("customers.address.street")).waitFor({ state: "detached" });
        const [address] = (await shop.call("customers.get", { id: buyer.id })).addresses;
        assert.deepEqual([address.street, address.name], ["文三路 9 号", "沈先生"]);

        // Taken away while it is typed in: the text is there to be taken along, or made anew.
        await mine.getByRole("button", { name: say("customers.address.edit") }).first().click();
        await mine.getByLabel(say("customers.address.street")).fill("文三路 10 号");
        await shop.tell("customers.delete_address", { id: address.id });
        await mine.getByText(say("merge.gone.title", { kind: say("kinds.address") })).first().waitFor();
        await mine.keyboard.press("Control+Enter");
        await mine.getByLabel(say("merge.gone.typed")).waitFor();
        assert.match(await mine.getByLabel(say("merge.gone.typed")).inputValue(), /文三路 10 号/);
        await looks("merge-gone");
        await button(mine, say("merge.gone.anew")).click();
        await mine.getByLabel(say("customers.address.street")).waitFor({ state: "detached" });
        assert.deepEqual((await shop.call("customers.get", { id: buyer.id })).addresses.map((a) => a.street), ["文三路 10 号"]);
      });

      await step("the shop", async () => {
        // Settings: other fields fit together by themselves; the same one is asked for.
        for (const page of [mine, theirs]) await page.to("/settings/shop");
        await mine.locator("#shop-contact").fill("周店长");
        await theirs.locator("#shop-contact").fill("林店长");
        await theirs.locator("#shop-tax_id").fill("91330000X");
        await theirs.keyboard.press("Control+s");
        await notice(mine, "shop").waitFor();
        assert.equal(await mine.locator("#shop-contact").inputValue(), "周店长");
        await mine.waitForFunction(() => document.querySelector("#shop-tax_id")?.value === "91330000X");
        await mine.keyboard.press("Control+s");
        await dialog.waitFor();
        await chosenFirst();
        await looks("merge-settings");
        await side(say("settings.shop.contact"), "mine").check();
        await mine.keyboard.press("Control+Enter");
        await dialog.waitFor({ state: "detached" });
        await mine.locator("#shop-phone").fill("0571-1");
        await theirs.locator("#shop-address").fill("西湖区");
        await theirs.keyboard.press("Control+s");
        await mine.waitForFunction(() => document.querySelector("#shop-address")?.value === "西湖区");
        await mine.keyboard.press("Control+s");
        await mine.waitForFunction(() => document.querySelector("main .sk-section-foot button")?.disabled === true);
        const now = (await shop.call("settings.shop", {})).shop;
        assert.deepEqual([now.contact, now.tax_id, now.phone, now.address], ["周店长", "91330000X", "0571-1", "西湖区"]);
      });

      await step("an order", async () => {
        // Who it is for: both names are shown, and one is chosen. Tags and the flag are in nobody's way.
        const ship_to = { name: "沈知夏", phone: "13900010002", country: "CN", province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 1 号", postcode: "310000" };
        const { order_id } = await shop.tell("orders.place", { customer_id: buyer.id, delivery: "ship", ship_to, lines: [{ sku_id: mug.skus[1].id, qty: 1 }], pay_later: true });
        const order = () => shop.call("orders.get", { order_id });
        for (const page of [mine, theirs]) await page.to(`/orders/${order_id}`);
        await mine.locator("#so-assignee").fill("周小客");
        await theirs.locator("#so-assignee").fill("林小满");
        await theirs.keyboard.press("Enter");
        await notice(mine, "order").waitFor();
        assert.equal(await mine.locator("#so-assignee").inputValue(), "周小客");
        await mine.locator("#so-assignee").press("Enter");
        await dialog.waitFor();
        assert.equal((await order()).assignee, "林小满");
        await looks("merge-order");
        await side(say("orders.assignee"), "mine").check();
        await mine.keyboard.press("Control+Enter");
        await dialog.waitFor({ state: "detached" });
        await theirs.waitForFunction(() => document.querySelector("#so-assignee")?.value === "周小客");
        for (const [page, tag] of [[theirs, "gift"], [mine, "vip"]]) {
          await page.locator("#so-tags").fill(tag);
          await page.keyboard.press("Enter");
        }
        const both = () => ["gift", "vip"].every((tag) => document.querySelector("#so-tags")?.closest(".ant-select")?.textContent?.includes(tag));
        for (const page of [mine, theirs]) await page.waitForFunction(both);
        const now = await order();
        assert.deepEqual([now.assignee, now.tags.toSorted()], ["周小客", ["gift", "vip"]]);
      });

      assert.deepEqual([...mine.faults, ...theirs.faults], []);
    });
  });
