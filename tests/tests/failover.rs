//! Three desks as programs of their own, a Postgres with a standby, and wires between them. Wires are cut and
//! silenced, Postgres and desks are killed with no warning, and the standby is promoted, at random. What was
//! acknowledged is there once at the end, under the number that was told.
//!
//! `FAILOVER_ROUNDS` says how often something happens (24 when not set; the long run is 400), `FAILOVER_SEED`
//! repeats the order in which it does.
#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use engine::{Engine, ctx::Door, db::Address};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tests::{
    Shop,
    cluster::{Cluster, address_of_both, free_port, postgres_programs},
    desks::{State, Wire},
    dice::{self, Dice},
    from_env,
    netns::Namespaces,
};
use uuid::Uuid;

const TOKEN: &str = "a-token-of-this-run-only";
/// Of the files with the keys of the desks' copies.
const PASSPHRASE: (&str, &str) = ("SHOPKEEPER_COPY_PASSPHRASE", "four small words");
const PRICE: i64 = 1990;

/// The programs of this build stand beside the tests.
fn shopctl() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("SHOPKEEPER_SHOPCTL") {
        return Ok(path.into());
    }
    let test = std::env::current_exe()?;
    let path = test.ancestors().nth(2).context("a folder")?.join("shopctl");
    anyhow::ensure!(path.is_file(), "{} is missing: cargo build --bin shopctl", path.display());
    Ok(path)
}

/// A desk: `shopctl serve --copy`, on wires of its own to both machines.
struct Desk {
    name: &'static str,
    wires: [Wire; 2],
    port: u16,
    copy: PathBuf,
    child: Option<Child>,
}

impl Desk {
    async fn new(name: &'static str, cluster: &Cluster, folder: &Path) -> anyhow::Result<Self> {
        let wire = |node| Wire::to(cluster.at(node));
        let wires = [wire(0).await?, wire(1).await?];
        Ok(Self { name, wires, port: free_port()?, copy: folder.join(format!("{name}.db")), child: None })
    }

    fn start(&mut self, log: &Path) -> anyhow::Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(log.join(self.name))?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig=KILL", "--"]).arg(shopctl()?);
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--copy"]).arg(&self.copy);
        command.env("SHOPKEEPER_DB", address_of_both(&self.wires, "shop")).env("SHOPKEEPER_TOKEN", TOKEN);
        // Nobody sits here, and no keyring is.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").env(PASSPHRASE.0, PASSPHRASE.1);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        self.child = Some(command.spawn().context("shopctl starts")?);
        Ok(())
    }

    fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Asks a desk; `None` when no answer came, or one that says to try again.
async fn ask(http: &reqwest::Client, port: u16, name: &str, id: Uuid, input: &Value) -> Option<Result<Value, Value>> {
    let answer = http
        .post(format!("http://127.0.0.1:{port}/rpc/{name}"))
        .bearer_auth(TOKEN)
        .json(&json!({"command_id": id, "input": input}))
        .send()
        .await
        .ok()?;
    let answer: Value = answer.json().await.ok()?;
    match answer.get("ok") {
        Some(ok) => Some(Ok(ok.clone())),
        None if ["unreachable", "busy", "offline", "internal"].contains(&answer["code"].as_str()?) => {
            if answer["code"] == "internal" {
                eprintln!("{name}: {answer}");
            }
            None
        }
        None => Some(Err(answer)),
    }
}

/// A command, and what its sender was told.
#[derive(Debug)]
struct Sent {
    id: Uuid,
    name: &'static str,
    input: Value,
    answer: Result<Value, Value>,
    /// How often it was sent before an answer came.
    tries: u32,
}

type Told = Arc<Mutex<Vec<Sent>>>;

/// Whoever works at a desk: sells, enters customers, takes money, and sends again what was not answered.
async fn work(port: u16, skus: Vec<Uuid>, mut dice: Dice, which: usize, told: Told, stop: Arc<AtomicBool>) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(4)).no_proxy().build().expect("a client");
    let mut unpaid: Vec<(String, i64)> = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let qty = 1 + dice.roll(3) as i64;
        let (name, input) = match dice.roll(10) {
            0 | 1 => (
                "customers.save",
                json!({"id": null, "version": null, "name": format!("买家 {which}-{n}"),
                                               "phone": format!("13{which}{n:08}")}),
            ),
            2 | 3 if !unpaid.is_empty() => {
                let (order, total) = unpaid.swap_remove(dice.roll(unpaid.len()));
                ("payments.capture", json!({"order_id": order, "method": "cash", "amount": total}))
            }
            4 | 5 => (
                "orders.place",
                json!({"lines": [{"sku_id": dice.one(&skus), "qty": qty}], "pay_later": true, "delivery": "counter",
                       "buyer_name": format!("买家 {which}"), "buyer_phone": format!("139{which}0000000")}),
            ),
            _ => (
                "orders.place",
                json!({"lines": [{"sku_id": dice.one(&skus), "qty": qty}], "delivery": "counter",
                       "payments": [{"method": "cash", "amount": PRICE * qty}]}),
            ),
        };
        let (id, mut tries) = (Uuid::now_v7(), 0);
        let answer = loop {
            tries += 1;
            match ask(&http, port, name, id, &input).await {
                Some(answer) => break answer,
                None => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        if let (Ok(placed), true) = (&answer, input.get("pay_later").is_some())
            && let (Some(order), Some(total)) = (placed["order_id"].as_str(), placed["total"].as_i64())
        {
            unpaid.push((order.to_owned(), total));
        }
        told.lock().expect("no panic").push(Sent { id, name, input, answer, tries });
        tokio::time::sleep(Duration::from_millis(dice.roll(300) as u64)).await;
    }
}

#[derive(Default, Debug)]
struct Done {
    cuts: u32,
    silences: u32,
    desks_killed: u32,
    postgres_killed: u32,
    standby_killed: u32,
    promoted: u32,
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled() {
    let Some(programs) = postgres_programs() else {
        assert!(std::env::var_os("CI").is_none(), "initdb and pg_basebackup are missing: apt-get install postgresql");
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::ERROR).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(run(programs)).unwrap_or_else(|error| panic!("{error:?}"));
}

async fn run(programs: PathBuf) -> anyhow::Result<()> {
    let (rounds, mut dice) = (from_env("FAILOVER_ROUNDS", 24), Dice(dice::seed("FAILOVER_SEED")));
    let folder = tempfile::tempdir()?;
    // Kept when wanted: what the desks said.
    let logs = std::env::var_os("FAILOVER_LOGS").map_or_else(|| folder.path().to_owned(), PathBuf::from);
    let namespaces = Namespaces::make()
        .inspect_err(|error| eprintln!("no network namespaces ({error:#}): proxies cut the lines"))
        .ok()
        .inspect(|_| eprintln!("each Postgres in a network namespace of its own"));
    let mut cluster = Cluster::start_in(programs, namespaces).await?;
    cluster.on_primary("CREATE DATABASE shop").await?;
    let address = Address::Postgres(cluster.url("shop"));
    let shop = Shop::shared(Engine::open(&address).await?, address).await?;
    let mut skus = Vec::new();
    for n in 0..4 {
        skus.push(shop.goods(&format!("SKU-{n}"), PRICE, 1_000_000).await?);
    }
    shop.engine.close().await;

    let http = reqwest::Client::builder().timeout(Duration::from_secs(4)).no_proxy().build()?;
    let mut desks = Vec::new();
    for name in ["one", "two", "three"] {
        let mut desk = Desk::new(name, &cluster, folder.path()).await?;
        desk.start(&logs)?;
        desks.push(desk);
    }
    all_back(&http, &mut desks, &logs).await?;

    let (told, stop): (Told, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let workers: Vec<_> = (0..desks.len())
        .map(|n| {
            let dice = Dice(dice.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(n as u64) | 1);
            tokio::spawn(work(desks[n].port, skus.clone(), dice, n, told.clone(), stop.clone()))
        })
        .collect();

    let (mut done, begin) = (Done::default(), Instant::now());
    for round in 0..rounds {
        let at = dice.roll(desks.len());
        // The short run has one promotion, in its middle; the long one many.
        let what = if rounds < 60 && round == rounds / 2 { 19 } else { dice.roll(if rounds < 60 { 19 } else { 20 }) };
        // Who works on the servers is not kept away from them.
        if what >= 13 {
            cluster.set_cable(true)?;
        }
        match what {
            0..=3 => {
                let state = *dice.one(&[State::Silent, State::Down]);
                for wire in &desks[at].wires {
                    wire.set(state);
                }
                if state == State::Down { done.cuts += 1 } else { done.silences += 1 }
            }
            // All desks lose the primary, which goes on without them.
            4 => {
                if !cluster.set_cable(false)? {
                    for desk in &desks {
                        desk.wires[cluster.primary()].set(State::Silent);
                    }
                }
                done.silences += 1;
            }
            5..=8 => {
                cluster.set_cable(true)?;
                heal(&desks);
            }
            9..=12 => {
                desks[at].kill()?;
                done.desks_killed += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(300) as u64)).await;
                desks[at].start(&logs)?;
            }
            13 | 14 => {
                cluster.kill_primary()?;
                done.postgres_killed += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(1500) as u64)).await;
                cluster.restart_primary().await?;
            }
            15 => {
                cluster.kill_standby()?;
                done.standby_killed += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(1000) as u64)).await;
                cluster.restart_standby().await?;
            }
            // Commits wait while the standby is out of reach.
            16 | 17 => {
                let state = *dice.one(&[State::Silent, State::Down]);
                cluster.set_replication(state)?;
                done.cuts += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(1500) as u64)).await;
                cluster.set_replication(State::Open)?;
            }
            18 => {
                desks[at].wires[cluster.primary()].set(*dice.one(&[State::Silent, State::Down]));
                done.cuts += 1;
            }
            _ => {
                // From here on nothing is acknowledged that the standby has not.
                cluster.until_followed().await?;
                cluster.kill_primary()?;
                done.postgres_killed += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(1000) as u64)).await;
                cluster.promote().await?;
                done.promoted += 1;
                tokio::time::sleep(Duration::from_millis(dice.roll(2000) as u64)).await;
                cluster.follow_again().await?;
            }
        }
        for desk in &mut desks {
            // One that could not start, since its server was gone before it had a copy, is started by somebody.
            if !desk.is_running() {
                desk.start(&logs)?;
            }
        }
        tokio::time::sleep(Duration::from_millis(dice.roll(1500) as u64)).await;
        if round % 50 == 49 {
            let so_far = told.lock().expect("no panic").len();
            eprintln!("round {}: {so_far} commands answered, {done:?}", round + 1);
        }
    }

    cluster.set_replication(State::Open)?;
    cluster.set_cable(true)?;
    heal(&desks);
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await?;
    }
    all_back(&http, &mut desks, &logs).await?;
    for desk in &desks {
        anyhow::ensure!(engine::encryption::is_encrypted(&desk.copy), "{} keeps its copy in the clear", desk.name);
    }
    let told = std::mem::take(&mut *told.lock().expect("no panic"));
    let sums = check(&cluster, &told).await?;
    eprintln!("{rounds} rounds in {} s: {done:?}", begin.elapsed().as_secs());
    eprintln!("{sums}");
    anyhow::ensure!(done.promoted > 0, "nothing was promoted: the test shows little");
    Ok(())
}

fn heal(desks: &[Desk]) {
    for wire in desks.iter().flat_map(|desk| &desk.wires) {
        wire.set(State::Open);
    }
}

/// Until every desk is on the server, and has given it all it did.
async fn all_back(http: &reqwest::Client, desks: &mut [Desk], logs: &Path) -> anyhow::Result<()> {
    for desk in desks {
        loop {
            if !desk.is_running() {
                desk.start(logs)?;
            }
            if let Some(Ok(now)) = ask(http, desk.port, "offline.connection", Uuid::now_v7(), &json!({})).await {
                if now["ready"] == json!(true) && now["offline_since"].is_null() && now["waiting"] == json!(0) {
                    break;
                }
                anyhow::ensure!(now["problem"].is_null(), "{} stays away: {now}", desk.name);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Compares what the senders were told with what the shop has.
async fn check(cluster: &Cluster, told: &[Sent]) -> anyhow::Result<String> {
    let address = Address::Postgres(cluster.url("shop"));
    let shop = Engine::open(&address).await?;
    let caller = shop.owner(Door::CommandLine);
    let report = tests::call::app_check(&shop, &caller, engine::settings::Nothing {}).await?;
    anyhow::ensure!(report.differences.is_empty(), "{:#?}", report.differences);
    let open = tests::call::offline_cases(&shop, &caller, engine::offline::ListCases::default()).await?;
    anyhow::ensure!(open.open.0 == 0, "{:#?}", open.cases);
    shop.close().await;

    let mut connection = PgConnection::connect(&cluster.url("shop")).await?;
    let orders: Vec<(Uuid, String, i64)> =
        sqlx::query_as("SELECT id, number, total FROM orders").fetch_all(&mut connection).await?;
    let by_id: BTreeMap<Uuid, (&str, i64)> =
        orders.iter().map(|(id, number, total)| (*id, (number.as_str(), *total))).collect();
    let numbers: BTreeSet<&str> = orders.iter().map(|(_, number, _)| number.as_str()).collect();
    anyhow::ensure!(numbers.len() == orders.len(), "a number was given twice");
    let paid: BTreeMap<Uuid, (i64, i64)> = sqlx::query_as::<_, (Uuid, i64, i64)>(
        "SELECT order_id, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM payment GROUP BY order_id",
    )
    .fetch_all(&mut connection)
    .await?
    .into_iter()
    .map(|(order, times, sum)| (order, (times, sum)))
    .collect();
    let customers: BTreeSet<Uuid> = sqlx::query_scalar::<_, Uuid>("SELECT id FROM customer")
        .fetch_all(&mut connection)
        .await?
        .into_iter()
        .collect();
    let done: BTreeMap<Uuid, i64> =
        sqlx::query_as::<_, (Uuid, i64)>("SELECT command_id, COUNT(*) FROM audit GROUP BY command_id")
            .fetch_all(&mut connection)
            .await?
            .into_iter()
            .collect();
    connection.close().await?;

    let id_of = |value: &Value| value.as_str().and_then(|text| text.parse::<Uuid>().ok());
    // What was refused may have been done by a try that was not answered: at most once, like all else.
    let (mut wanted, mut perhaps): (BTreeMap<Uuid, i64>, BTreeSet<Uuid>) = Default::default();
    let (mut acknowledged, mut again, mut refused, mut lost) = (0, 0, 0, Vec::new());
    for sent in told {
        again += u32::from(sent.tries > 1);
        let times = done.get(&sent.id).copied().unwrap_or(0);
        let Ok(answer) = &sent.answer else {
            refused += 1;
            eprintln!("refused after {} tries: {} {}", sent.tries, sent.name, sent.answer.as_ref().unwrap_err());
            anyhow::ensure!(times <= 1, "{sent:?} was done {times} times");
            perhaps.extend(id_of(&sent.input["order_id"]));
            continue;
        };
        acknowledged += 1;
        if times != 1 {
            lost.push(format!("done {times} times: {sent:?}"));
            continue;
        }
        match sent.name {
            "orders.place" => {
                let order = id_of(&answer["order_id"]).context("an order")?;
                let told =
                    (answer["number"].as_str().unwrap_or_default(), answer["total"].as_i64().unwrap_or_default());
                if by_id.get(&order) != Some(&told) {
                    lost.push(format!("told {told:?}, the shop has {:?}: {sent:?}", by_id.get(&order)));
                }
                let now = if sent.input.get("payments").is_some() { told.1 } else { 0 };
                *wanted.entry(order).or_default() += now;
            }
            "payments.capture" => {
                let order = id_of(&sent.input["order_id"]).context("an order")?;
                *wanted.entry(order).or_default() += sent.input["amount"].as_i64().unwrap_or_default();
            }
            _ => {
                if !id_of(&answer["id"]).is_some_and(|id| customers.contains(&id)) {
                    lost.push(format!("no such customer: {sent:?}"));
                }
            }
        }
    }
    for (order, sum) in &wanted {
        let (times, has) = paid.get(order).copied().unwrap_or_default();
        let right = has == *sum && times == i64::from(*sum > 0);
        let half_told = perhaps.contains(order) && times <= 1;
        if !right && !half_told {
            lost.push(format!("order {order}: {times} payments of {has} in place of {sum}"));
        }
    }
    anyhow::ensure!(lost.is_empty(), "lost or doubled:\n{}", lost.join("\n"));
    // Each order is somebody's: of a command that was acknowledged, or of one refused after it was done.
    let strangers = orders.iter().filter(|(id, ..)| !wanted.contains_key(id)).count();
    anyhow::ensure!(strangers <= refused, "{strangers} orders that nobody was told of");
    anyhow::ensure!(acknowledged > 0, "nothing was acknowledged: the test shows nothing");
    Ok(format!("{acknowledged} acknowledged ({again} sent more than once), {refused} refused, none lost, none doubled"))
}
