//! A desk of a shop on Postgres: its copy, and what it gives back.

use std::{
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use engine::{
    Engine,
    access::SignIn,
    ctx::Door,
    db::{Address, Db},
    offline::Newcomer,
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use tests::{
    create_database,
    desks::{COPIED, State, Wire},
    drop_database, people, postgres_server,
};

use crate::{Measure, ask, fill};

/// Needs a server in `SHOPKEEPER_TEST_POSTGRES`.
pub async fn shared(folder: &Path, skus: u64, offline: u64) -> anyhow::Result<Vec<Measure>> {
    let server = postgres_server().context("SHOPKEEPER_TEST_POSTGRES names no server")?;
    let (url, name) = create_database(&server).await?;
    let outcome = on(&url, folder, skus, offline).await;
    drop_database(&server, &name).await?;
    outcome
}

async fn on(url: &str, folder: &Path, skus: u64, offline: u64) -> anyhow::Result<Vec<Measure>> {
    let shop = Engine::open(&Address::Postgres(url.to_owned())).await?;
    fill::goods_and_people(&shop, folder, skus, skus).await?;
    let scratch = tempfile::tempdir_in(folder)?;
    let mut measures = Vec::new();

    // Turn by turn, each time from nothing.
    let (mut ours, mut limit) = (Duration::MAX, Duration::MAX);
    for n in 0..3 {
        let copy = scratch.path().join(format!("first-{n}.db"));
        let desk = Engine::open_desk(&Address::Postgres(url.to_owned()), &copy, Newcomer::named("bench")).await?;
        let start = Instant::now();
        desk.sync().await?;
        ours = ours.min(start.elapsed());
        desk.close().await;
        limit = limit.min(copy_out(&shop, scratch.path()).await?);
    }
    measures.push(Measure::new(
        format!("first copy of {skus} SKUs and {skus} customers / COPY"),
        ours.as_secs_f64() / limit.as_secs_f64(),
        "×",
        10.0,
        format!("{} ms against {} ms", ours.as_millis(), limit.as_millis()),
    ));

    let (user, rest) = url.split_once('@').context("a URL with a user")?;
    let (host, database) = rest.split_once('/').context("a URL with a database")?;
    let wire = Wire::to(host.to_owned()).await?;
    let address = Address::Postgres(format!("{user}@127.0.0.1:{}/{database}", wire.port()));
    let desk = Engine::open_desk(&address, &scratch.path().join("first-0.db"), Newcomer::named("bench")).await?;
    desk.sync().await?;
    let online = place(&desk, offline).await?;
    wire.set(State::Down);
    let alone = place(&desk, offline).await?;
    anyhow::ensure!(desk.is_offline(), "the desk sells without its server");
    wire.set(State::Open);
    let start = Instant::now();
    desk.sync().await?;
    let given = start.elapsed();
    let cases = ask(&shop, "offline.cases", json!({})).await?;
    anyhow::ensure!(!desk.is_offline() && cases["open"] == 0, "all was taken: {cases:#}");
    measures.push(Measure::new(
        format!("give back {offline} offline orders / enter them online"),
        given.as_secs_f64() / online.as_secs_f64(),
        "×",
        1.5,
        format!("{} ms against {} ms; offline {} ms", given.as_millis(), online.as_millis(), alone.as_millis()),
    ));
    desk.close().await;

    let owner = people::person("lin", domain::access::Preset::Owner.id());
    ask(&shop, "access.save_staff", serde_json::to_value(owner)?).await?;
    let mut longest = Duration::ZERO;
    for _ in 0..10 {
        let input = SignIn { login: "lin".into(), password: people::PASSWORD.to_owned().into(), code: None };
        let start = Instant::now();
        shop.sign_in(Door::Window, input).await?;
        longest = longest.max(start.elapsed());
    }
    measures.push(Measure::new("sign in", longest.as_secs_f64(), "s", 1.0, "the longest of 10"));
    shop.close().await;
    Ok(measures)
}

/// What the server needs to write the same tables to files.
async fn copy_out(shop: &Engine, folder: &Path) -> anyhow::Result<Duration> {
    let Db::Postgres(server) = &shop.db else { anyhow::bail!("no Postgres") };
    let mut connection = server.pool().acquire().await?;
    let start = Instant::now();
    for table in COPIED {
        let mut file = fs::File::create(folder.join(format!("{table}.copy")))?;
        let mut rows = connection.copy_out_raw(&format!("COPY {table} TO STDOUT")).await?;
        while let Some(bytes) = rows.try_next().await? {
            file.write_all(&bytes)?;
        }
        file.sync_all()?;
    }
    Ok(start.elapsed())
}

async fn place(desk: &Engine, count: u64) -> anyhow::Result<Duration> {
    let found =
        ask(desk, "catalog.search_skus", json!({"query": "SKU-00", "limit": 100, "only_for_sale": true})).await?;
    let skus: Vec<Value> = found["items"].as_array().context("SKUs")?.iter().map(|s| s["sku_id"].clone()).collect();
    let start = Instant::now();
    for n in 0..count {
        let line = |i: u64| json!({"sku_id": skus[((n * 3 + i) as usize) % skus.len()], "qty": 1});
        let input = json!({"lines": [line(0), line(1), line(2)], "delivery": "counter", "pay_later": true});
        ask(desk, "orders.place", input).await?;
    }
    Ok(start.elapsed())
}
