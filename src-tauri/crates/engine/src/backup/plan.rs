//! Copies that the shop makes by itself: when, where to, and which of them make room for later ones.
//!
//! The clockwork of a desk that stays open makes them, into a folder of its own machine. A copy that cannot
//! be made is tried again within the hour, and is told of.

use std::path::{Path, PathBuf};

use domain::{
    backups::{Keep, kept},
    units::{Count, Millis},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    Engine,
    app::Done,
    check::Difference,
    ctx::Ctx,
    db::{Address, Tx},
    engine::Changed,
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
    settings::{Nothing, load},
};

const HOUR_MS: i64 = 3_600_000;
/// The most that may be asked for.
const MOST_HOURS: i32 = 24 * 31;
const MOST_KEPT: i32 = 1_000;
/// How many are told of, and remembered when there is no file any more.
const TOLD: i64 = 100;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BackupPlan {
    pub active: bool,
    pub folder: String,
    pub every_hours: i32,
    /// How many of the latest days, weeks and months that have a copy keep one.
    pub keep_days: i32,
    pub keep_weeks: i32,
    pub keep_months: i32,
    pub next_at: Millis,
    pub version: Count,
}

/// The plan as it is to be; `version` is the one that was read, 0 for the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SaveBackupPlan {
    pub version: Count,
    pub active: bool,
    pub folder: String,
    pub every_hours: i32,
    pub keep_days: i32,
    pub keep_weeks: i32,
    pub keep_months: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BackupRun {
    pub id: Uuid,
    pub at: Millis,
    pub file: String,
    pub bytes: Count,
    /// Why there is no copy.
    pub error: Option<Error>,
    /// The file made room for later ones.
    pub removed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Backups {
    pub plan: Option<BackupPlan>,
    /// Newest first.
    pub runs: Vec<BackupRun>,
    /// A copy is being made.
    pub running: bool,
    pub last_good: Option<Millis>,
    /// The plan wanted a copy long ago, and there is none.
    pub late: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct BackupById {
    pub id: Uuid,
}

/// What came of opening a copy as a shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TriedBackup {
    pub file: String,
    pub orders: Count,
    pub products: Count,
    pub customers: Count,
    /// When the last order in it was placed.
    pub last_order_at: Option<Millis>,
    /// Of its ledgers against its balances.
    pub differences: Vec<Difference>,
}

#[derive(sqlx::FromRow)]
struct Row {
    active: bool,
    folder: String,
    every_hours: i64,
    keep_days: i64,
    keep_weeks: i64,
    keep_months: i64,
    next_at: i64,
    changed_at: i64,
    version: i64,
}

impl Row {
    async fn load(tx: &mut Tx, device: Uuid) -> Result<Option<Self>> {
        Ok(fetch_optional!(
            *tx,
            Self,
            "SELECT active, folder, every_hours, keep_days, keep_weeks, keep_months, next_at, changed_at, version
             FROM backup_plan WHERE device = $1",
            device
        )?)
    }

    fn told(self) -> BackupPlan {
        let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        BackupPlan {
            active: self.active,
            folder: self.folder,
            every_hours: small(self.every_hours),
            keep_days: small(self.keep_days),
            keep_weeks: small(self.keep_weeks),
            keep_months: small(self.keep_months),
            next_at: Millis(self.next_at),
            version: Count(self.version),
        }
    }
}

/// Sets when this desk copies the shop, and where to. The first copy is made at once.
pub async fn save_plan(ctx: &mut Ctx, input: SaveBackupPlan) -> Result<BackupPlan> {
    ctx.shop()?;
    let folder = crate::orders::checked_text("folder", &input.folder, 1000)?;
    if !Path::new(&folder).is_absolute() || !Path::new(&folder).is_dir() {
        return Err(Error::invalid("folder", "not_a_folder"));
    }
    for (field, number, least, most) in [
        ("every_hours", input.every_hours, 1, MOST_HOURS),
        ("keep_days", input.keep_days, 0, MOST_KEPT),
        ("keep_weeks", input.keep_weeks, 0, MOST_KEPT),
        ("keep_months", input.keep_months, 0, MOST_KEPT),
    ] {
        if number < least {
            return Err(Error::invalid(field, "too_small"));
        }
        if number > most {
            return Err(Error::invalid(field, "too_large"));
        }
    }
    let device = ctx.caller.device.id;
    let before = Row::load(&mut ctx.tx, device).await?;
    let version = before.as_ref().map_or(0, |before| before.version);
    if input.version.0 != version {
        let current = Count(version);
        return Err(Error::Stale { kind: "backup_plan".into(), id: device.to_string(), current });
    }
    execute!(
        ctx.tx,
        "INSERT INTO backup_plan (device, active, folder, every_hours, keep_days, keep_weeks, keep_months, next_at,
                                  changed_at, version)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$8,$9)
         ON CONFLICT (device) DO UPDATE SET active = excluded.active, folder = excluded.folder,
             every_hours = excluded.every_hours, keep_days = excluded.keep_days, keep_weeks = excluded.keep_weeks,
             keep_months = excluded.keep_months, next_at = excluded.next_at, changed_at = excluded.changed_at,
             version = excluded.version",
        device,
        input.active,
        folder.as_str(),
        i64::from(input.every_hours),
        i64::from(input.keep_days),
        i64::from(input.keep_weeks),
        i64::from(input.keep_months),
        ctx.now.0,
        version + 1
    )?;
    let after = Row::load(&mut ctx.tx, device).await?.ok_or_else(|| Error::internal("no plan"))?.told();
    let before = before.map(Row::told);
    ctx.changed("backup_plan", device, serde_json::to_value(&before)?, serde_json::to_value(&after)?);
    if let Some(before) = before {
        let back = SaveBackupPlan {
            version: after.version,
            active: before.active,
            folder: before.folder,
            every_hours: before.every_hours,
            keep_days: before.keep_days,
            keep_weeks: before.keep_weeks,
            keep_months: before.keep_months,
        };
        ctx.undo_with("settings.save_backup_plan", &back)?;
    }
    ctx.after_commit(start);
    Ok(after)
}

/// Makes a copy now.
pub async fn run_now(ctx: &mut Ctx, _: Nothing) -> Result<Done> {
    let device = ctx.caller.device.id;
    let touched =
        execute!(ctx.tx, "UPDATE backup_plan SET next_at = $2 WHERE device = $1 AND active", device, ctx.now.0)?;
    if touched == 0 {
        return Err(Error::not_found("backup_plan", device));
    }
    ctx.after_commit(start);
    Ok(Done {})
}

/// The plan of this desk, and what came of it.
pub async fn list(ctx: &mut Ctx, _: Nothing) -> Result<Backups> {
    let device = ctx.caller.device.id;
    let plan = Row::load(&mut ctx.tx, device).await?;
    #[derive(sqlx::FromRow)]
    struct Run {
        id: Uuid,
        at: i64,
        file: String,
        bytes: i64,
        error: String,
        removed: bool,
    }
    let runs: Vec<Run> = fetch_all!(
        ctx.tx,
        Run,
        "SELECT id, at, file, bytes, error, removed FROM backup_run WHERE device = $1 ORDER BY at DESC, id DESC LIMIT $2",
        device,
        TOLD
    )?;
    let (last_good,): (Option<i64>,) =
        fetch_one!(ctx.tx, (Option<i64>,), "SELECT MAX(at) FROM backup_run WHERE device = $1 AND error = ''", device)?;
    let late = plan.as_ref().is_some_and(|plan| {
        let since = last_good.unwrap_or(plan.changed_at).max(plan.changed_at.min(ctx.now.0));
        plan.active && ctx.now.0 - since > (2 * plan.every_hours + 1) * HOUR_MS
    });
    let runs = runs
        .into_iter()
        .map(|run| {
            let error = if run.error.is_empty() { None } else { Some(serde_json::from_str(&run.error)?) };
            Ok(BackupRun {
                id: run.id,
                at: Millis(run.at),
                file: run.file,
                bytes: Count(run.bytes),
                error,
                removed: run.removed,
            })
        })
        .collect::<Result<_>>()?;
    let running = ctx.backing_up.try_lock().is_err();
    Ok(Backups { plan: plan.map(Row::told), runs, running, last_good: last_good.map(Millis), late })
}

/// Opens a copy as a shop of its own, beside this one, and checks its books: a rehearsal of the day it is
/// needed. The copy itself is only read.
pub async fn try_out(ctx: &mut Ctx, input: BackupById) -> Result<TriedBackup> {
    let found: Option<(String, String, bool)> = fetch_optional!(
        ctx.tx,
        (String, String, bool),
        "SELECT file, error, removed FROM backup_run WHERE id = $1 AND device = $2",
        input.id,
        ctx.caller.device.id
    )?;
    let file = match found {
        Some((file, error, false)) if error.is_empty() => file,
        _ => return Err(Error::not_found("backup", input.id)),
    };
    let scratch = std::env::temp_dir().join(format!("shopkeeper-try-{}", Uuid::new_v4().simple()));
    let outcome = open_and_check(Path::new(&file), &scratch.join("shop.db")).await;
    // Nothing but what was copied just now is in it.
    let _ = std::fs::remove_dir_all(&scratch);
    outcome
}

async fn open_and_check(file: &Path, scratch: &Path) -> Result<TriedBackup> {
    let into = Address::Sqlite(scratch.to_owned());
    super::restore(file, &into, false).await?;
    let db = crate::db::Db::open(&into).await?;
    let outcome = async {
        let mut tx = db.begin_read().await?;
        let report = crate::app::check_all(&mut tx).await?;
        let (orders, products, customers, last): (i64, i64, i64, Option<i64>) = fetch_one!(
            tx,
            (i64, i64, i64, Option<i64>),
            "SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM product), (SELECT COUNT(*) FROM customer),
                    (SELECT MAX(placed_at) FROM orders)"
        )?;
        tx.rollback().await?;
        Ok(TriedBackup {
            file: file.display().to_string(),
            orders: Count(orders),
            products: Count(products),
            customers: Count(customers),
            last_order_at: last.map(Millis),
            differences: report.differences,
        })
    }
    .await;
    db.close().await;
    outcome
}

pub(crate) fn start(shop: Engine) {
    tokio::spawn(async move {
        if let Err(error) = if_due(&shop).await {
            tracing::warn!(%error, "the shop could not be copied");
        }
    });
}

/// Makes the copy that is due, if one is.
pub async fn if_due(shop: &Engine) -> Result<()> {
    // One at a time: whoever comes meanwhile leaves it to the one at work.
    let Ok(_one) = shop.backing_up.try_lock() else { return Ok(()) };
    let device = shop.device_id();
    let now = shop.now();
    let mut tx = shop.db.begin_read().await?;
    let plan = Row::load(&mut tx, device).await?.filter(|plan| plan.active && plan.next_at <= now.0);
    let zone = load(&mut tx).await?.map(|settings| settings.zone);
    tx.rollback().await?;
    let (Some(plan), Some(zone)) = (plan, zone) else { return Ok(()) };
    let every = plan.every_hours * HOUR_MS;
    // Another program on the same shop may look at the same moment: the first takes it. What is cut off in
    // the middle is tried again before long.
    let mut tx = shop.db.begin().await?;
    let taken = execute!(
        tx,
        "UPDATE backup_plan SET next_at = $3 WHERE device = $1 AND next_at = $2 AND active",
        device,
        plan.next_at,
        now.0 + HOUR_MS.min(every)
    )?;
    tx.commit().await?;
    if taken == 0 {
        return Ok(());
    }
    let moment = domain::time::local_text(now.0, &zone).unwrap_or_else(|| now.0.to_string());
    let file = free_name(Path::new(&plan.folder), &moment.replace(' ', "-").replace(':', ""));
    let outcome = super::backup(shop, &file).await;
    let (bytes, error) = match &outcome {
        Ok(report) => (report.bytes.0, String::new()),
        Err(error) => (0, serde_json::to_string(error)?),
    };
    let mut tx = shop.db.begin().await?;
    execute!(
        tx,
        "INSERT INTO backup_run (id, device, at, file, bytes, error, removed) VALUES ($1,$2,$3,$4,$5,$6,FALSE)",
        Uuid::now_v7(),
        device,
        now.0,
        file.to_string_lossy().into_owned(),
        bytes,
        error
    )?;
    if outcome.is_ok() {
        execute!(
            tx,
            "UPDATE backup_plan SET next_at = $2 WHERE device = $1 AND version = $3",
            device,
            now.0 + every,
            plan.version
        )?;
        let keep = Keep {
            days: i32::try_from(plan.keep_days).unwrap_or(i32::MAX),
            weeks: i32::try_from(plan.keep_weeks).unwrap_or(i32::MAX),
            months: i32::try_from(plan.keep_months).unwrap_or(i32::MAX),
        };
        make_room(&mut tx, device, &zone, keep).await?;
    }
    forget_old(&mut tx, device).await?;
    tx.commit().await?;
    shop.db.committed();
    shop.announce(Changed { tags: vec!["backups".into()], command: "settings.run_backup".into() });
    outcome.map(drop)
}

/// Two copies may be of one minute: on demand, or when the clock is put back in autumn.
fn free_name(folder: &Path, moment: &str) -> PathBuf {
    let mut file = folder.join(format!("shopkeeper-{moment}.backup"));
    let mut n = 2;
    while file.exists() {
        file = folder.join(format!("shopkeeper-{moment}-{n}.backup"));
        n += 1;
    }
    file
}

/// Removes the copies that later ones took the place of. Files that the plan did not make are let alone.
async fn make_room(tx: &mut Tx, device: Uuid, zone: &str, keep: Keep) -> Result<()> {
    let copies: Vec<(Uuid, i64, String)> = fetch_all!(
        *tx,
        (Uuid, i64, String),
        "SELECT id, at, file FROM backup_run WHERE device = $1 AND error = '' AND NOT removed ORDER BY at DESC, id DESC",
        device
    )?;
    let days = copies.iter().map(|(_, at, _)| domain::time::day_of(*at, zone)).collect::<Result<Vec<_>, _>>();
    let days = days.map_err(Error::internal)?;
    for ((id, _, file), stays) in copies.iter().zip(kept(&days, keep)) {
        if stays {
            continue;
        }
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, file, "an old copy could not be removed");
            }
            _ => {
                execute!(*tx, "UPDATE backup_run SET removed = TRUE WHERE id = $1", *id)?;
            }
        }
    }
    Ok(())
}

/// Copies that are gone, and tries that failed, are told of for a while.
async fn forget_old(tx: &mut Tx, device: Uuid) -> Result<()> {
    execute!(
        *tx,
        "DELETE FROM backup_run WHERE device = $1 AND (removed OR error <> '') AND id NOT IN
             (SELECT id FROM backup_run WHERE device = $1 ORDER BY at DESC, id DESC LIMIT $2)",
        device,
        TOLD
    )?;
    Ok(())
}
