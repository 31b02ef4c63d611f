// A shop of its own behind the HTTP door, and a browser that looks at it.
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = join(fileURLToPath(new URL(".", import.meta.url)), "..", "..");
export const LANGUAGES = ["zh-CN", "en"];
export const EXCERPT = join(ROOT, "tests/data/online_retail_excerpt.csv");

const OUT = join(ROOT, "tests/out/browser");
export const SHOPCTL = process.env.SHOPKEEPER_SHOPCTL ?? join(ROOT, "target/debug/shopctl");
const UI = process.env.SHOPKEEPER_UI ?? join(ROOT, "ui/dist");
const CHROMIUM = process.env.SHOPKEEPER_CHROMIUM ?? "/usr/bin/chromium";
const START_MS = 30_000;
/** Of a desk's copy, where the machine has no keyring. */
const PASSPHRASE = "four small browser words";

/** A shop of its own, empty or with the sample's goods; or a desk of the one on the Postgres `db`; without a keyring if told so. It ends with the test `t`. */
export async function openShop(t, { sample = false, db = null, keyring = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "shopkeeper-browser-"));
  const database = ["--db", db ?? join(folder, "shop.db")];
  const copy = db ? ["--copy", join(folder, "copy.db")] : [];
  if (sample) execFileSync(SHOPCTL, [...database, "sample"], { stdio: "ignore" });
  const shopctl = spawn(SHOPCTL, [...database, "serve", "--ui", UI, ...copy], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, SHOPKEEPER_COPY_PASSPHRASE: PASSPHRASE, ...(keyring ? {} : { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" }) } });
  t.after(async () => {
    const ended = new Promise((done) => (shopctl.exitCode === null ? shopctl.once("exit", done) : done()));
    shopctl.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const link = await new Promise((found, failed) => {
    const said = [];
    const timer = setTimeout(() => failed(new Error(`shopctl serve said no address:\n${said.join("\n")}`)), START_MS);
    shopctl.once("exit", (code) => failed(new Error(`shopctl serve ended with ${code}:\n${said.join("\n")}`)));
    createInterface({ input: shopctl.stderr }).on("line", (line) => {
      said.push(line);
      const address = /http:\/\/\S+#token=\S+/.exec(line);
      if (!address) return;
      clearTimeout(timer);
      found(address[0]);
    });
  });
  const [base, token] = link.split("/#token=");
  /** Calls a command or asks a query, without the screen. */
  const call = async (name, input, commandId) => {
    const answer = await fetch(`${base}/rpc/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(commandId ? { command_id: commandId, input } : { input }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(body)}`);
    return body.ok;
  };
  return { link, folder, call, tell: (name, input) => call(name, input, randomUUID()) };
}

export async function openBrowser(t) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  t.after(() => browser.close());
  return browser;
}

/** A page of its own on the shop. What the page throws, or writes to the console as an error, fails the test. */
export async function openPage(browser, shop, { lang = "en", width = 1280, height = 800, scheme = "light", scale = 1 } = {}) {
  const context = await browser.newContext({ locale: lang === "en" ? "en-GB" : lang, timezoneId: "Asia/Shanghai", viewport: { width, height }, deviceScaleFactor: scale, colorScheme: scheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on("pageerror", (e) => faults.push(`thrown: ${e.message}`));
  page.on("console", (m) => m.type() === "error" && !m.text().startsWith("Failed to load resource") && faults.push(`console: ${m.text()}`));
  await page.goto(shop.link);
  return Object.assign(page, {
    faults,
    lang,
    /** Leads to an address behind `#`, and waits until nothing is being fetched any more. */
    async to(path) {
      await page.evaluate((p) => (location.hash = `#${p}`), path);
      await settled(page);
    },
    async picture(name, folder = OUT) {
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    /** The texts of the screen in its language, for finding things the way a person does. */
    t: texts(lang),
  });
}

/** The line of events stays open for ever, so the network is never idle: stillness of the document is what counts. */
export async function settled(page) {
  await page.locator("#main, main").first().waitFor();
  await page.evaluate(async () => {
    let changed = Date.now();
    const begun = changed;
    const watch = new MutationObserver(() => (changed = Date.now()));
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    const busy = () => document.querySelector("[aria-busy=true], .ant-spin-spinning, .ant-skeleton-active") !== null;
    while (Date.now() - begun < 8_000 && (Date.now() - changed < 250 || busy())) await new Promise((go) => setTimeout(go, 50));
    watch.disconnect();
  });
}

function texts(lang) {
  const all = {};
  for (const area of readdirSync(join(ROOT, "ui/src"))) {
    const file = join(ROOT, "ui/src", area, `${lang}.json`);
    if (!existsSync(file)) continue;
    const words = JSON.parse(readFileSync(file, "utf8"));
    if (area === "i18n") Object.assign(all, words);
    else all[area] = words;
  }
  return (key, values = {}) => {
    const text = key.split(".").reduce((at, part) => at?.[part], all);
    if (typeof text !== "string") throw new Error(`no text ${key} in ${lang}`);
    return text.replace(/\{\{(\w+)[^}]*\}\}/g, (_, name) => String(values[name] ?? ""));
  };
}
