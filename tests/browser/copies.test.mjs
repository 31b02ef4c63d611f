// Copies of the shop that go to a WebDAV server: the form, what it says when something is wrong, and the rehearsal.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { barriers, nothing, overflow } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled, SHOPCTL } from "./shop.mjs";

const [USER, PASSWORD] = ["shop", "correct-horse-battery-staple"];

/** A WebDAV server that ends with the test `t`, and the folder it keeps files in. */
async function openStore(t) {
  const folder = mkdtempSync(join(tmpdir(), "shopkeeper-webdav-"));
  const port = await new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
  const server = spawn("rclone", ["serve", "webdav", "--config", "/dev/null", "--addr", `127.0.0.1:${port}`, "--user", USER, "--pass", PASSWORD, "--dir-cache-time", "0s", folder], { stdio: "ignore" });
  t.after(() => {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const answers = () => new Promise((done) => connect(port, "127.0.0.1").once("connect", function () { this.destroy(); done(true); }).once("error", () => done(false)));
  while (!(await answers())) {
    assert.equal(server.exitCode, null, "rclone ended");
    await new Promise((go) => setTimeout(go, 50));
  }
  return { url: `http://127.0.0.1:${port}`, files: () => readdirSync(folder) };
}

describe("copies elsewhere", () => {
  for (const lang of LANGUAGES)
    test(lang, async (t) => {
      const store = await openStore(t);
      const shop = await openShop(t, { sample: true, keyring: false });
      const browser = await openBrowser(t);
      const page = await openPage(browser, shop, { lang, height: 1_400 });
      const say = page.t;
      const field = (key) => page.getByLabel(say(key), { exact: true });
      const button = (key) => page.getByRole("button", { name: say(key) }).first();
      const choose = async (kind) => {
        await page.locator("#co-kind").click();
        await page.locator(".ant-select-item-option").filter({ hasText: say(`place.kind.${kind}`) }).click();
      };
      await page.to("/settings/data");

      // Only the fields of what was chosen.
      await choose("s3");
      await field("place.bucket").waitFor();
      assert.equal(await field("place.url").count(), 0);
      assert.equal(await field("settings.copies.folder").count(), 0);
      await page.picture(`copies-s3-${lang}`);
      nothing(await barriers(page), "S3");
      await choose("webdav");
      assert.equal(await field("place.bucket").count(), 0);
      await field("place.url").fill(`${store.url}/nowhere`);
      await field("firstRun.user").fill(USER);
      await page.locator("#pl-secret").fill("guessed");
      await button("settings.copies.test").click();
      await page.getByText(say("errors.storage_wrong_secret.title")).waitFor();
      await page.picture(`copies-wrong-${lang}`);
      await page.locator("#pl-secret").fill(PASSWORD);
      await button("settings.copies.test").click();
      await page.getByText(say("errors.storage_no_folder.title")).waitFor();
      await field("place.url").fill("http://dav.example.com/shop");
      await button("settings.copies.test").click();
      await page.getByText(say("rules.not_https")).waitFor();
      await field("place.url").fill(store.url);
      await button("settings.copies.test").click();
      await page.getByText(say("settings.copies.testGood")).waitFor();
      assert.deepEqual(store.files(), []);
      await page.picture(`copies-good-${lang}`);
      nothing(await barriers(page), "WebDAV");

      // A copy that is minutes old says what it costs.
      await page.locator("#co-every").click();
      await page.locator(".ant-select-item-option").filter({ hasText: say("settings.copies.minutes_other", { count: 5 }) }).first().click();
      await page.getByText(say("settings.copies.minutesEffect")).waitFor();

      // This machine has no keyring: a passphrase takes its place.
      const save = page.locator(".sk-section", { has: page.locator("#co-kind") }).getByRole("button", { name: say("common.save") });
      await save.click();
      await page.locator("#co-passphrase").fill("four small words");
      await page.picture(`copies-passphrase-${lang}`);
      nothing(await barriers(page), "passphrase");
      await save.click();
      await page.getByText(say("settings.copies.good"), { exact: true }).first().waitFor();
      await settled(page);
      assert.equal(store.files().length, 1);
      assert.equal(await page.locator("#pl-secret").inputValue(), "");
      const told = JSON.stringify([await shop.call("settings.backups", {}), await shop.call("settings.history", { limit: 20 }).catch(() => "")]);
      assert.ok(!told.includes(PASSWORD) && !told.includes("four small words"));
      assert.equal((await shop.call("settings.backups", {})).plan.every_minutes, 5);

      await page.getByRole("button", { name: new RegExp(`${say("settings.copies.try")}$`) }).first().click();
      await page.getByText(say("settings.copies.tried")).waitFor();
      await page.picture(`copies-made-${lang}`);

      // A machine that has nothing but the address and the password.
      const shopctl = (...words) => JSON.parse(execFileSync(SHOPCTL, ["--db", join(shop.folder, "new.db"), "--compact", ...words], { env: { ...process.env, SHOPKEEPER_BACKUP_SECRET: PASSWORD }, encoding: "utf8" }));
      const there = store.url.replace("://", `://${USER}@`);
      const [copy] = shopctl("copies", there);
      assert.equal(copy.name, store.files()[0]);
      shopctl("restore", `${there}/${copy.name}`);
      assert.deepEqual(shopctl("check").differences, []);
      assert.equal(shopctl("call", "orders.list", '{"filter":{}}').items.length, (await shop.call("orders.list", { filter: {} })).items.length);
      assert.throws(() => execFileSync(SHOPCTL, ["copies", there], { env: { ...process.env, SHOPKEEPER_BACKUP_SECRET: "guessed" }, stdio: "ignore" }));

      // What a day, a week and a month are told by stands in one row; on a phone nothing sticks out.
      const tops = await Promise.all(["#co-days", "#co-weeks", "#co-months"].map(async (id) => (await page.locator(id).boundingBox()).y));
      assert.equal(new Set(tops).size, 1, String(tops));
      await page.setViewportSize({ width: 360, height: 740 });
      await settled(page);
      nothing([...(await overflow(page)), ...(await barriers(page))], "360 px");
      await page.locator("#co-kind").scrollIntoViewIfNeeded();
      await page.picture(`copies-${lang}-360`);
      nothing(page.faults, lang);
    });

  test("late copies are told of on every page", async (t) => {
    const shop = await openShop(t);
    await shop.tell("settings.setup", { name: "林记茶铺", currency: "CNY", zone: "Asia/Shanghai", country: "CN", tax_inclusive: true });
    const browser = await openBrowser(t);
    for (const [lang, scheme, width] of [["zh-CN", "light", 1280], ["en", "dark", 1280], ["en", "light", 360]]) {
      const page = await openPage(browser, shop, { lang, scheme, width });
      const desks = [{ device: "00000000-0000-7000-8000-000000000001", name: "", here: true, last_good: Date.parse("2026-11-01T02:00:00Z") }];
      await page.route("**/rpc/settings.late_backups", (route) => route.fulfill({ json: { ok: { desks } } }));
      await page.reload();
      await page.to("/orders");
      await page.getByText(page.t("app.lateBackup.here")).waitFor();
      nothing([...(await barriers(page)), ...(await overflow(page))], `${lang} ${scheme} ${width}`);
      await page.picture(`late-${lang}-${scheme}-${width}`);
      await page.getByRole("link", { name: page.t("app.lateBackup.see") }).click();
      await page.waitForURL(/settings\/data/);
      await page.context().close();
    }
  });
});
