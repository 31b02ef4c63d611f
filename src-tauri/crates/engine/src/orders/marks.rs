//! Marks for working together (flag, remark, assignee, tags) and the archive: many orders at once, and
//! each can be taken back.

use std::collections::HashMap;

use domain::{
    orders::{Flag, FulfilmentStatus, PaymentStatus, Stage},
    units::Count,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    AnnotateOrders, OrderAnnotation, OrderBulk, OrderIds, OrderMarks, OrderTags, SkippedOrder, checked_ids,
    checked_text,
    counters::{self, Deltas, Standing},
};
use crate::{
    ctx::Ctx,
    db::{Arg, Tx, placeholders, value_rows},
    error::{Error, Result},
    fetch_all, fetch_dyn,
    settings::Nothing,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    version: i64,
    flag: Flag,
    seller_note: String,
    assignee: String,
    tags: String,
    placed_at: i64,
}

/// The most tags an order has, and the most letters of one.
const MOST_TAGS: usize = 50;
const LONGEST_TAG: usize = 50;

/// Sets flags, remarks, assignees and tags. One stale order stops all: a bulk edit is one thing to undo.
pub async fn annotate(ctx: &mut Ctx, input: AnnotateOrders) -> Result<OrderBulk> {
    let mut asked: HashMap<Uuid, &OrderAnnotation> = HashMap::new();
    for annotation in &input.orders {
        if asked.insert(annotation.order_id, annotation).is_some() {
            return Err(Error::invalid("orders", "twice"));
        }
    }
    let ids = checked_ids(&input.orders.iter().map(|annotation| annotation.order_id).collect::<Vec<_>>())?;
    ctx.sees_orders(&ids).await?;
    let sql = format!(
        "SELECT id, number, version, flag, seller_note, assignee, tags, placed_at FROM orders WHERE id IN ({}) ORDER BY id",
        placeholders(0, ids.len())
    );
    let args: Vec<Arg> = ids.iter().copied().map(Arg::Uuid).collect();
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    if rows.len() < ids.len() {
        let missing = ids.iter().find(|id| !rows.iter().any(|row| row.id == **id)).copied().unwrap_or_default();
        return Err(Error::not_found("order", missing));
    }
    let mut done = OrderBulk { changed: Vec::new(), skipped: Vec::new() };
    let mut before = Vec::new();
    let mut values: Vec<Arg> = Vec::new();
    let mut retagged = Retagged::default();
    for row in rows {
        let Some(asked) = asked.get(&row.id) else { continue };
        let stale = || Error::Stale { kind: "order".into(), id: row.id.to_string(), current: Count(row.version) };
        if asked.version.is_some_and(|version| version.0 != row.version) {
            return Err(stale());
        }
        let now = OrderMarks {
            flag: row.flag,
            seller_note: row.seller_note,
            assignee: row.assignee,
            tags: serde_json::from_str(&row.tags)?,
        };
        let after = asked.on(&now)?;
        if after == now {
            done.skipped.push(SkippedOrder { order_id: row.id, number: row.number, reason: "unchanged".into() });
            continue;
        }
        if asked.seen.as_ref().is_some_and(|seen| seen.is_overtaken(&now, &after)) {
            return Err(stale());
        }
        ctx.changed("order", row.id, json!(now), json!(after));
        values.extend([
            Arg::Uuid(row.id),
            Arg::I64(row.version),
            Arg::from(after.flag.as_str()),
            Arg::from(after.seller_note.as_str()),
            Arg::from(after.assignee.as_str()),
            Arg::from(serde_json::to_string(&after.tags)?),
        ]);
        if after.tags != now.tags {
            retagged.orders.push(row.id.into());
            for tag in &after.tags {
                retagged.rows.extend([row.id.into(), tag.as_str().into(), row.placed_at.into()]);
            }
        }
        done.changed.push(row.id);
        before.push(OrderAnnotation::back(row.id, now, after));
    }
    if done.changed.is_empty() {
        return Ok(done);
    }
    let sql = format!(
        "WITH w(id, version, flag, seller_note, assignee, tags) AS (VALUES {})
         UPDATE orders SET flag = w.flag, seller_note = w.seller_note, assignee = w.assignee, tags = w.tags,
                           version = orders.version + 1
         FROM w WHERE orders.id = w.id AND orders.version = w.version",
        value_rows(done.changed.len(), 6)
    );
    let touched = ctx.tx.execute_dyn(sql, &values).await?;
    if touched != done.changed.len() as u64 {
        // Somebody was quicker between reading and writing: the whole command is tried again.
        return Err(Error::Busy);
    }
    retagged.store(&mut ctx.tx).await?;
    if let [only] = done.changed[..] {
        ctx.about(only);
    }
    ctx.undo_with("orders.annotate", &AnnotateOrders { orders: before })?;
    Ok(done)
}

/// The rows that find orders by tag, where they changed.
#[derive(Default)]
struct Retagged {
    orders: Vec<Arg>,
    rows: Vec<Arg>,
}

impl Retagged {
    async fn store(self, tx: &mut Tx) -> Result<()> {
        if self.orders.is_empty() {
            return Ok(());
        }
        let sql = format!("DELETE FROM order_tag WHERE order_id IN ({})", placeholders(0, self.orders.len()));
        tx.execute_dyn(sql, &self.orders).await?;
        tx.insert_many("INSERT INTO order_tag (order_id, tag, placed_at)", 3, &self.rows, "").await?;
        Ok(())
    }
}

impl OrderMarks {
    /// Whether a mark that changes from `now` to `after` was another when this was seen.
    fn is_overtaken(&self, now: &Self, after: &Self) -> bool {
        (now.flag != after.flag && now.flag != self.flag)
            || (now.seller_note != after.seller_note && now.seller_note != self.seller_note)
            || (now.assignee != after.assignee && now.assignee != self.assignee)
    }
}

impl OrderAnnotation {
    /// From `after` to `before`, as far as the two differ.
    fn back(order_id: Uuid, before: OrderMarks, after: OrderMarks) -> Self {
        let without = |tags: &[String], others: &[String]| {
            tags.iter().filter(|tag| !others.contains(tag)).cloned().collect::<Vec<_>>()
        };
        Self {
            order_id,
            version: None,
            flag: (before.flag != after.flag).then_some(before.flag),
            add_tags: without(&before.tags, &after.tags),
            remove_tags: without(&after.tags, &before.tags),
            seller_note: (before.seller_note != after.seller_note).then_some(before.seller_note),
            assignee: (before.assignee != after.assignee).then_some(before.assignee),
            tags: (before.tags != after.tags).then_some(before.tags),
            seen: Some(after),
        }
    }

    /// The marks that come of it.
    fn on(&self, now: &OrderMarks) -> Result<OrderMarks> {
        let text = |field: &str, asked: &Option<String>, there: &str, longest| match asked {
            Some(text) => checked_text(field, text, longest),
            None => Ok(there.to_owned()),
        };
        Ok(OrderMarks {
            flag: self.flag.unwrap_or(now.flag),
            seller_note: text("seller_note", &self.seller_note, &now.seller_note, 2000)?,
            assignee: text("assignee", &self.assignee, &now.assignee, 100)?,
            tags: self.tags_after(&now.tags)?,
        })
    }

    fn tags_after(&self, before: &[String]) -> Result<Vec<String>> {
        // A whole list was made of the one that was seen: on another, what was added and removed is what counts.
        let whole = self.tags.as_deref().filter(|_| self.seen.as_ref().is_none_or(|seen| seen.tags == before));
        let all = whole.unwrap_or(before);
        let mut after: Vec<String> = Vec::with_capacity(all.len() + self.add_tags.len());
        for tag in all.iter().chain(&self.add_tags) {
            let tag = checked_text("tags", tag, LONGEST_TAG)?;
            if !tag.is_empty() && !after.contains(&tag) && !self.remove_tags.iter().any(|gone| gone.trim() == tag) {
                after.push(tag);
            }
        }
        if after.len() > MOST_TAGS {
            return Err(Error::invalid_because("tags", "too_many", MOST_TAGS.to_string()));
        }
        Ok(after)
    }
}

/// The first two hundred tags in use, by their letters.
pub async fn tags(ctx: &mut Ctx, _: Nothing) -> Result<OrderTags> {
    let within = ctx.within();
    if !within.is_all() {
        let mut args = Vec::new();
        let seen = within.found_first("o", &mut args);
        let sql = format!(
            "SELECT DISTINCT t.tag FROM order_tag t JOIN orders o ON o.id = t.order_id WHERE 1 = 1{seen}
             ORDER BY t.tag LIMIT 200"
        );
        let rows: Vec<(String,)> = fetch_dyn!(ctx.tx, (String,), sql, &args)?;
        return Ok(OrderTags { tags: rows.into_iter().map(|(tag,)| tag).collect() });
    }
    // Steps from one tag to the next in the index: reading every row would take long in a large shop.
    let rows: Vec<(String,)> = fetch_all!(
        ctx.tx,
        (String,),
        "WITH RECURSIVE t(tag) AS (
             SELECT MIN(tag) FROM order_tag
             UNION ALL
             SELECT (SELECT MIN(o.tag) FROM order_tag o WHERE o.tag > t.tag) FROM t WHERE t.tag IS NOT NULL
         )
         SELECT tag FROM t WHERE tag IS NOT NULL LIMIT 200"
    )?;
    Ok(OrderTags { tags: rows.into_iter().map(|(tag,)| tag).collect() })
}

/// Takes ended orders out of the work lists.
pub async fn archive(ctx: &mut Ctx, input: OrderIds) -> Result<OrderBulk> {
    move_archive(ctx, input, true).await
}

/// Brings archived orders back.
pub async fn unarchive(ctx: &mut Ctx, input: OrderIds) -> Result<OrderBulk> {
    move_archive(ctx, input, false).await
}

#[derive(sqlx::FromRow)]
struct Place {
    id: Uuid,
    number: String,
    stage: Stage,
    payment_status: PaymentStatus,
    fulfilment_status: FulfilmentStatus,
    holds: i64,
    archived: bool,
}

async fn move_archive(ctx: &mut Ctx, input: OrderIds, archived: bool) -> Result<OrderBulk> {
    let ids = checked_ids(&input.order_ids)?;
    ctx.sees_orders(&ids).await?;
    // What decides must stay true until it is written: Postgres locks the rows, SQLite has one writer.
    let mut args: Vec<Arg> = ids.iter().copied().map(Arg::Uuid).collect();
    let sql = format!(
        "SELECT id, number, stage, payment_status, fulfilment_status, holds, archived FROM orders
         WHERE id IN ({}) ORDER BY id {}",
        placeholders(0, ids.len()),
        if ctx.tx.is_postgres() { "FOR UPDATE" } else { "" }
    );
    let rows: Vec<Place> = fetch_dyn!(ctx.tx, Place, sql, &args)?;
    let mut done = OrderBulk { changed: Vec::new(), skipped: Vec::new() };
    let mut deltas = Deltas::default();
    for id in &ids {
        let Some(row) = rows.iter().find(|row| row.id == *id) else {
            return Err(Error::not_found("order", id));
        };
        let reason = match (row.archived == archived, archived && !row.stage.is_final()) {
            (true, _) => Some("unchanged"),
            (_, true) => Some(row.stage.as_str()),
            _ => None,
        };
        if let Some(reason) = reason {
            let (order_id, number, reason) = (row.id, row.number.clone(), reason.to_owned());
            done.skipped.push(SkippedOrder { order_id, number, reason });
            continue;
        }
        let before = Standing {
            stage: row.stage,
            payment: row.payment_status,
            fulfilment: row.fulfilment_status,
            held: row.holds > 0,
            archived: row.archived,
        };
        deltas.moved(&before, &Standing { archived, ..before });
        ctx.changed("order", row.id, json!({"archived": row.archived}), json!({"archived": archived}));
        done.changed.push(row.id);
    }
    if done.changed.is_empty() {
        return Ok(done);
    }
    args = done.changed.iter().copied().map(Arg::Uuid).collect();
    args.push(Arg::Bool(archived));
    let sql = format!(
        "UPDATE orders SET archived = ${}, version = version + 1 WHERE id IN ({})",
        args.len(),
        placeholders(0, done.changed.len())
    );
    ctx.tx.execute_dyn(sql, &args).await?;
    counters::moved(ctx, &deltas).await?;
    if let [only] = done.changed[..] {
        ctx.about(only);
    }
    let inverse = if archived { "orders.unarchive" } else { "orders.archive" };
    ctx.undo_with(inverse, &OrderIds { order_ids: done.changed.clone() })?;
    Ok(done)
}
