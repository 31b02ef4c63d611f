//! Makes a large shop: SKUs and customers come in through the import, a few hundred orders
//! through the ordinary commands, and those are then multiplied row by row.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use engine::{Engine, db::Address};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::ask;

const SEEDS: u64 = 200;
const DAYS: u64 = 700;

/// A database with so many orders; made once and kept.
pub async fn shop(folder: &Path, orders: u64, skus: u64) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("shop-{orders}-{skus}.db"));
    if path.exists() {
        return Ok(path);
    }
    println!("making {} …", path.display());
    let fresh = path.with_extension("making");
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", fresh.display()));
    }
    let engine = Engine::open(&Address::Sqlite(fresh.clone())).await?;
    goods_and_people(&engine, folder, skus, customers(orders)).await?;
    seed(&engine).await?;
    engine.close().await;
    multiply(&fresh, orders)?;
    let engine = Engine::open(&Address::Sqlite(fresh.clone())).await?;
    ask(&engine, "analytics.rebuild", json!({})).await?;
    engine.index_orders().await?;
    engine.close().await;
    let db = Connection::open(&fresh)?;
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    drop(db);
    fs::rename(&fresh, &path)?;
    Ok(path)
}

/// A new shop with what it sells and whom it sells to.
pub async fn goods_and_people(engine: &Engine, folder: &Path, skus: u64, people: u64) -> anyhow::Result<()> {
    let setup =
        json!({"name": "Bench", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true});
    ask(engine, "settings.setup", setup).await?;
    import(engine, &products_file(folder, skus), "products", &products(skus)).await?;
    import(engine, &folder.join(format!("customers-{people}.csv")), "customers", &customer_rows(people)).await
}

pub const WORDS: &[&str] = &[
    "红茶", "绿茶", "毛巾", "水杯", "枕头", "拖鞋", "雨伞", "台灯", "背包", "手套", "围巾", "饼干", "蜂蜜", "咖啡",
    "香皂", "牙膏",
];
const ENGLISH: &[&str] = &["lantern", "hanger", "bottle", "cushion", "basket", "candle", "mug", "tin", "bowl", "frame"];
const FAMILY: &[&str] =
    &["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "林", "郭", "何"];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平",
    "刚",
];

fn products(skus: u64) -> String {
    let mut csv = String::from("title,sku,price,stock,brand\n");
    for n in 0..skus {
        let word = WORDS[(n % WORDS.len() as u64) as usize];
        let english = ENGLISH[(n / 7 % ENGLISH.len() as u64) as usize];
        csv.push_str(&format!("{word} {english} {n},SKU-{n:06},{}.{:02},1000000,B{}\n", 5 + n % 300, n % 100, n % 50));
    }
    csv
}

/// One in ten orders is somebody's first.
fn customers(orders: u64) -> u64 {
    (orders / 10).max(100)
}

/// Where the products of a shop of this size lie.
pub fn products_file(folder: &Path, skus: u64) -> PathBuf {
    folder.join(format!("products-{skus}.csv"))
}

fn customer_rows(people: u64) -> String {
    let mut csv = String::from("name,phone\n");
    for n in 0..people {
        let (f, g) = (n % 18, n / 18 % 20);
        let second = GIVEN[(n / 360 % 20) as usize];
        csv.push_str(&format!("{}{}{second},139{:08}\n", FAMILY[f as usize], GIVEN[g as usize], n));
    }
    csv
}

async fn import(engine: &Engine, path: &Path, kind: &str, csv: &str) -> anyhow::Result<()> {
    fs::File::create(path)?.write_all(csv.as_bytes())?;
    let path = fs::canonicalize(path)?;
    let job = ask(
        engine,
        "imports.start",
        json!({"path": path, "kind": kind, "mapping": [], "options": {}, "dry_run": false}),
    )
    .await?;
    let done = wait(engine, &job).await?;
    anyhow::ensure!(done["rejected"] == 0, "{done:#}");
    Ok(())
}

/// Waits for an import to end well.
pub async fn wait(engine: &Engine, job: &Value) -> anyhow::Result<Value> {
    loop {
        let now = ask(engine, "imports.get", json!({"id": job["id"]})).await?;
        match now["state"].as_str() {
            Some("running") => tokio::time::sleep(Duration::from_millis(25)).await,
            Some("done") => return Ok(now),
            _ => anyhow::bail!("{now:#}"),
        }
    }
}

/// Orders in every stage, through the ordinary commands.
async fn seed(engine: &Engine) -> anyhow::Result<()> {
    let found =
        ask(engine, "catalog.search_skus", json!({"query": "SKU-0000", "limit": 60, "only_for_sale": true})).await?;
    let skus: Vec<Value> = found["items"].as_array().context("SKUs")?.iter().map(|s| s["sku_id"].clone()).collect();
    for n in 0..SEEDS {
        let line = |i: u64| json!({"sku_id": skus[((n * 3 + i) % skus.len() as u64) as usize], "qty": 1 + (n + i) % 3});
        let ship = n % 2 == 0;
        let address = json!({"name": "n", "phone": "13900000000", "country": "CN", "province": "广东省", "city": "深圳市", "district": "南山区", "street": "科技路 1 号"});
        let placed = ask(
            engine,
            "orders.place",
            json!({
                "lines": [line(0), line(1), line(2)],
                "delivery": if ship { "ship" } else { "counter" },
                "ship_to": if ship { address } else { Value::Null },
                "buyer_name": "王伟伟", "buyer_phone": "13900000000",
                "assignee": if n % 10 == 0 { "小李" } else { "" },
            }),
        )
        .await?;
        let id = &placed["order_id"];
        if n % 4 != 3 {
            ask(
                engine,
                "payments.capture",
                json!({"order_id": id, "method": "bank_transfer", "amount": placed["total"]}),
            )
            .await?;
        }
        if ship && n % 8 == 0 {
            ask(engine, "shipping.ship", json!({"order_id": id, "carrier": "shunfeng", "waybill": format!("SF{:012}", 100_000_000_000 + n), "accept_warnings": true})).await?;
        }
        if n % 16 == 6 {
            let order = ask(engine, "orders.get", json!({"order_id": id})).await?;
            ask(
                engine,
                "orders.cancel",
                json!({"order_id": id, "version": order["version"], "reason": "bench", "refund": "bank_transfer"}),
            )
            .await?;
        }
        if n % 20 == 1 {
            ask(engine, "orders.annotate", json!({"orders": [{"order_id": id, "flag": "red", "add_tags": ["gift"]}]}))
                .await?;
        }
    }
    Ok(())
}

/// The tables that are copied, and by what their rows of an order are found.
const COPIED: [(&str, &str); 6] = [
    ("orders", "id"),
    ("order_line", "order_id"),
    ("payment", "order_id"),
    ("order_event", "order_id"),
    ("parcel", "order_id"),
    ("order_tag", "order_id"),
];

/// Copies the seeds until there are `orders`, with new ids, times, buyers, waybills and SKUs.
fn multiply(path: &Path, orders: u64) -> anyhow::Result<()> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY;
         CREATE TEMP TABLE buyer (n INTEGER PRIMARY KEY, id BLOB, name TEXT);
         INSERT INTO buyer SELECT row_number() OVER (), id, name FROM customer;
         CREATE TEMP TABLE ware (n INTEGER PRIMARY KEY, id BLOB);
         INSERT INTO ware SELECT row_number() OVER (), id FROM sku;
         CREATE TEMP TABLE seed AS SELECT id, row_number() OVER (ORDER BY placed_at, id) AS n, placed_at FROM orders;
         CREATE TEMP TABLE twin (old BLOB PRIMARY KEY, new BLOB, at INTEGER, buyer INTEGER);
         CREATE TEMP TABLE twin_line (old BLOB PRIMARY KEY, new BLOB, ware INTEGER);
         CREATE TEMP TABLE twin_parcel (old BLOB PRIMARY KEY, new BLOB);",
    )?;
    // Indexes are made at the end, from sorted rows: kept up row by row they would take most of the time.
    let mut indexes = Vec::new();
    for (table, key) in COPIED {
        db.execute_batch(&format!(
            "CREATE TEMP TABLE seed_{table} AS SELECT * FROM {table}; CREATE INDEX temp.seed_{table}_key ON seed_{table} ({key});"
        ))?;
        let mut statement = db.prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL",
        )?;
        let found = statement.query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        for (name, sql) in found.collect::<Result<Vec<_>, _>>()? {
            db.execute_batch(&format!("DROP INDEX {name}"))?;
            indexes.push(sql);
        }
    }
    let people = customers(orders);
    let rounds = (orders / SEEDS).max(1) - 1;
    let step = DAYS * 86_400_000 / (rounds + 1).max(1);
    let copy = |table: &str, changes: &[(&str, &str)], from: &str| -> anyhow::Result<String> {
        let mut statement = db.prepare(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))?;
        let columns: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let values: Vec<String> = columns
            .iter()
            .map(|c| {
                changes.iter().find(|(name, _)| name == c).map_or_else(|| format!("o.{c}"), |(_, v)| (*v).to_owned())
            })
            .collect();
        // The order of the joins is written down: the few twins first, then what they copy.
        Ok(format!(
            "INSERT INTO {table} ({}) SELECT {} FROM twin w CROSS JOIN temp.seed_{table} o {from}",
            columns.join(","),
            values.join(",")
        ))
    };
    let id = |at: &str| format!("unhex(printf('%012x', {at}) || hex(randomblob(10)))");
    let order = copy(
        "orders",
        &[
            ("id", "w.new"),
            ("number", "o.number || '-' || ?1"),
            ("external_id", "NULL"),
            ("placed_at", "w.at"),
            ("customer_id", "(SELECT id FROM buyer b WHERE b.n = w.buyer)"),
            ("buyer_name", "(SELECT name FROM buyer b WHERE b.n = w.buyer)"),
            ("day", "(w.at + 28800000) / 86400000"),
            ("paid_at", "CASE WHEN o.paid_at IS NULL THEN NULL ELSE w.at END"),
            ("paid_day", "CASE WHEN o.paid_day IS NULL THEN NULL ELSE (w.at + 28800000) / 86400000 END"),
            ("total", "o.total"),
        ],
        "ON o.id = w.old",
    )?;
    let line = copy(
        "order_line",
        &[
            ("id", "l.new"),
            ("order_id", "w.new"),
            ("placed_at", "w.at"),
            ("sku_id", "(SELECT id FROM ware x WHERE x.n = l.ware)"),
        ],
        "ON o.order_id = w.old JOIN twin_line l ON l.old = o.id",
    )?;
    let payment = copy(
        "payment",
        &[("id", &id("w.at")), ("order_id", "w.new"), ("at", "w.at"), ("day", "(w.at + 28800000) / 86400000")],
        "ON o.order_id = w.old",
    )?;
    let event =
        copy("order_event", &[("id", &id("w.at")), ("order_id", "w.new"), ("at", "w.at")], "ON o.order_id = w.old")?;
    let parcel = copy(
        "parcel",
        &[
            ("id", "p.new"),
            ("order_id", "w.new"),
            ("shipped_at", "w.at"),
            ("waybill", "'SF' || printf('%012d', 200000000000 + ?1 * 1000 + o.rowid)"),
        ],
        "ON o.order_id = w.old JOIN twin_parcel p ON p.old = o.id",
    )?;
    let tag = copy("order_tag", &[("order_id", "w.new"), ("placed_at", "w.at")], "ON o.order_id = w.old")?;
    for chunk in 0..=rounds / 100 {
        db.execute_batch("BEGIN")?;
        for k in (chunk * 100 + 1)..=((chunk + 1) * 100).min(rounds) {
            db.execute_batch("DELETE FROM twin; DELETE FROM twin_line; DELETE FROM twin_parcel;")?;
            // Oldest first, so that ids grow as they do in a shop.
            let back = (rounds - k + 1) * step;
            db.execute(
                &format!(
                    "INSERT INTO twin SELECT id, {}, placed_at - ?1, 1 + abs(random()) % {people} FROM seed ORDER BY n",
                    id("placed_at - ?1")
                ),
                [back as i64],
            )?;
            db.execute(&format!("INSERT INTO twin_line SELECT l.id, {}, 1 + abs(random()) % (SELECT COUNT(*) FROM ware) FROM twin w CROSS JOIN temp.seed_order_line l ON l.order_id = w.old", id("w.at")), [])?;
            db.execute(
                &format!(
                    "INSERT INTO twin_parcel SELECT p.id, {} FROM twin w CROSS JOIN temp.seed_parcel p ON p.order_id = w.old",
                    id("w.at")
                ),
                [],
            )?;
            db.execute(&order, [k as i64])?;
            db.execute(&line, [])?;
            db.execute(&payment, [])?;
            db.execute(&event, [])?;
            db.execute(&tag, [])?;
            db.execute(&parcel, [k as i64])?;
        }
        db.execute_batch("COMMIT")?;
    }
    db.execute_batch(&indexes.join(";"))?;
    db.execute_batch(
        "UPDATE customer SET (order_count, order_total, last_order_at) =
            (SELECT COUNT(*), COALESCE(SUM(total), 0), COALESCE(MAX(placed_at), 0) FROM orders o WHERE o.customer_id = customer.id);
         UPDATE order_counter SET n = 0;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )?;
    Ok(())
}
