//! Brings a database up to this program's schema, and refuses one that is newer.

use std::{borrow::Cow, sync::LazyLock};

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::{Db, Server};
use crate::error::{Error, Result};

mod files {
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

/// The migrations that this kind of database runs, in order.
fn migrator(postgres: bool) -> Migrator {
    let (ours, theirs) = if postgres { (".postgres.sql", ".sqlite.sql") } else { (".sqlite.sql", ".postgres.sql") };
    let migrations: Vec<Migration> = files::FILES
        .iter()
        .filter(|(name, _)| !name.ends_with(theirs))
        .filter_map(|(name, sql)| {
            let stem = name.strip_suffix(ours).or_else(|| name.strip_suffix(".sql"))?;
            let (number, what) = stem.split_once('_')?;
            Some(Migration::new(
                number.parse().ok()?,
                Cow::Owned(what.replace('_', " ")),
                MigrationType::Simple,
                AssertSqlSafe(*sql).into_sql_str(),
                false,
            ))
        })
        .collect();
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
}

/// The number of the newest migration this program knows for this kind of database. The two differ
/// where the last one serves only one of them.
pub fn newest(postgres: bool) -> i64 {
    static NEWEST: LazyLock<[i64; 2]> = LazyLock::new(|| [false, true].map(|postgres| last(&migrator(postgres))));
    NEWEST[usize::from(postgres)]
}

fn last(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Two desks do not migrate at once. The lock is that of a transaction, which holds also through a pooler, where
/// that of a session would be some other desk's; so all is migrated, or nothing.
async fn one_at_a_time(server: &Server, mut migrator: Migrator) -> Result<(), MigrateError> {
    let mut tx = server.begin("BEGIN").await?;
    let keeps = tx.keeps;
    // sqlx's own statements stay prepared, under names that somebody else's may have on this connection.
    if !keeps {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
    }
    sqlx::raw_sql(LOCK).execute(&mut *tx).await?;
    // Of the ways in, the one that asks for no lifetime of its own.
    migrator.set_locking(false).run_direct(None, &mut *tx, false).await?;
    if !keeps {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// The number means nothing; it must be this program's alone.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7240313509321)";

pub async fn run(db: &Db) -> Result<()> {
    let migrator = migrator(db.is_postgres());
    let outcome = match db {
        Db::Sqlite { writer, path, .. } => {
            let applied: Option<i64> =
                sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(writer).await.unwrap_or(None);
            let newest = last(&migrator);
            if let Some(applied) = applied.filter(|applied| *applied < newest) {
                let copy = path.with_extension(format!("before-{newest}-after-{applied}.db"));
                if !copy.exists() {
                    sqlx::query("VACUUM INTO $1").bind(copy.to_string_lossy().into_owned()).execute(writer).await?;
                }
            }
            migrator.run(writer).await
        }
        Db::Postgres(server) => one_at_a_time(server, migrator).await,
    };
    outcome.map_err(|error| match error {
        MigrateError::VersionMissing(_) => Error::NewerDatabase,
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => Error::internal(other),
    })
}
