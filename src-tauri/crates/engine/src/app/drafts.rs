use domain::units::Millis;

use super::{Done, Draft, DraftId, Drafts, DraftsInput, SaveDraft};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_all, fetch_one,
};

const MAX_BODY: usize = 1_000_000;
const MAX_DRAFTS: i64 = 200;

/// Keeps what somebody is typing. Saved every few moments, so it leaves no trace in the log.
pub async fn save_draft(ctx: &mut Ctx, input: SaveDraft) -> Result<Draft> {
    if input.body.len() > MAX_BODY {
        return Err(Error::invalid("body", "too_large"));
    }
    let area = checked_area(&input.area)?;
    let (others,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM draft WHERE area = $1 AND id <> $2", area, input.id)?;
    if others >= MAX_DRAFTS {
        return Err(Error::invalid("area", "too_many"));
    }
    execute!(
        ctx.tx,
        "INSERT INTO draft (id, area, body, updated_at) VALUES ($1,$2,$3,$4)
         ON CONFLICT (id) DO UPDATE SET area = excluded.area, body = excluded.body, updated_at = excluded.updated_at",
        input.id,
        area,
        input.body.as_str(),
        ctx.now.0
    )?;
    Ok(Draft { id: input.id, area: area.to_owned(), body: input.body, updated_at: ctx.now })
}

pub async fn drafts(ctx: &mut Ctx, input: DraftsInput) -> Result<Drafts> {
    type Row = (uuid::Uuid, String, String, Millis);
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT id, area, body, updated_at FROM draft WHERE area = $1 ORDER BY updated_at DESC, id LIMIT 200",
        checked_area(&input.area)?
    )?;
    let items = rows.into_iter().map(|(id, area, body, updated_at)| Draft { id, area, body, updated_at }).collect();
    Ok(Drafts { items })
}

/// Throws a draft away; one that is gone already is no fault.
pub async fn discard_draft(ctx: &mut Ctx, input: DraftId) -> Result<Done> {
    execute!(ctx.tx, "DELETE FROM draft WHERE id = $1", input.id)?;
    Ok(Done {})
}

/// The name of the place in the window that it belongs to.
pub(super) fn checked_area(area: &str) -> Result<&str> {
    let area = area.trim();
    if area.is_empty() {
        return Err(Error::invalid("area", "required"));
    }
    if area.chars().count() > 60 {
        return Err(Error::invalid("area", "too_long"));
    }
    Ok(area)
}
