// A shop that was one person's gets people, in both languages: the owner first, then somebody with less.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { barriers, nothing, onPhone } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

const PASSWORD = "correct horse battery";

for (const lang of LANGUAGES)
  describe(`people (${lang})`, () => {
    test("the owner signs in, gives a role, and it holds", { timeout: 120_000 }, async (t) => {
      const shop = await openShop(t, { sample: true });
      const page = await openPage(await openBrowser(t), shop, { lang });
      const say = page.t;
      const button = (name) => page.getByRole("button", { name: new RegExp(`(^|\\s)${name}(\\s|$)`) }).first();
      const menu = page.getByRole("navigation", { name: say("app.nav.label") });
      const person = async (name, login, role) => {
        await page.locator("#st-name").fill(name);
        await page.locator("#st-login").fill(login);
        if (role) {
          await page.locator("#st-role").click();
          await page.keyboard.type(role);
          await page.locator(".ant-select-item-option").filter({ hasText: role }).first().click();
        }
        await page.locator("#st-password").fill(PASSWORD);
      };
      const signIn = async (name, password) => {
        await page.locator("#who").click();
        await page.locator(".ant-select-item-option").filter({ hasText: name }).first().click();
        await page.locator("#password").fill(password);
        await page.keyboard.press("Enter");
      };

      // A buyer with an order that was sent somewhere.
      const { items } = await shop.call("customers.list", { query: "", sort: "last_order", ascending: false, cursor: null, limit: 100 });
      const wholes = await Promise.all(items.map((row) => shop.call("customers.get", { id: row.id })));
      const buyer = wholes.find((c) => c.phone && c.addresses.length > 0);
      assert.ok(buyer, "a customer with a phone and an address");
      const stock = await shop.call("stock.list", { search: null, location_id: null, low_only: false, sort: "code", cursor: null, limit: 50 });
      const goods = stock.items.find((sku) => sku.available > 5);

      // Nobody is asked for anything, until the owner wants it.
      await page.to("/access");
      await page.getByRole("heading", { name: say("access.empty.title") }).waitFor();
      nothing(await barriers(page), "no people yet");
      await page.picture(`people-none-${lang}`);
      await button(say("access.add")).click();
      await person("林小满", "lin");
      nothing(await barriers(page), "the first person");
      await page.picture(`people-first-${lang}`);
      await page.keyboard.press("Control+Enter");
      await page.getByText(say("access.signIn.text")).waitFor();
      nothing(await barriers(page), "signing in");
      await page.picture(`sign-in-${lang}`);
      await assert.rejects(shop.call("orders.board", {}), /sign_in_required/);

      await signIn("林小满", "not the password");
      await page.getByText(say("errors.wrong_password.title")).waitFor();
      await page.picture(`sign-in-wrong-${lang}`);
      await page.locator("#password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: say("access.account", { name: "林小满" }) }).waitFor();

      await button(say("access.add")).click();
      await person("周小客", "zhou", say("access.preset.service"));
      await page.keyboard.press("Control+Enter");
      await page.locator("#st-name").waitFor({ state: "detached" });
      await page.getByRole("cell", { name: "周小客" }).waitFor();
      await settled(page);
      nothing(await barriers(page), "people");
      await page.picture(`people-${lang}`);
      await onPhone(page, "people");

      // A role of the shop's own, with a limit.
      await page.to("/access?tab=roles");
      await button(say("access.addRole")).click();
      await page.locator("#ro-name").fill("Till 收银");
      await page.getByLabel(say("access.permission.orders_write")).check();
      await page.getByLabel(say("access.permission.payments_refund")).check();
      await page.locator("#ro-limit").fill("200");
      nothing(await barriers(page), "a role");
      await page.picture(`role-${lang}`);
      await page.keyboard.press("Control+Enter");
      await page.locator("#ro-name").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Till 收银", exact: true }).waitFor();
      await settled(page);
      nothing(await barriers(page), "roles");
      await page.picture(`roles-${lang}`);
      await onPhone(page, "roles");

      // What the shop has no use for goes out of sight, for the owner too.
      await page.to("/settings/modules");
      await page.locator("#mo-analytics").getByText(say("settings.modules.off"), { exact: true }).click();
      await page.keyboard.press("Control+s");
      await menu.getByRole("link", { name: say("analytics.menu"), exact: true }).waitFor({ state: "detached" });
      await page.picture(`modules-${lang}`);
      await page.to("/access?tab=roles");

      // With the eyes of a role.
      await page.getByRole("button", { name: say("access.lookAs", { role: say("access.preset.warehouse") }) }).click();
      await page.getByText(say("access.looking", { role: say("access.preset.warehouse") })).waitFor();
      await page.to("/stock");
      assert.equal(await menu.getByRole("link", { name: say("customers.menu"), exact: true }).count(), 0);
      nothing(await barriers(page), "seen as another role");
      await page.picture(`looking-${lang}`);
      await button(say("access.lookBack")).click();
      await menu.getByRole("link", { name: say("access.menu"), exact: true }).click();

      // The next one at this desk sees what the work needs.
      await page.getByRole("button", { name: say("access.account", { name: "林小满" }) }).click();
      await page.getByText(say("access.signOut")).click();
      await page.getByText(say("access.signIn.text")).waitFor();
      await signIn("周小客", PASSWORD);
      await menu.waitFor();
      await settled(page);
      assert.match(page.url(), /#\/(access|orders)/);
      await page.to("/");
      await page.waitForURL(/#\/orders/);
      for (const [area, seen] of [["orders", 1], ["customers", 1], ["stock", 1], ["analytics", 0], ["access", 0], ["dashboard", 0]])
        assert.equal(await menu.getByRole("link", { name: say(`${area}.menu`), exact: true }).count(), seen, area);
      await page.picture(`service-${lang}`);
      await page.to("/access");
      await page.getByText(say("errors.forbidden.title", { permission: say("access.permission.access_read") })).waitFor();
      await page.picture(`forbidden-${lang}`);

      // Phones and addresses are masked, and opened with a reason.
      const { phone } = buyer;
      const { street } = buyer.addresses[0];
      await page.to(`/customers/${buyer.id}`);
      await page.getByText(/\*\*/).first().waitFor();
      assert.equal(await page.getByText(phone).count(), 0);
      assert.equal(await page.getByText(street).count(), 0);
      await page.picture(`masked-${lang}`);
      await onPhone(page, "masked");
      const open = async (why) => {
        await button(say("common.unmask.show")).click();
        await page.locator("#sk-unmask").waitFor();
        await page.getByRole("button", { name: say(`common.unmask.usual.${why}`), exact: true }).click();
        nothing(await barriers(page), "a reason");
        await page.picture(`unmask-${lang}`);
        await page.locator("#sk-unmask").press("Enter");
        await page.getByText(street).first().waitFor();
        await page.getByText(phone).first().waitFor();
        await settled(page);
        assert.equal(await button(say("common.unmask.show")).count(), 0);
      };
      await open("call");
      await page.picture(`unmasked-${lang}`);

      // A parcel to an address that is not seen arrives all the same.
      await page.to("/orders/new");
      await page.keyboard.press("F4");
      await page.keyboard.type(buyer.name);
      await page.locator(".ant-select-item-option").filter({ hasText: buyer.name }).first().click();
      await page.getByText(say("orders.delivery.ship"), { exact: true }).click();
      await page.waitForFunction(() => [...document.querySelectorAll("input, textarea")].some((field) => field.value === "***"));
      const find = page.getByRole("combobox", { name: say("orders.entry.find"), exact: true });
      await find.click();
      await page.keyboard.type(goods.code, { delay: 60 });
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      await settled(page);
      await page.picture(`masked-entry-${lang}`);
      await page.keyboard.press("Control+Enter");
      const placed = page.getByRole("status").filter({ hasText: say("orders.entry.placed") });
      await placed.waitFor();
      const [number] = /SO-[\d-]+/.exec(await placed.innerText());
      await page.to("/orders");
      await page.getByRole("link", { name: number, exact: true }).click();
      await page.getByText(/\*\*/).first().waitFor();
      assert.equal(await page.getByText(street).count(), 0);
      await open("address");
      await page.picture(`unmasked-order-${lang}`);
      nothing(page.faults, "the console");
    });
  });
