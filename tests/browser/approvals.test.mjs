// A refund that is too much for one person: asked for at the order, approved by somebody else, in both languages.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nothing, presentable } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

const PASSWORD = "correct horse battery";

for (const lang of LANGUAGES)
  describe(`approvals (${lang})`, () => {
    test("a clerk asks, the owner approves, the clerk hears of it", { timeout: 120_000 }, async (t) => {
      const shop = await openShop(t, { sample: true });
      const page = await openPage(await openBrowser(t), shop, { lang });
      const say = page.t;
      const { items } = await shop.call("orders.list", { limit: 100 });
      const orders = await Promise.all(items.map(({ id }) => shop.call("orders.get", { order_id: id })));
      const order = orders.find((one) => one.captured - one.refunded > 1000 && one.actions.includes("refund"));
      assert.ok(order, "an order of which something can be paid back");
      const till = { id: null, version: 0, name: "Till 收银", permissions: ["orders_write", "payments_refund"], refund_limit: 100, sees: { own_orders: false, channels: [] } };
      const { id: role } = await shop.tell("access.save_role", till);
      const { roles } = await shop.call("access.staff", {});
      const owner = roles.find((one) => one.preset === "owner").id;
      const zhou = { id: null, version: 0, name: "周小客", login: "zhou", role_id: role, active: true, password: PASSWORD };
      const signIn = async (name) => {
        await page.locator("#who").click();
        await page.locator(".ant-select-item-option").filter({ hasText: name }).first().click();
        await page.locator("#password").fill(PASSWORD);
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: say("access.account", { name }) }).waitFor();
        await settled(page);
      };
      const signOut = async (name) => {
        await page.getByRole("button", { name: say("access.account", { name }) }).click();
        await page.getByText(say("access.signOut")).click();
        await page.getByText(say("access.signIn.text")).waitFor();
      };

      // The owner first: from then on everybody signs in.
      await shop.tell("access.save_staff", { ...zhou, name: "林小满", login: "lin", role_id: owner });
      await page.reload();
      await signIn("林小满");
      await page.to("/access");
      await page.getByRole("button", { name: say("access.add") }).first().click();
      await page.locator("#st-name").fill(zhou.name);
      await page.locator("#st-login").fill(zhou.login);
      await page.locator("#st-role").click();
      await page.keyboard.type("Till");
      await page.locator(".ant-select-item-option").filter({ hasText: "Till" }).first().click();
      await page.locator("#st-password").fill(PASSWORD);
      await page.keyboard.press("Control+Enter");
      await page.locator("#st-name").waitFor({ state: "detached" });
      await signOut("林小满");

      await signIn("周小客");
      await page.to(`/orders/${order.id}`);
      await page.getByRole("button", { name: say("orders.action.refund") }).first().click();
      await page.getByText(say("payments.request.beyond")).waitFor();
      const ask = page.locator(".ant-modal-footer .ant-btn-primary");
      assert.ok(await ask.isDisabled(), "whoever decides wants to know why");
      await page.locator("#pa-reason").fill("破损 broken");
      await presentable(page, "refund-beyond");
      await ask.click();
      await page.getByText(say("payments.request.title")).first().waitFor();
      await presentable(page, "refund-asked");
      await signOut("周小客");

      await signIn("林小满");
      await page.to("/attention");
      await page.getByText("破损 broken").waitFor();
      await presentable(page, "refund-to-approve");
      await page.locator(".pa-request .ant-btn-primary").click();
      await page.locator(".ant-modal-footer .ant-btn-dangerous, .ant-modal-confirm-btns .ant-btn-dangerous").first().click();
      await page.getByText("破损 broken").waitFor({ state: "detached" });
      await page.to("/settings/about");
      await presentable(page, "about");
      await page.to("/settings/rules");
      await presentable(page, "rules-watch");
      await signOut("林小满");

      await signIn("周小客");
      await page.to("/attention");
      await page.getByText(say("payments.request.approved", { who: "林小满" })).waitFor();
      await presentable(page, "refund-approved");
      await page.getByRole("button", { name: say("payments.request.seen") }).click();
      await page.getByText("破损 broken").waitFor({ state: "detached" });
      nothing(page.faults, "the console");
    });
  });
