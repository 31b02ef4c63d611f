//! A shop that moves: from the file of one machine to a server that several desks share, or back.
//!
//! It is copied in one transaction while nobody else can write to it, and counted and checked on the other side before
//! anything counts. What it was moved from is kept, and nobody can go on in it by mistake: the file gets another
//! name, the shop on the server says that it was moved.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{bad, beside, copy, file_error, forget, set_aside, settle, single_file};
use crate::{
    app,
    commands::Answer,
    db::{Address, Db, Tx},
    encryption,
    engine::system_clock,
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
};

/// What a shop's old file is called from then on.
const BEFORE: &str = "before-move";

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// The desk that the shop has been on, or comes to: on the other side it is the same.
    pub device: Uuid,
    /// The file that was the shop, or is a former one of it, under its new name.
    pub kept: Option<PathBuf>,
}

/// Moves the shop in a file that nobody has open to a server, into an empty database or in the place of the same shop
/// that was moved away from there.
pub fn move_to_server(file: &Path, server: &Address) -> Answer<Moved> {
    let (file, server) = (file.to_owned(), server.clone());
    Box::pin(async move {
        if !file.is_file() {
            return Err(bad(&file, "not_found"));
        }
        // Held until the end: nobody sells in it meanwhile.
        let (mut held, _file) = encryption::open_alone(&file).await?;
        let scratch = beside(&file, ".moving");
        forget(&scratch);
        let moved = to_server(&mut held, &scratch, &server).await;
        forget(&scratch);
        sqlx::Connection::close(held).await?;
        let device = moved?;
        if let Err(error) = encryption::backups_like(&file).await {
            tracing::warn!(%error, "backups of the shop are not encrypted");
        }
        let end = set_aside(&file, BEFORE).map_err(|error| file_error(&file, &error))?;
        Ok(Moved { device, kept: Some(beside(&file, &end)) })
    })
}

async fn to_server(held: &mut SqliteConnection, scratch: &Path, server: &Address) -> Result<Uuid> {
    sqlx::query("VACUUM INTO $1").bind(scratch.to_string_lossy().into_owned()).execute(held).await?;
    // Brought up to this program's schema: the tables on both sides are the same.
    let source = Db::open(&Address::Sqlite(scratch.to_owned())).await?;
    let target = Db::open(server).await?;
    let outcome = async {
        let (mut from, mut into) = (source.begin_read().await?, target.begin().await?);
        let shop = the_shop(&mut from).await?.ok_or(Error::NoShop)?;
        match the_shop(&mut into).await? {
            None => {}
            Some(there) if there.id != shop.id => return Err(not_empty()),
            Some(there) if there.moved_at.is_some() => {}
            // A move that was cut off before its end: the shop has gone on in the file.
            Some(_) if is_former(&mut from, &mut into).await? => {}
            Some(_) => return Err(not_empty()),
        }
        let tables = copy::tables(&mut from).await?;
        copy::clear(&mut into, &tables).await?;
        copy::all(&mut from, &mut into, Some(tables)).await?;
        the_same(&mut from, &mut into, false).await?;
        let device = first_device(&mut into).await?;
        into.commit().await?;
        from.rollback().await?;
        Ok(device)
    }
    .await;
    source.close().await;
    target.close().await;
    outcome
}

/// Moves the shop from a server into a file of this machine. From then on no desk does anything on the server. A file
/// that the same shop was in before is kept beside it.
pub fn move_from_server(server: &Address, file: &Path) -> Answer<Moved> {
    let (server, file) = (server.clone(), file.to_owned());
    Box::pin(async move {
        let source = Db::open(&server).await?;
        let part = beside(&file, ".moving");
        forget(&part);
        let outcome = from_server(&source, &part, &file).await;
        forget(&part);
        source.close().await;
        outcome
    })
}

async fn from_server(source: &Db, part: &Path, file: &Path) -> Result<Moved> {
    let mut from = source.begin().await?;
    if !from.is_postgres() {
        return Err(Error::invalid("db", "not_a_server"));
    }
    // Every command reads the shop: it waits for this, and those that are under way are waited for.
    execute!(from, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
    execute!(from, "LOCK TABLE shop IN ACCESS EXCLUSIVE MODE")?;
    let shop = the_shop(&mut from).await?.ok_or(Error::NoShop)?;
    if shop.moved_at.is_some() {
        return Err(Error::ShopMoved);
    }
    let former = match file.exists() {
        true => Some(shop_in(file).await?).filter(|id| *id != Some(shop.id)),
        false => None,
    };
    if former.is_some_and(|other| other.is_some()) {
        return Err(not_empty());
    }
    encryption::begin_backup(part).await?;
    let target = Db::open(&Address::Sqlite(part.to_owned())).await?;
    let mut into = target.begin().await?;
    copy::all(&mut from, &mut into, None).await?;
    the_same(&mut from, &mut into, true).await?;
    let device = first_device(&mut into).await?;
    into.commit().await?;
    single_file(&target).await?;
    execute!(from, "UPDATE shop SET moved_at = $1", system_clock().0)?;
    let kept = match file.exists() {
        true => Some(beside(file, &set_aside(file, BEFORE).map_err(|error| file_error(file, &error))?)),
        false => None,
    };
    settle(part, file)?;
    if let Err(error) = from.commit().await {
        // The shop is still on the server: what came here is none.
        forget(file);
        if let Some(kept) = &kept {
            super::rename(kept, file).map_err(|error| file_error(file, &error))?;
        }
        return Err(error.into());
    }
    Ok(Moved { device, kept })
}

#[derive(sqlx::FromRow)]
struct Shop {
    id: Uuid,
    moved_at: Option<i64>,
}

async fn the_shop(tx: &mut Tx) -> Result<Option<Shop>> {
    Ok(fetch_optional!(*tx, Shop, "SELECT id, moved_at FROM shop")?)
}

async fn shop_in(file: &Path) -> Result<Option<Uuid>> {
    let db = Db::open(&Address::Sqlite(file.to_owned())).await?;
    let mut tx = db.begin_read().await?;
    let shop = the_shop(&mut tx).await?;
    tx.rollback().await?;
    db.close().await;
    Ok(shop.map(|shop| shop.id))
}

/// Whether all that was ever done in `into` was done in `from` as well, by desks that it knows.
async fn is_former(from: &mut Tx, into: &mut Tx) -> Result<bool> {
    const DESKS: &str = "SELECT COUNT(*) FROM device";
    const BEFORE: &str = "SELECT COUNT(*) FROM audit WHERE at < $1";
    let (last,): (Option<i64>,) = fetch_one!(*into, (Option<i64>,), "SELECT MAX(at) FROM audit")?;
    let Some(last) = last else { return Ok(false) };
    let desks: [(i64,); 2] = [fetch_one!(*from, (i64,), DESKS)?, fetch_one!(*into, (i64,), DESKS)?];
    let done: [(i64,); 2] = [fetch_one!(*from, (i64,), BEFORE, last)?, fetch_one!(*into, (i64,), BEFORE, last)?];
    let of_the_last: Vec<(Uuid,)> = fetch_all!(*into, (Uuid,), "SELECT command_id FROM audit WHERE at = $1", last)?;
    for (id,) in of_the_last {
        let here: Option<(Uuid,)> =
            fetch_optional!(*from, (Uuid,), "SELECT command_id FROM audit WHERE command_id = $1", id)?;
        if here.is_none() {
            return Ok(false);
        }
    }
    Ok(desks[0] == desks[1] && done[0] == done[1])
}

async fn first_device(tx: &mut Tx) -> Result<Uuid> {
    let (id,): (Uuid,) = fetch_one!(*tx, (Uuid,), "SELECT id FROM device ORDER BY created_at, id LIMIT 1")?;
    Ok(id)
}

/// Every table has as many rows on both sides, and the books say the same.
async fn the_same(from: &mut Tx, into: &mut Tx, file_is_target: bool) -> Result<()> {
    let tables = copy::tables(if file_is_target { into } else { from }).await?;
    for table in &tables {
        let mut counts = Vec::with_capacity(2);
        for tx in [&mut *from, &mut *into] {
            let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name());
            let rows: Vec<(i64,)> = crate::fetch_dyn!(*tx, (i64,), sql, &[])?;
            counts.push(rows);
        }
        if counts[0] != counts[1] {
            return Err(Error::internal(format!("{}: {counts:?} rows", table.name())));
        }
    }
    let (before, after) = (app::check_all(from).await?, app::check_all(into).await?);
    if before != after {
        return Err(Error::internal(format!("the books of the copy differ: {before:?} {after:?}")));
    }
    Ok(())
}

fn not_empty() -> Error {
    Error::WrongState { kind: "shop".into(), state: "not_empty".into(), action: "move".into() }
}
