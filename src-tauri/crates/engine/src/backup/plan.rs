//! Copies that the shop makes by itself: when, where to, and which of them make room for later ones.

use std::path::Path;

use domain::units::{Count, Millis};
use gateways::storage::Place;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    remote::{checked, no_secret},
    run::start,
    vault::Vault,
};
use crate::{
    access::Secret,
    app::Done,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
    settings::Nothing,
};

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The most that may be asked for.
const MOST_MINUTES: i32 = 31 * 24 * 60;
const MOST_KEPT: i32 = 1_000;
/// How many are told of when there is no file any more.
pub(super) const TOLD: i64 = 30;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BackupPlan {
    pub active: bool,
    /// Of this machine; empty when the copies go elsewhere only.
    pub folder: String,
    /// Where else they go, without its secret.
    pub remote: Option<Place>,
    /// The secret is in a file that nobody has opened since the program was started: `settings.unlock_backups`.
    pub locked: bool,
    pub every_minutes: i32,
    /// How many of the latest days, weeks and months that have a copy keep one.
    pub keep_days: i32,
    pub keep_weeks: i32,
    pub keep_months: i32,
    pub next_at: Millis,
    pub version: Count,
}

/// The plan as it is to be; `version` is the one that was read, 0 for the first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveBackupPlan {
    pub version: Count,
    pub active: bool,
    pub folder: String,
    #[serde(default)]
    pub remote: Option<Place>,
    /// The secret key, or the password; `None` leaves the one that is kept.
    #[serde(default)]
    pub secret: Option<Secret>,
    /// Encrypts the secret into a file; wanted on a machine without a keyring.
    #[serde(default)]
    pub passphrase: Option<Secret>,
    pub every_minutes: i32,
    pub keep_days: i32,
    pub keep_weeks: i32,
    pub keep_months: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct BackupRun {
    pub id: Uuid,
    pub at: Millis,
    /// With the place it is in, if that is not this machine.
    pub file: String,
    /// It is not a file of this machine.
    pub remote: bool,
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

/// A desk whose plan wanted a copy long ago, and has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LateBackup {
    pub device: Uuid,
    /// What the desk is called; may be empty.
    pub name: String,
    /// It is the desk that asks.
    pub here: bool,
    pub last_good: Option<Millis>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LateBackups {
    pub desks: Vec<LateBackup>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct UnlockBackups {
    pub passphrase: Secret,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub active: bool,
    pub folder: String,
    pub remote: String,
    pub secret_in_file: bool,
    pub every_minutes: i64,
    pub keep_days: i64,
    pub keep_weeks: i64,
    pub keep_months: i64,
    pub next_at: i64,
    pub remote_next_at: i64,
    pub changed_at: i64,
    pub version: i64,
}

impl Row {
    pub async fn load(tx: &mut Tx, device: Uuid) -> Result<Option<Self>> {
        Ok(fetch_optional!(
            *tx,
            Self,
            "SELECT active, folder, remote, secret_in_file, every_minutes, keep_days, keep_weeks, keep_months, next_at,
                    remote_next_at, changed_at, version
             FROM backup_plan WHERE device = $1",
            device
        )?)
    }

    pub fn place(&self) -> Result<Option<Place>> {
        Ok(if self.remote.is_empty() { None } else { Some(serde_json::from_str(&self.remote)?) })
    }

    fn told(self, vault: &Vault) -> Result<BackupPlan> {
        let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let remote = self.place()?;
        let next_at = match (&remote, self.folder.is_empty()) {
            (None, _) => self.next_at,
            (Some(_), true) => self.remote_next_at,
            (Some(_), false) => self.next_at.min(self.remote_next_at),
        };
        Ok(BackupPlan {
            active: self.active,
            locked: self.secret_in_file && remote.as_ref().is_some_and(|place| !vault.knows(place)),
            folder: self.folder,
            remote,
            every_minutes: small(self.every_minutes),
            keep_days: small(self.keep_days),
            keep_weeks: small(self.keep_weeks),
            keep_months: small(self.keep_months),
            next_at: Millis(next_at),
            version: Count(self.version),
        })
    }

    /// Whether nothing was done since the last copy in this place: a plan of minutes copies what changed, and
    /// every hour in any case. What was done is known from its seals, which are set in the order of the commits:
    /// what a desk did without the server is as old as it is.
    pub async fn is_up_to_date(&self, tx: &mut Tx, device: Uuid, place: &str, now: Millis) -> Result<bool> {
        if self.every_minutes * MINUTE_MS >= HOUR_MS {
            return Ok(false);
        }
        let Some(last_good) = last_good_in(tx, device, place).await?.filter(|at| now.0 - at < HOUR_MS) else {
            return Ok(false);
        };
        // The clock of the desk that set it may be another's.
        let since = last_good - MINUTE_MS;
        let (done,): (bool,) = fetch_one!(
            *tx,
            (bool,),
            "SELECT EXISTS (SELECT 1 FROM audit WHERE seal IS NULL)
                 OR EXISTS (SELECT 1 FROM audit_seal WHERE n = (SELECT MAX(n) FROM audit_seal) AND at >= $1)
                 OR EXISTS (SELECT 1 FROM import_job WHERE state = 'running' OR updated_at >= $1)",
            since
        )?;
        Ok(!done)
    }

    /// Whether one of its places has waited for more than twice the time for a good copy.
    async fn is_late(&self, tx: &mut Tx, device: Uuid, now: Millis) -> Result<bool> {
        if !self.active {
            return Ok(false);
        }
        let remote = self.place()?.map(|place| place.location());
        for place in (!self.folder.is_empty()).then(String::new).into_iter().chain(remote) {
            let last_good = last_good_in(tx, device, &place).await?;
            let since = last_good.unwrap_or(self.changed_at).max(self.changed_at.min(now.0));
            if now.0 - since > 2 * self.every_minutes * MINUTE_MS + HOUR_MS {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Sets when this desk copies the shop, and where to. The first copy is made at once.
pub async fn save_plan(ctx: &mut Ctx, input: SaveBackupPlan) -> Result<BackupPlan> {
    ctx.shop()?;
    let remote = input.remote.as_ref().map(checked).transpose()?;
    let folder = match input.folder.trim() {
        "" if remote.is_some() => String::new(),
        folder => crate::orders::checked_text("folder", folder, 1000)?,
    };
    if remote.is_none() || !folder.is_empty() {
        let path = Path::new(&folder);
        if !path.is_absolute() || !path.is_dir() {
            return Err(Error::invalid("folder", "not_a_folder"));
        }
    }
    for (field, number, least, most) in [
        ("every_minutes", input.every_minutes, 1, MOST_MINUTES),
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
    let was_in_file = before.as_ref().is_some_and(|before| before.secret_in_file);
    let in_file = match &remote {
        None => was_in_file,
        Some(place) => keep_secret(&ctx.vault, place, &input, was_in_file).await?,
    };
    let remote = remote.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
    execute!(
        ctx.tx,
        "INSERT INTO backup_plan (device, active, folder, remote, secret_in_file, every_minutes, keep_days, keep_weeks,
                                  keep_months, next_at, remote_next_at, changed_at, version)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$10,$10,$11)
         ON CONFLICT (device) DO UPDATE SET active = excluded.active, folder = excluded.folder,
             remote = excluded.remote, secret_in_file = excluded.secret_in_file, every_minutes = excluded.every_minutes,
             keep_days = excluded.keep_days, keep_weeks = excluded.keep_weeks, keep_months = excluded.keep_months,
             next_at = excluded.next_at, remote_next_at = excluded.remote_next_at, changed_at = excluded.changed_at,
             version = excluded.version",
        device,
        input.active,
        folder.as_str(),
        remote.as_str(),
        in_file,
        i64::from(input.every_minutes),
        i64::from(input.keep_days),
        i64::from(input.keep_weeks),
        i64::from(input.keep_months),
        ctx.now.0,
        version + 1
    )?;
    let after = Row::load(&mut ctx.tx, device).await?.ok_or_else(|| Error::internal("no plan"))?.told(&ctx.vault)?;
    let before = before.map(|before| before.told(&ctx.vault)).transpose()?;
    ctx.changed("backup_plan", device, serde_json::to_value(&before)?, serde_json::to_value(&after)?);
    if let Some(before) = before {
        let back = SaveBackupPlan {
            version: after.version,
            active: before.active,
            folder: before.folder,
            remote: before.remote,
            // What was kept then is kept still.
            secret: None,
            passphrase: None,
            every_minutes: before.every_minutes,
            keep_days: before.keep_days,
            keep_weeks: before.keep_weeks,
            keep_months: before.keep_months,
        };
        ctx.undo_with("settings.save_backup_plan", &back)?;
    }
    ctx.after_commit(start);
    Ok(after)
}

/// Keeps the secret that came with a plan, or sees to it that there is one; answers whether it is in a file.
async fn keep_secret(vault: &Vault, place: &Place, input: &SaveBackupPlan, was_in_file: bool) -> Result<bool> {
    match &input.secret {
        Some(secret) if !secret.expose().is_empty() => {
            let passphrase = input.passphrase.as_ref().filter(|passphrase| !passphrase.expose().is_empty());
            vault.keep(place, secret, passphrase).await?;
            Ok(passphrase.is_some())
        }
        // A plan that is turned off asks for nothing.
        _ if !input.active => Ok(was_in_file),
        _ if vault.secret(place, was_in_file).await?.is_some() => Ok(was_in_file),
        _ => Err(no_secret()),
    }
}

/// Opens the file that holds the secret, for as long as the program runs. The copy that waited is made.
pub async fn unlock(ctx: &mut Ctx, input: UnlockBackups) -> Result<Done> {
    let device = ctx.caller.device.id;
    let plan = Row::load(&mut ctx.tx, device).await?;
    let place = plan.map(|plan| plan.place()).transpose()?.flatten();
    let place = place.ok_or_else(|| Error::not_found("backup_plan", device))?;
    ctx.vault.unlock(&place, &input.passphrase).await?;
    execute!(ctx.tx, "UPDATE backup_plan SET remote_next_at = $2 WHERE device = $1 AND active", device, ctx.now.0)?;
    ctx.after_commit(start);
    Ok(Done {})
}

/// Makes a copy now.
pub async fn run_now(ctx: &mut Ctx, _: Nothing) -> Result<Done> {
    let device = ctx.caller.device.id;
    let touched = execute!(
        ctx.tx,
        "UPDATE backup_plan SET next_at = $2, remote_next_at = $2 WHERE device = $1 AND active",
        device,
        ctx.now.0
    )?;
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
        place: String,
        bytes: i64,
        error: String,
        removed: bool,
    }
    let runs: Vec<Run> = fetch_all!(
        ctx.tx,
        Run,
        "SELECT id, at, file, place, bytes, error, removed FROM backup_run
         WHERE device = $1 AND ((error = '' AND NOT removed) OR id IN
             (SELECT id FROM backup_run WHERE device = $1 AND (error <> '' OR removed) ORDER BY at DESC, id DESC LIMIT $2))
         ORDER BY at DESC, id DESC",
        device,
        TOLD
    )?;
    let last_good = last_good(&mut ctx.tx, device).await?;
    let late = match &plan {
        Some(plan) => plan.is_late(&mut ctx.tx, device, ctx.now).await?,
        None => false,
    };
    let runs = runs
        .into_iter()
        .map(|run| {
            let error = if run.error.is_empty() { None } else { Some(serde_json::from_str(&run.error)?) };
            Ok(BackupRun {
                id: run.id,
                at: Millis(run.at),
                file: named(&run.place, &run.file),
                remote: !run.place.is_empty(),
                bytes: Count(run.bytes),
                error,
                removed: run.removed,
            })
        })
        .collect::<Result<_>>()?;
    let running = ctx.backing_up.try_lock().is_err();
    let plan = plan.map(|plan| plan.told(&ctx.vault)).transpose()?;
    Ok(Backups { plan, runs, running, last_good, late })
}

/// The desks of the shop whose copies are late: whoever may see to it is told, wherever they sit.
pub async fn late(ctx: &mut Ctx, _: Nothing) -> Result<LateBackups> {
    let desks: Vec<(Uuid, String)> = fetch_all!(
        ctx.tx,
        (Uuid, String),
        "SELECT d.id, d.name FROM backup_plan p JOIN device d ON d.id = p.device
         WHERE p.active AND d.revoked_at IS NULL ORDER BY d.id"
    )?;
    let mut late = Vec::new();
    for (device, name) in desks {
        let Some(plan) = Row::load(&mut ctx.tx, device).await? else { continue };
        if plan.is_late(&mut ctx.tx, device, ctx.now).await? {
            let last_good = last_good(&mut ctx.tx, device).await?;
            late.push(LateBackup { device, name, here: device == ctx.caller.device.id, last_good });
        }
    }
    Ok(LateBackups { desks: late })
}

async fn last_good(tx: &mut Tx, device: Uuid) -> Result<Option<Millis>> {
    let (at,): (Option<i64>,) =
        fetch_one!(*tx, (Option<i64>,), "SELECT MAX(at) FROM backup_run WHERE device = $1 AND error = ''", device)?;
    Ok(at.map(Millis))
}

async fn last_good_in(tx: &mut Tx, device: Uuid, place: &str) -> Result<Option<i64>> {
    let (at,): (Option<i64>,) = fetch_one!(
        *tx,
        (Option<i64>,),
        "SELECT MAX(at) FROM backup_run WHERE device = $1 AND place = $2 AND error = ''",
        device,
        place
    )?;
    Ok(at)
}

/// A copy by the name that people read.
pub(super) fn named(place: &str, file: &str) -> String {
    if place.is_empty() || file.is_empty() { format!("{place}{file}") } else { format!("{place}/{file}") }
}
