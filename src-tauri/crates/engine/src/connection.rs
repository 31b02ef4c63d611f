//! Trying a database before a desk moves there.

use std::time::Instant;

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::Row as _;

use crate::{
    db::{Address, Db, newest_migration},
    error::{Error, Result},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Nothing of ours: a shop can be set up there.
    Empty,
    /// A shop, written by this version or an older one that will be migrated.
    Shop,
    /// Written by a newer version of the program.
    Newer,
    /// Tables of something else.
    Foreign,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Report {
    /// What the server says it is.
    pub version: String,
    pub found: Found,
    /// Of one round trip.
    pub milliseconds: Count,
}

/// Connects, looks, and changes nothing.
pub async fn test(address: &Address) -> Result<Report> {
    let Address::Postgres(_) = address else {
        return Err(Error::invalid("db", "not_a_server"));
    };
    let db = Db::connect(address).await?;
    let Db::Postgres(server) = &db else { return Err(Error::invalid("db", "not_a_server")) };
    let pool = &server.pool();
    let asked = Instant::now();
    let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(pool).await?;
    let milliseconds = Count(i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX));
    let row = sqlx::query(
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
                (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema())",
    )
    .fetch_one(pool)
    .await?;
    let (migrated, tables): (bool, i64) = (row.try_get(0)?, row.try_get(1)?);
    let found = if migrated {
        let applied: Option<i64> =
            sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?;
        if applied > Some(newest_migration(true)) { Found::Newer } else { Found::Shop }
    } else if tables == 0 {
        Found::Empty
    } else {
        Found::Foreign
    };
    db.close().await;
    Ok(Report { version, found, milliseconds })
}
