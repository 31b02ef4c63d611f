//! The numbers of the product, each as a ratio to a limit taken in the same run on the same
//! machine: absolute times say little where other work runs beside.
//!
//! `cargo xtask bench [-- --orders 1000000] [name …]` writes `tests/bench/<date>.json`.

mod fill;
mod overheard;
mod raw;
mod rows;
mod shared;
mod window;

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Parser;
use engine::{
    Engine,
    commands::call_json,
    ctx::{Door, Meta},
    db::Address,
};
use serde_json::{Value, json};

/// As in the programs that are measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
pub struct Args {
    /// Where the result goes; standard output when left out.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Orders of the large database; the small one holds a hundredth.
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
    #[arg(long, default_value_t = 100_000)]
    skus: u64,
    /// Where the databases are kept between runs.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Orders that a desk takes without its server.
    #[arg(long, default_value_t = 5_000)]
    offline: u64,
    /// Only these rows: page, dashboard, search, place, import, encrypted, shared, window, package.
    names: Vec<String>,
}

/// One line of the result.
pub struct Measure {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    pub limit: f64,
    pub note: String,
}

impl Measure {
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str, limit: f64, note: impl Into<String>) -> Self {
        Self { name: name.into(), value, unit, limit, note: note.into() }
    }
}

/// Shown as they are made: a run takes minutes.
#[derive(Default)]
pub struct Measures(Vec<Measure>);

impl Measures {
    pub fn add(&mut self, m: Measure) {
        let verdict = if m.value <= m.limit { "holds" } else { "MISSED" };
        println!("{verdict:<7} {:<58} {:>9.3} {:<3} (limit {}) {}", m.name, m.value, m.unit, m.limit, m.note);
        self.0.push(m);
    }

    fn extend(&mut self, more: Vec<Measure>) {
        more.into_iter().for_each(|m| self.add(m));
    }
}

/// What a run works with.
pub struct Bench {
    pub large: Engine,
    pub large_path: PathBuf,
    pub small: Engine,
    pub small_path: PathBuf,
    pub folder: PathBuf,
}

pub async fn ask(engine: &Engine, name: &str, input: Value) -> anyhow::Result<Value> {
    call_json(engine, &engine.owner(Door::CommandLine), name, Meta::new(), input).await.with_context(|| name.to_owned())
}

pub async fn skus_for_sale(engine: &Engine) -> anyhow::Result<Vec<Value>> {
    let found =
        ask(engine, "catalog.search_skus", json!({"query": "SKU-00", "limit": 100, "only_for_sale": true})).await?;
    Ok(found["items"].as_array().context("SKUs")?.iter().map(|s| s["sku_id"].clone()).collect())
}

/// The `n`th of some orders.
pub fn three_lines(skus: &[Value], n: u64) -> Value {
    let line = |i: u64| json!({"sku_id": skus[((n * 3 + i) as usize) % skus.len()], "qty": 1});
    json!({"lines": [line(0), line(1), line(2)], "delivery": "counter", "pay_later": false})
}

/// The value below which `share` of the times lie.
pub fn percentile(times: &mut [Duration], share: f64) -> f64 {
    times.sort();
    let index = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1;
    times[index].as_secs_f64() * 1000.0
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run(Args::parse()))
}

async fn run(args: Args) -> anyhow::Result<()> {
    fs::create_dir_all(&args.folder)?;
    let large_path = fill::shop(&args.folder, args.orders, args.skus).await?;
    // A shop a hundredth as large in all it has: a page of it holds as many rows.
    let small_path = fill::shop(&args.folder, args.orders / 100, args.skus / 100).await?;
    let bench = Bench {
        large: Engine::open(&Address::Sqlite(large_path.clone())).await?,
        large_path,
        small: Engine::open(&Address::Sqlite(small_path.clone())).await?,
        small_path,
        folder: args.folder.clone(),
    };
    let mut measures = Measures::default();
    let wanted = |name: &str| args.names.is_empty() || args.names.iter().any(|n| n == name);
    if wanted("page") {
        measures.extend(rows::page(&bench).await?);
    }
    if wanted("dashboard") {
        measures.extend(rows::dashboard(&bench).await?);
    }
    if wanted("search") {
        measures.extend(rows::search(&bench, args.skus).await?);
    }
    if wanted("place") {
        measures.extend(rows::place(&bench).await?);
    }
    if wanted("import") {
        measures.extend(rows::import(&bench).await?);
    }
    if wanted("encrypted") {
        measures.extend(rows::encrypted(&bench).await?);
    }
    bench.large.close().await;
    bench.small.close().await;
    if wanted("shared") {
        shared::shared(&mut measures, &args.folder, args.skus, args.offline).await?;
    }
    // The app opens the large shop itself.
    if wanted("window") {
        measures.extend(window::window(&bench)?);
    }
    if wanted("package") {
        measures.extend(window::package()?);
    }

    let rows: Vec<Value> = measures
        .0
        .iter()
        .map(|m| json!({"name": m.name, "value": round(m.value), "unit": m.unit, "limit": m.limit, "holds": m.value <= m.limit, "note": m.note}))
        .collect();
    let result = json!({
        "machine": machine(),
        "orders": args.orders,
        "skus": args.skus,
        "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
        "rows": rows,
    });
    match args.out {
        Some(path) => fs::write(path, format!("{result:#}\n"))?,
        None => println!("{result:#}"),
    }
    Ok(())
}

/// By cores and memory only.
fn machine() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| text.lines().next()?.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map_or(0, |kib| (kib + (1 << 19)) >> 20);
    json!({"cores": cores, "memory_gib": memory})
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
