// A counter where two people take turns by PIN, and an owner who turns on the second step: in both languages, light and dark,
// and on a phone.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { barriers, nothing, overflow, unreachable } from "./check.mjs";
import { LANGUAGES, openBrowser, openPage, openShop, settled } from "./shop.mjs";

const PASSWORD = "correct horse battery";
const LIN = "林小满";
const ZHOU = "周小客";

/** What the phone shows: RFC 6238. */
function codeOf(secret, at = Date.now()) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

for (const lang of LANGUAGES)
  describe(`the counter (${lang})`, () => {
    test("people take turns by PIN, and a code is asked for besides a password", { timeout: 240_000 }, async (t) => {
      const shop = await openShop(t, { sample: true });
      const [base, token] = shop.link.split("/#token=");
      const rpc = async (name, input, session = "") => {
        const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}`, "X-Session": session };
        const answer = await fetch(`${base}/rpc/${name}`, { method: "POST", headers, body: JSON.stringify({ command_id: randomUUID(), input }) });
        const body = await answer.json();
        if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(body)}`);
        return body.ok;
      };
      const { roles } = await rpc("access.staff", {});
      const role = (preset) => roles.find((one) => one.preset === preset).id;
      const person = (name, login, preset) => ({ id: null, version: 0, name, login, role_id: role(preset), active: true, password: PASSWORD });
      await rpc("access.save_staff", person(LIN, "lin", "owner"));
      const { session } = await rpc("access.sign_in", { login: "lin", password: PASSWORD });
      await rpc("access.save_staff", person(ZHOU, "zhou", "service"), session);

      const page = await openPage(await openBrowser(t), shop, { lang });
      const say = page.t;
      const button = (name) => page.getByRole("button", { name, exact: true });
      const digit = (n) => page.locator(".sk-pad-key").filter({ hasText: String(n) });
      /** The same in the dark and on a phone. */
      const looks = async (name) => {
        for (const [width, height] of [[1280, 800], [360, 740]])
          for (const colorScheme of ["light", "dark"]) {
            await page.setViewportSize({ width, height });
            await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await settled(page);
            nothing([...(await barriers(page)), ...(await overflow(page)), ...(await unreachable(page))], `${name}, ${width} px, ${colorScheme}`);
            await page.picture(`counter-${name}-${lang}-${width}-${colorScheme}`);
          }
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      };
      const signIn = async (name, password = PASSWORD) => {
        await page.locator("#who").click();
        await page.locator(".ant-select-item-option").filter({ hasText: name }).first().click();
        await page.locator("#password").fill(password);
        await page.keyboard.press("Enter");
      };
      const here = (name) => button(say("access.account", { name }));
      const menu = async (name, key) => {
        const item = page.getByRole("menuitem", { name: say(key), exact: true });
        // The menu is hung on its button once the page of this person stands.
        for (let tries = 0; ; tries++) {
          if (!(await item.isVisible())) await here(name).click();
          try {
            return await item.click({ timeout: 2_000 });
          } catch (e) {
            if (tries === 5) throw e;
          }
        }
      };
      const ownPin = async (pin) => {
        await page.locator("#pin-password").fill(PASSWORD);
        await page.locator("#pin-new").fill(pin);
        await page.locator("#pin-again").fill(pin);
      };

      // Each sets their own.
      await page.getByText(say("access.signIn.text")).waitFor();
      await signIn(ZHOU);
      await here(ZHOU).waitFor();
      await menu(ZHOU, "access.pin.own");
      await ownPin("1234");
      await page.keyboard.press("Control+Enter");
      await page.getByText(say("rules.common")).waitFor();
      await ownPin("4820");
      await looks("own-pin");
      await page.keyboard.press("Control+Enter");
      await page.locator("#pin-new").waitFor({ state: "detached" });
      await menu(ZHOU, "access.signOut");
      await page.getByText(say("access.signIn.text")).waitFor();
      assert.equal(await page.locator(".sk-pad").count(), 0, "signed out, a PIN is not enough");
      await signIn(LIN);
      await here(LIN).waitFor();
      await menu(LIN, "access.pin.own");
      await ownPin("739155");
      await page.keyboard.press("Control+Enter");
      await page.locator("#pin-new").waitFor({ state: "detached" });

      // Somebody takes over, by mouse after a slip.
      await menu(LIN, "access.pin.switch");
      await page.locator(".sk-pad-field").waitFor();
      await page.keyboard.type("4821");
      await page.keyboard.press("Enter");
      await page.getByText(say("errors.wrong_pin.title", { left: 4 })).waitFor();
      await looks("switch");
      for (const n of [4, 8, 2, 0]) await digit(n).click();
      await button(say("access.pin.enter")).click();
      await here(ZHOU).waitFor();
      // The desk is locked, and opened with the keyboard by whoever was here.
      await menu(ZHOU, "access.pin.lock");
      await page.getByText(say("access.pin.locked")).waitFor();
      await page.locator(".sk-pad-field").waitFor();
      await looks("locked");
      await page.reload();
      await page.locator(".sk-pad-field").waitFor();
      await page.keyboard.type("4820");
      await page.keyboard.press("Enter");
      await here(ZHOU).waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type(say("access.pin.switch"));
      await page.keyboard.press("Enter");
      await page.locator(".sk-pad-field").waitFor();
      await page.keyboard.type("739155");
      await page.keyboard.press("Enter");
      await here(LIN).waitFor();

      // The second step.
      await menu(LIN, "access.twoSteps.title");
      await page.locator(".sk-two-qr svg").waitFor();
      const secret = (await page.locator(".sk-two-key").innerText()).replace(/\s/g, "");
      assert.match(secret, /^[A-Z2-7]{32}$/);
      await page.locator("#two-code").fill(codeOf(secret));
      await page.locator("#two-password").fill(PASSWORD);
      await looks("two-steps");
      await page.locator("#two-code").fill(codeOf(secret));
      await page.keyboard.press("Control+Enter");
      await page.getByText(say("access.twoSteps.codes")).waitFor();
      const codes = await page.locator(".sk-two-codes code").allInnerTexts();
      assert.equal(new Set(codes).size, 10);
      await looks("recovery-codes");
      await page.getByRole("button", { name: say("access.twoSteps.kept") }).click();
      await page.locator(".sk-two-codes").waitFor({ state: "detached" });
      await menu(LIN, "access.signOut");
      await page.getByText(say("access.signIn.text")).waitFor();
      await signIn(LIN);
      await page.locator("#code").fill("000000");
      await page.keyboard.press("Enter");
      await page.getByText(say("errors.wrong_code.title")).waitFor();
      await looks("code");
      await button(say("access.signIn.useRecovery")).click();
      await page.locator("#code").fill(codes[3]);
      await page.keyboard.press("Enter");
      await here(LIN).waitFor();

      // What the owner sees of it, and takes away.
      await page.to("/access");
      await page.getByRole("cell", { name: ZHOU }).waitFor();
      await looks("people");
      await page.getByRole("button", { name: ZHOU, exact: true }).click();
      await button(say("access.pin.takeAway")).waitFor();
      await looks("person");
      await button(say("access.pin.takeAway")).click();
      await button(say("access.pin.takeAway")).waitFor({ state: "detached" });
      await page.getByRole("button", { name: say("common.cancel"), exact: true }).first().click();
      await menu(LIN, "access.twoSteps.title");
      await page.getByText(say("access.twoSteps.on", { count: 9 })).waitFor();
      // New recovery codes, for one of the old.
      const prove = async (code) => {
        await page.locator("#two-password").fill(PASSWORD);
        await page.locator("#two-code").fill(code);
        await page.keyboard.press("Control+Enter");
      };
      await prove(codes[3]);
      await page.getByText(say("errors.wrong_code.title")).waitFor();
      await looks("two-steps-on");
      await prove(codes[7]);
      await page.getByText(say("access.twoSteps.codes")).waitFor();
      const others = await page.locator(".sk-two-codes code").allInnerTexts();
      assert.equal(new Set([...codes, ...others]).size, 20);
      await page.getByRole("button", { name: say("access.twoSteps.kept") }).click();
      await page.locator(".sk-two-codes").waitFor({ state: "detached" });
      await menu(LIN, "access.twoSteps.title");
      await page.getByText(say("access.twoSteps.on", { count: 10 })).waitFor();
      await page.getByRole("radio", { name: say("access.twoSteps.turnOff") }).check();
      await prove(codes[8]);
      await page.getByText(say("errors.wrong_code.title")).waitFor();
      await prove(others[8]);
      await page.locator("#two-code").waitFor({ state: "detached" });
      await page.to("/settings/history");
      await page.getByText(say("settings.did.access_turn_off_totp")).first().waitFor();
      await page.picture(`counter-history-${lang}`);
      nothing(page.faults, "the console");
    });
  });
