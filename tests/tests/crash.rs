//! The plug is pulled: a process that takes orders or imports a file is killed at random moments.
//! Every order it had acknowledged is there, and `app.check` finds no difference.
//!
//! `CRASH_ROUNDS` says how often (30 when not set; the long run is 200), `CRASH_SEED` repeats a run.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use engine::{
    Engine,
    commands::call_json,
    ctx::{Door, Meta},
    db::Address,
};
use serde_json::{Value, json};
use tests::{
    Shop,
    dice::{self, Dice},
    from_env, sqlite_address,
};
use uuid::Uuid;

const ROLE: &str = "SHOPKEEPER_CRASH_ROLE";
const DATABASE: &str = "SHOPKEEPER_CRASH_DB";

async fn json_call(engine: &Engine, name: &str, meta: Meta, input: Value) -> engine::Result<Value> {
    call_json(engine, &engine.owner(Door::CommandLine), name, meta, input).await
}

fn rounds() -> u64 {
    from_env("CRASH_ROUNDS", 30)
}

/// Starts this very test program in the role of the one who will be killed.
fn victim(role: &str, database: &Path) -> anyhow::Result<std::process::Child> {
    Command::new(std::env::current_exe()?)
        .args(["the_victim", "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("the victim starts")
}

/// Not a story of its own: what the killed process does. Alone it passes at once.
#[test]
fn the_victim() {
    let (Ok(role), Ok(database)) = (std::env::var(ROLE), std::env::var(DATABASE)) else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let engine = Engine::open(&Address::Sqlite(database.into())).await.expect("the database opens after a kill");
        match role.as_str() {
            "orders" => take_orders(&engine).await,
            path => import(&engine, path).await,
        }
    });
}

async fn take_orders(engine: &Engine) {
    let skus = json_call(
        engine,
        "catalog.search_skus",
        Meta::new(),
        json!({"query": "CRASH", "limit": 20, "only_for_sale": true}),
    )
    .await
    .expect("the SKUs are found");
    let sku = |n: usize| skus["items"][n % 3]["sku_id"].clone();
    for n in 0.. {
        let total = 1990;
        let input = json!({
            "lines": [{"sku_id": sku(n), "qty": 1}, {"sku_id": sku(n + 1), "qty": 1}],
            "payments": if n % 3 == 0 { json!([{"method": "cash", "amount": total}]) } else { json!([]) },
            "delivery": "counter",
        });
        let placed = json_call(engine, "orders.place", Meta::new(), input).await.expect("the order is placed");
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {}", placed["order_id"].as_str().unwrap_or_default())
            .and_then(|()| out.flush())
            .expect("somebody listens");
    }
}

async fn import(engine: &Engine, path: &str) {
    let unfinished =
        json_call(engine, "imports.list", Meta::new(), json!({"cursor": null, "limit": 10})).await.expect("a list");
    let paused =
        unfinished["items"].as_array().and_then(|jobs| jobs.iter().find(|job| job["state"] == "paused")).cloned();
    let job = match paused {
        Some(job) => json_call(engine, "imports.resume", Meta::new(), json!({"id": job["id"]})).await,
        None => {
            let start = json!({"path": path, "kind": "online_retail", "mapping": [], "options": {"rate": "9.1"}, "dry_run": false});
            json_call(engine, "imports.start", Meta::new(), start).await
        }
    }
    .expect("the import starts or goes on");
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = json_call(engine, "imports.get", Meta::new(), json!({"id": job["id"]})).await.expect("the job");
        if now["state"] != "running" {
            println!("ended {}", now["state"]);
            return;
        }
    }
}

async fn assert_sound(engine: &Engine) -> anyhow::Result<()> {
    let report = json_call(engine, "app.check", Meta::new(), json!({})).await?;
    let differences = report["differences"].as_array().context("a list of differences")?;
    anyhow::ensure!(differences.is_empty(), "{report:#}");
    Ok(())
}

fn product(n: u32) -> Value {
    json!({
        "id": null, "version": null, "title": format!("Crash test {n}"), "title_en": "", "description": "", "category_id": null,
        "brand": "", "tags": [], "options": [], "specs": [], "media": [], "state": "listed", "accept_odd_barcode": false,
        "skus": [{
            "id": null, "code": format!("CRASH-{n}"), "barcode": null, "option_values": [], "price": 995, "list_price": null, "cost": null,
            "weight_g": null, "volume_cm3": null, "backorder": false, "tax_ppm": null, "low_stock": null, "opening_stock": 1_000_000,
        }],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_order_is_lost() -> anyhow::Result<()> {
    let mut dice = Dice(dice::seed("CRASH_SEED"));
    let (address, _folder) = sqlite_address()?;
    let Address::Sqlite(path) = &address else { anyhow::bail!("a file") };
    let shop = Shop::open(address.clone(), None).await?;
    for n in 0..3 {
        json_call(&shop.engine, "catalog.save_product", Meta::new(), product(n)).await?;
    }
    shop.engine.close().await;

    let mut acknowledged: Vec<Uuid> = Vec::new();
    for round in 0..rounds() {
        let mut child = victim("orders", path)?;
        let stdout = child.stdout.take().context("its output")?;
        let reader = std::thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(Result::ok)
                .filter_map(|line| line.split_once("ack ").and_then(|(_, id)| id.trim().parse::<Uuid>().ok()))
                .collect::<Vec<_>>()
        });
        std::thread::sleep(Duration::from_millis(120 + dice.roll(400) as u64));
        child.kill()?;
        child.wait()?;
        acknowledged.extend(reader.join().expect("the reader ends"));

        let engine = Engine::open(&address).await.with_context(|| format!("round {round}"))?;
        assert_sound(&engine).await.with_context(|| format!("round {round}"))?;
        engine.close().await;
    }
    anyhow::ensure!(!acknowledged.is_empty(), "no order was ever acknowledged: the test shows nothing");

    let engine = Engine::open(&address).await?;
    for id in &acknowledged {
        let order = json_call(&engine, "orders.get", Meta::new(), json!({"order_id": id}))
            .await
            .with_context(|| format!("order {id} was acknowledged and is lost"))?;
        let (lines, total, captured) = (order["lines"].as_array().map(Vec::len), &order["total"], &order["captured"]);
        anyhow::ensure!(lines == Some(2) && *total == json!(1990), "order {id} is not whole: {order:#}");
        anyhow::ensure!(*captured == json!(0) || captured == total, "order {id} has part of its payment: {order:#}");
    }
    eprintln!("{} kills, {} acknowledged orders, none lost", rounds(), acknowledged.len());
    engine.close().await;
    Ok(())
}

/// Runs the import to its end.
async fn finish(file: &str, address: &Address) -> anyhow::Result<Value> {
    let Address::Sqlite(path) = address else { anyhow::bail!("a file") };
    let ended = victim(file, path)?.wait_with_output()?;
    let said = String::from_utf8_lossy(&ended.stdout);
    anyhow::ensure!(said.contains("ended \"done\""), "{said}");
    let engine = Engine::open(address).await?;
    let job = latest(&engine).await?;
    engine.close().await;
    Ok(what_came_of(&job))
}

async fn latest(engine: &Engine) -> anyhow::Result<Value> {
    assert_sound(engine).await?;
    let jobs = json_call(engine, "imports.list", Meta::new(), json!({"cursor": null, "limit": 1})).await?;
    Ok(jobs["items"][0].clone())
}

fn what_came_of(job: &Value) -> Value {
    json!([job["rows_read"], job["rejected"], job["made"], job["sums"]])
}

async fn new_shop() -> anyhow::Result<(Address, tempfile::TempDir)> {
    let (address, folder) = sqlite_address()?;
    Shop::open(address.clone(), None).await?.engine.close().await;
    Ok((address, folder))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_cut_anywhere_ends_as_if_uncut() -> anyhow::Result<()> {
    let mut dice = Dice(dice::seed("CRASH_SEED"));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/online_retail_excerpt.csv");
    let (address, _folder) = new_shop().await?;
    let whole = finish(file, &address).await?;
    let mut cut = new_shop().await?;
    let (mut in_the_middle, mut ended) = (0, 0);
    for _ in 0..rounds() {
        let Address::Sqlite(path) = &cut.0 else { anyhow::bail!("a file") };
        let mut child = victim(file, path)?;
        std::thread::sleep(Duration::from_millis(60 + dice.roll(250) as u64));
        child.kill()?;
        child.wait()?;
        let engine = Engine::open(&cut.0).await?;
        let job = latest(&engine).await?;
        engine.close().await;
        if job["state"] == "done" {
            assert_eq!(what_came_of(&job), whole, "the import that was cut differs from the one that was not");
            cut = new_shop().await?;
            ended += 1;
        } else {
            in_the_middle += 1;
        }
    }
    assert_eq!(finish(file, &cut.0).await?, whole, "the import that was cut differs from the one that was not");
    eprintln!("{in_the_middle} kills in the middle of an import, {ended} at its end");
    anyhow::ensure!(in_the_middle > 0, "no import was ever cut: the test shows nothing");
    Ok(())
}
