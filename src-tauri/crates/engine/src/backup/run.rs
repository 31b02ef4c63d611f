//! Making the copies that are due. The clockwork of a desk that stays open does it; a copy that cannot be
//! made is tried again within the hour, and is told of. A plan has up to two places, each with its own time:
//! the one that works does not wait for the other.

use std::path::{Path, PathBuf};

use domain::{
    backups::{Keep, Moment, kept},
    units::Millis,
};
use gateways::storage::{Content, Place, Storage, content_of};
use uuid::Uuid;

use super::{
    plan::{HOUR_MS, MINUTE_MS, Row, TOLD, named},
    remote::{Fetched, Scratch, fetch, name_of, no_secret},
    vault::Vault,
};
use crate::{
    Engine,
    access::Secret,
    commands::Answer,
    ctx::Caller,
    db::Tx,
    engine::Changed,
    error::{Error, Result},
    execute, fetch_all, fetch_optional,
    settings::load,
};

pub(crate) fn start(shop: Engine) {
    tokio::spawn(async move {
        if let Err(error) = if_due(&shop).await {
            tracing::warn!(%error, "the shop could not be copied");
        }
    });
}

/// Makes the copies that are due, if any are.
pub fn if_due(shop: &Engine) -> Answer<()> {
    let shop = shop.clone();
    Box::pin(async move { make_due(&shop).await })
}

async fn make_due(shop: &Engine) -> Result<()> {
    // One at a time: whoever comes meanwhile leaves it to the one at work.
    let Ok(_one) = shop.backing_up.try_lock() else { return Ok(()) };
    let device = shop.device_id();
    let now = shop.now();
    let mut tx = shop.db.begin_read().await?;
    let Some(plan) = Row::load(&mut tx, device).await?.filter(|plan| plan.active) else { return Ok(()) };
    let Some(zone) = load(&mut tx).await?.map(|settings| settings.zone) else { return Ok(()) };
    let mut into_folder = !plan.folder.is_empty() && plan.next_at <= now.0;
    let mut remote = plan.place()?.filter(|_| plan.remote_next_at <= now.0);
    if into_folder && plan.is_up_to_date(&mut tx, device, "", now).await? {
        into_folder = false;
    }
    if let Some(place) = &remote
        && plan.is_up_to_date(&mut tx, device, &place.location(), now).await?
    {
        remote = None;
    }
    tx.rollback().await?;
    if (!into_folder && remote.is_none()) || !taken(shop, &plan, into_folder, remote.is_some(), now).await? {
        return Ok(());
    }
    let moment = domain::time::local_text(now.0, &zone).unwrap_or_else(|| now.0.to_string());
    let moment = moment.replace(' ', "-").replace(':', "");
    let work = Work { shop, device, now, plan: &plan, zone: &zone };
    let mut outcome = Ok(());
    let mut made = None;
    if into_folder {
        let file = free_name(Path::new(&plan.folder), &moment);
        let written = super::backup(shop, &file).await;
        let run = match &written {
            Ok(report) => Run { bytes: report.bytes.0, ..Run::new(Uuid::now_v7(), file.to_string_lossy()) },
            Err(_) => Run::new(Uuid::now_v7(), file.to_string_lossy()),
        };
        work.note(run, written.as_ref().err()).await?;
        match written {
            Ok(_) => {
                made = Some(file);
                work.make_room_in_folder().await?;
            }
            Err(error) => outcome = Err(error),
        }
    }
    if let Some(place) = remote {
        let sent = work.send_to(&place, made, &moment).await;
        outcome = outcome.and(sent);
    }
    shop.announce(Changed { tags: vec!["backups".into()], command: "settings.run_backup".into() });
    outcome
}

/// Another program on the same shop may look at the same moment: the first takes it. What is cut off in the
/// middle is tried again before long.
async fn taken(shop: &Engine, plan: &Row, folder: bool, remote: bool, now: Millis) -> Result<bool> {
    let again = now.0 + HOUR_MS.min(plan.every_minutes * MINUTE_MS);
    let mut tx = shop.db.begin().await?;
    let taken = execute!(
        tx,
        "UPDATE backup_plan SET next_at = $4, remote_next_at = $5
         WHERE device = $1 AND next_at = $2 AND remote_next_at = $3 AND active",
        shop.device_id(),
        plan.next_at,
        plan.remote_next_at,
        if folder { again } else { plan.next_at },
        if remote { again } else { plan.remote_next_at }
    )?;
    tx.commit().await?;
    Ok(taken > 0)
}

/// What is written down of one try.
struct Run {
    id: Uuid,
    file: String,
    /// Where and how, if it is not a file of this machine.
    remote: Option<Place>,
    bytes: i64,
    sha256: String,
}

impl Run {
    fn new(id: Uuid, file: impl Into<String>) -> Self {
        Self { id, file: file.into(), remote: None, bytes: 0, sha256: String::new() }
    }
}

struct Work<'a> {
    shop: &'a Engine,
    device: Uuid,
    now: Millis,
    plan: &'a Row,
    zone: &'a str,
}

impl Work<'_> {
    /// Sends the copy that was made for the folder, or one that is made for this and removed again.
    async fn send_to(&self, place: &Place, made: Option<PathBuf>, moment: &str) -> Result<()> {
        let id = Uuid::now_v7();
        // Also of a try that fails: what it may have left there is removed by a later one.
        let mut run = Run { remote: Some(place.clone()), ..Run::new(id, "") };
        let outcome: Result<Storage> = async {
            let vault = &self.shop.vault;
            let secret = vault.secret(place, self.plan.secret_in_file).await?.ok_or_else(no_secret)?;
            let storage = Storage::open(place, secret.expose())?;
            let folder = vault.folder();
            Scratch::sweep(&folder);
            let scratch = Scratch::new(&folder)?;
            let file = match made {
                Some(file) => file,
                None => {
                    let file = scratch.file("shop.backup");
                    super::backup(self.shop, &file).await?;
                    file
                }
            };
            let content = content_of(&file).await?;
            run.file = name_of(moment, id, &content);
            run.bytes = i64::try_from(content.bytes).unwrap_or(i64::MAX);
            storage.put(&run.file, &file, &content).await?;
            run.sha256 = content.sha256;
            Ok(storage)
        }
        .await;
        self.note(run, outcome.as_ref().err()).await?;
        let storage = outcome?;
        self.tidy(&storage, &place.location()).await?;
        self.make_room_at(&storage, &place.location()).await
    }

    /// Removes what tries that failed may have left there.
    async fn tidy(&self, storage: &Storage, place: &str) -> Result<()> {
        let mut tx = self.shop.db.begin_read().await?;
        let failed: Vec<(Uuid, String)> = fetch_all!(
            tx,
            (Uuid, String),
            "SELECT id, file FROM backup_run
             WHERE device = $1 AND place = $2 AND error <> '' AND file <> '' AND NOT removed",
            self.device,
            place
        )?;
        tx.rollback().await?;
        let mut gone = Vec::new();
        for (id, file) in failed {
            match storage.discard(&file).await {
                Ok(()) => gone.push(id),
                Err(error) => tracing::warn!(%error, file, "the rest of a copy could not be removed"),
            }
        }
        self.removed(&gone).await
    }

    /// Writes down what came of it, and when the next is due.
    async fn note(&self, run: Run, error: Option<&Error>) -> Result<()> {
        let failed = error.map(serde_json::to_string).transpose()?.unwrap_or_default();
        let remote = run.remote.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
        let place = run.remote.as_ref().map(Place::location).unwrap_or_default();
        let mut tx = self.shop.db.begin().await?;
        execute!(
            tx,
            "INSERT INTO backup_run (id, device, at, file, bytes, error, removed, place, remote, sha256)
             VALUES ($1,$2,$3,$4,$5,$6,FALSE,$7,$8,$9)",
            run.id,
            self.device,
            self.now.0,
            run.file.as_str(),
            run.bytes,
            failed.as_str(),
            place.as_str(),
            remote.as_str(),
            run.sha256.as_str()
        )?;
        if error.is_none() {
            // Of a large shop not as often as it takes long: a tenth of the time is enough.
            let took = self.shop.now().0 - self.now.0;
            let next = self.now.0 + (self.plan.every_minutes * MINUTE_MS).max(10 * took);
            let (device, version) = (self.device, self.plan.version);
            if remote.is_empty() {
                let sql = "UPDATE backup_plan SET next_at = $2 WHERE device = $1 AND version = $3";
                execute!(tx, sql, device, next, version)?;
            } else {
                let sql = "UPDATE backup_plan SET remote_next_at = $2 WHERE device = $1 AND version = $3";
                execute!(tx, sql, device, next, version)?;
            }
        }
        forget_old(&mut tx, self.device).await?;
        tx.commit().await?;
        self.shop.db.committed();
        Ok(())
    }

    async fn make_room_in_folder(&self) -> Result<()> {
        let mut gone = Vec::new();
        for (id, file) in self.surplus("").await? {
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(%error, file, "an old copy could not be removed");
                }
                _ => gone.push(id),
            }
        }
        self.removed(&gone).await
    }

    async fn make_room_at(&self, storage: &Storage, place: &str) -> Result<()> {
        let mut gone = Vec::new();
        for (id, file) in self.surplus(place).await? {
            match storage.delete(&file).await {
                Ok(()) => gone.push(id),
                Err(error) => tracing::warn!(%error, file, "an old copy could not be removed"),
            }
        }
        self.removed(&gone).await
    }

    /// The copies in a place that later ones took the place of: of those that the plan made, and no others.
    async fn surplus(&self, place: &str) -> Result<Vec<(Uuid, String)>> {
        let mut tx = self.shop.db.begin_read().await?;
        let copies: Vec<(Uuid, i64, String)> = fetch_all!(
            tx,
            (Uuid, i64, String),
            "SELECT id, at, file FROM backup_run WHERE device = $1 AND place = $2 AND error = '' AND NOT removed
             ORDER BY at DESC, id DESC",
            self.device,
            place
        )?;
        tx.rollback().await?;
        let moments = copies.iter().map(|(_, at, _)| moment_of(*at, self.zone)).collect::<Result<Vec<_>>>()?;
        let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let keep = Keep {
            days: small(self.plan.keep_days),
            weeks: small(self.plan.keep_weeks),
            months: small(self.plan.keep_months),
        };
        let stays = kept(&moments, keep);
        Ok(copies.into_iter().zip(stays).filter(|(_, stays)| !stays).map(|((id, _, file), _)| (id, file)).collect())
    }

    async fn removed(&self, gone: &[Uuid]) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.shop.db.begin().await?;
        for id in gone {
            execute!(tx, "UPDATE backup_run SET removed = TRUE WHERE id = $1", *id)?;
        }
        tx.commit().await?;
        self.shop.db.committed();
        Ok(())
    }
}

fn moment_of(at: i64, zone: &str) -> Result<Moment> {
    let day = domain::time::day_of(at, zone).map_err(Error::internal)?;
    let (start, _) = domain::time::day_bounds(day, zone).map_err(Error::internal)?;
    Ok(Moment { day, hour: (at - start) / HOUR_MS })
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

/// Copies that are gone, and tries that failed, are told of for a while.
async fn forget_old(tx: &mut Tx, device: Uuid) -> Result<()> {
    execute!(
        *tx,
        "DELETE FROM backup_run WHERE device = $1 AND (removed OR error <> '') AND id NOT IN
             (SELECT id FROM backup_run WHERE device = $1 AND (removed OR error <> '') ORDER BY at DESC, id DESC LIMIT $2)",
        device,
        TOLD
    )?;
    Ok(())
}

/// A good copy that the plan made, and that is still there as far as is known.
#[derive(sqlx::FromRow)]
pub(super) struct Copy {
    pub file: String,
    place: String,
    remote: String,
    sha256: String,
    bytes: i64,
    in_file: bool,
}

pub(super) async fn good_copy(tx: &mut Tx, device: Uuid, id: Uuid) -> Result<Copy> {
    let found: Option<Copy> = fetch_optional!(
        *tx,
        Copy,
        "SELECT r.file, r.place, r.remote, r.sha256, r.bytes,
                COALESCE((SELECT p.secret_in_file FROM backup_plan p WHERE p.device = r.device), FALSE) AS in_file
         FROM backup_run r WHERE r.id = $1 AND r.device = $2 AND r.error = '' AND NOT r.removed",
        id,
        device
    )?;
    found.ok_or_else(|| Error::not_found("backup", id))
}

impl Copy {
    pub fn named(&self) -> String {
        named(&self.place, &self.file)
    }

    /// Brings it here, checked; `None` when it is a file of this machine.
    pub async fn fetch(&self, vault: &Vault) -> Result<Option<Fetched>> {
        if self.remote.is_empty() {
            return Ok(None);
        }
        let place: Place = serde_json::from_str(&self.remote)?;
        let secret: Secret = vault.secret(&place, self.in_file).await?.ok_or_else(no_secret)?;
        let same = |found: &Content| found.sha256 == self.sha256 && i64::try_from(found.bytes) == Ok(self.bytes);
        fetch(&place, &secret, &self.file, same, &vault.folder()).await.map(Some)
    }
}

/// Brings a copy that the plan of this desk sent away back to this machine, checked, for whoever goes back
/// to it; `None` when it is a file of this machine.
pub fn fetch_run(shop: &Engine, caller: &Caller, id: Uuid) -> Answer<(String, Option<Fetched>)> {
    let (shop, caller) = (shop.clone(), caller.clone());
    Box::pin(async move {
        let mut tx = shop.db.begin_read().await?;
        let copy = good_copy(&mut tx, caller.device.id, id).await;
        tx.rollback().await?;
        let copy = copy?;
        let fetched = copy.fetch(&shop.vault).await?;
        Ok((copy.file, fetched))
    })
}
