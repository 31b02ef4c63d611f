//! One order in full.

use domain::{
    orders::{AfterSaleStatus, DeliveryMethod, Flag, FulfilmentStatus, HoldKind, PaymentStatus, Stage, can_move},
    units::{Count, Millis, Minor, Qty},
};
use uuid::Uuid;

use super::{OpenBuyer, Order, OrderAction, OrderById, OrderEvent, OrderHold, OrderLine, OrderReturn};
use crate::{
    access::reason,
    ctx::Ctx,
    error::{Error, Result},
    fetch_all, fetch_optional, payments,
    shipping::{self, ParcelState},
};

pub async fn get(ctx: &mut Ctx, input: OrderById) -> Result<Order> {
    let order = load(ctx, input.order_id).await?;
    Ok(ctx.shown(order))
}

/// An order with its buyer in full, for somebody to whom they are shown masked. Who opened which, when and
/// why stays in the history.
pub async fn open_buyer(ctx: &mut Ctx, input: OpenBuyer) -> Result<Order> {
    reason(&input.reason)?;
    ctx.about(input.order_id);
    load(ctx, input.order_id).await
}

async fn load(ctx: &mut Ctx, id: Uuid) -> Result<Order> {
    ctx.sees_orders(&[id]).await?;
    let row: Option<Row> = fetch_optional!(
        ctx.tx,
        Row,
        "SELECT id, number, channel, external_id, stage, archived, payment_status, fulfilment_status,
                after_sale_status, delivery, pickup_code, customer_id, buyer_name, buyer_phone, ship_to, currency,
                goods, discount, freight, tax, tax_inclusive, total, captured, refunded, granted, pay_later, audited,
                units, flag, assignee, tags, buyer_note, seller_note, moves_stock, placed_at, paid_at, shipped_at,
                delivered_at, closed_at, created_by, version, holds
         FROM orders WHERE id = $1",
        id
    )?;
    let row = row.ok_or_else(|| Error::not_found("order", id))?;
    let lines = lines(ctx, id).await?;
    let payments = payments::of_order(ctx, id).await?;
    let parcels = shipping::of_order(ctx, id).await?;
    let holds = holds(ctx, id).await?;
    let returns = returns(ctx, id).await?;
    let timeline = timeline(ctx, id).await?;
    let due = match row.stage {
        Stage::Cancelled => 0,
        _ => (row.total - row.granted - row.captured + row.refunded).max(0),
    };
    let packed = parcels.iter().any(|parcel| parcel.state == ParcelState::Ready);
    let on_its_way = parcels.iter().any(|parcel| parcel.state == ParcelState::Handed);
    let mut actions = actions(&row, &lines, due, packed, on_its_way);
    actions.retain(|action| ctx.need(action.permission()).is_ok());
    Ok(Order {
        id: row.id,
        number: row.number,
        channel: row.channel,
        external_id: row.external_id,
        stage: row.stage,
        archived: row.archived,
        payment_status: row.payment_status,
        fulfilment_status: row.fulfilment_status,
        after_sale_status: row.after_sale_status,
        delivery: row.delivery,
        pickup_code: row.pickup_code,
        customer_id: row.customer_id,
        buyer_name: row.buyer_name,
        buyer_phone: row.buyer_phone,
        ship_to: if row.ship_to.is_empty() { None } else { Some(serde_json::from_str(&row.ship_to)?) },
        currency: row.currency,
        goods: Minor(row.goods),
        discount: Minor(row.discount),
        freight: Minor(row.freight),
        tax: Minor(row.tax),
        tax_inclusive: row.tax_inclusive,
        total: Minor(row.total),
        captured: Minor(row.captured),
        refunded: Minor(row.refunded),
        granted: Minor(row.granted),
        due: Minor(due),
        refundable: Minor(row.captured - row.refunded),
        pay_later: row.pay_later,
        audited: row.audited,
        units: Qty(row.units),
        flag: row.flag,
        assignee: row.assignee,
        tags: serde_json::from_str(&row.tags)?,
        buyer_note: row.buyer_note,
        seller_note: row.seller_note,
        moves_stock: row.moves_stock,
        placed_at: Millis(row.placed_at),
        paid_at: row.paid_at.map(Millis),
        shipped_at: row.shipped_at.map(Millis),
        delivered_at: row.delivered_at.map(Millis),
        closed_at: row.closed_at.map(Millis),
        created_by: row.created_by,
        version: Count(row.version),
        lines,
        payments,
        parcels,
        holds,
        returns,
        timeline,
        actions,
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    channel: String,
    external_id: Option<String>,
    stage: Stage,
    archived: bool,
    payment_status: PaymentStatus,
    fulfilment_status: FulfilmentStatus,
    after_sale_status: AfterSaleStatus,
    delivery: DeliveryMethod,
    pickup_code: Option<String>,
    customer_id: Option<Uuid>,
    buyer_name: String,
    buyer_phone: String,
    ship_to: String,
    currency: String,
    goods: i64,
    discount: i64,
    freight: i64,
    tax: i64,
    tax_inclusive: bool,
    total: i64,
    captured: i64,
    refunded: i64,
    granted: i64,
    pay_later: bool,
    audited: bool,
    units: i64,
    flag: Flag,
    assignee: String,
    tags: String,
    buyer_note: String,
    seller_note: String,
    moves_stock: bool,
    placed_at: i64,
    paid_at: Option<i64>,
    shipped_at: Option<i64>,
    delivered_at: Option<i64>,
    closed_at: Option<i64>,
    created_by: String,
    version: i64,
    holds: i64,
}

/// What the commands would accept now; each guard here is theirs.
fn actions(row: &Row, lines: &[OrderLine], due: i64, packed: bool, on_its_way: bool) -> Vec<OrderAction> {
    let stage = row.stage;
    let live = |line: &OrderLine| line.qty.0 - line.cancelled.0;
    let shipped: i64 = lines.iter().map(|line| line.shipped.0).sum();
    let to_send = lines.iter().any(|line| live(line) > line.shipped.0);
    let may_leave = matches!(stage, Stage::Ready | Stage::Shipping) && row.holds == 0 && row.moves_stock && to_send;
    let waits = matches!(stage, Stage::Placed | Stage::Review | Stage::Ready | Stage::Shipping);
    let unallocated = lines.iter().any(|line| line.allocated.0 < live(line));
    let all = [
        (OrderAction::Pay, due > 0 && !matches!(stage, Stage::Draft | Stage::Cancelled)),
        (OrderAction::Refund, row.captured > row.refunded),
        (OrderAction::Review, stage == Stage::Review),
        (OrderAction::Reserve, waits && row.moves_stock && unallocated),
        (OrderAction::Hold, waits),
        (OrderAction::ReleaseHold, row.holds > 0),
        (OrderAction::Ship, may_leave && row.delivery == DeliveryMethod::Ship),
        (OrderAction::ReadyForPickup, may_leave && row.delivery == DeliveryMethod::Pickup && !packed),
        (OrderAction::HandOver, may_leave && row.delivery != DeliveryMethod::Ship),
        (OrderAction::Deliver, on_its_way),
        (OrderAction::Complete, stage == Stage::Delivered && due == 0),
        (OrderAction::Cancel, can_move(stage, Stage::Cancelled) && shipped == 0 && row.moves_stock),
        (OrderAction::Archive, stage.is_final() && !row.archived),
        (OrderAction::Unarchive, row.archived),
    ];
    all.into_iter().filter(|(_, possible)| *possible).map(|(action, _)| action).collect()
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: Uuid,
    line_no: i64,
    sku_id: Uuid,
    sku_code: String,
    title: String,
    options: String,
    note: String,
    qty: i64,
    unit_price: i64,
    gross: i64,
    discount: i64,
    net: i64,
    tax_ppm: i64,
    tax: i64,
    allocated: i64,
    shipped: i64,
    delivered: i64,
    cancelled: i64,
    returned: i64,
}

async fn lines(ctx: &mut Ctx, id: Uuid) -> Result<Vec<OrderLine>> {
    let rows: Vec<LineRow> = fetch_all!(
        ctx.tx,
        LineRow,
        "SELECT id, line_no, sku_id, sku_code, title, options, note, qty, unit_price, gross, discount, net, tax_ppm,
                tax, allocated, shipped, delivered, cancelled, returned
         FROM order_line WHERE order_id = $1 ORDER BY line_no",
        id
    )?;
    Ok(rows
        .into_iter()
        .map(|row| OrderLine {
            id: row.id,
            line_no: Count(row.line_no),
            sku_id: row.sku_id,
            sku_code: row.sku_code,
            title: row.title,
            options: row.options,
            note: row.note,
            qty: Qty(row.qty),
            unit_price: Minor(row.unit_price),
            gross: Minor(row.gross),
            discount: Minor(row.discount),
            net: Minor(row.net),
            tax_ppm: Count(row.tax_ppm),
            tax: Minor(row.tax),
            allocated: Qty(row.allocated),
            shipped: Qty(row.shipped),
            delivered: Qty(row.delivered),
            cancelled: Qty(row.cancelled),
            returned: Qty(row.returned),
        })
        .collect())
}

type HoldRow = (Uuid, HoldKind, String, i64, String, Option<i64>, Option<String>);

async fn holds(ctx: &mut Ctx, id: Uuid) -> Result<Vec<OrderHold>> {
    let rows: Vec<HoldRow> = fetch_all!(
        ctx.tx,
        HoldRow,
        "SELECT id, kind, reason, placed_at, placed_by, released_at, released_by FROM order_hold
         WHERE order_id = $1 ORDER BY placed_at, id",
        id
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, reason, placed_at, placed_by, released_at, released_by)| OrderHold {
            id,
            kind,
            reason,
            placed_at: Millis(placed_at),
            placed_by,
            released_at: released_at.map(Millis),
            released_by,
        })
        .collect())
}

async fn returns(ctx: &mut Ctx, id: Uuid) -> Result<Vec<OrderReturn>> {
    let rows: Vec<(Uuid, String, i64, String, i64, i64)> = fetch_all!(
        ctx.tx,
        (Uuid, String, i64, String, i64, i64),
        "SELECT r.id, r.number, r.total, r.reason, r.at,
                CAST((SELECT COALESCE(SUM(l.qty), 0) FROM order_return_line l WHERE l.return_id = r.id) AS BIGINT)
         FROM order_return r WHERE r.order_id = $1 ORDER BY r.at, r.id",
        id
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, number, total, reason, at, units)| OrderReturn {
            id,
            number,
            total: Minor(total),
            reason,
            at: Millis(at),
            units: Qty(units),
        })
        .collect())
}

async fn timeline(ctx: &mut Ctx, id: Uuid) -> Result<Vec<OrderEvent>> {
    let rows: Vec<(Uuid, i64, String, String, String)> = fetch_all!(
        ctx.tx,
        (Uuid, i64, String, String, String),
        "SELECT id, at, actor_name, kind, data FROM order_event WHERE order_id = $1 ORDER BY at, id",
        id
    )?;
    rows.into_iter()
        .map(|(id, at, actor_name, kind, data)| {
            Ok(OrderEvent { id, at: Millis(at), actor_name, kind, data: serde_json::from_str(&data)? })
        })
        .collect()
}
