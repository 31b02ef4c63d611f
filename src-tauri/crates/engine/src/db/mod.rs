//! Two databases, one SQL.
//!
//! SQLite and Postgres are open in one process, so the choice is an enum at run time, and each
//! macro below expands its query once for either. Statements are written in the part of SQL that
//! both speak: `$1`, `RETURNING`, `ON CONFLICT`, CTEs, window functions, `CAST(SUM(x) AS BIGINT)`.

pub(crate) mod held;
mod hosts;
mod log;
mod migrate;
#[cfg(test)]
pub(crate) mod plans;
mod replica;
pub(crate) mod rows;
mod server;

pub use hosts::{Host, parse_hosts};
pub use migrate::newest as newest_migration;
pub(crate) use migrate::run as migrate_shared;
pub use server::{PgTx, Server};

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Connection as _, SqlitePool,
    sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

use self::{held::Held, log::Log};
use crate::{
    encryption,
    error::{Error, Result},
};

/// Where a shop's data lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    Sqlite(PathBuf),
    /// A `postgres://` URL, with one host or several; it may hold a password and is never logged.
    Postgres(String),
}

impl FromStr for Address {
    type Err = Error;

    /// `postgres://…`, `sqlite:path` or a plain path.
    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        if path.is_empty() {
            return Err(Error::invalid("db", "required"));
        }
        Ok(Self::Sqlite(path.into()))
    }
}

/// An open database. One connection writes to SQLite, several read.
#[derive(Clone)]
pub enum Db {
    Sqlite { writer: SqlitePool, readers: SqlitePool, log: Log, path: PathBuf, held: Arc<Held> },
    Postgres(Server),
}

/// A transaction on whichever database the shop uses.
pub enum Tx {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(PgTx),
}

/// A value bound to a statement put together at run time.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    I64(i64),
    OptI64(Option<i64>),
    /// Shared: the same text may go to many rows.
    Text(Arc<str>),
    OptText(Option<Arc<str>>),
    Uuid(Uuid),
    OptUuid(Option<Uuid>),
    Bool(bool),
}

macro_rules! arg_from {
    ($($from:ty => |$v:ident| $to:expr;)*) => {$(
        impl From<$from> for Arg { fn from($v: $from) -> Arg { $to } }
    )*};
}
arg_from! {
    i64 => |v| Arg::I64(v);
    i32 => |v| Arg::I64(v.into());
    Option<i64> => |v| Arg::OptI64(v);
    String => |v| Arg::Text(v.into());
    &str => |v| Arg::Text(v.into());
    &String => |v| Arg::Text(v.as_str().into());
    &Arc<str> => |v| Arg::Text(v.clone());
    Option<String> => |v| Arg::OptText(v.map(Into::into));
    Option<&str> => |v| Arg::OptText(v.map(Into::into));
    Uuid => |v| Arg::Uuid(v);
    Option<Uuid> => |v| Arg::OptUuid(v);
    bool => |v| Arg::Bool(v);
    domain::units::Minor => |v| Arg::I64(v.0);
    domain::units::Qty => |v| Arg::I64(v.0);
    domain::units::Millis => |v| Arg::I64(v.0);
    domain::units::Count => |v| Arg::I64(v.0);
    Option<domain::units::Millis> => |v| Arg::OptI64(v.map(|v| v.0));
    Option<domain::units::Minor> => |v| Arg::OptI64(v.map(|v| v.0));
}

/// The values of a statement put together at run time, for either database.
#[macro_export]
macro_rules! bound {
    ($arguments:ty, $values:expr) => {{
        use sqlx::Arguments as _;
        let mut bound = <$arguments>::default();
        let mut outcome = Ok(());
        for value in $values {
            outcome = match value {
                $crate::db::Arg::I64(v) => bound.add(v),
                $crate::db::Arg::OptI64(v) => bound.add(v),
                $crate::db::Arg::Text(v) => bound.add(v),
                $crate::db::Arg::OptText(v) => bound.add(v),
                $crate::db::Arg::Uuid(v) => bound.add(v),
                $crate::db::Arg::OptUuid(v) => bound.add(v),
                $crate::db::Arg::Bool(v) => bound.add(v),
            };
            if outcome.is_err() {
                break;
            }
        }
        outcome.map(|()| bound).map_err(sqlx::Error::Encode)
    }};
}

/// Runs a statement; answers the number of rows it touched.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query::<sqlx::Sqlite>($sql)$(.bind($bind))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::db::Tx::Postgres(tx) => sqlx::query::<sqlx::Postgres>($sql)$(.bind($bind))*.persistent(tx.keeps)
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
    };
}

/// All rows as a type that derives `sqlx::FromRow` (or a tuple).
#[macro_export]
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*
                .fetch_all(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.persistent(tx.keeps)
                .fetch_all(&mut **tx).await,
        }
    };
}

/// The first row, if any.
#[macro_export]
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*
                .fetch_optional(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.persistent(tx.keeps)
                .fetch_optional(&mut **tx).await,
        }
    };
}

/// One row, which must be there.
#[macro_export]
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx {
            $crate::db::Tx::Sqlite(tx) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*
                .fetch_one(&mut **tx).await,
            $crate::db::Tx::Postgres(tx) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.persistent(tx.keeps)
                .fetch_one(&mut **tx).await,
        }
    };
}

/// Like [`fetch_all!`] for SQL put together at run time with a `&[Arg]`.
///
/// The text must be made of constants and placeholders only; values travel as arguments.
#[macro_export]
macro_rules! fetch_dyn {
    ($tx:expr, $row:ty, $sql:expr, $args:expr) => {
        match &mut $tx {
            $crate::db::Tx::Sqlite(tx) => match $crate::bound!(sqlx::sqlite::SqliteArguments, $args.iter().cloned()) {
                Ok(values) => {
                    let sql = sqlx::AssertSqlSafe($crate::db::for_sqlite($sql.to_string()));
                    sqlx::query_as_with::<_, $row, _>(sql, values).fetch_all(&mut **tx).await
                }
                Err(error) => Err(error),
            },
            $crate::db::Tx::Postgres(tx) => match $crate::bound!(sqlx::postgres::PgArguments, $args.iter().cloned()) {
                Ok(values) => {
                    let sql = sqlx::AssertSqlSafe($sql.to_string());
                    sqlx::query_as_with::<_, $row, _>(sql, values).persistent(tx.keeps).fetch_all(&mut **tx).await
                }
                Err(error) => Err(error),
            },
        }
    };
}

/// For SQLite `$1` is a name, which it looks for among all names of the statement each time: with
/// thousands of values most of the time went there. Where the placeholders just count upwards they are
/// written as `?`, which has no name.
pub fn for_sqlite(sql: String) -> String {
    let mut plain = String::with_capacity(sql.len());
    let (mut rest, mut expected) = (sql.as_str(), 1_usize);
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        if rest[at + 1..at + 1 + digits].parse() != Ok(expected) {
            return sql;
        }
        plain.push_str(&rest[..at]);
        plain.push('?');
        rest = &rest[at + 1 + digits..];
        expected += 1;
    }
    plain.push_str(rest);
    plain
}

/// The most rows of one statement.
pub const MOST_ROWS: usize = 512;

/// How many of `left` rows the next statement takes. Few go at once; many go by [`MOST_ROWS`], and what is
/// left over by halves of it: however many rows come, few statements are ever prepared, and none has more
/// values than a database takes.
pub fn rows_at_once(left: usize) -> usize {
    match left {
        0..=32 => left,
        33..MOST_ROWS => 1 << left.ilog2(),
        _ => MOST_ROWS,
    }
}

impl Tx {
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// A statement put together at run time; answers the number of rows it touched.
    pub async fn execute_dyn(&mut self, sql: String, args: &[Arg]) -> Result<u64, sqlx::Error> {
        match self {
            Self::Sqlite(tx) => {
                let values = bound!(sqlx::sqlite::SqliteArguments, args.iter().cloned())?;
                let done = sqlx::query_with(sqlx::AssertSqlSafe(for_sqlite(sql)), values).execute(&mut **tx).await?;
                Ok(done.rows_affected())
            }
            Self::Postgres(tx) => {
                let values = bound!(sqlx::postgres::PgArguments, args.iter().cloned())?;
                let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), values).persistent(tx.keeps);
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Many rows in few statements: `insert` is `INSERT INTO t (a, b)`, `rows` holds the values
    /// row after row (`columns` each), `suffix` may be an `ON CONFLICT …` clause.
    pub async fn insert_many(
        &mut self,
        insert: &str,
        columns: usize,
        values: &[Arg],
        suffix: &str,
    ) -> Result<u64, sqlx::Error> {
        debug_assert!(columns > 0 && values.len().is_multiple_of(columns));
        let mut touched = 0;
        let mut left = values;
        while !left.is_empty() {
            let rows = rows_at_once(left.len() / columns);
            let (chunk, rest) = left.split_at(rows * columns);
            let sql = format!("{insert} VALUES {} {suffix}", value_rows(rows, columns));
            touched += self.execute_dyn(sql, chunk).await?;
            left = rest;
        }
        Ok(touched)
    }

    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Ends a transaction that changed nothing, once what it read lasts. A server that was killed before its
    /// standby had a change shows that change when it is back, and loses it when the standby is promoted then:
    /// an answer that rests on it waits, as the change itself would have, behind something new in the log.
    pub async fn commit_as_lasting(mut self) -> Result<(), sqlx::Error> {
        if self.is_postgres() {
            // As text: sqlx would ask for what it does not know of a type, and lose the statement meanwhile.
            execute!(self, "SELECT CAST(pg_logical_emit_message(TRUE, 'shopkeeper', '') AS TEXT)")?;
        }
        self.commit().await
    }

    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        }
    }
}

/// `($1,$2),($3,$4)` for two rows of two columns.
pub fn value_rows(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    let mut n = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            n += 1;
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&n.to_string());
        }
        text.push(')');
    }
    text
}

/// `$3,$4,$5` for three placeholders after two.
pub fn placeholders(after: usize, count: usize) -> String {
    (after + 1..=after + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

/// A pool whose connections live as long as it does.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        // There is no server that could have gone: asking first would be a message to and fro each time.
        .test_before_acquire(false)
        // A full disk makes SQLite end the transaction by itself; the ROLLBACK that follows fails, and
        // sqlx would count that transaction as open for ever. Such a connection is replaced.
        .before_acquire(|connection, _| {
            let settled = !connection.is_in_transaction();
            Box::pin(async move { Ok(settled) })
        })
}

/// Whether a file is there that may not be written. SQLite itself only says that it cannot open it.
fn is_read_only(path: &Path) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let opened = std::fs::File::options().write(true).open(path);
    opened.is_err_and(|error| matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem))
}

impl Db {
    /// Opens the database, creating a SQLite file that is not there, and brings its schema up to
    /// date. A SQLite file that needs migrating is copied beside itself first.
    pub async fn open(address: &Address) -> Result<Self> {
        let db = Self::connect(address).await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    pub async fn connect(address: &Address) -> Result<Self> {
        match address {
            Address::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)
                        .map_err(|e| Error::Unreachable { detail: format!("{}: {e}", folder.display()) })?;
                }
                // Why a file cannot be made SQLite says better.
                let _ = std::fs::File::options().append(true).create_new(true).open(path);
                let held = Arc::new(Held::new(path));
                let options = encryption::options(path)
                    .await?
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(15))
                    .pragma("temp_store", "memory")
                    .statement_cache_capacity(256)
                    // A page of a list fits: its reader is not sent to sleep in the middle of it.
                    .row_buffer_size(256);
                let writer = sqlite_pool(1)
                    .acquire_timeout(Duration::from_secs(60))
                    .connect_with(
                        options
                            .clone()
                            .pragma("cache_size", "-65536")
                            .pragma("wal_autocheckpoint", log::MOST_PAGES)
                            .pragma("journal_size_limit", log::KEPT.to_string()),
                    )
                    .await
                    .map_err(
                        |error| if held.is_only() && is_read_only(path) { Error::ReadOnly } else { error.into() },
                    )?;
                let readers =
                    sqlite_pool(4).connect_lazy_with(options.pragma("query_only", "on").pragma("cache_size", "-16384"));
                Ok(Self::Sqlite { writer, log: Log::new(path, readers.clone()), readers, path: path.clone(), held })
            }
            Address::Postgres(url) => Ok(Self::Postgres(Server::connect(hosts::read(url)?).await?)),
        }
    }

    /// A server that need not be there yet.
    pub(crate) fn later(address: &Address) -> Result<Self> {
        match address {
            Address::Sqlite(_) => Err(Error::invalid("db", "not_a_server")),
            Address::Postgres(url) => Ok(Self::Postgres(Server::later(hosts::read(url)?))),
        }
    }

    /// A transaction that may write. On SQLite it holds the write lock from the start, so that
    /// what it reads stays true until it commits.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").await?)
            }
            Self::Postgres(server) => Tx::Postgres(server.begin(server::WRITE).await?),
        })
    }

    /// As [`Db::begin`], for a step of longer work: its commit does not wait for the disk. When the power
    /// fails it may be undone, and with it only steps that came later; the next commit of a transaction
    /// of [`Db::begin`], of whoever it is, makes it last.
    pub async fn begin_step(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await?)
            }
            Self::Postgres(server) => Tx::Postgres(server.begin(server::STEP).await?),
        })
    }

    /// A transaction that only reads.
    pub async fn begin_read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(server) => Tx::Postgres(server.begin(server::READ).await?),
        })
    }

    /// A transaction of [`Db::begin_read`] for a report, which a replica may answer.
    pub(crate) async fn for_report(&self, mut tx: Tx) -> Tx {
        if let (Self::Postgres(server), Tx::Postgres(here)) = (self, &mut tx)
            && let Some(there) = server.on_replica(here).await
        {
            // The one on the server only read.
            return Tx::Postgres(there);
        }
        tx
    }

    /// To be called after a commit: keeps SQLite's log short.
    pub fn committed(&self) {
        if let Self::Sqlite { log, .. } = self {
            log.fold_if_long();
        }
    }

    /// Writes a SQLite file anew, so that nothing is left in it of what was deleted.
    pub(crate) async fn compact(&self) -> Result<()> {
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query("VACUUM").execute(writer).await?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await?;
        }
        Ok(())
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Ends when the database is being closed.
    pub async fn closed(&self) {
        match self {
            Self::Sqlite { writer, .. } => writer.close_event().await,
            Self::Postgres(server) => server.closed().await,
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, held, .. } => {
                readers.close().await;
                writer.close().await;
                held.release();
            }
            Self::Postgres(server) => server.close().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Db, MOST_ROWS, for_sqlite, rows_at_once};

    #[tokio::test]
    async fn only_steps_do_not_wait_for_the_disk() {
        const FULL: i64 = 2;
        const NORMAL: i64 = 1;
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Address::Sqlite(folder.path().join("shop.db"))).await.unwrap();
        for expected in [FULL, NORMAL, NORMAL, FULL] {
            let mut tx = match expected {
                FULL => db.begin().await.unwrap(),
                _ => db.begin_step().await.unwrap(),
            };
            let (synchronous,): (i64,) = crate::fetch_one!(tx, (i64,), "PRAGMA synchronous").unwrap();
            assert_eq!(synchronous, expected);
            tx.commit().await.unwrap();
        }
        db.close().await;
    }

    #[test]
    fn many_rows_go_in_statements_of_few_sizes() {
        let mut sizes = std::collections::BTreeSet::new();
        for rows in 0..2000 {
            let mut left = rows;
            while left > 0 {
                let now = rows_at_once(left);
                assert!((1..=MOST_ROWS).contains(&now) && now <= left);
                sizes.insert(now);
                left -= now;
            }
        }
        // 1 to 32, 64, 128, 256, 512.
        assert_eq!(sizes.len(), 36);
    }

    #[test]
    fn placeholders_that_count_upwards_have_no_names() {
        let of = |sql: &str| for_sqlite(sql.to_owned());
        assert_eq!(of("INSERT INTO a VALUES ($1,$2),($3,$4)"), "INSERT INTO a VALUES (?,?),(?,?)");
        assert_eq!(of("SELECT 1"), "SELECT 1");
        for kept in ["a = $1 OR b = $1", "a = $2 AND b = $1", "a = $1 AND b = $3", "a = '$' AND b = $1"] {
            assert_eq!(of(kept), kept);
        }
    }
}
