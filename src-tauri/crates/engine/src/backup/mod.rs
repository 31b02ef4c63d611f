//! A copy of the whole shop in one file, and a shop made from such a file.
//!
//! The file is a SQLite database of the same schema, whichever database the shop is on: so a
//! backup moves a shop between the two, and any SQLite program can open it. These are not
//! commands of the list, since they are not one transaction of one shop.

pub(crate) mod copy;
mod plan;
mod relocate;
mod remote;
mod run;
mod trial;
mod vault;

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

pub use gateways::storage::Place;
pub use plan::{
    BackupById, BackupPlan, BackupRun, Backups, LateBackup, LateBackups, SaveBackupPlan, UnlockBackups, late, list,
    run_now, save_plan, unlock,
};
pub use relocate::{Moved, move_from_server, move_to_server};
pub use remote::{Fetched, RemoteCopy, TestBackupPlace, copies_in, fetch_copy, is_place, parse_place, test_place};
pub(crate) use run::start;
pub use run::{fetch_run, if_due};
pub use trial::{TriedBackup, try_out};
pub(crate) use vault::Vault;

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    Engine,
    app::TableSize,
    commands::Answer,
    db::{Address, Db, Tx, held, newest_migration},
    encryption,
    engine::system_clock,
    error::{Error, Result},
    fetch_optional,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BackupReport {
    pub file: String,
    pub bytes: Count,
    pub schema_version: Count,
    /// Every table with its rows, counted in what was written.
    pub tables: Vec<TableSize>,
}

/// Writes the shop as it is now into a new file. Selling goes on meanwhile. The file appears under
/// its name only when it is whole, checked and on the disk.
pub fn backup(engine: &Engine, to: &Path) -> Answer<BackupReport> {
    let (engine, to) = (engine.clone(), to.to_owned());
    Box::pin(async move { write(&engine, &to).await })
}

async fn write(engine: &Engine, to: &Path) -> Result<BackupReport> {
    if to.exists() {
        return Err(bad(to, "exists"));
    }
    if !to.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir()) {
        return Err(bad(to, "not_found"));
    }
    let part = beside(to, ".part");
    forget(&part);
    let outcome = async {
        match &engine.db {
            Db::Sqlite { path, .. } => {
                // A connection of its own: the copy reads one state while orders are written.
                let mut connection = SqliteConnection::connect_with(&reading(path).await?).await?;
                sqlx::query("VACUUM INTO $1")
                    .bind(part.to_string_lossy().into_owned())
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
            }
            Db::Postgres(_) => {
                encryption::begin_backup(&part).await?;
                let file = Db::open(&Address::Sqlite(part.clone())).await?;
                let mut from = engine.db.begin_read().await?;
                let mut into = file.begin().await?;
                copy::all(&mut from, &mut into, None).await?;
                into.commit().await?;
                from.rollback().await?;
                single_file(&file).await?;
            }
        }
        let report = look(&part, to).await?;
        settle(&part, to)?;
        Ok(report)
    }
    .await;
    if outcome.is_err() {
        forget(&part);
    }
    outcome
}

/// Makes the shop at `into` out of a backup. A shop that is there already is replaced only with
/// `overwrite`; it stays whole until the new one is in its place. A damaged file is set aside under
/// another name: nothing of it is lost, should somebody be able to save more.
pub fn restore(from: &Path, into: &Address, overwrite: bool) -> Answer<BackupReport> {
    let (from, into) = (from.to_owned(), into.clone());
    Box::pin(async move { bring_in(&from, &into, overwrite).await })
}

async fn bring_in(from: &Path, into: &Address, overwrite: bool) -> Result<BackupReport> {
    if !from.is_file() {
        return Err(bad(from, "not_found"));
    }
    if held::is_open(from) {
        return Err(bad(from, "in_use"));
    }
    let found = look(from, from).await?;
    if let Address::Sqlite(path) = into
        && path.exists()
        && let Some(why) = unusable(path).await?
    {
        set_aside(path, why).map_err(|error| file_error(path, &error))?;
    }
    match into {
        Address::Sqlite(path) if !path.exists() => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                fs::create_dir_all(folder).map_err(|error| file_error(folder, &error))?;
            }
            let part = beside(path, ".part");
            forget(&part);
            let copied = fs::copy(from, &part).map_err(|error| file_error(path, &error));
            if let Err(error) = copied.and_then(|_| settle(&part, path)) {
                forget(&part);
                return Err(error);
            }
            // Brings an older backup up to this program's schema.
            Db::open(into).await?.close().await;
        }
        _ => copy_into(from, into, overwrite).await?,
    }
    Ok(found)
}

/// Puts a backup in the place of the SQLite shop at `into`, which nobody has open. The shop that was there is
/// kept beside it under the answered name, and comes back when the backup cannot.
pub fn replace(from: &Path, into: &Path) -> Answer<(BackupReport, PathBuf)> {
    let (from, into) = (from.to_owned(), into.to_owned());
    Box::pin(async move {
        // What is no backup leaves everything as it is.
        look(&from, &from).await?;
        let end = set_aside(&into, "before-restore").map_err(|error| file_error(&into, &error))?;
        match bring_in(&from, &Address::Sqlite(into.clone()), false).await {
            Ok(report) => Ok((report, beside(&into, &end))),
            Err(error) => {
                forget(&into);
                rename(&beside(&into, &end), &into).map_err(|error| file_error(&into, &error))?;
                Err(error)
            }
        }
    })
}

/// Row by row, in one transaction of the database restored into.
async fn copy_into(from: &Path, into: &Address, overwrite: bool) -> Result<()> {
    let target = Db::open(into).await?;
    // The backup itself is never written to, not even to migrate it.
    let scratch = std::env::temp_dir().join(format!("shopkeeper-restore-{}.db", uuid::Uuid::new_v4().simple()));
    let outcome = async {
        fs::copy(from, &scratch).map_err(|error| file_error(&scratch, &error))?;
        let source = Db::open(&Address::Sqlite(scratch.clone())).await?;
        let mut reading = source.begin_read().await?;
        let mut writing = target.begin().await?;
        let there: Option<(i64,)> = fetch_optional!(writing, (i64,), "SELECT CAST(1 AS BIGINT) FROM shop LIMIT 1")?;
        if there.is_some() && !overwrite {
            return Err(Error::WrongState { kind: "shop".into(), state: "not_empty".into(), action: "restore".into() });
        }
        let tables = copy::tables(&mut reading).await?;
        copy::clear(&mut writing, &tables).await?;
        copy::all(&mut reading, &mut writing, Some(tables)).await?;
        writing.commit().await?;
        reading.rollback().await?;
        source.close().await;
        Ok(())
    }
    .await;
    forget(&scratch);
    target.close().await;
    outcome
}

/// What is the matter with a database of which not all pages can be read, or do not agree with each other.
async fn unusable(file: &Path) -> Result<Option<&'static str>> {
    let outcome = async {
        let mut connection = SqliteConnection::connect_with(&reading(file).await?).await?;
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok((found != "ok").then_some("damaged"))
    };
    match outcome.await {
        Err(Error::Damaged) => Ok(Some("damaged")),
        // Nobody here can open it; whoever finds its code may.
        Err(Error::Encrypted { .. }) => Ok(Some("locked")),
        outcome => outcome,
    }
}

/// Moves a database out of the way; answers what its name ends with now.
pub(crate) fn set_aside(file: &Path, why: &str) -> io::Result<String> {
    let end = format!(".{why}-{}", system_clock().0);
    rename(file, &beside(file, &end))?;
    Ok(end)
}

/// Renames a database, with the log that belongs to it.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for part in ["", "-wal", "-shm"] {
        match fs::rename(beside(from, part), beside(to, part)) {
            Err(error) if part.is_empty() || error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Opens a backup to see that it is one, whole, and not newer than this program; counts its rows.
pub(crate) async fn look(file: &Path, named: &Path) -> Result<BackupReport> {
    let mut connection = SqliteConnection::connect_with(&reading(file).await?).await?;
    let outcome = look_inside(&mut connection, named).await;
    connection.close().await?;
    let bytes = fs::metadata(file).map_err(|error| file_error(named, &error))?.len();
    let mut report = outcome?;
    report.bytes = Count(i64::try_from(bytes).unwrap_or(i64::MAX));
    Ok(report)
}

pub(crate) async fn look_inside(connection: &mut SqliteConnection, named: &Path) -> Result<BackupReport> {
    let whole: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await.map_err(|error| {
            match Error::from(error) {
                Error::Damaged => bad(named, "not_a_shop"),
                other => other,
            }
        })?;
    if whole != "ok" {
        return Err(Error::Damaged);
    }
    let ours: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('shop', '_sqlx_migrations')")
        .fetch_one(&mut *connection)
        .await?;
    if ours != 2 {
        return Err(bad(named, "not_a_shop"));
    }
    let version: Option<i64> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut *connection).await?;
    let version = version.unwrap_or(0);
    if version > newest_migration(false) {
        return Err(Error::NewerDatabase);
    }
    let names: Vec<String> = sqlx::query_scalar(copy::TABLES).fetch_all(&mut *connection).await?;
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let sql = format!("SELECT COUNT(*) FROM \"{name}\"");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        tables.push(TableSize { name, rows: Count(rows) });
    }
    Ok(BackupReport { file: named.display().to_string(), bytes: Count(0), schema_version: Count(version), tables })
}

/// Takes the write-ahead log into the file and closes it, so that the one file is all there is.
async fn single_file(db: &Db) -> Result<()> {
    if let Db::Sqlite { writer, readers, .. } = db {
        readers.close().await;
        sqlx::query("PRAGMA journal_mode = DELETE").execute(writer).await?;
    }
    db.close().await;
    Ok(())
}

async fn reading(path: &Path) -> Result<SqliteConnectOptions> {
    let options = encryption::options(path).await?;
    Ok(options.create_if_missing(false).busy_timeout(std::time::Duration::from_secs(15)))
}

/// Onto the disk, then under its name: a cut in between leaves the old or the new, never a half.
pub(crate) fn settle(part: &Path, to: &Path) -> Result<()> {
    let done = (|| {
        fs::File::options().write(true).open(part)?.sync_all()?;
        fs::rename(part, to)?;
        #[cfg(unix)]
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    })();
    done.map_err(|error| file_error(to, &error))
}

pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(ending);
    name.into()
}

/// Removes a file that is not wanted any more, with what SQLite may have left beside it.
pub(crate) fn forget(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        // It is not there as a rule.
        let _ = fs::remove_file(beside(path, ending));
    }
}

pub(crate) fn file_error(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull => Error::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly,
        kind => bad(path, &kind.to_string()),
    }
}

pub(crate) fn bad(path: &Path, reason: &str) -> Error {
    Error::BadFile { file: path.display().to_string(), reason: reason.into() }
}

/// Whether a transaction is on the database that backups are written in.
fn is_file(tx: &Tx) -> bool {
    matches!(tx, Tx::Sqlite(_))
}
