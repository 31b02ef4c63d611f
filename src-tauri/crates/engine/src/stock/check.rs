//! Balances against the ledger and the reservations; and setting one right.

use domain::units::Qty;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    check::Difference,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    execute, fetch_all,
    settings::Nothing,
};

/// A balance that is not what its moves and reservations add up to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StockDifference {
    pub sku_id: Uuid,
    pub location_id: Uuid,
    pub sku_code: String,
    pub title: String,
    pub on_hand: Qty,
    /// What the moves add up to.
    pub moved: Qty,
    pub reserved: Qty,
    /// What the reservations add up to.
    pub held: Qty,
}

/// `repair` answers with the difference it set right.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct RepairStock {
    pub sku_id: Uuid,
    pub location_id: Uuid,
}

#[derive(sqlx::FromRow)]
struct Row {
    sku_id: Uuid,
    location_id: Uuid,
    code: String,
    title: String,
    on_hand: i64,
    moved: i64,
    reserved: i64,
    held: i64,
}

/// For the list with a repair action on each row.
pub async fn differences(ctx: &mut Ctx, _: Nothing) -> Result<Vec<StockDifference>> {
    Ok(compare(&mut ctx.tx).await?.into_iter().map(StockDifference::from).collect())
}

/// For `shopctl check`: no row means that every balance equals its ledger, and that every move
/// says rightly what was there before and after it.
pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for row in compare(tx).await? {
        Difference::compare(&mut found, "stock", "on_hand", &row.code, row.moved, row.on_hand);
        Difference::compare(&mut found, "stock", "reserved", &row.code, row.held, row.reserved);
    }
    let told: Vec<(Uuid, i64, i64, i64)> = fetch_all!(
        *tx,
        (Uuid, i64, i64, i64),
        "SELECT m.id, m.before, m.after, CASE WHEN t.kind IN ('internal', 'transit') THEN m.qty ELSE -m.qty END
         FROM stock_move m JOIN location t ON t.id = m.to_id
         WHERE m.after - m.before <> CASE WHEN t.kind IN ('internal', 'transit') THEN m.qty ELSE -m.qty END
         LIMIT 100"
    )?;
    for (id, before, after, delta) in told {
        Difference::compare(&mut found, "stock", "move", id, before + delta, after);
    }
    Ok(found)
}

/// Sets one balance to what its moves and reservations add up to.
pub async fn repair(ctx: &mut Ctx, input: RepairStock) -> Result<StockDifference> {
    let row = compare(&mut ctx.tx)
        .await?
        .into_iter()
        .find(|row| row.sku_id == input.sku_id && row.location_id == input.location_id)
        .ok_or_else(|| Error::not_found("stock_difference", input.sku_id))?;
    let backorder: Vec<(bool,)> = fetch_all!(ctx.tx, (bool,), "SELECT backorder FROM sku WHERE id = $1", row.sku_id)?;
    if row.held > row.moved && !backorder.iter().any(|(may,)| *may) {
        // More is promised than there is: that is for a person to settle, with the orders.
        return Err(Error::WrongState { kind: "stock".into(), state: "oversold".into(), action: "repair".into() });
    }
    super::post::open_balances(ctx, &[row.sku_id]).await?;
    execute!(
        ctx.tx,
        "UPDATE stock_balance SET on_hand = $1, reserved = $2 WHERE sku_id = $3 AND location_id = $4",
        row.moved,
        row.held,
        row.sku_id,
        row.location_id
    )?;
    ctx.about(row.sku_id);
    ctx.changed(
        "stock",
        row.sku_id,
        serde_json::json!({ "on_hand": row.on_hand, "reserved": row.reserved }),
        serde_json::json!({ "on_hand": row.moved, "reserved": row.held }),
    );
    Ok(row.into())
}

async fn compare(tx: &mut Tx) -> Result<Vec<Row>> {
    Ok(fetch_all!(
        *tx,
        Row,
        "WITH ends(sku_id, location_id, qty) AS (
             SELECT sku_id, to_id, qty FROM stock_move UNION ALL SELECT sku_id, from_id, -qty FROM stock_move),
         ledger(sku_id, location_id, qty) AS (
             SELECT e.sku_id, e.location_id, CAST(SUM(e.qty) AS BIGINT) FROM ends e
             JOIN location l ON l.id = e.location_id AND l.kind IN ('internal', 'transit')
             GROUP BY e.sku_id, e.location_id),
         held(sku_id, location_id, qty) AS (
             SELECT sku_id, location_id, CAST(SUM(qty) AS BIGINT) FROM reservation GROUP BY sku_id, location_id),
         keys(sku_id, location_id) AS (
             SELECT sku_id, location_id FROM stock_balance UNION SELECT sku_id, location_id FROM ledger
             UNION SELECT sku_id, location_id FROM held)
         SELECT k.sku_id, k.location_id, s.code, p.title, COALESCE(b.on_hand, 0) AS on_hand,
                COALESCE(g.qty, 0) AS moved, COALESCE(b.reserved, 0) AS reserved, COALESCE(h.qty, 0) AS held
         FROM keys k
         JOIN sku s ON s.id = k.sku_id
         JOIN product p ON p.id = s.product_id
         LEFT JOIN stock_balance b ON b.sku_id = k.sku_id AND b.location_id = k.location_id
         LEFT JOIN ledger g ON g.sku_id = k.sku_id AND g.location_id = k.location_id
         LEFT JOIN held h ON h.sku_id = k.sku_id AND h.location_id = k.location_id
         WHERE COALESCE(b.on_hand, 0) <> COALESCE(g.qty, 0) OR COALESCE(b.reserved, 0) <> COALESCE(h.qty, 0)
         ORDER BY s.code"
    )?)
}

impl From<Row> for StockDifference {
    fn from(row: Row) -> Self {
        Self {
            sku_id: row.sku_id,
            location_id: row.location_id,
            sku_code: row.code,
            title: row.title,
            on_hand: Qty(row.on_hand),
            moved: Qty(row.moved),
            reserved: Qty(row.reserved),
            held: Qty(row.held),
        }
    }
}
