// A desk of a shop on Postgres loses its server in the middle of a sale, sells on, and comes back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { connect, createServer } from "node:net";
import { describe, test } from "node:test";
import { barriers, nothing, onPhone } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

const SERVER = process.env.SHOPKEEPER_TEST_POSTGRES;

/** A database of its own, and its address by way of a wire that can be cut. */
async function openDatabase(t) {
  const name = `browser_${randomUUID().replaceAll("-", "")}`;
  const sql = (text) => execFileSync("psql", ["--quiet", "-c", text, SERVER]);
  sql(`CREATE DATABASE ${name}`);
  const server = new URL(SERVER);
  const sockets = new Set();
  let up = true;
  const wire = createServer((desk) => {
    if (!up) return desk.destroy();
    const line = connect(Number(server.port || 5432), server.hostname);
    for (const [from, into] of [[desk, line], [line, desk]]) {
      sockets.add(from);
      from.on("error", () => into.destroy()).on("close", () => into.destroy());
      from.pipe(into);
    }
  });
  await new Promise((done) => wire.listen(0, "127.0.0.1", done));
  t.after(() => {
    wire.close();
    for (const socket of sockets) socket.destroy();
    sql(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const straight = url.href;
  url.host = `127.0.0.1:${wire.address().port}`;
  const cut = () => {
    up = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return { straight, url: url.href, cut, mend: () => (up = true) };
}

for (const lang of LANGUAGES)
  describe(`offline (${lang})`, () => {
    test("a desk sells on, and what was sold elsewhere needs attention", { timeout: 120_000, skip: !SERVER && "SHOPKEEPER_TEST_POSTGRES names no server" }, async (t) => {
      const database = await openDatabase(t);
      const elsewhere = await openShop(t, { db: database.straight });
      await elsewhere.tell("settings.setup", { name: "青禾杂货 Qinghe", currency: "CNY", zone: "Asia/Shanghai", country: "CN", tax_inclusive: true });
      const sku = { id: null, code: "MUG-01", barcode: null, option_values: [], price: 3_900, list_price: null, cost: null, weight_g: null, volume_cm3: null, backorder: false, tax_ppm: null, low_stock: null, opening_stock: 3 };
      const mug = await elsewhere.tell("catalog.save_product", { id: null, version: null, title: "陶瓷马克杯", title_en: "Stoneware mug", description: "", category_id: null, brand: "", tags: [], options: [], specs: [], media: [], skus: [sku], state: "listed", accept_odd_barcode: false });

      const till = await openShop(t, { db: database.url });
      const connection = async (is) => {
        for (;;) {
          const now = await till.call("offline.connection", {});
          if (is(now)) return now;
          await new Promise((go) => setTimeout(go, 100));
        }
      };
      // Its copy has the goods: it is older than they are otherwise.
      const begun = Date.now();
      await connection((c) => c.ready && c.synced_at >= begun);
      const browser = await openBrowser(t);
      const page = await openPage(browser, till, { lang });
      const say = page.t;
      await page.getByRole("button", { name: say("offline.online") }).waitFor();

      // The wire is cut while an order is being typed.
      await page.keyboard.press("n");
      await page.getByRole("combobox", { name: say("orders.entry.find"), exact: true }).waitFor();
      await page.keyboard.type("MUG-01");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      database.cut();
      await page.keyboard.type("*2", { delay: 60 });
      await page.keyboard.press("Enter");
      await page.getByTestId("total").filter({ hasText: "78.00" }).waitFor();
      await page.keyboard.press("F9");
      await page.keyboard.type("100", { delay: 60 });
      await page.keyboard.press("Control+Enter");
      await page.getByRole("status").filter({ hasText: say("orders.entry.placed") }).waitFor();
      const away = await connection((c) => c.offline_since !== null && c.waiting >= 1);
      assert.equal(away.shared, true);
      const pill = page.getByRole("button", { name: new RegExp(say("offline.short.since", { at: "" }).trim()) });
      await pill.waitFor();
      await page.picture(`offline-placed-${lang}`);
      await pill.click();
      await settled(page);
      await page.getByText(say("offline.sinceText")).waitFor();
      // The cases are the server's.
      await page.getByText(say("offline.casesLater")).waitFor();
      nothing(await barriers(page), "offline");
      await page.picture(`offline-${lang}`);
      await onPhone(page, "offline");

      // Meanwhile the others sell two of the three.
      const line = { sku_id: mug.skus[0].id, qty: 2 };
      await elsewhere.tell("orders.place", { channel: "counter", lines: [line], payments: [{ method: "cash", amount: 7_800 }] });
      database.mend();
      await connection((c) => c.offline_since === null && c.waiting === 0);
      await page.getByText(say("offline.trouble.soldOutNext")).waitFor();
      await page.getByRole("button", { name: say("offline.short.cases", { n: 1 }) }).waitFor();
      await settled(page);
      nothing(await barriers(page), "needs attention");
      await page.picture(`attention-${lang}`);
      const dark = await openPage(browser, till, { lang, scheme: "dark" });
      await dark.to("/attention");
      await dark.getByText(say("offline.trouble.soldOutNext")).waitFor();
      await settled(dark);
      nothing(await barriers(dark), "needs attention, dark");
      await dark.picture(`attention-${lang}-dark`);
      assert.deepEqual(dark.faults, []);
      await dark.close();

      // The order is on the server, with its money and the number that was printed.
      const { cases } = await elsewhere.call("offline.cases", { settled: false });
      const order = await elsewhere.call("orders.get", { order_id: cases[0].order_id });
      assert.equal(order.number, cases[0].number);
      assert.equal(order.captured, 7_800);
      await page.getByRole("button", { name: say("offline.seen") }).click();
      await page.getByText(say("offline.empty.title")).waitFor();
      await page.getByRole("button", { name: say("offline.online") }).waitFor();
      assert.deepEqual(page.faults, []);
    });
  });
