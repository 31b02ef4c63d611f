//! Parcels: sent, delivered, or called back before they arrive.

use std::collections::HashMap;

use domain::{
    orders::{DeliveryMethod, Stage},
    stock::LocationKind,
    units::{Millis, Qty},
};
use uuid::Uuid;

use super::{CancelParcel, Parcel, ParcelById, ParcelLine, ParcelState, ShipOrder, Shipped, waybill};
use crate::{
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    execute, fetch_all, fetch_optional,
    orders::{
        OrderEventData, OrderNow, checked_text,
        facts::{self, Open, wrong_state},
    },
    stock,
};

/// Sends a parcel: the goods leave the shelf, and the order moves on.
pub async fn ship(ctx: &mut Ctx, input: ShipOrder) -> Result<Shipped> {
    let note = checked_text("note", &input.note, 500)?;
    let waybill = waybill::accepted(ctx, &input.carrier, &input.waybill, input.accept_warnings).await?;
    let mut open = facts::open(ctx, input.order_id, input.version).await?;
    if open.head.delivery != DeliveryMethod::Ship {
        return Err(wrong_state(open.head.delivery.as_str(), "ship"));
    }
    may_leave(&open, "ship")?;
    let wanted = chosen(&open, &input.lines)?;
    let parcel_id = send(ctx, &mut open, &wanted, &input.carrier, &waybill, &note, false).await?;
    let order = facts::settle(ctx, open).await?;
    ctx.undo_with("shipping.cancel_parcel", &CancelParcel { parcel_id, reason: String::new() })?;
    Ok(Shipped { parcel_id, order })
}

/// A parcel has arrived.
pub async fn deliver(ctx: &mut Ctx, input: ParcelById) -> Result<OrderNow> {
    let (order_id, _) = find(ctx, input.parcel_id).await?;
    let mut open = facts::open(ctx, order_id, None).await?;
    if mark_delivered(ctx, &mut open, Some(input.parcel_id)).await? == 0 {
        let (_, state) = find(ctx, input.parcel_id).await?;
        return Err(Error::WrongState {
            kind: "parcel".into(),
            state: state.as_str().into(),
            action: "deliver".into(),
        });
    }
    facts::settle(ctx, open).await
}

/// Every parcel on its way has arrived.
pub(crate) async fn deliver_all(ctx: &mut Ctx, open: &mut Open) -> Result<()> {
    if mark_delivered(ctx, open, None).await? == 0 {
        return Err(open.head.wrong_state("deliver"));
    }
    Ok(())
}

/// Calls a parcel back before it arrives: the goods return to the shelf and stay held for the order.
pub async fn cancel_parcel(ctx: &mut Ctx, input: CancelParcel) -> Result<OrderNow> {
    let reason = checked_text("reason", &input.reason, 500)?;
    let (order_id, _) = find(ctx, input.parcel_id).await?;
    let mut open = facts::open(ctx, order_id, None).await?;
    // Read again: the order's row is locked only now.
    let (_, state) = find(ctx, input.parcel_id).await?;
    let refuse =
        |state: &str| Error::WrongState { kind: "parcel".into(), state: state.into(), action: "cancel".into() };
    if !matches!(state, ParcelState::Ready | ParcelState::Handed) {
        return Err(refuse(state.as_str()));
    }
    if open.head.stage.is_final() {
        return Err(refuse(open.head.stage.as_str()));
    }
    execute!(ctx.tx, "UPDATE parcel SET state = 'cancelled' WHERE id = $1", input.parcel_id)?;
    if state == ParcelState::Handed {
        let lines = lines_of(ctx, input.parcel_id, &open).await?;
        stock::put_back(ctx, "order", order_id, &lines, LocationKind::Customer).await?;
        execute!(
            ctx.tx,
            "UPDATE order_line SET shipped = shipped -
                (SELECT p.qty FROM parcel_line p WHERE p.parcel_id = $1 AND p.line_id = order_line.id)
             WHERE id IN (SELECT p.line_id FROM parcel_line p WHERE p.parcel_id = $1)",
            input.parcel_id
        )?;
        for (line_id, _, qty) in &lines {
            if let Some(line) = open.lines.iter_mut().find(|line| line.id == *line_id) {
                line.shipped -= qty;
            }
        }
        // One reservation a line: what is left of the old ones goes, and all of it is taken anew.
        stock::release(ctx, order_id).await?;
        let hold: Vec<(Uuid, Uuid, i64)> = open
            .lines
            .iter()
            .filter(|line| line.allocated > line.shipped)
            .map(|line| (line.id, line.sku_id, line.allocated - line.shipped))
            .collect();
        stock::reserve(ctx, order_id, &hold).await?;
    }
    open.event("parcel_cancelled", OrderEventData { text: Some(reason), ..Default::default() });
    facts::settle(ctx, open).await
}

/// Parcels set aside for pick-up never left: they end with their order.
pub(crate) async fn cancel_ready(ctx: &mut Ctx, order_id: Uuid) -> Result<()> {
    execute!(ctx.tx, "UPDATE parcel SET state = 'cancelled' WHERE order_id = $1 AND state = 'ready'", order_id)?;
    Ok(())
}

/// Whether goods of this order may leave the house now.
pub(super) fn may_leave(open: &Open, action: &str) -> Result<()> {
    if open.head.holds > 0 {
        return Err(wrong_state("held", action));
    }
    if !matches!(open.head.stage, Stage::Ready | Stage::Shipping) || !open.head.moves_stock {
        return Err(open.head.wrong_state(action));
    }
    Ok(())
}

/// What goes into the parcel: the lines asked for, or all that has not gone out.
pub(super) fn chosen(open: &Open, asked: &[ParcelLine]) -> Result<Vec<(Uuid, Uuid, i64)>> {
    let mut wanted: Vec<(Uuid, Uuid, i64)> = Vec::new();
    for (at, ask) in asked.iter().enumerate() {
        let line = open
            .lines
            .iter()
            .find(|line| line.id == ask.line_id)
            .ok_or_else(|| Error::invalid(format!("lines.{at}.line_id"), "unknown"))?;
        if ask.qty.0 <= 0 {
            return Err(Error::invalid(format!("lines.{at}.qty"), "not_positive"));
        }
        if ask.qty.0 > line.live() - line.shipped {
            return Err(Error::invalid(format!("lines.{at}.qty"), "too_large"));
        }
        if wanted.iter().any(|(id, _, _)| *id == line.id) {
            return Err(Error::invalid(format!("lines.{at}.line_id"), "twice"));
        }
        wanted.push((line.id, line.sku_id, ask.qty.0));
    }
    if asked.is_empty() {
        wanted.extend(
            open.lines
                .iter()
                .filter(|line| line.live() > line.shipped)
                .map(|line| (line.id, line.sku_id, line.live() - line.shipped)),
        );
    }
    if wanted.is_empty() {
        return Err(open.head.wrong_state("ship"));
    }
    Ok(wanted)
}

/// Takes the goods off the shelf and writes the parcel; `delivered` when the buyer has them in hand.
pub(super) async fn send(
    ctx: &mut Ctx,
    open: &mut Open,
    wanted: &[(Uuid, Uuid, i64)],
    carrier: &str,
    waybill: &str,
    note: &str,
    delivered: bool,
) -> Result<Uuid> {
    let order_id = open.head.id;
    stock::consume(ctx, order_id, "order", order_id, wanted).await?;
    let parcel_id = insert_parcel(ctx, order_id, open.head.delivery, carrier, waybill, note, delivered, wanted).await?;
    went_out(ctx, open, parcel_id, wanted, delivered).await?;
    open.event(
        if delivered { "handed_over" } else { "shipped" },
        OrderEventData {
            units: Some(Qty(wanted.iter().map(|(_, _, qty)| *qty).sum())),
            carrier: (!carrier.is_empty()).then(|| carrier.to_owned()),
            waybill: (!waybill.is_empty()).then(|| waybill.to_owned()),
            text: (!note.is_empty()).then(|| note.to_owned()),
            ..Default::default()
        },
    );
    Ok(parcel_id)
}

/// The lines of a parcel count as shipped, and as delivered when the buyer has them.
pub(super) async fn went_out(
    ctx: &mut Ctx,
    open: &mut Open,
    parcel_id: Uuid,
    lines: &[(Uuid, Uuid, i64)],
    delivered: bool,
) -> Result<()> {
    execute!(
        ctx.tx,
        "UPDATE order_line SET
            shipped = shipped + w.qty, delivered = delivered + CASE WHEN $2 THEN w.qty ELSE 0 END,
            allocated = CASE WHEN allocated < shipped + w.qty THEN shipped + w.qty ELSE allocated END
         FROM parcel_line w WHERE w.parcel_id = $1 AND w.line_id = order_line.id",
        parcel_id,
        delivered
    )?;
    for (line_id, _, qty) in lines {
        if let Some(line) = open.lines.iter_mut().find(|line| line.id == *line_id) {
            line.shipped += qty;
            line.allocated = line.allocated.max(line.shipped);
            if delivered {
                line.delivered += qty;
            }
        }
    }
    Ok(())
}

/// Writes a parcel that leaves now; answers its id.
#[allow(clippy::too_many_arguments)]
pub(crate) async fn insert_parcel(
    ctx: &mut Ctx,
    order_id: Uuid,
    delivery: DeliveryMethod,
    carrier: &str,
    waybill: &str,
    note: &str,
    delivered: bool,
    lines: &[(Uuid, Uuid, i64)],
) -> Result<Uuid> {
    let state = if delivered { ParcelState::Delivered } else { ParcelState::Handed };
    insert_in_state(ctx, order_id, delivery, carrier, waybill, note, state, lines).await
}

#[allow(clippy::too_many_arguments)]
pub(super) async fn insert_in_state(
    ctx: &mut Ctx,
    order_id: Uuid,
    delivery: DeliveryMethod,
    carrier: &str,
    waybill: &str,
    note: &str,
    state: ParcelState,
    lines: &[(Uuid, Uuid, i64)],
) -> Result<Uuid> {
    let id = ctx.new_id();
    execute!(
        ctx.tx,
        "INSERT INTO parcel (id, order_id, delivery, carrier, waybill, state, note, shipped_at, delivered_at, actor_name)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
        id,
        order_id,
        delivery.as_str(),
        carrier,
        waybill,
        state.as_str(),
        note,
        ctx.now.0,
        (state == ParcelState::Delivered).then_some(ctx.now.0),
        ctx.caller.actor_name.as_str()
    )?;
    let values: Vec<Arg> =
        lines.iter().flat_map(|(line_id, _, qty)| [Arg::Uuid(id), Arg::Uuid(*line_id), Arg::I64(*qty)]).collect();
    ctx.tx.insert_many("INSERT INTO parcel_line (parcel_id, line_id, qty)", 3, &values, "").await?;
    Ok(id)
}

/// The parcels of an order, oldest first.
pub(crate) async fn of_order(ctx: &mut Ctx, order_id: Uuid) -> Result<Vec<Parcel>> {
    let rows: Vec<ParcelRow> = fetch_all!(
        ctx.tx,
        ParcelRow,
        "SELECT id, order_id, delivery, carrier, waybill, state, note, shipped_at, delivered_at, actor_name
         FROM parcel WHERE order_id = $1 ORDER BY shipped_at, id",
        order_id
    )?;
    let lines: Vec<(Uuid, Uuid, i64)> = fetch_all!(
        ctx.tx,
        (Uuid, Uuid, i64),
        "SELECT w.parcel_id, w.line_id, w.qty
         FROM parcel p JOIN parcel_line w ON w.parcel_id = p.id JOIN order_line l ON l.id = w.line_id
         WHERE p.order_id = $1 ORDER BY l.line_no",
        order_id
    )?;
    let mut of: HashMap<Uuid, Vec<ParcelLine>> = HashMap::new();
    for (parcel_id, line_id, qty) in lines {
        of.entry(parcel_id).or_default().push(ParcelLine { line_id, qty: Qty(qty) });
    }
    Ok(rows
        .into_iter()
        .map(|row| Parcel {
            id: row.id,
            order_id: row.order_id,
            delivery: row.delivery,
            carrier: row.carrier,
            waybill: row.waybill,
            state: row.state,
            note: row.note,
            shipped_at: Millis(row.shipped_at),
            delivered_at: row.delivered_at.map(Millis),
            actor_name: row.actor_name,
            lines: of.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct ParcelRow {
    id: Uuid,
    order_id: Uuid,
    delivery: DeliveryMethod,
    carrier: String,
    waybill: String,
    state: ParcelState,
    note: String,
    shipped_at: i64,
    delivered_at: Option<i64>,
    actor_name: String,
}

async fn find(ctx: &mut Ctx, parcel_id: Uuid) -> Result<(Uuid, ParcelState)> {
    fetch_optional!(ctx.tx, (Uuid, ParcelState), "SELECT order_id, state FROM parcel WHERE id = $1", parcel_id)?
        .ok_or_else(|| Error::not_found("parcel", parcel_id))
}

async fn lines_of(ctx: &mut Ctx, parcel_id: Uuid, open: &Open) -> Result<Vec<(Uuid, Uuid, i64)>> {
    let lines: Vec<(Uuid, i64)> =
        fetch_all!(ctx.tx, (Uuid, i64), "SELECT line_id, qty FROM parcel_line WHERE parcel_id = $1", parcel_id)?;
    Ok(lines
        .into_iter()
        .filter_map(|(line_id, qty)| {
            let line = open.lines.iter().find(|line| line.id == line_id)?;
            Some((line_id, line.sku_id, qty))
        })
        .collect())
}

/// Marks one parcel (or all of the order) that is on its way; answers how many were.
async fn mark_delivered(ctx: &mut Ctx, open: &mut Open, only: Option<Uuid>) -> Result<usize> {
    let arrived: Vec<(Uuid, String, String)> = fetch_all!(
        ctx.tx,
        (Uuid, String, String),
        "UPDATE parcel SET state = 'delivered', delivered_at = $3
         WHERE order_id = $1 AND state = 'handed' AND id = COALESCE($2, id)
         RETURNING id, carrier, waybill",
        open.head.id,
        only,
        ctx.now.0
    )?;
    for (parcel_id, carrier, waybill) in &arrived {
        let lines = lines_of(ctx, *parcel_id, open).await?;
        for (line_id, _, qty) in &lines {
            if let Some(line) = open.lines.iter_mut().find(|line| line.id == *line_id) {
                line.delivered += qty;
            }
        }
        execute!(
            ctx.tx,
            "UPDATE order_line SET delivered = delivered + w.qty
             FROM parcel_line w WHERE w.parcel_id = $1 AND w.line_id = order_line.id",
            *parcel_id
        )?;
        open.event(
            "delivered",
            OrderEventData {
                units: Some(Qty(lines.iter().map(|(_, _, qty)| *qty).sum())),
                carrier: (!carrier.is_empty()).then(|| carrier.clone()),
                waybill: (!waybill.is_empty()).then(|| waybill.clone()),
                ..Default::default()
            },
        );
    }
    Ok(arrived.len())
}
