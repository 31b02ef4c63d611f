// A person is erased: not while an order of theirs is open, for a reason, and then nobody sees who it was. In both languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { presentable } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop } from "./shop.mjs";

const NAME = "欧阳询安";
const PHONE = "13777712345";

for (const lang of LANGUAGES)
  test(`a person is erased (${lang})`, { timeout: 120_000 }, async (t) => {
    const shop = await openShop(t, { sample: true });
    const page = await openPage(await openBrowser(t), shop, { lang });
    const say = page.t;
    const { items } = await shop.call("orders.list", { limit: 20 });
    const orders = await Promise.all(items.map((one) => shop.call("orders.get", { order_id: one.id })));
    const { sku_id } = orders.flatMap((one) => one.lines)[0];
    const address = { customer_id: "00000000-0000-0000-0000-000000000000", name: NAME, phone: PHONE, province: "陕西省", city: "西安市", street: "碑林路 77 号" };
    const { id } = await shop.tell("customers.save", { id: null, version: null, name: NAME, phone: PHONE, addresses: [address] });
    const ship_to = { name: NAME, phone: PHONE, country: "CN", province: "陕西省", city: "西安市", district: "", street: "碑林路 77 号", postcode: "" };
    const open = await shop.tell("orders.place", { customer_id: id, buyer_name: NAME, buyer_phone: PHONE, delivery: "ship", ship_to, lines: [{ sku_id, qty: 1 }], pay_later: true });
    const act = () => page.getByRole("button", { name: say("customers.erase.action") });

    await page.to(`/customers/${id}`);
    await page.getByRole("button", { name: say("customers.more") }).click();
    await page.getByText(say("customers.erase.open")).click();
    assert.ok(await act().isDisabled(), "it asks why first");
    await page.locator("#cu-erase").fill("asked for it by letter");
    await presentable(page, "erase");
    await act().click();
    await page.getByText(say("customers.errors.wrong_state_erasure.title", { state: say("states.open_orders") })).waitFor();
    await page.picture(`erase-open-${lang}`);
    const { version } = await shop.call("orders.get", { order_id: open.order_id });
    await shop.tell("orders.cancel", { order_id: open.order_id, version });
    await act().click();
    await page.getByRole("heading", { name: say("customers.erased") }).waitFor();
    assert.equal(await page.getByText(NAME).count() + (await page.getByText(PHONE).count()), 0);
    assert.equal(await page.getByRole("button", { name: say("customers.edit") }).count(), 0);
    await presentable(page, "erased");

    await page.to(`/orders/${open.order_id}`);
    await page.getByText("西安市").first().waitFor();
    assert.equal(await page.getByText(NAME).count() + (await page.getByText("碑林路").count()), 0);
    await presentable(page, "erased-order");
    await page.to("/orders");
    await page.getByText(say("orders.noName")).first().waitFor();
    await page.to("/settings/history");
    await page.getByText(say("settings.did.customers_erase")).first().waitFor();
    assert.equal(await page.getByText(NAME).count(), 0);
    await page.to("/settings/rules");
    await page.locator("#r-erase").scrollIntoViewIfNeeded();
    await page.picture(`erase-rule-${lang}`);
    assert.deepEqual(page.faults, []);
  });
