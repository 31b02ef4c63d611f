//! Writing the ledger: the balance and its moves change in one go, or not at all.

use std::collections::{BTreeMap, HashMap};

use domain::{
    stock::{LocationKind, MoveReason, aggregate},
    units::Qty,
};
use uuid::Uuid;

use super::{places::Places, reserve::lock};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders, value_rows},
    error::{Error, Result, Shortage},
    fetch_dyn,
};

/// The document that moves goods, and why.
pub(crate) struct Posting<'a> {
    pub reason: MoveReason,
    /// order | parcel | return | adjustment | import | product
    pub doc_kind: &'a str,
    pub doc_id: Uuid,
    pub note: &'a str,
}

/// One move in (`delta` above zero) or out of the house.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub sku_id: Uuid,
    pub delta: i64,
    pub doc_line: Option<Uuid>,
}

/// Rows per statement.
const CHUNK: usize = 500;

/// Moves goods between the main location and `other`; answers each SKU's on hand afterwards.
/// What is held for orders, or not there, cannot leave unless the SKU may be sold ahead.
pub(crate) async fn post(
    ctx: &mut Ctx,
    posting: &Posting<'_>,
    other: LocationKind,
    lines: &[Line],
) -> Result<HashMap<Uuid, i64>> {
    let deltas = aggregate(lines.iter().map(|line| (line.sku_id, line.delta)))
        .map_err(|_| Error::invalid("qty", "too_large"))?;
    let places = Places::load(&mut ctx.tx).await?;
    let (main, other) = (places.main()?, places.of_kind(other)?);
    let skus: Vec<Uuid> = deltas.keys().copied().collect();
    open_balances(ctx, &skus).await?;
    lock(ctx, deltas.keys()).await?;
    let mut after = Vec::with_capacity(deltas.len());
    for chunk in skus.chunks(CHUNK) {
        let mut args: Vec<Arg> =
            chunk.iter().flat_map(|sku| [Arg::Uuid(*sku), Arg::I64(deltas.get(sku).copied().unwrap_or(0))]).collect();
        args.push(Arg::Uuid(main));
        let sql = format!(
            "WITH w(sku_id, delta) AS (VALUES {})
             UPDATE stock_balance SET on_hand = on_hand + w.delta FROM w
             WHERE stock_balance.sku_id = w.sku_id AND location_id = ${}
               AND (backorder OR w.delta >= 0 OR on_hand + w.delta >= reserved)
             RETURNING stock_balance.sku_id, on_hand",
            value_rows(chunk.len(), 2),
            args.len()
        );
        let rows: Vec<(Uuid, i64)> = fetch_dyn!(ctx.tx, (Uuid, i64), sql, &args)?;
        after.extend(rows);
    }
    if after.len() != deltas.len() {
        return Err(shortage(ctx, &deltas, &after).await?);
    }
    if after.iter().any(|(_, on_hand)| Qty::new(*on_hand).is_none()) {
        return Err(Error::invalid("qty", "too_large"));
    }
    write_moves(ctx, posting, main, other, lines, &after).await?;
    Ok(after.into_iter().collect())
}

/// Goods that came back: from the customer, or wherever the document says.
pub(crate) async fn put_back(
    ctx: &mut Ctx,
    doc_kind: &str,
    doc_id: Uuid,
    lines: &[(Uuid, Uuid, i64)],
    from: LocationKind,
) -> Result<()> {
    if lines.iter().any(|(_, _, qty)| *qty < 0) {
        return Err(Error::invalid("qty", "negative"));
    }
    let lines: Vec<Line> = lines
        .iter()
        .filter(|(_, _, qty)| *qty > 0)
        .map(|(line_id, sku_id, qty)| Line { sku_id: *sku_id, delta: *qty, doc_line: Some(*line_id) })
        .collect();
    let posting = Posting { reason: MoveReason::SaleReturn, doc_kind, doc_id, note: "" };
    post(ctx, &posting, from, &lines).await?;
    Ok(())
}

/// Gives SKUs that have none an empty balance in the main location.
pub(crate) async fn open_balances(ctx: &mut Ctx, skus: &[Uuid]) -> Result<()> {
    let usual = i64::from(ctx.shop()?.preferences.low_stock);
    for chunk in skus.chunks(CHUNK) {
        let mut args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        args.push(Arg::I64(usual));
        let sql = format!(
            "INSERT INTO stock_balance (sku_id, location_id, on_hand, reserved, backorder, low_at)
             SELECT s.id, l.id, 0, 0, s.backorder,
                    CASE WHEN s.retired OR p.state = 'archived' THEN NULL ELSE COALESCE(s.low_stock, ${}) END
             FROM sku s JOIN product p ON p.id = s.product_id CROSS JOIN location l
             WHERE l.main AND s.id IN ({})
             ON CONFLICT (sku_id, location_id) DO NOTHING",
            args.len(),
            placeholders(0, chunk.len())
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    Ok(())
}

/// Copies to the balances what these SKUs say of selling ahead and of being low.
pub(crate) async fn follow_skus(ctx: &mut Ctx, skus: &[Uuid]) -> Result<()> {
    let usual = i64::from(ctx.shop()?.preferences.low_stock);
    for chunk in skus.chunks(CHUNK) {
        let mut args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        args.push(Arg::I64(usual));
        let sql = format!(
            "UPDATE stock_balance SET backorder = s.backorder,
                    low_at = CASE WHEN s.retired OR p.state = 'archived' THEN NULL ELSE COALESCE(s.low_stock, ${}) END
             FROM sku s JOIN product p ON p.id = s.product_id
             WHERE stock_balance.sku_id = s.id AND s.id IN ({})",
            args.len(),
            placeholders(0, chunk.len())
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    Ok(())
}

/// The shop's usual threshold changed: SKUs without one of their own follow.
pub(crate) async fn default_low_changed(ctx: &mut Ctx, usual: i64) -> Result<()> {
    ctx.tx
        .execute_dyn(
            "UPDATE stock_balance SET low_at = $1 WHERE low_at IS NOT NULL
               AND sku_id IN (SELECT id FROM sku WHERE low_stock IS NULL)"
                .to_owned(),
            &[Arg::I64(usual)],
        )
        .await?;
    Ok(())
}

/// Appends the moves of lines whose balances were just written; `after` is on hand now. Each move
/// says what was there before and after it, so the lines of one SKU are told one after the other.
pub(super) async fn write_moves(
    ctx: &mut Ctx,
    posting: &Posting<'_>,
    main: Uuid,
    other: Uuid,
    lines: &[Line],
    after: &[(Uuid, i64)],
) -> Result<()> {
    let mut standing: HashMap<Uuid, i64> = after.iter().copied().collect();
    for line in lines {
        if let Some(on_hand) = standing.get_mut(&line.sku_id) {
            *on_hand -= line.delta;
        }
    }
    let mut rows = Vec::with_capacity(lines.len() * COLUMNS);
    for line in lines.iter().filter(|line| line.delta != 0) {
        let before = standing.get(&line.sku_id).copied().unwrap_or(0);
        let now = before + line.delta;
        standing.insert(line.sku_id, now);
        let (from, to) = if line.delta > 0 { (other, main) } else { (main, other) };
        rows.extend([
            Arg::Uuid(ctx.new_id()),
            Arg::Uuid(line.sku_id),
            Arg::Uuid(from),
            Arg::Uuid(to),
            Arg::I64(line.delta.abs()),
            posting.reason.as_str().into(),
            posting.doc_kind.into(),
            Arg::Uuid(posting.doc_id),
            Arg::OptUuid(line.doc_line),
            posting.note.into(),
            Arg::I64(before),
            Arg::I64(now),
            ctx.now.into(),
            Arg::from(ctx.caller.actor_name.clone()),
        ]);
    }
    for chunk in rows.chunks(CHUNK * COLUMNS) {
        ctx.tx
            .insert_many(
                "INSERT INTO stock_move (id, sku_id, from_id, to_id, qty, reason, doc_kind, doc_id, doc_line, note,
                                         before, after, at, actor_name)",
                COLUMNS,
                chunk,
                "",
            )
            .await?;
    }
    Ok(())
}

const COLUMNS: usize = 14;

async fn shortage(ctx: &mut Ctx, deltas: &BTreeMap<Uuid, i64>, after: &[(Uuid, i64)]) -> Result<Error> {
    let rest: Vec<Uuid> = deltas.keys().filter(|sku| !after.iter().any(|(done, _)| done == *sku)).copied().collect();
    let first: Vec<Arg> = rest.iter().take(CHUNK).copied().map(Arg::Uuid).collect();
    let sql = format!(
        "SELECT s.id, s.code, p.title, COALESCE(b.on_hand - b.reserved, 0)
         FROM sku s JOIN product p ON p.id = s.product_id
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE s.id IN ({}) ORDER BY s.code",
        placeholders(0, first.len())
    );
    let rows: Vec<(Uuid, String, String, i64)> = fetch_dyn!(ctx.tx, (Uuid, String, String, i64), sql, &first)?;
    if rows.len() < first.len() {
        let unknown = rest.iter().find(|sku| !rows.iter().any(|row| row.0 == **sku)).copied().unwrap_or_default();
        return Ok(Error::not_found("sku", unknown));
    }
    let lines = rows
        .into_iter()
        .map(|(sku, code, title, available)| Shortage {
            sku: code,
            title,
            wanted: Qty(deltas.get(&sku).copied().unwrap_or(0).saturating_neg()),
            available: Qty(available),
        })
        .collect();
    Ok(Error::InsufficientStock { lines })
}
