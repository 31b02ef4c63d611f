use domain::units::Millis;
use uuid::Uuid;

use super::{Done, Draft, DraftId, Drafts, DraftsInput, SaveDraft};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_all, fetch_one,
};

const MAX_BODY: usize = 1_000_000;
const MAX_DRAFTS: i64 = 200;

/// Drafts are their writer's alone. In a shop that asks for no names they are nobody's.
fn whose(ctx: &Ctx) -> Option<Uuid> {
    Some(ctx.caller.actor).filter(|actor| !actor.is_nil())
}

/// Keeps what somebody is typing. Saved every few moments, so it leaves no trace in the log.
pub async fn save_draft(ctx: &mut Ctx, input: SaveDraft) -> Result<Draft> {
    if input.body.len() > MAX_BODY {
        return Err(Error::invalid("body", "too_large"));
    }
    let area = checked_area(&input.area)?;
    let whose = whose(ctx);
    let (others,): (i64,) = fetch_one!(
        ctx.tx,
        (i64,),
        "SELECT COUNT(*) FROM draft WHERE area = $1 AND id <> $2 AND (actor = $3 OR actor IS NULL)",
        area,
        input.id,
        whose
    )?;
    if others >= MAX_DRAFTS {
        return Err(Error::invalid("area", "too_many"));
    }
    let kept = execute!(
        ctx.tx,
        "INSERT INTO draft (id, area, body, updated_at, actor) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (id) DO UPDATE SET area = excluded.area, body = excluded.body, updated_at = excluded.updated_at,
             actor = excluded.actor
         WHERE draft.actor IS NULL OR draft.actor = excluded.actor",
        input.id,
        area,
        input.body.as_str(),
        ctx.now.0,
        whose
    )?;
    if kept == 0 {
        return Err(Error::not_found("draft", input.id));
    }
    Ok(Draft { id: input.id, area: area.to_owned(), body: input.body, updated_at: ctx.now })
}

pub async fn drafts(ctx: &mut Ctx, input: DraftsInput) -> Result<Drafts> {
    type Row = (Uuid, String, String, Millis);
    let whose = whose(ctx);
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT id, area, body, updated_at FROM draft WHERE area = $1 AND (actor = $2 OR actor IS NULL)
         ORDER BY updated_at DESC, id LIMIT 200",
        checked_area(&input.area)?,
        whose
    )?;
    let items = rows.into_iter().map(|(id, area, body, updated_at)| Draft { id, area, body, updated_at }).collect();
    Ok(Drafts { items })
}

/// Throws a draft away; one that is gone already is no fault.
pub async fn discard_draft(ctx: &mut Ctx, input: DraftId) -> Result<Done> {
    let whose = whose(ctx);
    execute!(ctx.tx, "DELETE FROM draft WHERE id = $1 AND (actor = $2 OR actor IS NULL)", input.id, whose)?;
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
