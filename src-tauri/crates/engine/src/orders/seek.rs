//! Finding orders by a piece of text: their number, a waybill, a SKU, or who bought.
//!
//! Each way of finding answers the first page of what it knows, exactly; the page is the top of all.

use uuid::Uuid;

use super::{
    OrderFilter, OrderSort, buyers,
    list::{Ask, ORDERS_KEY, Row, Select, by_own, merged},
};
use crate::{
    catalog::barcode_key,
    ctx::Ctx,
    db::Arg,
    error::Result,
    fetch_dyn,
    search::{self, Matches},
};

/// A beginning that so many numbers share is no longer a number: the highest ones are looked at.
const MOST_NUMBERS: i64 = 500;
/// Beginnings of SKU codes are followed to so many SKUs.
const MOST_SKUS: i64 = 20;

pub(super) async fn by_text(ctx: &mut Ctx, ask: &Ask, text: &str, limit: i64) -> Result<Vec<Row>> {
    let (ids, skus) = codes(ctx, text).await?;
    let mut rows = of_ids(ctx, ask, ids, limit).await?;
    for sku in skus {
        rows.extend(of_sku(ctx, ask, sku, limit).await?);
    }
    if ctx.tx.is_postgres() {
        rows.extend(of_buyers(ctx, ask, text, limit).await?);
    } else {
        rows.extend(buyers::find(ctx, ask, text, limit).await?);
    }
    Ok(merged(rows, ask.sort, limit))
}

/// What the text may be the beginning of, in one statement: orders by their number or waybill, and SKUs
/// by code; a barcode is compared in whole.
async fn codes(ctx: &mut Ctx, text: &str) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    let folded = crate::shipping::folded(text);
    let mut numbers = vec![folded.clone()];
    // The shop's prefix is on every number: nobody types it.
    let prefix = ctx.shop()?.preferences.order_prefix.to_uppercase();
    if !prefix.is_empty() && !folded.starts_with(&prefix) {
        numbers.push(format!("{prefix}{folded}"));
    }
    let mut args = Vec::new();
    let mut parts = Vec::new();
    for number in numbers {
        parts.push(format!("SELECT 0 AS what, id FROM ({}) n", orders_of_number(ctx, number, &mut args)));
    }
    if folded.chars().count() >= 4 {
        let waybill = waybills(ctx, folded, &mut args);
        parts.push(format!("SELECT 0 AS what, order_id AS id FROM ({waybill}) w"));
    }
    let key = domain::search::normalise(text);
    if !key.is_empty() {
        // The index on Postgres compares bytes, as these operators do.
        let (from, below) = if ctx.tx.is_postgres() { ("~>=~", "~<~") } else { (">=", "<") };
        let (first, last) = beginning(key.clone(), &mut args);
        parts.push(format!(
            "SELECT 1 AS what, id FROM (SELECT id FROM sku
             WHERE code_key {from} ${first} AND code_key {below} ${last} LIMIT {MOST_SKUS}) s"
        ));
    }
    if (8..=14).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_digit()) {
        args.push(Arg::from(barcode_key(&key)));
        parts.push(format!(
            "SELECT 1 AS what, id FROM (SELECT id FROM sku WHERE barcode_key = ${} LIMIT {MOST_SKUS}) b",
            args.len()
        ));
    }
    let rows: Vec<(i32, Uuid)> = fetch_dyn!(ctx.tx, (i32, Uuid), parts.join(" UNION ALL "), &args)?;
    let (orders, mut skus): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(what, _)| *what == 0);
    skus.sort_unstable();
    skus.dedup();
    Ok((orders.into_iter().map(|(_, id)| id).collect(), skus.into_iter().map(|(_, id)| id).collect()))
}

/// These orders, narrowed by the other filters. A few hundred at most.
pub(super) async fn of_ids(ctx: &mut Ctx, ask: &Ask, mut ids: Vec<Uuid>, limit: i64) -> Result<Vec<Row>> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new(ctx.tx.is_postgres(), "orders o", ORDERS_KEY);
    select.one_of("o.id", ids.into_iter().map(Arg::Uuid).collect());
    select.rest(ask, &[]);
    select.bounds(ask);
    select.fetch(ctx, ask.sort, limit).await
}

/// Orders with a parcel whose waybill begins so.
pub(super) async fn orders_of_waybill(ctx: &mut Ctx, beginning: &str) -> Result<Vec<Uuid>> {
    let mut args = Vec::new();
    let sql = waybills(ctx, beginning.to_owned(), &mut args);
    let rows: Vec<(Uuid,)> = fetch_dyn!(ctx.tx, (Uuid,), sql, &args)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

fn waybills(ctx: &Ctx, text: String, args: &mut Vec<Arg>) -> String {
    let (collate, (first, last)) = (collate(ctx), beginning(text, args));
    format!(
        "SELECT order_id FROM parcel
         WHERE waybill <> '' AND waybill{collate} >= ${first} AND waybill{collate} < ${last}
         ORDER BY waybill{collate} DESC LIMIT {MOST_NUMBERS}"
    )
}

fn orders_of_number(ctx: &Ctx, text: String, args: &mut Vec<Arg>) -> String {
    let (collate, (first, last)) = (collate(ctx), beginning(text, args));
    format!(
        "SELECT id FROM orders WHERE number{collate} >= ${first} AND number{collate} < ${last}
         ORDER BY number{collate} DESC LIMIT {MOST_NUMBERS}"
    )
}

/// A beginning is a range of the index, if texts are compared byte by byte: Postgres must be told.
fn collate(ctx: &Ctx) -> &'static str {
    if ctx.tx.is_postgres() { " COLLATE \"C\"" } else { "" }
}

/// Binds both ends of the range that begins so; answers their numbers.
fn beginning(text: String, args: &mut Vec<Arg>) -> (usize, usize) {
    let end = format!("{text}\u{10ffff}");
    args.extend([Arg::from(text), Arg::from(end)]);
    (args.len() - 1, args.len())
}

async fn of_sku(ctx: &mut Ctx, ask: &Ask, sku_id: Uuid, limit: i64) -> Result<Vec<Row>> {
    // A SKU is in many orders, few of which are one's own; one that is also asked for is narrower still.
    if ask.within.own.is_some() && ask.filter.sku_id.is_none() {
        let filter = OrderFilter { sku_id: Some(sku_id), ..ask.filter.clone() };
        return by_own(ctx, &Ask { filter, ..ask.clone() }, limit).await;
    }
    let mut select = Select::lines(ctx.tx.is_postgres());
    select.walk("l.sku_id", "=", sku_id);
    select.rest(ask, &[]);
    select.bounds(ask);
    // The SKU may stand on two lines of an order: twice the page holds the page.
    let mut rows = select.fetch(ctx, ask.sort, limit * 2).await?;
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// Orders of the customers who match, on Postgres.
///
/// An order among the newest of all matching customers belongs to one of those who ordered last. So
/// they are taken by their last order, a batch at a time, until the page is full of orders newer than
/// the last order of anybody not yet taken.
async fn of_buyers(ctx: &mut Ctx, ask: &Ask, text: &str, limit: i64) -> Result<Vec<Row>> {
    let matches = search::matches(&mut ctx.tx, "customer", text).await?;
    if matches!(&matches, Matches::All) || matches!(&matches, Matches::Few(ids) if ids.is_empty()) {
        return Ok(Vec::new());
    }
    let stepwise = ask.sort == OrderSort::Newest;
    let mut batch = if stepwise { limit } else { 4096 };
    loop {
        let mut args = Vec::new();
        let sql = latest_buyers(&matches, &mut args, batch + 1);
        let mut buyers: Vec<(Uuid, i64)> = fetch_dyn!(ctx.tx, (Uuid, i64), sql, &args)?;
        if buyers.is_empty() {
            return Ok(Vec::new());
        }
        let all = buyers.len() as i64 <= batch;
        let reached = buyers.last().map_or(0, |(_, last)| *last);
        buyers.truncate(usize::try_from(batch).unwrap_or(usize::MAX));
        let mut select = Select::orders(true, "orders_by_customer");
        select.one_of("o.customer_id", buyers.into_iter().map(|(id, _)| Arg::Uuid(id)).collect());
        if !all {
            select.walk("o.placed_at", ">=", reached);
        }
        select.rest(ask, &[]);
        select.bounds(ask);
        let mut rows = select.fetch(ctx, ask.sort, limit).await?;
        if all {
            return Ok(rows);
        }
        if rows.len() as i64 >= limit || !stepwise {
            rows.extend(cancelled_of_buyers(ctx, ask, &matches, reached, limit).await?);
            return Ok(merged(rows, ask.sort, limit));
        }
        batch *= 8;
    }
}

/// Those who match, the last to order first. A customer merged into another has no orders any more;
/// saying so opens the index.
fn latest_buyers(matches: &Matches, args: &mut Vec<Arg>, limit: i64) -> String {
    let condition = matches.condition("customer", "c.id", args);
    format!(
        "SELECT c.id, c.last_order_at FROM customer c
         WHERE c.merged_into IS NULL AND c.last_order_at > 0 {condition}
         ORDER BY c.last_order_at DESC, c.id DESC LIMIT {limit}"
    )
}

/// A cancelled order does not count as somebody's last one: those in the time looked at are found
/// from their stage.
async fn cancelled_of_buyers(ctx: &mut Ctx, ask: &Ask, matches: &Matches, since: i64, limit: i64) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for archived in [false, true] {
        let mut select = Select::orders(true, "orders_by_stage");
        select.walk("o.archived", "=", archived);
        select.walk("o.stage", "=", "cancelled");
        select.walk("o.placed_at", ">=", since);
        let condition = matches.condition("customer", "o.customer_id", &mut select.args);
        if let Some(condition) = condition.strip_prefix(" AND ") {
            select.conditions.push(condition.to_owned());
        }
        select.rest(ask, &[]);
        select.bounds(ask);
        rows.extend(select.fetch(ctx, ask.sort, limit).await?);
    }
    Ok(rows)
}
