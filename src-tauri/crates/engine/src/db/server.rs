//! The connections to a Postgres, or to whichever of several takes changes now.
//!
//! Of several hosts one is the primary, and after a promotion another one. All are asked at once, and the
//! writable one is taken; of two, which happens when the primary before was not stopped, the one that was
//! promoted last. Whoever works on a server that is left is told, and may begin again on the other.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use sqlx::{
    Connection as _, PgConnection, PgPool, Row as _,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{
    sync::{Mutex, Notify, watch},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    hosts::{Place, Places},
    replica::Replica,
};
use crate::error::{Error, Result, is_gone};

/// How long is waited for a connection, and for a server that takes changes.
const WAIT: Duration = Duration::from_secs(15);
/// A host that has not answered by then is not there.
const ANSWER: Duration = Duration::from_secs(10);
/// Once one takes changes the others have so long to say that they were promoted later.
const OTHERS: Duration = Duration::from_millis(300);
/// A connection that takes longer makes one look whether there is a better host.
const PATIENCE: Duration = Duration::from_millis(300);
/// A transaction that may write. Whoever falls silent in the middle of it, as a desk does that loses its network,
/// holds what it locked until Postgres hears that it is gone, which may take hours: so it does not wait for long.
pub(super) const WRITE: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '10s'";
/// A step of longer work, whose commit does not wait for the disk.
pub(super) const STEP: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL synchronous_commit = off";
/// A transaction that only reads.
pub(super) const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How often one looks anyway: a primary that was not stopped when another was promoted still answers.
const LOOK: Duration = Duration::from_secs(10);

/// A pool that can be exchanged: connections that a network has lost without a word would never be given back.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    places: Places,
    replica: Option<Replica>,
    line: watch::Sender<Line>,
    seeking: Mutex<()>,
    doubt: Arc<Notify>,
    closed: CancellationToken,
}

/// The server that is spoken to.
#[derive(Clone)]
struct Line {
    /// Counts the exchanges.
    turn: u64,
    pool: PgPool,
    found: Found,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Found {
    /// Which of the hosts.
    at: usize,
    /// Since which promotion: its timeline, which only ever grows.
    timeline: u32,
    pooled: bool,
}

/// A transaction on Postgres.
pub struct PgTx {
    transaction: sqlx::Transaction<'static, sqlx::Postgres>,
    /// Whether statements stay prepared. Behind a pooler the next transaction is on another connection.
    pub keeps: bool,
}

impl Deref for PgTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

impl PgTx {
    pub(super) fn of(transaction: sqlx::Transaction<'static, sqlx::Postgres>, keeps: bool) -> Self {
        Self { transaction, keeps }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.transaction.rollback().await
    }
}

impl Server {
    pub(super) async fn connect(places: Places) -> Result<Self> {
        let found = writable(&places).await?;
        Ok(Self::of(places, found))
    }

    /// A server that need not be there yet.
    pub(super) fn later(places: Places) -> Self {
        let found = Found { pooled: places.pooled.unwrap_or(false), ..Found::default() };
        Self::of(places, found)
    }

    fn of(places: Places, found: Found) -> Self {
        let line = Line { turn: 0, pool: pool(&places, &found), found };
        let server = Self(Arc::new(Inner {
            line: watch::channel(line).0,
            seeking: Mutex::default(),
            doubt: Arc::default(),
            closed: CancellationToken::new(),
            replica: places.replica.as_ref().map(Replica::of),
            places,
        }));
        if server.is_one_of_several() {
            tokio::spawn(keep_looking(Arc::downgrade(&server.0), server.0.doubt.clone(), server.0.closed.clone()));
        }
        server
    }

    pub(crate) fn is_one_of_several(&self) -> bool {
        self.0.places.servers.len() > 1
    }

    /// Whether a pooler such as PgBouncer stands in between: there a transaction is all that holds together.
    pub(crate) fn is_pooled(&self) -> bool {
        self.0.line.borrow().found.pooled
    }

    pub fn pool(&self) -> PgPool {
        self.0.line.borrow().pool.clone()
    }

    /// Counts the times that the server was exchanged.
    pub(crate) fn turn(&self) -> u64 {
        self.0.line.borrow().turn
    }

    /// Ends when the server is another one than at that turn.
    pub(crate) async fn moved(&self, turn: u64) {
        let mut line = self.0.line.subscribe();
        if line.wait_for(|line| line.turn != turn).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Goes on with new connections, to the host that takes changes.
    pub(crate) async fn renew(&self) -> Result<()> {
        self.seek(true).await
    }

    /// Looks which host takes changes, and goes there if it is another.
    pub(crate) async fn look(&self) -> Result<()> {
        self.seek(false).await
    }

    async fn seek(&self, anew: bool) -> Result<()> {
        let _one = self.0.seeking.lock().await;
        let found = writable(&self.0.places).await?;
        if !anew && self.0.line.borrow().found == found {
            return Ok(());
        }
        tracing::info!(host = self.0.places.servers[found.at].name, timeline = found.timeline, "going to this server");
        self.go(found);
        Ok(())
    }

    /// Goes on with new connections: those that there are lead to nobody.
    pub(crate) fn abandon(&self) {
        let found = self.0.line.borrow().found.clone();
        self.go(found);
    }

    fn go(&self, found: Found) {
        let fresh = pool(&self.0.places, &found);
        let mut old = None;
        self.0.line.send_modify(|line| {
            line.turn += 1;
            line.found = found;
            old = Some(std::mem::replace(&mut line.pool, fresh));
        });
        if let Some(old) = old {
            tokio::spawn(async move { old.close().await });
        }
    }

    /// Begins a transaction. Of several hosts one may be about to be promoted: that is waited for.
    pub(super) async fn begin(&self, how: &'static str) -> Result<PgTx, sqlx::Error> {
        let mut lines = self.0.line.subscribe();
        let until = Instant::now() + WAIT;
        loop {
            let Line { pool, found, .. } = lines.borrow_and_update().clone();
            let outcome = tokio::select! {
                outcome = pool.begin_with(how) => outcome,
                Ok(()) = lines.changed() => continue,
                never = self.impatient() => match never {},
            };
            match outcome {
                Ok(transaction) => return Ok(PgTx::of(transaction, !found.pooled)),
                Err(error) if self.is_one_of_several() && is_gone(&error) && Instant::now() < until => {
                    self.0.doubt.notify_one();
                    let _ = timeout(PATIENCE, lines.changed()).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The same view of the shop on the replica, if there is one that has it.
    pub(super) async fn on_replica(&self, tx: &mut PgTx) -> Option<PgTx> {
        self.0.replica.as_ref()?.begin(tx).await
    }

    async fn impatient(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(PATIENCE).await;
            self.0.doubt.notify_one();
        }
    }

    /// Asks the server, over a connection of its own, whether it takes changes.
    pub(crate) async fn greet(&self, known: &mut Option<PgConnection>) -> Result<()> {
        let place = {
            let line = self.0.line.borrow();
            (self.0.places.servers[line.found.at].name.clone(), line.pool.connect_options())
        };
        let mut connection = match known.take() {
            Some(connection) => connection,
            None => PgConnection::connect_with(&place.1).await?,
        };
        let asleep: bool = sqlx::raw_sql("SELECT pg_is_in_recovery()").fetch_one(&mut connection).await?.try_get(0)?;
        if asleep {
            self.0.doubt.notify_one();
            return Err(takes_no_changes(&place.0));
        }
        *known = Some(connection);
        Ok(())
    }

    /// Ends when the database is being closed.
    pub async fn closed(&self) {
        self.0.closed.cancelled().await;
    }

    pub async fn close(&self) {
        self.0.closed.cancel();
        if let Some(replica) = &self.0.replica {
            replica.close().await;
        }
        self.pool().close().await;
    }
}

async fn keep_looking(server: Weak<Inner>, doubt: Arc<Notify>, closed: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = doubt.notified() => {}
            () = closed.cancelled() => return,
        }
        let Some(inner) = server.upgrade() else { return };
        if let Err(error) = Server(inner).look().await {
            tracing::debug!(%error, "no host takes changes");
        }
    }
}

fn pool(places: &Places, found: &Found) -> PgPool {
    let options = places.servers[found.at].options.clone();
    let options = if found.pooled { through_a_pooler(options) } else { options };
    PgPoolOptions::new().max_connections(16).acquire_timeout(WAIT).connect_lazy_with(options)
}

/// PgBouncer passes on few parameters of a session, and no statement that was prepared for longer than one
/// transaction.
fn through_a_pooler(options: PgConnectOptions) -> PgConnectOptions {
    options.extra_float_digits(None).statement_cache_capacity(0)
}

fn takes_no_changes(name: &str) -> Error {
    Error::Unreachable { detail: format!("{name}: a standby, or read-only") }
}

/// The host that takes changes; of several the one promoted last.
async fn writable(places: &Places) -> Result<Found> {
    let mut asked = JoinSet::new();
    for (at, place) in places.servers.iter().cloned().enumerate() {
        let pooled = places.pooled;
        asked.spawn(async move {
            let answer = timeout(ANSWER, probe(&place, pooled)).await;
            let silent = || Err(Error::Unreachable { detail: format!("{}: no answer", place.name) });
            (at, answer.unwrap_or_else(|_| silent()))
        });
    }
    let mut best: Option<Found> = None;
    let mut refusals: Vec<(usize, Error)> = Vec::new();
    loop {
        let next = match &best {
            None => asked.join_next().await,
            Some(_) => timeout(OTHERS, asked.join_next()).await.unwrap_or(None),
        };
        match next {
            None => break,
            Some(Ok((at, Ok((timeline, pooled))))) => {
                let found = Found { at, timeline, pooled };
                let better = |best: &Found| (found.timeline, best.at) > (best.timeline, found.at);
                if best.as_ref().is_none_or(better) {
                    best = Some(found);
                }
            }
            Some(Ok((at, Err(error)))) => refusals.push((at, error)),
            Some(Err(ended)) => return Err(Error::internal(ended)),
        }
    }
    if let Some(found) = best {
        return Ok(found);
    }
    refusals.sort_by_key(|(at, _)| *at);
    // A wrong password is worth saying before a host that is not there.
    let told = refusals.iter().position(|(_, error)| !matches!(error, Error::Unreachable { .. }));
    if let Some(told) = told {
        return Err(refusals.swap_remove(told).1);
    }
    let details = refusals.into_iter().map(|(_, error)| match error {
        Error::Unreachable { detail } => detail,
        other => other.to_string(),
    });
    Err(Error::Unreachable { detail: details.collect::<Vec<_>>().join("; ") })
}

/// The timeline of a host that takes changes, and whether a pooler stands before it: that drops, or refuses, a
/// setting of the session that Postgres takes.
async fn probe(place: &Place, pooled: Option<bool>) -> Result<(u32, bool)> {
    let named = |error: Error| match error {
        Error::Unreachable { detail } => Error::Unreachable { detail: format!("{}: {detail}", place.name) },
        other => other,
    };
    let marked = place.options.clone().options([("shopkeeper.desk", "here")]);
    let direct = match pooled {
        Some(true) => None,
        _ => match PgConnection::connect_with(&marked).await {
            Ok(connection) => Some(connection),
            Err(error) if is_refused_parameter(&error) => None,
            Err(error) => return Err(named(error.into())),
        },
    };
    let mut connection = match direct {
        Some(connection) => connection,
        None => {
            let options = through_a_pooler(place.options.clone());
            PgConnection::connect_with(&options).await.map_err(|error| named(error.into()))?
        }
    };
    let row = sqlx::raw_sql(
        "SELECT pg_is_in_recovery() OR CAST(current_setting('transaction_read_only') AS BOOLEAN),
                current_setting('shopkeeper.desk', TRUE) IS NOT NULL,
                CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(|error| named(error.into()))?;
    let (asleep, marked, segment): (bool, bool, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let _ = connection.close().await;
    if asleep {
        return Err(takes_no_changes(&place.name));
    }
    let timeline = segment.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0);
    Ok((timeline, pooled.unwrap_or(!marked)))
}

/// What PgBouncer says to a parameter that it does not pass on.
fn is_refused_parameter(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(refused) if refused.message().contains("startup parameter"))
}
