//! Several desks on one Postgres, each on a wire that can be cut.

use std::{
    collections::BTreeMap,
    future::Future,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use domain::units::Millis;
use engine::{
    Clock, Engine,
    ctx::Door,
    db::{Address, Db},
    offline::{Newcomer, Patience},
    settings::{DeskById, DeskState, Nothing},
};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
};

use crate::{Shop, call, create_database, drop_database, postgres_server, run};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    /// Nothing goes through any more, and nobody is told.
    Silent,
    /// The same, but the server has heard that the desk is gone.
    Lost,
    /// Everything comes late.
    Slow,
    /// As when the server is stopped: connections end, new ones are refused.
    Down,
}

/// How late what a slow wire carries comes.
const LATE: Duration = Duration::from_millis(5);

/// The wire between a desk and the server.
#[derive(Clone)]
pub struct Wire {
    port: u16,
    used: Arc<AtomicBool>,
    state: Arc<watch::Sender<State>>,
}

impl Wire {
    pub async fn to(server: String) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(watch::channel(State::Open).0);
        let used = Arc::<AtomicBool>::default();
        let wire = Self { port, used: used.clone(), state: state.clone() };
        tokio::spawn(async move {
            while let Ok((desk, _)) = listener.accept().await {
                used.store(true, Ordering::Relaxed);
                let (server, state) = (server.clone(), state.subscribe());
                tokio::spawn(async move {
                    if *state.borrow() == State::Down {
                        return;
                    }
                    if let Ok(server) = TcpStream::connect(server).await {
                        join(desk, server, state).await;
                    }
                });
            }
        });
        Ok(wire)
    }

    /// Where the desk finds the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether anybody has ever come this way.
    pub fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }
}

/// Until one end closes, or the wire is down.
async fn join(mut desk: TcpStream, mut server: TcpStream, mut state: watch::Receiver<State>) {
    let mut lost = state.clone();
    {
        let ((desk_in, desk_out), (server_in, server_out)) = (desk.split(), server.split());
        tokio::select! {
            () = carry(desk_in, server_out, state.clone()) => return,
            () = carry(server_in, desk_out, state.clone()) => return,
            _ = lost.wait_for(|state| *state == State::Lost) => {}
        }
    }
    drop(server);
    let mut swallowed = [0; 1024];
    loop {
        tokio::select! {
            read = desk.read(&mut swallowed) => if !matches!(read, Ok(1..)) { return },
            _ = state.wait_for(|state| *state == State::Down) => return,
        }
    }
}

/// What a silent wire swallowed does not come later.
async fn carry(mut from: ReadHalf<'_>, mut into: WriteHalf<'_>, mut state: watch::Receiver<State>) {
    let mut bytes = vec![0; 16 * 1024];
    let mut torn = false;
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            changed = state.wait_for(|state| *state == State::Down) => {
                drop(changed);
                return;
            }
        };
        let Ok(n @ 1..) = read else { return };
        let now = *state.borrow();
        torn |= now == State::Silent;
        if now == State::Slow {
            tokio::time::sleep(LATE).await;
        }
        if !torn && into.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

/// A shop on a server of its own, and the desks that share it.
pub struct Office {
    /// On the server itself, without a copy.
    pub server: Shop,
    url: String,
    folder: tempfile::TempDir,
}

impl Office {
    /// Another desk, and its wire. It is let in, and has its copy already.
    pub async fn desk(&self, name: &str) -> anyhow::Result<(Shop, Wire)> {
        let wire = self.wire().await?;
        let desk = self.open(name, &wire).await?;
        self.let_in(&desk).await?;
        Ok((desk, wire))
    }

    /// Another desk, whose machine thinks that it is `at`.
    pub async fn desk_at(&self, name: &str, at: Millis) -> anyhow::Result<(Shop, Wire)> {
        let wire = self.wire().await?;
        let clock = Arc::new(AtomicI64::new(at.0));
        let hands = clock.clone();
        let clock_of: Clock = Arc::new(move || Millis(hands.load(Ordering::Relaxed)));
        let desk = self.open_with(name, &wire, clock_of, Patience::default()).await?;
        let desk = Shop { clock, ..desk };
        self.let_in(&desk).await?;
        Ok((desk, wire))
    }

    pub async fn let_in(&self, desk: &Shop) -> anyhow::Result<()> {
        let known = self.server.ask(call::settings_desks, Nothing {}).await?.items;
        for waiting in known.iter().filter(|desk| desk.state == DeskState::Waiting) {
            self.server.call(call::settings_admit_desk, DeskById { id: waiting.id }).await?;
        }
        Ok(desk.engine.sync().await?)
    }

    pub async fn wire(&self) -> anyhow::Result<Wire> {
        let (_, rest) = self.url.split_once('@').context("a URL with a user")?;
        let (host, _) = rest.split_once('/').context("a URL with a database")?;
        Wire::to(host.to_owned()).await
    }

    /// Opens a desk, for the first time or again.
    pub async fn open(&self, name: &str, wire: &Wire) -> anyhow::Result<Shop> {
        self.open_with(name, wire, Arc::new(engine::system_clock), Patience::default()).await
    }

    pub async fn open_with(&self, name: &str, wire: &Wire, clock: Clock, patience: Patience) -> anyhow::Result<Shop> {
        let address = self.by(wire)?;
        let opened = Engine::open_desk_with(&address, &self.copy_of(name), Newcomer::named(name), clock, patience);
        Ok(Shop::at(opened.await?, address))
    }

    /// The server, by this wire.
    fn by(&self, wire: &Wire) -> anyhow::Result<Address> {
        let (user, rest) = self.url.split_once('@').context("a URL with a user")?;
        let (_, database) = rest.split_once('/').context("a URL with a database")?;
        Ok(Address::Postgres(format!("{user}@127.0.0.1:{}/{database}", wire.port)))
    }

    pub fn copy_of(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }

    /// The tables in which the copy of a desk differs from the server, with how many rows are only here and
    /// only there. Each desk has all orders, which are new in these stories.
    pub async fn differences(&self, name: &str) -> anyhow::Result<Vec<String>> {
        self.differences_of(&[name]).await
    }

    /// The same for several desks.
    pub async fn differences_of(&self, names: &[&str]) -> anyhow::Result<Vec<String>> {
        let Db::Postgres(server) = &self.server.engine.db else { anyhow::bail!("no server") };
        let (mut there, mut differences) = (None, Vec::new());
        for name in names {
            let mut copy = open_file(&self.copy_of(name)).await?;
            let columns = columns(&mut copy).await?;
            let here: Vec<Row> =
                sqlx::query_as(AssertSqlSafe(all_rows(&columns, "lower(hex(", "))"))).fetch_all(&mut copy).await?;
            copy.close().await?;
            if there.is_none() {
                let sql = all_rows(&columns, "replace(CAST(", " AS TEXT), '-', '')");
                there = Some(sqlx::query_as::<_, Row>(AssertSqlSafe(sql)).fetch_all(&server.pool()).await?);
            }
            let mut counts: BTreeMap<Row, [i64; 2]> = BTreeMap::new();
            for (side, rows) in [here, there.clone().unwrap_or_default()].into_iter().enumerate() {
                for row in rows {
                    counts.entry(row).or_default()[side] += 1;
                }
            }
            let mut only: BTreeMap<String, [i64; 2]> = BTreeMap::new();
            for ((table, _), [here, there]) in counts {
                let count = only.entry(table).or_default();
                count[0] += (here - there).max(0);
                count[1] += (there - here).max(0);
            }
            only.retain(|_, count| *count != [0, 0]);
            differences.extend(only.iter().map(|(table, count)| format!("{name}, {table}: {count:?}")));
        }
        Ok(differences)
    }
}

/// A table, and what one of its rows says.
type Row = (String, String);

/// Of what is copied: table, column, type.
async fn columns(copy: &mut sqlx::SqliteConnection) -> anyhow::Result<Vec<(String, String, String)>> {
    let sql = "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
               ORDER BY t.name, c.cid";
    let mut columns: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(copy).await?;
    // How its pieces are kept is each side's own.
    let is_copied = |table: &str, column: &str| {
        COPIED.contains(&table) && (table != "search_doc" || ["kind", "ref_id", "hay"].contains(&column))
    };
    columns.retain(|(table, column, _)| is_copied(table, column));
    let tables = columns.chunk_by(|a, b| a.0 == b.0).count();
    anyhow::ensure!(tables == COPIED.len(), "{tables} tables of {}", COPIED.len());
    Ok(columns)
}

/// All rows as text, the same on both sides, which write ids in their own ways: what is before and after one.
fn all_rows(columns: &[(String, String, String)], before: &str, after: &str) -> String {
    let tables = columns.chunk_by(|a, b| a.0 == b.0).map(|columns| {
        let texts = columns.iter().map(|(_, column, kind)| {
            let text = match kind.as_str() {
                "UUID" => format!("{before}\"{column}\"{after}"),
                "BOOLEAN" => format!("CAST(CAST(\"{column}\" AS INTEGER) AS TEXT)"),
                _ => format!("CAST(\"{column}\" AS TEXT)"),
            };
            format!("CASE WHEN \"{column}\" IS NULL THEN 'NULL' ELSE {text} END")
        });
        let table = &columns[0].0;
        format!("SELECT '{table}', {} FROM {table}", texts.collect::<Vec<_>>().join(" || ' | ' || "))
    });
    tables.collect::<Vec<_>>().join(" UNION ALL ")
}

/// What a copy has of a shop.
pub const COPIED: &[&str] = &[
    "shop",
    "shop_picture",
    "device",
    "location",
    "category",
    "staff",
    "staff_role",
    "saved_view",
    "draft",
    "order_counter",
    "product",
    "product_tag",
    "sku",
    "stock_balance",
    "customer",
    "customer_address",
    "orders",
    "order_line",
    "order_event",
    "order_hold",
    "order_tag",
    "reservation",
    "order_return",
    "order_return_line",
    "payment",
    "parcel",
    "parcel_line",
    "search_doc",
];

pub async fn open_file(path: &Path) -> anyhow::Result<sqlx::SqliteConnection> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    Ok(sqlx::SqliteConnection::connect_with(&options).await?)
}

impl Shop {
    /// A shop set up on a server; its clock is that of the machine.
    pub async fn shared(engine: Engine, address: Address) -> anyhow::Result<Self> {
        let shop = Self::at(engine, address);
        shop.set_up().await?;
        Ok(shop)
    }

    /// A shop that is open already, on the clock of the machine.
    pub fn at(engine: Engine, address: Address) -> Self {
        let caller = engine.owner(Door::Window);
        Self { engine, caller, address, clock: Arc::default(), _folder: None }
    }
}

/// Runs a story in an office of its own; the server's clock is that of the machine.
pub fn in_an_office<F: Future<Output = anyhow::Result<()>>>(story: impl FnOnce(Office) -> F) {
    let Some(server) = postgres_server() else { return };
    run(within(&server, story));
}

/// Runs each of the `stories` in an office of its own, so many at a time.
pub fn in_offices<F: Future<Output = anyhow::Result<()>>>(
    at_once: usize,
    stories: impl IntoIterator<Item = impl FnOnce(Office) -> F>,
) {
    use futures_util::{StreamExt as _, TryStreamExt as _};
    let Some(server) = postgres_server() else { return };
    run(async {
        let server = &server;
        let all = futures_util::stream::iter(stories).map(|story| within(server, story));
        all.buffer_unordered(at_once).try_collect().await
    });
}

async fn within<F: Future<Output = anyhow::Result<()>>>(
    server: &str,
    story: impl FnOnce(Office) -> F,
) -> anyhow::Result<()> {
    let (url, name) = create_database(server).await?;
    let address = Address::Postgres(url.clone());
    let shop = Shop::shared(Engine::open(&address).await?, address).await?;
    let pool = shop.engine.db.clone();
    let outcome = story(Office { server: shop, url, folder: tempfile::tempdir()? }).await;
    pool.close().await;
    drop_database(server, &name).await?;
    outcome
}
