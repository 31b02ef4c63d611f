//! Trying a database before a desk moves there.

use std::time::Instant;

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    db::{Address, Db, newest_migration},
    error::{Error, Result},
    fetch_one, fetch_optional,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Nothing of ours: a shop can be set up there.
    Empty,
    /// A shop, written by this version or an older one that will be migrated.
    Shop,
    /// One that was moved elsewhere, and is kept as it was.
    Moved,
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
    /// What the shop there is called.
    pub shop: Option<String>,
    /// Which one it is.
    pub id: Option<Uuid>,
    /// A pooler stands in between: the desk takes what that allows.
    pub pooled: bool,
    /// Of one round trip.
    pub milliseconds: Count,
}

/// Connects, looks, and changes nothing.
pub async fn test(address: &Address) -> Result<Report> {
    let Address::Postgres(_) = address else {
        return Err(Error::invalid("db", "not_a_server"));
    };
    let db = Db::connect(address).await.map_err(unproven)?;
    let outcome = look(&db).await;
    db.close().await;
    outcome
}

/// A server that answers, and has no certificate or none to trust: something else is to be done than about one
/// that is not there.
fn unproven(error: Error) -> Error {
    let Error::Unreachable { detail } = error else { return error };
    // As rustls and sqlx put it.
    let rule = match &detail {
        detail if detail.contains("peer certificate") => "untrusted",
        detail if detail.contains("does not support TLS") => "not_offered",
        _ => return Error::Unreachable { detail },
    };
    Error::invalid_because("tls", rule, detail)
}

async fn look(db: &Db) -> Result<Report> {
    let Db::Postgres(server) = db else { return Err(Error::invalid("db", "not_a_server")) };
    let mut tx = db.begin_read().await?;
    let asked = Instant::now();
    let (version,): (String,) = fetch_one!(tx, (String,), "SHOW server_version")?;
    let milliseconds = Count(i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX));
    let (migrated, tables): (bool, i64) = fetch_one!(
        tx,
        (bool, i64),
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
                (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema())"
    )?;
    let (mut shop, mut id) = (None, None);
    let found = if migrated {
        let (applied,): (Option<i64>,) = fetch_one!(tx, (Option<i64>,), "SELECT MAX(version) FROM _sqlx_migrations")?;
        if applied > Some(newest_migration(true)) {
            Found::Newer
        } else {
            // Also in a database of an older version, which lacks the column.
            let sql = "SELECT id, name, to_jsonb(shop) ->> 'moved_at' IS NOT NULL FROM shop";
            let row: Option<(Uuid, String, bool)> = fetch_optional!(tx, (Uuid, String, bool), sql)?;
            let moved = row.as_ref().is_some_and(|(.., moved)| *moved);
            let empty = row.is_none();
            (id, shop) = row.map(|(id, name, _)| (id, name)).unzip();
            match (empty, moved) {
                (true, _) => Found::Empty,
                (_, true) => Found::Moved,
                _ => Found::Shop,
            }
        }
    } else if tables == 0 {
        Found::Empty
    } else {
        Found::Foreign
    };
    tx.rollback().await?;
    Ok(Report { version, found, shop, id, milliseconds, pooled: server.is_pooled() })
}
