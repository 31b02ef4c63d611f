//! A merchant's day as code: every story runs on SQLite and on Postgres.
//!
//! ```ignore
//! story!(an_order_is_paid, async |shop| {
//!     let placed = shop.call(call::orders_place, input).await?;
//!     let order = shop.ask(call::orders_get, by_id(placed.order_id)).await?;
//!     assert_eq!(order.total, Minor(1990));
//!     Ok(())
//! });
//! ```

pub mod catalog;
#[cfg(target_os = "linux")]
pub mod cluster;
pub mod desks;
pub mod dice;
pub mod files;
pub mod goods;
#[cfg(target_os = "linux")]
pub mod netns;
pub mod people;
pub mod sales;
pub mod stores;

use std::{
    future::Future,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::Context as _;
use domain::units::Millis;
pub use engine::commands::call;
use engine::{
    Engine,
    ctx::{Caller, Door, Meta},
    db::Address,
    settings::Setup,
};
use sqlx::{AssertSqlSafe, Connection as _};
use uuid::Uuid;

/// 2026-03-02 10:00 in Shanghai: an ordinary Monday morning.
pub const MONDAY: i64 = 1_772_416_800_000;

/// An open shop on a database of its own, with a clock that stands until it is moved.
pub struct Shop {
    pub engine: Engine,
    pub caller: Caller,
    pub address: Address,
    clock: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

impl Shop {
    /// A shop in Shanghai that sells in CNY.
    pub async fn open(address: Address, folder: Option<tempfile::TempDir>) -> anyhow::Result<Self> {
        let shop = Self::empty(address, folder).await?;
        shop.set_up().await?;
        Ok(shop)
    }

    /// Sets up the shop in Shanghai.
    async fn set_up(&self) -> anyhow::Result<()> {
        let setup = Setup {
            name: "Test shop 测试店".into(),
            currency: "CNY".into(),
            zone: "Asia/Shanghai".into(),
            country: "CN".into(),
            tax_inclusive: true,
        };
        self.call(call::settings_setup, setup).await?;
        Ok(())
    }

    /// A database on which nobody has set up a shop yet.
    pub async fn empty(address: Address, folder: Option<tempfile::TempDir>) -> anyhow::Result<Self> {
        let clock = Arc::new(AtomicI64::new(MONDAY));
        let hands = clock.clone();
        let engine = Engine::open_with_clock(&address, Arc::new(move || Millis(hands.load(Ordering::Relaxed)))).await?;
        let caller = engine.owner(Door::CommandLine);
        Ok(Self { engine, caller, address, clock, _folder: folder })
    }

    /// Runs a command with a new command id.
    pub async fn call<I, O>(
        &self,
        command: impl AsyncFn(&Engine, &Caller, Meta, I) -> engine::Result<O>,
        input: I,
    ) -> engine::Result<O> {
        self.call_as(Meta::new(), command, input).await
    }

    /// Runs a command with this command id, as a sender does who did not hear the answer.
    pub async fn call_as<I, O>(
        &self,
        meta: Meta,
        command: impl AsyncFn(&Engine, &Caller, Meta, I) -> engine::Result<O>,
        input: I,
    ) -> engine::Result<O> {
        command(&self.engine, &self.caller, meta, input).await
    }

    /// What somebody does who has the database and goes past the commands: how many rows it touched.
    pub async fn sql(&self, sql: &str) -> anyhow::Result<u64> {
        let mut tx = self.engine.db.begin().await?;
        let touched = tx.execute_dyn(sql.to_owned(), &[]).await?;
        tx.commit().await?;
        Ok(touched)
    }

    pub async fn ask<I, O>(
        &self,
        query: impl AsyncFn(&Engine, &Caller, I) -> engine::Result<O>,
        input: I,
    ) -> engine::Result<O> {
        query(&self.engine, &self.caller, input).await
    }

    /// Takes back what the command with this id did.
    pub async fn undo(&self, command_id: Uuid) -> engine::Result<serde_json::Value> {
        engine::commands::undo(&self.engine, &self.caller, Meta::new(), command_id).await
    }

    pub fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::Relaxed))
    }

    pub fn set_clock(&self, at: Millis) {
        self.clock.store(at.0, Ordering::Relaxed);
    }

    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }

    /// Closes the database and opens it again, as after a restart.
    pub async fn reopen(mut self) -> anyhow::Result<Self> {
        self.engine.db.close().await;
        let hands = self.clock.clone();
        self.engine =
            Engine::open_with_clock(&self.address, Arc::new(move || Millis(hands.load(Ordering::Relaxed)))).await?;
        Ok(self)
    }
}

/// Runs a story on a new SQLite file.
pub fn on_sqlite<F: Future<Output = anyhow::Result<()>>>(story: impl FnOnce(Shop) -> F) {
    run(async {
        let (address, folder) = sqlite_address()?;
        story(Shop::open(address, Some(folder)).await?).await
    });
}

/// Runs a story on a new Postgres database, which is dropped after it.
pub fn on_postgres<F: Future<Output = anyhow::Result<()>>>(story: impl FnOnce(Shop) -> F) {
    let Some(server) = postgres_server() else { return };
    run(async {
        let (url, name) = create_database(&server).await?;
        let outcome = match Shop::open(Address::Postgres(url), None).await {
            Ok(shop) => {
                let pool = shop.engine.db.clone();
                let outcome = story(shop).await;
                pool.close().await;
                outcome
            }
            Err(error) => Err(error),
        };
        drop_database(&server, &name).await?;
        outcome
    });
}

/// A new folder with the address of a SQLite file in it.
pub fn sqlite_address() -> anyhow::Result<(Address, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    Ok((Address::Sqlite(folder.path().join("shop.db")), folder))
}

/// The server that `cargo xtask test` starts. Without one a story is skipped, but never in CI.
pub fn postgres_server() -> Option<String> {
    let server = std::env::var("SHOPKEEPER_TEST_POSTGRES").ok();
    assert!(
        server.is_some() || std::env::var_os("CI").is_none(),
        "SHOPKEEPER_TEST_POSTGRES is not set: run the tests with `cargo xtask test`"
    );
    server
}

pub async fn create_database(server: &str) -> anyhow::Result<(String, String)> {
    let name = format!("story_{}", Uuid::new_v4().simple());
    let mut connection = sqlx::PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    connection.close().await?;
    let (base, _) = server.rsplit_once('/').context("a server URL names a database")?;
    Ok((format!("{base}/{name}"), name))
}

pub async fn drop_database(server: &str, name: &str) -> anyhow::Result<()> {
    let mut connection = sqlx::PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// How much of something is asked for, or what is usual.
pub fn from_env(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The folder with real shops' data, when this machine has it.
pub fn data_folder() -> Option<PathBuf> {
    let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    std::env::var_os("SHOPKEEPER_DATA")
        .map(PathBuf::from)
        .into_iter()
        .chain([PathBuf::from(near)])
        .find(|folder| folder.is_dir())
}

fn run(story: impl Future<Output = anyhow::Result<()>>) {
    // The cause of an internal error stands in the log only: show it with the failed test.
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::ERROR).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.expect("a runtime").block_on(story);
    if let Err(error) = outcome {
        panic!("{error:?}");
    }
}

/// Declares a story: two tests, `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! story {
    ($name:ident, async |$shop:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($shop: $crate::Shop) -> anyhow::Result<()> $body

            #[test]
            fn sqlite() {
                $crate::on_sqlite(story);
            }

            #[test]
            fn postgres() {
                $crate::on_postgres(story);
            }
        }
    };
}
