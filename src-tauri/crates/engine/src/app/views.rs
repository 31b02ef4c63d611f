use serde_json::{Value, json};
use uuid::Uuid;

use super::{Done, SaveView, View, ViewId, Views, ViewsInput, drafts::checked_area};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
};

const MAX_BODY: usize = 100_000;
const MAX_VIEWS: i64 = 100;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    area: String,
    name: String,
    body: String,
    position: i64,
}

impl From<Row> for View {
    fn from(row: Row) -> Self {
        let position = i32::try_from(row.position).unwrap_or(i32::MAX);
        Self { id: row.id, area: row.area, name: row.name, body: row.body, position }
    }
}

/// Keeps a filter under a name.
pub async fn save_view(ctx: &mut Ctx, input: SaveView) -> Result<View> {
    let area = checked_area(&input.area)?;
    let name = input.name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "required"));
    }
    if name.chars().count() > 100 {
        return Err(Error::invalid("name", "too_long"));
    }
    if input.body.len() > MAX_BODY {
        return Err(Error::invalid("body", "too_large"));
    }
    let id = input.id.unwrap_or_else(|| ctx.new_id());
    let before = find(ctx, id).await?;
    let (count, last): (i64, i64) = fetch_one!(
        ctx.tx,
        (i64, i64),
        "SELECT COUNT(*), COALESCE(MAX(position), -1) FROM saved_view WHERE area = $1",
        area
    )?;
    if before.is_none() && count >= MAX_VIEWS {
        return Err(Error::invalid("area", "too_many"));
    }
    let position = match (input.position, &before) {
        (Some(position), _) => i64::from(position),
        (None, Some(before)) => i64::from(before.position),
        (None, None) => last + 1,
    };
    execute!(
        ctx.tx,
        "INSERT INTO saved_view (id, area, name, body, position, created_at) VALUES ($1,$2,$3,$4,$5,$6)
         ON CONFLICT (id) DO UPDATE SET area = excluded.area, name = excluded.name, body = excluded.body,
            position = excluded.position",
        id,
        area,
        name,
        input.body.as_str(),
        position,
        ctx.now.0
    )?;
    let after = find(ctx, id).await?.ok_or_else(|| Error::not_found("view", id))?;
    ctx.about(id);
    match before {
        Some(before) => {
            ctx.changed("view", id, json!(before), json!(after));
            ctx.undo_with("app.save_view", &restored(before))?;
        }
        None => {
            ctx.changed("view", id, Value::Null, json!(after));
            ctx.undo_with("app.delete_view", &ViewId { id })?;
        }
    }
    Ok(after)
}

pub async fn views(ctx: &mut Ctx, input: ViewsInput) -> Result<Views> {
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT id, area, name, body, position FROM saved_view WHERE area = $1 ORDER BY position, id",
        checked_area(&input.area)?
    )?;
    Ok(Views { items: rows.into_iter().map(View::from).collect() })
}

pub async fn delete_view(ctx: &mut Ctx, input: ViewId) -> Result<Done> {
    let before = find(ctx, input.id).await?.ok_or_else(|| Error::not_found("view", input.id))?;
    execute!(ctx.tx, "DELETE FROM saved_view WHERE id = $1", input.id)?;
    ctx.about(input.id);
    ctx.changed("view", input.id, json!(before), Value::Null);
    ctx.undo_with("app.save_view", &restored(before))?;
    Ok(Done {})
}

async fn find(ctx: &mut Ctx, id: Uuid) -> Result<Option<View>> {
    let row: Option<Row> =
        fetch_optional!(ctx.tx, Row, "SELECT id, area, name, body, position FROM saved_view WHERE id = $1", id)?;
    Ok(row.map(View::from))
}

fn restored(view: View) -> SaveView {
    SaveView { id: Some(view.id), area: view.area, name: view.name, body: view.body, position: Some(view.position) }
}
