//! What is measured.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use engine::{Engine, commands::call, ctx::Door, db::Address, orders::ListOrders};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Bench, Measure, ask, fill, percentile, raw, skus_for_sale, three_lines};

/// Places a 3-line order: reservation, audit, durable commit.
pub async fn place(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    let (mut small, _) = place_some(&bench.small, 300).await?;
    let (mut large, sample) = place_some(&bench.large, 300).await?;
    // Turn by turn, so that a machine that slows down slows both.
    let (mut raw_times, mut more) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        raw_times.extend(raw::write_again(&bench.large_path, sample.as_bytes(), 100)?);
        more.extend(place_some(&bench.large, 100).await?.0);
    }
    let (ours, limit) = (percentile(&mut more, 0.5), percentile(&mut raw_times, 0.5));
    let growth = percentile(&mut large, 0.5) / percentile(&mut small, 0.5);
    Ok(vec![
        Measure::new(
            "place a 3-line order / raw SQLite",
            ours / limit,
            "×",
            4.0,
            format!("median {ours:.2} ms against {limit:.2} ms"),
        ),
        Measure::new("place: 1 M orders / 10 k orders", growth, "×", 1.5, ""),
    ])
}

async fn place_some(engine: &Engine, count: u64) -> anyhow::Result<(Vec<Duration>, Uuid)> {
    let skus = skus_for_sale(engine).await?;
    let mut times = Vec::new();
    let mut last = Uuid::nil();
    for n in 0..count {
        let input = three_lines(&skus, n);
        let start = Instant::now();
        let placed = ask(engine, "orders.place", input).await?;
        times.push(start.elapsed());
        last = placed["order_id"].as_str().context("an id")?.parse()?;
    }
    Ok((times, last))
}

/// What encryption costs: the same work on an encrypted copy of the small shop, turn by turn.
pub async fn encrypted(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    let mut shops = Vec::new();
    for name in ["plain", "encrypted"] {
        let path = bench.folder.join(format!("{name}.db"));
        let _ = std::fs::remove_file(&path);
        engine::backup::backup(&bench.small, &path).await?;
        if name == "encrypted" {
            engine::encryption::encrypt(&path, &engine::encryption::RecoveryCode::new()?).await?;
        }
        shops.push((path, Vec::new(), Vec::new(), Vec::new()));
    }
    for _ in 0..5 {
        for (path, opens, places, pages) in &mut shops {
            let start = Instant::now();
            let shop = Engine::open(&Address::Sqlite(path.clone())).await?;
            let first = json!({"limit": 50});
            ask(&shop, "orders.list", first.clone()).await?;
            opens.push(start.elapsed());
            places.extend(place_some(&shop, 100).await?.0);
            for _ in 0..50 {
                let start = Instant::now();
                ask(&shop, "orders.list", first.clone()).await?;
                pages.push(start.elapsed());
            }
            shop.close().await;
        }
    }
    let [(_, opens, places, pages), (_, opens_e, places_e, pages_e)] = &mut shops[..] else {
        anyhow::bail!("two shops")
    };
    let mut measures = Vec::new();
    for (name, plain, encrypted) in [
        ("open the shop and its first page", opens, opens_e),
        ("place a 3-line order", places, places_e),
        ("orders page", pages, pages_e),
    ] {
        let (plain, encrypted) = (percentile(plain, 0.5), percentile(encrypted, 0.5));
        let note = format!("median {encrypted:.2} ms against {plain:.2} ms");
        measures.push(Measure::new(format!("encrypted / plain: {name}"), encrypted / plain, "×", 1.5, note));
    }
    Ok(measures)
}

/// The first page of 50 orders under each filter and search.
pub async fn page(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    let limit = percentile(&mut raw::read_fifty(&bench.large_path, 400)?, 0.5);
    let small_limit = percentile(&mut raw::read_fifty(&bench.small_path, 400)?, 0.5);
    let mut measures = Vec::new();
    let (mut worst, mut worst_growth) = ((0.0, String::new()), (0.0, String::new()));
    // Each shop is asked for what it has.
    for ((name, large), (_, small)) in filters(&bench.large).await?.into_iter().zip(filters(&bench.small).await?) {
        // Turn by turn, so that a machine that slows down slows both.
        let (mut large_times, mut small_times, mut found, mut found_small) = (vec![], vec![], 0, 0);
        for _ in 0..4 {
            found += list(&bench.large, &large, 100, &mut large_times).await?;
            found_small += list(&bench.small, &small, 100, &mut small_times).await?;
        }
        let (mut large, mut small) = (large_times, small_times);
        let ratio = percentile(&mut large, 0.99) / limit;
        // By the order that is shown: a page of few orders is no measure for a full one.
        let each = |times: &mut [Duration], found: usize| percentile(times, 0.5) / found.max(1) as f64;
        let growth = each(&mut large, found) / each(&mut small, found_small);
        measures.push(Measure::new(
            format!("orders page: {name} / read of 50"),
            ratio,
            "×",
            4.0,
            format!("median {:.2} ms, growth {growth:.2}", percentile(&mut large, 0.5)),
        ));
        if ratio > worst.0 {
            worst = (ratio, name.clone());
        }
        if growth > worst_growth.0 {
            worst_growth = (growth, name);
        }
    }
    measures.push(Measure::new(
        "orders page, worst p99 / read of 50 full orders",
        worst.0,
        "×",
        4.0,
        format!("{}; the read takes {limit:.2} ms, {small_limit:.2} ms at 10 k", worst.1),
    ));
    measures.push(Measure::new("orders page, worst growth 10 k → 1 M", worst_growth.0, "×", 1.5, worst_growth.1));
    Ok(measures)
}

async fn filters(engine: &Engine) -> anyhow::Result<Vec<(String, Vec<Value>)>> {
    let any = ask(engine, "orders.list", json!({"limit": 50, "filter": {"fulfilment_status": "shipped"}})).await?;
    let first = &any["items"][0];
    let order = ask(engine, "orders.get", json!({"order_id": first["id"]})).await?;
    let waybill = order["parcels"][0]["waybill"].clone();
    let day = (first["placed_at"].as_i64().context("a time")? + 28_800_000) / 86_400_000;
    let one = |v: Value| vec![v];
    Ok(vec![
        ("no filter".into(), one(json!({}))),
        (
            "stage".into(),
            ["placed", "ready", "completed", "shipping", "cancelled"].map(|s| json!({"stages": [s]})).to_vec(),
        ),
        ("payment".into(), ["paid", "unpaid"].map(|s| json!({"payment_status": s})).to_vec()),
        ("fulfilment".into(), one(json!({"fulfilment_status": "shipped"}))),
        ("channel".into(), one(json!({"channel": "counter"}))),
        ("flag".into(), one(json!({"flag": "red"}))),
        ("tag".into(), one(json!({"tag": "gift"}))),
        ("assignee".into(), one(json!({"assignee": "小李"}))),
        ("days".into(), one(json!({"from_day": day - 30, "to_day": day}))),
        ("amount".into(), one(json!({"amount_min": 50_000, "amount_max": 60_000}))),
        ("customer".into(), one(json!({"customer_id": first["customer_id"]}))),
        ("SKU".into(), one(json!({"sku_id": order["lines"][0]["sku_id"]}))),
        ("waybill".into(), one(json!({"waybill": waybill}))),
        ("search by customer name".into(), ["王伟", "李芳"].map(|s| json!({"search": s})).to_vec()),
        ("search by a rare name".into(), one(json!({"search": "李芳娜"}))),
        ("search by family name".into(), one(json!({"search": "王"}))),
        ("search by initials".into(), one(json!({"search": "ww"}))),
        ("search by waybill".into(), one(json!({"search": waybill}))),
        ("search by SKU".into(), one(json!({"search": "SKU-000123"}))),
    ])
}

/// As the window asks: typed, and the answer written as JSON. Answers how many orders came in all.
async fn list(engine: &Engine, filters: &[Value], rounds: usize, times: &mut Vec<Duration>) -> anyhow::Result<usize> {
    let caller = engine.owner(Door::Window);
    let mut found = 0;
    for n in 0..rounds + 5 {
        let input: ListOrders = serde_json::from_value(json!({"limit": 50, "filter": filters[n % filters.len()]}))?;
        let start = Instant::now();
        let page = call::orders_list(engine, &caller, input).await?;
        std::hint::black_box(serde_json::to_string(&page)?);
        // The first ones warm the caches.
        if n >= 5 {
            times.push(start.elapsed());
            found += page.items.len();
        }
    }
    Ok(found)
}

/// The dashboard over periods of one day to two years.
pub async fn dashboard(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    let newest = ask(&bench.large, "orders.list", json!({"limit": 1})).await?;
    let at = newest["items"][0]["placed_at"].as_i64().context("an order")?;
    let today = (at + 28_800_000) / 86_400_000;
    let mut times = Vec::new();
    for days in [1, 7, 30, 90, 365, 700].repeat(10) {
        let start = Instant::now();
        ask(
            &bench.large,
            "analytics.dashboard",
            json!({"from_day": today - days + 1, "to_day": today, "compare": true}),
        )
        .await?;
        times.push(start.elapsed());
    }
    Ok(vec![Measure::new(
        "dashboard, 1 M orders, any period, p99",
        percentile(&mut times, 0.99),
        "ms",
        50.0,
        "1 to 700 days, with comparison",
    )])
}

/// SKU search as typed, each keystroke a query.
pub async fn search(bench: &Bench, skus: u64) -> anyhow::Result<Vec<Measure>> {
    let mut measures = vec![search_on("SQLite", &bench.large).await?];
    if let Ok(server) = std::env::var("SHOPKEEPER_TEST_POSTGRES") {
        let (url, name) = tests::create_database(&server).await?;
        let engine = Engine::open(&Address::Postgres(url)).await?;
        let setup = json!({"name": "Bench", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true});
        ask(&engine, "settings.setup", setup).await?;
        let path = std::fs::canonicalize(fill::products_file(&bench.folder, skus))
            .with_context(|| format!("{skus} products"))?;
        let job = ask(
            &engine,
            "imports.start",
            json!({"path": path, "kind": "products", "mapping": [], "options": {}, "dry_run": false}),
        )
        .await?;
        fill::wait(&engine, &job).await?;
        measures.push(search_on("Postgres", &engine).await?);
        engine.close().await;
        tests::drop_database(&server, &name).await?;
    }
    Ok(measures)
}

async fn search_on(name: &str, engine: &Engine) -> anyhow::Result<Measure> {
    let words = [
        "红茶",
        "毛巾 mug",
        "hongcha",
        "hc",
        "sku-0123",
        "SKU-099999",
        "lantern",
        "shuibei",
        "蜂蜜 tin 1",
        "b",
        "candle 77",
        "饼干",
    ];
    let (mut times, mut slowest) = (Vec::new(), (0.0, ""));
    for word in words {
        for end in word.char_indices().map(|(i, c)| i + c.len_utf8()) {
            let mut these = Vec::new();
            for round in 0..6 {
                let start = Instant::now();
                ask(engine, "catalog.search_skus", json!({"query": &word[..end], "limit": 20, "only_for_sale": true}))
                    .await?;
                if round > 0 {
                    these.push(start.elapsed());
                }
            }
            let median = percentile(&mut these, 0.5);
            if median > slowest.0 {
                slowest = (median, &word[..end]);
            }
            times.append(&mut these);
        }
    }
    Ok(Measure::new(
        format!("SKU search as typed, 100 k SKUs, p99, {name}"),
        percentile(&mut times, 0.99),
        "ms",
        20.0,
        format!("slowest \"{}\", median {:.1} ms", slowest.1, slowest.0),
    ))
}

/// The whole of Online Retail against the import of SQLite's own shell into one bare table.
pub async fn import(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    let Some(data) = tests::data_folder() else {
        println!("skipped import: SHOPKEEPER_DATA names no folder");
        return Ok(Vec::new());
    };
    let csv = data.join("online_retail/online_retail_2010-12_2011-12.csv");
    let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..3 {
        let bare: PathBuf = bench.folder.join("bare.db");
        let _ = std::fs::remove_file(&bare);
        let start = Instant::now();
        let done = Command::new("sqlite3").arg(&bare).arg(format!(".import --csv {} sale", csv.display())).output()?;
        anyhow::ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        theirs.push(start.elapsed());

        let folder = tempfile::tempdir_in(&bench.folder)?;
        let path = folder.path().join("shop.db");
        let engine = Engine::open(&Address::Sqlite(path.clone())).await?;
        let setup = json!({"name": "Bench", "currency": "GBP", "zone": "Europe/London", "country": "GB", "tax_inclusive": true});
        ask(&engine, "settings.setup", setup).await?;
        engine.close().await;
        // In a process of its own, whose memory the system accounts.
        let shopctl = std::env::current_exe()?.with_file_name("shopctl");
        let start = Instant::now();
        let done = Command::new("/usr/bin/time")
            .args(["-v"])
            .arg(&shopctl)
            .arg("--db")
            .arg(&path)
            .arg("import")
            .arg(&csv)
            .args(["--kind", "online_retail"])
            .output()?;
        ours.push(start.elapsed());
        let report = String::from_utf8_lossy(&done.stderr).into_owned();
        anyhow::ensure!(done.status.success(), "{report}");
        let peak = report
            .lines()
            .find_map(|l| l.trim().strip_prefix("Maximum resident set size (kbytes): ")?.parse::<f64>().ok())
            .unwrap_or(0.0);
        memory = f64::max(memory, peak / 1024.0);
    }
    let (ours, theirs) = (percentile(&mut ours, 0.5), percentile(&mut theirs, 0.5));
    Ok(vec![
        Measure::new(
            "import Online Retail / sqlite3 .import",
            ours / theirs,
            "×",
            6.0,
            format!("median {ours:.0} ms against {theirs:.0} ms"),
        ),
        Measure::new("import Online Retail, peak memory", memory, "MiB", 300.0, ""),
    ])
}
