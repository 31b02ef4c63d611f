// A small shop with something on every page, made through the commands.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EXCERPT } from "./shop.mjs";

export async function furnish({ call, tell, folder }) {
  await tell("settings.setup", { name: "青禾杂货 Qinghe", currency: "CNY", zone: "Asia/Shanghai", country: "CN", tax_inclusive: true });
  const clothing = await tell("catalog.save_category", { id: null, version: null, parent_id: null, name: "服装 Clothing" });
  const category_id = clothing.id ?? clothing.items?.[0]?.id ?? null;
  const sku = (more) => ({ id: null, code: "", barcode: null, option_values: [], price: 1990, list_price: null, cost: 900, weight_g: 200, volume_cm3: null, backorder: false, tax_ppm: null, low_stock: 5, opening_stock: 40, ...more });
  const product = (more) => tell("catalog.save_product", { id: null, version: null, title_en: "", description: "", category_id, brand: "", tags: [], options: [], specs: [], media: [], skus: [sku({})], state: "listed", accept_odd_barcode: false, ...more });

  const colours = ["藏青", "米白", "砖红"];
  const sizes = ["S", "M", "L", "XL"];
  const shirt = await product({
    title: "亚麻衬衫",
    title_en: "Linen shirt",
    description: "透气亚麻，宽松版型。",
    brand: "青禾",
    tags: ["夏季", "linen"],
    options: [{ name: "颜色", values: colours }, { name: "尺码", values: sizes }],
    specs: [{ name: "面料", value: "100% 亚麻" }],
    skus: colours.flatMap((c, i) => sizes.map((s, n) => sku({ code: `LINEN-${i + 1}-${s}`, option_values: [c, s], price: 19_900, list_price: 25_900, cost: 9_000, opening_stock: i === 2 && n === 0 ? 2 : 30 }))),
  });
  const mug = await product({ title: "陶瓷马克杯", title_en: "Stoneware mug", skus: [sku({ code: "MUG-01", barcode: "6901234567892", price: 3_900, cost: 1_500 })] });
  await product({ title: "旧款帆布袋", title_en: "Old tote bag", state: "draft", category_id: null, skus: [sku({ code: "TOTE-00", price: 2_900, opening_stock: 0 })] });

  const line = (p, n, qty) => ({ sku_id: p.skus[n].id, qty });
  const to = { name: "林小满", phone: "13800138000", country: "CN", region_code: "", province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 138 号 2 幢 301 室", postcode: "310012" };
  const place = (more) => tell("orders.place", { channel: "counter", ...more });
  await place({ lines: [line(mug, 0, 2)], payments: [{ method: "cash", amount: 7_800, tendered: 10_000 }] });
  const unpaid = await place({ buyer_name: "陈建国", buyer_phone: "13900139001", delivery: "ship", ship_to: { ...to, name: "陈建国", phone: "13900139001" }, lines: [line(shirt, 4, 1), line(mug, 0, 1)], seller_note: "周五前发货" });
  const shipped = await place({ buyer_name: "林小满", buyer_phone: "13800138000", delivery: "ship", ship_to: to, lines: [line(shirt, 0, 2)], payments: [{ method: "bank_transfer", amount: 39_800, reference: "20261121-01" }] });
  await tell("shipping.ship", { order_id: shipped.order_id, version: null, carrier: "shunfeng", waybill: "SF1234567890123", lines: [], note: "", accept_warnings: false });
  const ready = await place({ buyer_name: "Amélie Durand", buyer_phone: "13700137002", delivery: "ship", ship_to: { ...to, name: "Amélie Durand", phone: "13700137002" }, lines: [line(shirt, 7, 1)], payments: [{ method: "elsewhere", amount: 19_900, reference: "wx-4200001" }] });
  const order = await call("orders.get", { order_id: shipped.order_id });

  const job = await tell("imports.start", { path: EXCERPT, kind: "online_retail", mapping: [], options: { rate: "9.12" }, dry_run: false });
  await finished({ call }, job.id);

  const copies = join(folder, "copies");
  mkdirSync(copies);
  await tell("settings.save_backup_plan", { version: 0, active: true, folder: copies, every_minutes: 1440, keep_days: 7, keep_weeks: 4, keep_months: 12 });
  while ((await call("settings.backups", {})).runs.length === 0) await new Promise((go) => setTimeout(go, 100));
  return { product: shirt.id, order: unpaid.order_id, shipped: shipped.order_id, ready: ready.order_id, customer: order.customer_id, job: job.id };
}

/** Waits until an import has come to its end, and answers with it. */
export async function finished({ call }, id) {
  for (;;) {
    const job = await call("imports.get", { id });
    if (job.state !== "running") return job;
    await new Promise((go) => setTimeout(go, 200));
  }
}
