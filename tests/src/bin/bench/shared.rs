//! A desk of a shop on Postgres: its copy, and what it gives back.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::PoisonError,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use engine::{
    Engine,
    access::SignIn,
    commands::call,
    ctx::{Door, Meta},
    db::{Address, Db},
    offline::Newcomer,
};
use futures_util::TryStreamExt as _;
use serde_json::json;
use tests::{
    create_database,
    desks::{COPIED, State, Wire},
    drop_database, people, postgres_server,
};

use crate::{Measure, Measures, ask, fill, overheard, skus_for_sale, three_lines};

const DESKS: u64 = 8;

/// Needs a server in `SHOPKEEPER_TEST_POSTGRES`.
pub async fn shared(measures: &mut Measures, folder: &Path, skus: u64, offline: u64) -> anyhow::Result<()> {
    let server = postgres_server().context("SHOPKEEPER_TEST_POSTGRES names no server")?;
    let (url, name) = create_database(&server).await?;
    let outcome = on(measures, &url, folder, skus, offline).await;
    drop_database(&server, &name).await?;
    outcome
}

async fn on(measures: &mut Measures, url: &str, folder: &Path, skus: u64, offline: u64) -> anyhow::Result<()> {
    let shop = Engine::open(&Address::Postgres(url.to_owned())).await?;
    fill::goods_and_people(&shop, folder, skus, skus).await?;
    let scratch = tempfile::tempdir_in(folder)?;

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
    measures.add(Measure::new(
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
    measures.add(Measure::new(
        format!("give back {offline} offline orders / enter them online"),
        given.as_secs_f64() / online.as_secs_f64(),
        "×",
        1.5,
        format!("{} ms against {} ms; offline {} ms", given.as_millis(), online.as_millis(), alone.as_millis()),
    ));
    desk.close().await;
    measures.add(together(url, scratch.path()).await?);

    // The command itself: as text its password is not shown.
    let owner = people::person("lin", domain::access::Preset::Owner.id());
    call::access_save_staff(&shop, &shop.owner(Door::Window), Meta::new(), owner).await?;
    let mut longest = Duration::ZERO;
    for _ in 0..10 {
        let input = SignIn { login: "lin".into(), password: people::PASSWORD.to_owned().into(), code: None };
        let start = Instant::now();
        shop.sign_in(Door::Window, input).await?;
        longest = longest.max(start.elapsed());
    }
    measures.add(Measure::new("sign in", longest.as_secs_f64(), "s", 1.0, "the longest of 10"));
    shop.close().await;
    Ok(())
}

/// Desks that place orders on one server, against `pgbench` with the statements of such orders.
async fn together(url: &str, folder: &Path) -> anyhow::Result<Measure> {
    const SCRIPTS: u64 = 24;
    const EACH: u64 = 150;
    let (user, rest) = url.split_once('@').context("a URL with a user")?;
    let (host, database) = rest.split_once('/').context("a URL with a database")?;
    let (port, transactions) = overheard::listen(host.to_owned()).await?;
    let desk = Engine::open(&Address::Postgres(format!("{user}@127.0.0.1:{port}/{database}"))).await?;
    let skus = skus_for_sale(&desk).await?;
    let mut scripts = Vec::new();
    for n in 0..SCRIPTS {
        let since = u64::try_from(engine::system_clock().0)?;
        transactions.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let placed = ask(&desk, "orders.place", three_lines(&skus, n)).await?;
        let heard = transactions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let order = heard.iter().find(|said| said.iter().any(|said| said.sql.starts_with("INSERT INTO orders")));
        let script = overheard::script(
            order.context("the transaction of an order")?,
            since,
            placed["number"].as_str().context("a number")?,
        )?;
        let path = folder.join(format!("order-{n}.sql"));
        fs::write(&path, script)?;
        scripts.push(path);
    }
    desk.close().await;

    let mut desks = Vec::new();
    for _ in 0..DESKS {
        desks.push(Engine::open(&Address::Postgres(url.to_owned())).await?);
    }
    // Turn by turn; the first of each is not counted.
    let (mut ours, mut bare) = (0.0_f64, 0.0_f64);
    for turn in 0..4 {
        let start = Instant::now();
        let work = desks.iter().zip(0..).map(|(desk, at)| {
            let skus = &skus;
            async move {
                for n in 0..EACH {
                    ask(desk, "orders.place", three_lines(skus, at * EACH + n)).await?;
                }
                anyhow::Ok(())
            }
        });
        futures_util::future::try_join_all(work).await?;
        let tps = (DESKS * EACH) as f64 / start.elapsed().as_secs_f64();
        let limit = pgbench(url, &scripts, turn)?;
        if turn > 0 {
            (ours, bare) = (ours.max(tps), bare.max(limit));
        }
    }
    for desk in &desks {
        desk.close().await;
    }
    Ok(Measure::new(
        format!("{DESKS} desks place orders on Postgres / pgbench with their statements"),
        bare / ours,
        "×",
        2.0,
        format!("{ours:.0} orders a second against {bare:.0}"),
    ))
}

/// Orders a second.
fn pgbench(url: &str, scripts: &[PathBuf], turn: u32) -> anyhow::Result<f64> {
    let mut pgbench = Command::new("pgbench");
    // The counter goes on where the turn before cannot have been.
    pgbench.args(["-n", "-M", "prepared", "-c", &DESKS.to_string(), "-j", "2", "-T", "5", "-D"]);
    pgbench.arg(format!("i={}", u64::from(turn) * 1_000_000));
    for script in scripts {
        pgbench.arg("-f").arg(script);
    }
    let output = pgbench.arg(url).output().context("pgbench, of Debian's postgresql")?;
    let said = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(output.status.success(), "pgbench: {said}{}", String::from_utf8_lossy(&output.stderr));
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    tps.with_context(|| format!("no tps in: {said}"))
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
    let skus = skus_for_sale(desk).await?;
    let start = Instant::now();
    for n in 0..count {
        ask(desk, "orders.place", three_lines(&skus, n)).await?;
    }
    Ok(start.elapsed())
}
