//! Holding goods for an order, letting them go, and handing them out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    stock::{LocationKind, MoveReason, aggregate},
    units::Qty,
};
use uuid::Uuid;

use super::{
    places::Places,
    post::{Line, Posting, open_balances, write_moves},
};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders, value_rows},
    error::{Error, Result, Shortage},
    execute, fetch_dyn,
};

/// What one SKU of a document asks for.
#[derive(Clone, Copy, Default)]
struct Ask {
    qty: i64,
    /// How much of it the document's own reservations hold.
    held: i64,
}

type Asks = BTreeMap<Uuid, Ask>;

/// Holds stock for all lines of an order, or for none: an order is served whole.
///
/// One guarded statement takes all SKUs, each once however many lines name it. A SKU it did not
/// touch was short; the error names all of those, and the transaction is rolled back.
pub(crate) async fn reserve(ctx: &mut Ctx, order_id: Uuid, lines: &[(Uuid, Uuid, i64)]) -> Result<()> {
    let asks = demand(lines)?;
    if asks.is_empty() {
        return Ok(());
    }
    lock(ctx, asks.keys()).await?;
    let touched = hold(ctx, &asks).await?;
    if touched.len() != asks.len() {
        let rest = untouched(&asks, &touched);
        open_sold_ahead(ctx, &rest).await?;
        if hold(ctx, &rest).await?.len() != rest.len() {
            return Err(Error::Busy);
        }
    }
    let mut rows = Vec::with_capacity(lines.len() * 4);
    for (line_id, sku_id, qty) in lines.iter().filter(|(_, _, qty)| *qty > 0) {
        rows.extend([Arg::Uuid(*line_id), Arg::Uuid(order_id), Arg::Uuid(*sku_id), Arg::I64(*qty)]);
    }
    let sql = format!(
        "WITH w(line_id, order_id, sku_id, qty) AS (VALUES {})
         INSERT INTO reservation (line_id, order_id, sku_id, location_id, qty)
         SELECT w.line_id, w.order_id, w.sku_id, l.id, w.qty FROM w CROSS JOIN location l WHERE l.main",
        value_rows(rows.len() / 4, 4)
    );
    ctx.tx.execute_dyn(sql, &rows).await?;
    Ok(())
}

/// Lets go of all that an order holds.
pub(crate) async fn release(ctx: &mut Ctx, order_id: Uuid) -> Result<()> {
    if ctx.tx.is_postgres() {
        let sql =
            "SELECT sku_id FROM stock_balance WHERE sku_id IN (SELECT sku_id FROM reservation WHERE order_id = $1)
                   ORDER BY sku_id FOR UPDATE";
        ctx.tx.execute_dyn(sql.to_owned(), &[Arg::Uuid(order_id)]).await?;
    }
    execute!(
        ctx.tx,
        "WITH w AS (SELECT sku_id, location_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation
                    WHERE order_id = $1 GROUP BY sku_id, location_id)
         UPDATE stock_balance SET reserved = reserved - w.qty FROM w
         WHERE stock_balance.sku_id = w.sku_id AND stock_balance.location_id = w.location_id",
        order_id
    )?;
    execute!(ctx.tx, "DELETE FROM reservation WHERE order_id = $1", order_id)?;
    Ok(())
}

/// Hands goods out to the customer: what the lines hold first, then what is free.
pub(crate) async fn consume(
    ctx: &mut Ctx,
    order_id: Uuid,
    doc_kind: &str,
    doc_id: Uuid,
    lines: &[(Uuid, Uuid, i64)],
) -> Result<()> {
    let mut asks = demand(lines)?;
    if asks.is_empty() {
        return Ok(());
    }
    lock(ctx, asks.keys()).await?;
    let places = Places::load(&mut ctx.tx).await?;
    let main = places.main()?;

    let sql = "SELECT line_id, qty FROM reservation WHERE order_id = $1 AND location_id = $2";
    let held: Vec<(Uuid, i64)> = fetch_dyn!(ctx.tx, (Uuid, i64), sql, &[Arg::Uuid(order_id), Arg::Uuid(main)])?;
    let mut held: HashMap<Uuid, i64> = held.into_iter().collect();
    let mut used = BTreeSet::new();
    for (line_id, sku_id, qty) in lines.iter().filter(|(_, _, qty)| *qty > 0) {
        if let (Some(holds), Some(ask)) = (held.get_mut(line_id), asks.get_mut(sku_id)) {
            let from_hold = (*qty).min(*holds);
            *holds -= from_hold;
            ask.held += from_hold;
            used.insert(*line_id);
        }
    }

    let mut after = hand_out(ctx, &asks, main).await?;
    if after.len() != asks.len() {
        let touched: Vec<Uuid> = after.iter().map(|(sku, _)| *sku).collect();
        let rest = untouched(&asks, &touched);
        open_sold_ahead(ctx, &rest).await?;
        let more = hand_out(ctx, &rest, main).await?;
        if more.len() != rest.len() {
            return Err(Error::Busy);
        }
        after.extend(more);
    }

    let (mut spent, mut left) = (Vec::new(), Vec::new());
    for line_id in used {
        match held.get(&line_id) {
            Some(0) => spent.push(Arg::Uuid(line_id)),
            Some(rest) => left.extend([Arg::Uuid(line_id), Arg::I64(*rest)]),
            None => {}
        }
    }
    if !spent.is_empty() {
        let sql = format!("DELETE FROM reservation WHERE line_id IN ({})", placeholders(0, spent.len()));
        ctx.tx.execute_dyn(sql, &spent).await?;
    }
    if !left.is_empty() {
        let sql = format!(
            "WITH w(line_id, qty) AS (VALUES {})
             UPDATE reservation SET qty = w.qty FROM w WHERE reservation.line_id = w.line_id",
            value_rows(left.len() / 2, 2)
        );
        ctx.tx.execute_dyn(sql, &left).await?;
    }
    let lines: Vec<Line> = lines
        .iter()
        .filter(|(_, _, qty)| *qty > 0)
        .map(|(line_id, sku_id, qty)| Line { sku_id: *sku_id, delta: -*qty, doc_line: Some(*line_id) })
        .collect();
    let posting = Posting { reason: MoveReason::Sale, doc_kind, doc_id, note: "" };
    write_moves(ctx, &posting, main, places.of_kind(LocationKind::Customer)?, &lines, &after).await
}

/// Takes the balances in the order of SKUs, so that two commands never wait for each other. SQLite
/// has one writer and needs none of it.
pub(super) async fn lock(ctx: &mut Ctx, skus: impl ExactSizeIterator<Item = &Uuid>) -> Result<()> {
    if ctx.tx.is_postgres() && skus.len() > 1 {
        let args: Vec<Arg> = skus.copied().map(Arg::Uuid).collect();
        let sql = format!(
            "SELECT sku_id FROM stock_balance WHERE sku_id IN ({}) ORDER BY sku_id FOR UPDATE",
            placeholders(0, args.len())
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    Ok(())
}

/// What is wanted of each SKU, in the order of SKUs: the same SKU on two lines is one demand.
fn demand(lines: &[(Uuid, Uuid, i64)]) -> Result<Asks> {
    if lines.iter().any(|(_, _, qty)| *qty < 0) {
        return Err(Error::invalid("qty", "negative"));
    }
    let sums = aggregate(lines.iter().filter(|(_, _, qty)| *qty > 0).map(|(_, sku, qty)| (*sku, *qty)))
        .map_err(|_| Error::invalid("qty", "too_large"))?;
    if sums.values().any(|qty| Qty::new(*qty).is_none()) {
        return Err(Error::invalid("qty", "too_large"));
    }
    Ok(sums.into_iter().map(|(sku, qty)| (sku, Ask { qty, held: 0 })).collect())
}

/// Raises `reserved` where the shelf has enough; answers the SKUs it touched.
async fn hold(ctx: &mut Ctx, asks: &Asks) -> Result<Vec<Uuid>> {
    let args: Vec<Arg> = asks.iter().flat_map(|(sku, ask)| [Arg::Uuid(*sku), Arg::I64(ask.qty)]).collect();
    let sql = format!(
        "WITH w(sku_id, qty) AS (VALUES {})
         UPDATE stock_balance SET reserved = reserved + w.qty FROM w
         WHERE stock_balance.sku_id = w.sku_id AND location_id = (SELECT id FROM location WHERE main)
           AND (backorder OR on_hand - reserved >= w.qty)
         RETURNING stock_balance.sku_id",
        value_rows(asks.len(), 2)
    );
    let rows: Vec<(Uuid,)> = fetch_dyn!(ctx.tx, (Uuid,), sql, &args)?;
    Ok(rows.into_iter().map(|(sku,)| sku).collect())
}

/// Lowers `on_hand` and what was held of it; answers the SKUs it touched with their new `on_hand`.
async fn hand_out(ctx: &mut Ctx, asks: &Asks, main: Uuid) -> Result<Vec<(Uuid, i64)>> {
    let mut args: Vec<Arg> =
        asks.iter().flat_map(|(sku, ask)| [Arg::Uuid(*sku), Arg::I64(ask.qty), Arg::I64(ask.held)]).collect();
    args.push(Arg::Uuid(main));
    let sql = format!(
        "WITH w(sku_id, qty, held) AS (VALUES {})
         UPDATE stock_balance SET on_hand = on_hand - w.qty, reserved = reserved - w.held FROM w
         WHERE stock_balance.sku_id = w.sku_id AND location_id = ${}
           AND (backorder OR on_hand - w.qty >= reserved - w.held)
         RETURNING stock_balance.sku_id, on_hand",
        value_rows(asks.len(), 3),
        args.len()
    );
    Ok(fetch_dyn!(ctx.tx, (Uuid, i64), sql, &args)?)
}

fn untouched(asks: &Asks, touched: &[Uuid]) -> Asks {
    asks.iter().filter(|(sku, _)| !touched.contains(sku)).map(|(sku, ask)| (*sku, *ask)).collect()
}

/// The statement left these out: each either is short, which is the error, or may be sold ahead
/// and has no balance yet, and gets one.
async fn open_sold_ahead(ctx: &mut Ctx, rest: &Asks) -> Result<()> {
    let skus: Vec<Arg> = rest.keys().copied().map(Arg::Uuid).collect();
    let sql = format!(
        "SELECT s.id, s.code, p.title, s.backorder, b.on_hand - b.reserved
         FROM sku s
         JOIN product p ON p.id = s.product_id
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE s.id IN ({}) ORDER BY s.code",
        placeholders(0, skus.len())
    );
    let rows: Vec<(Uuid, String, String, bool, Option<i64>)> =
        fetch_dyn!(ctx.tx, (Uuid, String, String, bool, Option<i64>), sql, &skus)?;
    if rows.len() != rest.len() {
        let known: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
        let unknown = rest.keys().find(|sku| !known.contains(sku)).copied().unwrap_or_default();
        return Err(Error::not_found("sku", unknown));
    }
    let mut short = Vec::new();
    let mut ahead = Vec::new();
    for (sku, code, title, backorder, available) in rows {
        let ask = rest.get(&sku).copied().unwrap_or_default();
        if backorder && available.is_none() {
            ahead.push(sku);
        } else {
            let available = Qty(available.unwrap_or(0).saturating_add(ask.held));
            short.push(Shortage { sku: code, title, wanted: Qty(ask.qty), available });
        }
    }
    if !short.is_empty() {
        return Err(Error::InsufficientStock { lines: short });
    }
    open_balances(ctx, &ahead).await
}
