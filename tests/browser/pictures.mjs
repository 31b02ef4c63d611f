// The pictures of the README, taken anew from the sample shop: `npm run pictures`.
import { join } from "node:path";
import { EXCERPT, ROOT, openBrowser, openPage, openShop, settled } from "./shop.mjs";

const PICTURES = join(ROOT, "tests/pictures");
const closers = [];
const all = { after: (close) => closers.unshift(close) };

try {
  const shop = await openShop(all, { sample: true });
  const browser = await openBrowser(all);
  const open = async (lang, scheme = "light") => {
    const page = await openPage(browser, shop, { lang, scheme });
    await settled(page);
    return page;
  };

  const zh = await open("zh-CN");
  await zh.to("/?period=30");
  await zh.picture("dashboard-zh", PICTURES);
  await zh.to("/orders/new");
  const { items } = await shop.call("stock.list", { search: null, location_id: null, low_only: false, sort: "code", cursor: null, limit: 50 });
  const find = zh.getByRole("combobox", { name: zh.t("orders.entry.find"), exact: true });
  for (const [code, more] of items.filter((s) => s.available > 5).slice(0, 3).map((s, i) => [s.code, ["*2", "*3", "-10%"][i]])) {
    await find.click();
    await zh.keyboard.type(code, { delay: 60 });
    await zh.getByRole("option").first().waitFor();
    await zh.keyboard.press("Enter");
    await settled(zh);
    await zh.keyboard.type(more, { delay: 60 });
    await zh.keyboard.press("Enter");
    await settled(zh);
  }
  await zh.keyboard.press("F9");
  await zh.keyboard.type("500", { delay: 60 });
  await settled(zh);
  await zh.picture("new-order-zh", PICTURES);

  const en = await open("en");
  await en.to("/orders");
  await en.picture("orders-en", PICTURES);
  await en.to("/imports");
  await en.locator("#im-path").fill(EXCERPT);
  await en.keyboard.press("Enter");
  await en.getByRole("button", { name: en.t("imports.try") }).waitFor();
  await settled(en);
  await en.picture("import-en", PICTURES);

  const dark = await open("en", "dark");
  const products = await shop.call("catalog.list_products", { search: null, states: [], category_id: null, tag: null, brand: null, low_only: false, incomplete_only: false, sort: "updated", cursor: null, limit: 100 });
  const widest = products.items.reduce((a, b) => (b.sku_count > a.sku_count ? b : a));
  await dark.to(`/catalog/${widest.id}`);
  await dark.picture("product-en-dark", PICTURES);
} finally {
  for (const close of closers) await close();
}
