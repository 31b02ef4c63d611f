//! The tree products hang in.

use std::collections::HashMap;

use domain::units::Count;
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Arg, value_rows},
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
    settings::Nothing,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Category {
    pub id: Uuid,
    pub parent_id: Option<Uuid>,
    pub name: String,
    /// 0 at the root.
    pub depth: i32,
    pub position: Count,
    pub version: Count,
    /// Products hung here, not counting those below or archived.
    pub products: Count,
}

/// Parents before children, siblings in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CategoryTree {
    pub items: Vec<Category>,
}

/// Creates (no id) or renames.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveCategory {
    pub id: Option<Uuid>,
    pub version: Option<Count>,
    /// For a new one; to move an old one, `catalog.move_category`.
    pub parent_id: Option<Uuid>,
    pub name: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct MoveCategory {
    pub id: Uuid,
    pub parent_id: Option<Uuid>,
    /// Among its new siblings, from 0; beyond them is last.
    pub position: Count,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct DeleteCategory {
    pub id: Uuid,
    /// Where its products and child categories go; asked for when it has any.
    pub move_to: Option<Uuid>,
}

pub async fn categories(ctx: &mut Ctx, _: Nothing) -> Result<CategoryTree> {
    let rows: Vec<Row> = fetch_all!(ctx.tx, Row, "SELECT id, parent_id, name, path, position, version FROM category")?;
    let products: Vec<(Uuid, i64)> = fetch_all!(
        ctx.tx,
        (Uuid, i64),
        "SELECT category_id, COUNT(*) FROM product
         WHERE category_id IS NOT NULL AND state <> 'archived' GROUP BY category_id"
    )?;
    let products: HashMap<Uuid, i64> = products.into_iter().collect();
    let mut below: HashMap<Option<Uuid>, Vec<Row>> = HashMap::new();
    for row in rows {
        below.entry(row.parent_id).or_default().push(row);
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|row| (std::cmp::Reverse(row.position), std::cmp::Reverse(row.id)));
    }
    let mut items = Vec::new();
    // A stack of siblings, last first: what is taken off is the next in reading order.
    let mut next = below.remove(&None).unwrap_or_default();
    while let Some(row) = next.pop() {
        next.extend(below.remove(&Some(row.id)).unwrap_or_default());
        let count = products.get(&row.id).copied().unwrap_or(0);
        items.push(row.into_category(count));
    }
    Ok(CategoryTree { items })
}

pub async fn save_category(ctx: &mut Ctx, input: SaveCategory) -> Result<Category> {
    let name = input.name.replace('\0', "");
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "required"));
    }
    if name.chars().count() > 100 {
        return Err(Error::invalid_because("name", "too_long", "100"));
    }
    let before = match input.id {
        Some(id) => find(ctx, id).await?,
        None => None,
    };
    let id = match (&before, input.id) {
        (None, None) => ctx.new_id(),
        // Taking back a deletion.
        (None, Some(id)) if ctx.undoes.is_some() => id,
        (None, Some(id)) => return Err(Error::not_found("category", id)),
        (Some(before), _) => before.id,
    };
    let parent_id = before.as_ref().map_or(input.parent_id, |before| before.parent_id);
    let siblings = siblings(ctx, parent_id).await?;
    if let Some(same) = siblings.iter().find(|row| row.name == name && row.id != id) {
        return Err(Error::Duplicate {
            kind: "category".into(),
            field: "name".into(),
            value: name.into(),
            existing: Some(same.name.clone()),
        });
    }
    match &before {
        Some(before) => {
            let version = input.version.ok_or_else(|| Error::invalid("version", "required"))?;
            let touched = execute!(
                ctx.tx,
                "UPDATE category SET name = $1, version = version + 1 WHERE id = $2 AND version = $3",
                name,
                id,
                version.0
            )?;
            if touched == 0 {
                let current = Count(before.version);
                return Err(Error::Stale { kind: "category".into(), id: id.to_string(), current });
            }
            ctx.changed("category", id, json!({ "name": before.name }), json!({ "name": name }));
            let back = SaveCategory {
                id: Some(id),
                version: Some(Count(version.0 + 1)),
                parent_id,
                name: before.name.clone(),
            };
            ctx.undo_with("catalog.save_category", &back)?;
        }
        None => {
            let above = path_of(ctx, parent_id, "parent_id").await?;
            let position = siblings.iter().map(|row| row.position + 1).max().unwrap_or(0);
            execute!(
                ctx.tx,
                "INSERT INTO category (id, parent_id, name, path, position, version) VALUES ($1,$2,$3,$4,$5,1)",
                id,
                parent_id,
                name,
                format!("{above}{}/", id.simple()),
                position
            )?;
            ctx.changed("category", id, serde_json::Value::Null, json!({ "name": name }));
            ctx.undo_with("catalog.delete_category", &DeleteCategory { id, move_to: None })?;
        }
    }
    ctx.about(id);
    reread(ctx, id).await
}

/// Hangs a category, with all below it, somewhere else.
pub async fn move_category(ctx: &mut Ctx, input: MoveCategory) -> Result<Category> {
    if input.position < Count::ZERO {
        return Err(Error::invalid("position", "negative"));
    }
    // Two moves at once could close a circle that neither sees: moves wait for each other.
    if ctx.tx.is_postgres() {
        ctx.tx.execute_dyn("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE".to_owned(), &[]).await?;
    }
    let before = find(ctx, input.id).await?.ok_or_else(|| Error::not_found("category", input.id))?;
    let above = path_of(ctx, input.parent_id, "parent_id").await?;
    if above.starts_with(&before.path) {
        return Err(Error::invalid("parent_id", "cycle"));
    }
    let mut siblings = siblings(ctx, input.parent_id).await?;
    let old_place = siblings.iter().position(|row| row.id == input.id);
    siblings.retain(|row| row.id != input.id);
    if let Some(same) = siblings.iter().find(|row| row.name == before.name) {
        return Err(Error::Duplicate {
            kind: "category".into(),
            field: "name".into(),
            value: before.name,
            existing: Some(same.name.clone()),
        });
    }
    let old_place = match old_place {
        Some(place) => place,
        None => self::siblings(ctx, before.parent_id).await?.iter().position(|row| row.id == input.id).unwrap_or(0),
    };
    let place = usize::try_from(input.position.0).unwrap_or(usize::MAX).min(siblings.len());
    let mut order: Vec<Uuid> = siblings.iter().map(|row| row.id).collect();
    order.insert(place, input.id);
    hang(ctx, &before, input.parent_id, &above).await?;
    for chunk in order.iter().enumerate().collect::<Vec<_>>().chunks(500) {
        let args: Vec<Arg> = chunk.iter().flat_map(|(at, id)| [Arg::Uuid(**id), Arg::I64(*at as i64)]).collect();
        let sql = format!(
            "WITH w(id, position) AS (VALUES {}) UPDATE category SET position = w.position FROM w WHERE category.id = w.id",
            value_rows(chunk.len(), 2)
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    ctx.about(input.id);
    ctx.changed(
        "category",
        input.id,
        json!({ "parent_id": before.parent_id, "position": old_place }),
        json!({ "parent_id": input.parent_id, "position": place }),
    );
    let back = MoveCategory { id: input.id, parent_id: before.parent_id, position: Count(old_place as i64) };
    ctx.undo_with("catalog.move_category", &back)?;
    reread(ctx, input.id).await
}

/// Removes a category; what it holds goes to `move_to`.
pub async fn delete_category(ctx: &mut Ctx, input: DeleteCategory) -> Result<Nothing> {
    let before = find(ctx, input.id).await?.ok_or_else(|| Error::not_found("category", input.id))?;
    let (products,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM product WHERE category_id = $1", input.id)?;
    let children = siblings(ctx, Some(input.id)).await?;
    let empty = products == 0 && children.is_empty();
    match input.move_to {
        None if !empty => {
            let by = if products > 0 { "product" } else { "category" };
            let count = if products > 0 { products } else { children.len() as i64 };
            return Err(Error::InUse { kind: "category".into(), by: by.into(), count: Count(count) });
        }
        Some(target) => {
            let above = path_of(ctx, Some(target), "move_to").await?;
            if above.starts_with(&before.path) {
                return Err(Error::invalid("move_to", "cycle"));
            }
            let there = siblings(ctx, Some(target)).await?;
            let last = there.iter().map(|row| row.position + 1).max().unwrap_or(0);
            for (position, child) in (last..).zip(&children) {
                if there.iter().any(|row| row.name == child.name && row.id != input.id) {
                    return Err(Error::Duplicate {
                        kind: "category".into(),
                        field: "name".into(),
                        value: child.name.clone(),
                        existing: Some(child.name.clone()),
                    });
                }
                hang(ctx, child, Some(target), &above).await?;
                execute!(ctx.tx, "UPDATE category SET position = $1 WHERE id = $2", position, child.id)?;
            }
            execute!(
                ctx.tx,
                "UPDATE product SET category_id = $1, version = version + 1 WHERE category_id = $2",
                target,
                input.id
            )?;
        }
        None => {}
    }
    execute!(ctx.tx, "DELETE FROM category WHERE id = $1", input.id)?;
    ctx.about(input.id);
    ctx.changed(
        "category",
        input.id,
        json!({ "name": before.name, "products": products }),
        json!({ "move_to": input.move_to }),
    );
    if empty {
        // With its contents moved it cannot be told any more which of them were here.
        let back = SaveCategory { id: Some(input.id), version: None, parent_id: before.parent_id, name: before.name };
        ctx.undo_with("catalog.save_category", &back)?;
    }
    Ok(Nothing {})
}

#[derive(Clone, sqlx::FromRow)]
struct Row {
    id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    path: String,
    position: i64,
    version: i64,
}

impl Row {
    fn into_category(self, products: i64) -> Category {
        Category {
            id: self.id,
            parent_id: self.parent_id,
            name: self.name,
            depth: i32::try_from(self.path.matches('/').count()).unwrap_or(i32::MAX) - 1,
            position: Count(self.position),
            version: Count(self.version),
            products: Count(products),
        }
    }
}

async fn find(ctx: &mut Ctx, id: Uuid) -> Result<Option<Row>> {
    Ok(fetch_optional!(
        ctx.tx,
        Row,
        "SELECT id, parent_id, name, path, position, version FROM category WHERE id = $1",
        id
    )?)
}

async fn reread(ctx: &mut Ctx, id: Uuid) -> Result<Category> {
    let row = find(ctx, id).await?.ok_or_else(|| Error::not_found("category", id))?;
    let (products,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM product WHERE category_id = $1 AND state <> 'archived'", id)?;
    Ok(row.into_category(products))
}

/// The children of a category, or the roots, in their order.
async fn siblings(ctx: &mut Ctx, parent_id: Option<Uuid>) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = match parent_id {
        Some(parent) => fetch_all!(
            ctx.tx,
            Row,
            "SELECT id, parent_id, name, path, position, version FROM category WHERE parent_id = $1",
            parent
        ),
        None => fetch_all!(
            ctx.tx,
            Row,
            "SELECT id, parent_id, name, path, position, version FROM category WHERE parent_id IS NULL"
        ),
    }?;
    rows.sort_by_key(|row| (row.position, row.id));
    Ok(rows)
}

/// The path below which something is to hang; empty at the root.
async fn path_of(ctx: &mut Ctx, id: Option<Uuid>, field: &str) -> Result<String> {
    match id {
        None => Ok(String::new()),
        Some(id) => Ok(find(ctx, id).await?.ok_or_else(|| Error::invalid(field, "unknown"))?.path),
    }
}

/// Gives a category another parent, and all below it the path that follows.
async fn hang(ctx: &mut Ctx, row: &Row, parent_id: Option<Uuid>, above: &str) -> Result<()> {
    let path = format!("{above}{}/", row.id.simple());
    execute!(
        ctx.tx,
        "UPDATE category SET path = $1 || SUBSTR(path, $2) WHERE path LIKE $3",
        path,
        row.path.len() as i32 + 1,
        format!("{}%", row.path)
    )?;
    execute!(ctx.tx, "UPDATE category SET parent_id = $1, version = version + 1 WHERE id = $2", parent_id, row.id)?;
    Ok(())
}
