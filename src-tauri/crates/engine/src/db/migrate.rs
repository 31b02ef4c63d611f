//! Brings a database up to this program's schema, and refuses one that is newer.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use super::Db;
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
    last(&migrator(postgres))
}

fn last(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

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
        // sqlx takes an advisory lock on Postgres, so that two desks do not migrate at once.
        Db::Postgres(server) => migrator.run(&server.pool()).await,
    };
    outcome.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(_) => Error::NewerDatabase,
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            error.into()
        }
        other => Error::internal(other),
    })
}
