//! The desks of a shop: who they are, which of them are let in, and which were shut out.

use domain::units::Millis;
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;
use uuid::Uuid;

use super::Nothing;
use crate::{
    ctx::{Ctx, Device},
    db::{Db, Tx},
    error::{Error, Result, is_unique_violation},
    execute, fetch_all, fetch_optional,
    orders::checked_text,
};

/// How a desk stands to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// Nobody has let it in yet.
    Waiting,
    Admitted,
    /// Nothing is taken from it any more, and its copy of the shop is removed when it comes again.
    Revoked,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Desk {
    pub id: Uuid,
    /// What stands in its document numbers; empty for the first desk.
    pub mark: String,
    pub name: String,
    pub state: DeskState,
    pub created_at: Millis,
    /// When it was opened last.
    pub seen_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
    /// This is the desk that asks.
    pub here: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Desks {
    pub items: Vec<Desk>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct DeskById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NameDesk {
    pub id: Uuid,
    pub name: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    mark: String,
    name: String,
    created_at: i64,
    seen_at: Option<i64>,
    approved_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl Row {
    fn told(self, here: Uuid) -> Desk {
        let state = match (self.approved_at, self.revoked_at) {
            (_, Some(_)) => DeskState::Revoked,
            (None, None) => DeskState::Waiting,
            (Some(_), None) => DeskState::Admitted,
        };
        Desk {
            here: self.id == here,
            id: self.id,
            mark: self.mark,
            name: self.name,
            state,
            created_at: Millis(self.created_at),
            seen_at: self.seen_at.map(Millis),
            revoked_at: self.revoked_at.map(Millis),
        }
    }
}

/// All desks of the shop, the newest last.
pub async fn desks(ctx: &mut Ctx, _: Nothing) -> Result<Desks> {
    let here = ctx.caller.device.id;
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT id, mark, name, created_at, seen_at, approved_at, revoked_at FROM device ORDER BY created_at, id"
    )?;
    Ok(Desks { items: rows.into_iter().map(|row| row.told(here)).collect() })
}

async fn one(ctx: &mut Ctx, id: Uuid) -> Result<Desk> {
    let all = desks(ctx, Nothing {}).await?.items;
    all.into_iter().find(|desk| desk.id == id).ok_or_else(|| Error::not_found("desk", id))
}

/// Gives a desk a name.
pub async fn name_desk(ctx: &mut Ctx, input: NameDesk) -> Result<Desk> {
    let name = checked_text("name", &input.name, 60)?;
    let before = one(ctx, input.id).await?;
    execute!(ctx.tx, "UPDATE device SET name = $2 WHERE id = $1", input.id, name.as_str())?;
    ctx.about(input.id);
    ctx.changed("desk", input.id, json!({ "name": before.name }), json!({ "name": name }));
    ctx.undo_with("settings.name_desk", &NameDesk { id: input.id, name: before.name })?;
    one(ctx, input.id).await
}

/// Lets a desk in that waits, or that was shut out.
pub async fn admit_desk(ctx: &mut Ctx, input: DeskById) -> Result<Desk> {
    stand(ctx, input.id, DeskState::Admitted).await
}

/// Shuts a desk out: a stolen one, or one that is given away. What it sells while it has not heard of this
/// needs attention when it comes back; then its copy of the shop is removed.
pub async fn revoke_desk(ctx: &mut Ctx, input: DeskById) -> Result<Desk> {
    if input.id == ctx.caller.device.id {
        return Err(Error::invalid("id", "this_desk"));
    }
    stand(ctx, input.id, DeskState::Revoked).await
}

async fn stand(ctx: &mut Ctx, id: Uuid, state: DeskState) -> Result<Desk> {
    let before = one(ctx, id).await?;
    let revoked = (state == DeskState::Revoked).then_some(ctx.now.0);
    execute!(
        ctx.tx,
        "UPDATE device SET approved_at = COALESCE(approved_at, $2), revoked_at = $3 WHERE id = $1",
        id,
        ctx.now.0,
        revoked
    )?;
    ctx.about(id);
    ctx.changed("desk", id, json!({ "state": before.state }), json!({ "state": state }));
    one(ctx, id).await
}

/// Whether a desk may have a copy of the shop.
pub(crate) async fn check_desk(db: &Db, id: Uuid) -> Result<()> {
    let mut tx = db.begin_read().await?;
    let row: Option<(Option<i64>, Option<i64>)> = fetch_optional!(
        tx,
        (Option<i64>, Option<i64>),
        "SELECT approved_at, revoked_at FROM device WHERE id = $1",
        id
    )?;
    tx.rollback().await?;
    match row {
        Some((_, Some(_))) => Err(Error::DeskRevoked),
        Some((None, None)) => Err(Error::DeskWaiting),
        _ => Ok(()),
    }
}

/// This desk's row: on SQLite the one desk there is.
pub(crate) async fn this_device(db: &Db, now: Millis) -> Result<Device> {
    let mut attempt = 0;
    loop {
        let mut tx = db.begin().await?;
        let rows: Vec<(Uuid, String)> =
            fetch_all!(tx, (Uuid, String), "SELECT id, mark FROM device ORDER BY created_at LIMIT 1")?;
        if let Some((id, mark)) = rows.into_iter().next() {
            tx.rollback().await?;
            return Ok(Device { id, mark });
        }
        match insert_device(&mut tx, String::new(), "", now).await {
            Ok(device) => {
                tx.commit().await?;
                return Ok(device);
            }
            // Another program opened the new shop at the same moment: it is the desk.
            Err(error) if is_unique_violation(&error) && attempt < 20 => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The desk `known`, or a new one with a mark of its own: of a shop that several desks share.
pub(crate) async fn enrol(db: &Db, known: Option<Uuid>, name: &str, now: Millis) -> Result<Device> {
    let mut attempt = 0;
    loop {
        let mut tx = db.begin().await?;
        let devices: Vec<(Uuid, String)> = fetch_all!(tx, (Uuid, String), "SELECT id, mark FROM device")?;
        if let Some((id, mark)) = devices.iter().find(|(id, _)| Some(*id) == known) {
            execute!(tx, "UPDATE device SET seen_at = $2 WHERE id = $1", *id, now.0)?;
            tx.commit().await?;
            return Ok(Device { id: *id, mark: mark.clone() });
        }
        let mark = (0..).map(desk_mark).find(|mark| devices.iter().all(|(_, taken)| taken != mark)).unwrap_or_default();
        match insert_device(&mut tx, mark, name, now).await {
            Ok(device) => {
                tx.commit().await?;
                return Ok(device);
            }
            // Another desk came at the same moment and has the mark.
            Err(error) if is_unique_violation(&error) && attempt < 20 => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// A shop that has people lets nobody in by himself: somebody who may do so lets the desk in, there or elsewhere.
async fn insert_device(tx: &mut Tx, mark: String, name: &str, now: Millis) -> Result<Device, sqlx::Error> {
    let device = Device { id: Uuid::now_v7(), mark };
    execute!(
        *tx,
        "INSERT INTO device (id, mark, created_at, name, seen_at, approved_at)
         VALUES ($1, $2, $3, $4, $3, CASE WHEN EXISTS (SELECT 1 FROM staff WHERE active) THEN NULL ELSE $3 END)",
        device.id,
        device.mark.as_str(),
        now.0,
        name
    )?;
    Ok(device)
}

/// Nothing for the first desk, then B … Z, AA, AB …
fn desk_mark(n: u32) -> String {
    let mut mark = String::new();
    let mut left = n + 1;
    while n > 0 && left > 0 {
        left -= 1;
        mark.insert(0, char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    mark
}
