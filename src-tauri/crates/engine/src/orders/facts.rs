//! An order taken up for a change: its facts, and what follows from them.
//!
//! Every command on an existing order goes `open` → change facts → `settle`. Settling computes the
//! statuses and the stage anew, writes what changed, and keeps counters and sums in step. Nothing
//! else writes these columns.

use domain::{
    orders::{
        DeliveryMethod, FulfilmentStatus, HoldKind, LineCounts, OrderFacts, PaymentStatus, Stage, fulfilment_status,
        next_stage, payment_status,
    },
    units::{Count, Millis, Minor},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    OrderEventData, OrderNow,
    counters::{self, Deltas, Standing},
};
use crate::{
    analytics,
    ctx::Ctx,
    db::Arg,
    error::{Error, Result, Shortage},
    execute, fetch_all, fetch_optional, stock,
};

/// The facts and caches of an order, as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Head {
    pub id: Uuid,
    pub number: String,
    pub channel: String,
    pub stage: Stage,
    pub archived: bool,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub holds: i64,
    pub delivery: DeliveryMethod,
    pub pickup_code: Option<String>,
    pub customer_id: Option<Uuid>,
    pub currency: String,
    pub total: i64,
    pub captured: i64,
    pub refunded: i64,
    pub granted: i64,
    pub pay_later: bool,
    pub audited: bool,
    pub units: i64,
    pub moves_stock: bool,
    pub placed_at: i64,
    pub day: i64,
    pub paid_at: Option<i64>,
    pub paid_day: Option<i64>,
    pub shipped_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub version: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct LineFacts {
    pub id: Uuid,
    pub sku_id: Uuid,
    pub qty: i64,
    pub net: i64,
    pub allocated: i64,
    pub shipped: i64,
    pub delivered: i64,
    pub cancelled: i64,
    pub returned: i64,
}

impl LineFacts {
    pub(crate) fn counts(&self) -> LineCounts {
        LineCounts {
            ordered: self.qty,
            cancelled: self.cancelled,
            allocated: self.allocated,
            shipped: self.shipped,
            delivered: self.delivered,
            return_requested: self.returned,
            return_received: self.returned,
            ..LineCounts::default()
        }
    }

    pub(crate) fn live(&self) -> i64 {
        self.qty - self.cancelled
    }
}

impl Head {
    pub(crate) fn standing(&self) -> Standing {
        Standing {
            stage: self.stage,
            payment: self.payment_status,
            fulfilment: self.fulfilment_status,
            held: self.holds > 0,
            archived: self.archived,
        }
    }

    /// What the buyer still owes.
    pub(crate) fn due(&self) -> i64 {
        match self.stage {
            Stage::Cancelled => 0,
            _ => (self.total - self.granted - (self.captured - self.refunded)).max(0),
        }
    }

    /// What was received and not paid back.
    pub(crate) fn refundable(&self) -> i64 {
        self.captured - self.refunded
    }

    pub(crate) fn wrong_state(&self, action: &str) -> Error {
        wrong_state(self.stage.as_str(), action)
    }
}

pub(crate) fn wrong_state(state: &str, action: &str) -> Error {
    Error::WrongState { kind: "order".into(), state: state.into(), action: action.into() }
}

/// An order locked by this transaction.
pub(crate) struct Open {
    pub head: Head,
    pub lines: Vec<LineFacts>,
    /// The buyer confirmed, or the after-sale window is over.
    pub may_complete: bool,
    before: Head,
    events: Vec<(&'static str, OrderEventData)>,
}

/// Locks the order and reads it. With a version, the order must not have been changed since.
///
/// The version goes up at once: one statement locks the row on Postgres, refuses a stale caller and
/// reads the order.
pub(crate) async fn open(ctx: &mut Ctx, id: Uuid, version: Option<Count>) -> Result<Open> {
    ctx.sees_orders(&[id]).await?;
    let head: Option<Head> = fetch_optional!(
        ctx.tx,
        Head,
        "UPDATE orders SET version = version + 1 WHERE id = $1 AND version = COALESCE($2, version)
         RETURNING id, number, channel, stage, archived, payment_status, fulfilment_status, holds, delivery,
                   pickup_code, customer_id, currency, total, captured, refunded, granted, pay_later, audited, units,
                   moves_stock, placed_at, day, paid_at, paid_day, shipped_at, delivered_at, closed_at, version",
        id,
        version.map(|v| v.0)
    )?;
    let Some(head) = head else {
        let current: Option<(i64,)> = fetch_optional!(ctx.tx, (i64,), "SELECT version FROM orders WHERE id = $1", id)?;
        return Err(match current {
            Some((current,)) => Error::Stale { kind: "order".into(), id: id.to_string(), current: Count(current) },
            None => Error::not_found("order", id),
        });
    };
    let lines: Vec<LineFacts> = fetch_all!(
        ctx.tx,
        LineFacts,
        "SELECT id, sku_id, qty, net, allocated, shipped, delivered, cancelled, returned
         FROM order_line WHERE order_id = $1 ORDER BY line_no",
        id
    )?;
    Ok(Open { before: head.clone(), head, lines, may_complete: false, events: Vec::new() })
}

impl Open {
    /// Notes something for the timeline.
    pub(crate) fn event(&mut self, kind: &'static str, data: OrderEventData) {
        self.events.push((kind, data));
    }

    pub(crate) fn sum(&self, of: impl Fn(&LineFacts) -> i64) -> i64 {
        self.lines.iter().map(of).sum()
    }

    fn is_allocated(&self) -> bool {
        self.lines.iter().all(|line| line.allocated >= line.live())
    }

    fn facts<'a>(&self, lines: &'a [LineCounts]) -> OrderFacts<'a> {
        OrderFacts {
            stage: self.head.stage,
            total: self.head.total,
            captured: self.head.captured,
            refunded: self.head.refunded,
            granted_refund: self.head.granted,
            pay_later: self.head.pay_later,
            audited: self.head.audited,
            open_holds: u32::try_from(self.head.holds).unwrap_or(u32::MAX),
            backorder: false,
            may_complete: self.may_complete,
            lines,
        }
    }
}

/// Takes stock for what is not yet allocated; answers what the shelf lacks. Nothing is taken then.
pub(crate) async fn try_reserve(ctx: &mut Ctx, open: &mut Open) -> Result<Option<Vec<Shortage>>> {
    let wanted: Vec<(Uuid, Uuid, i64)> = open
        .lines
        .iter()
        .filter(|line| line.live() > line.allocated)
        .map(|line| (line.id, line.sku_id, line.live() - line.allocated))
        .collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    // The shelf may have given some SKUs before it turned out to lack another.
    execute!(ctx.tx, "SAVEPOINT reserving")?;
    match stock::reserve(ctx, open.head.id, &wanted).await {
        Ok(()) => {
            execute!(ctx.tx, "RELEASE SAVEPOINT reserving")?;
            execute!(ctx.tx, "UPDATE order_line SET allocated = qty - cancelled WHERE order_id = $1", open.head.id)?;
            for line in &mut open.lines {
                line.allocated = line.live();
            }
            Ok(None)
        }
        Err(Error::InsufficientStock { lines }) => {
            execute!(ctx.tx, "ROLLBACK TO SAVEPOINT reserving")?;
            execute!(ctx.tx, "RELEASE SAVEPOINT reserving")?;
            Ok(Some(lines))
        }
        Err(error) => Err(error),
    }
}

/// Takes stock, or notes the hold `stock`. A hold of that kind goes once the shelf could serve.
pub(crate) async fn reserve_or_hold(ctx: &mut Ctx, open: &mut Open) -> Result<Option<Vec<Shortage>>> {
    let short = try_reserve(ctx, open).await?;
    match &short {
        Some(lines) => {
            let codes = lines.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>().join(", ");
            let held: Option<(i64,)> = fetch_optional!(
                ctx.tx,
                (i64,),
                "SELECT placed_at FROM order_hold WHERE order_id = $1 AND kind = 'stock' AND released_at IS NULL",
                open.head.id
            )?;
            if held.is_none() {
                place_hold(ctx, open, HoldKind::Stock, &codes).await?;
            }
        }
        None => {
            let released = execute!(
                ctx.tx,
                "UPDATE order_hold SET released_at = $2, released_by = $3
                 WHERE order_id = $1 AND kind = 'stock' AND released_at IS NULL",
                open.head.id,
                ctx.now.0,
                ctx.caller.actor_name.as_str()
            )?;
            if released > 0 {
                open.head.holds -= i64::try_from(released).unwrap_or(0);
                open.event("released", OrderEventData { hold: Some(HoldKind::Stock), ..Default::default() });
            }
        }
    }
    Ok(short)
}

/// Opens a hold; answers its id.
pub(crate) async fn place_hold(ctx: &mut Ctx, open: &mut Open, kind: HoldKind, reason: &str) -> Result<Uuid> {
    let id = ctx.new_id();
    execute!(
        ctx.tx,
        "INSERT INTO order_hold (id, order_id, kind, reason, placed_at, placed_by) VALUES ($1,$2,$3,$4,$5,$6)",
        id,
        open.head.id,
        kind.as_str(),
        reason,
        ctx.now.0,
        ctx.caller.actor_name.as_str()
    )?;
    open.head.holds += 1;
    open.event("hold", OrderEventData { hold: Some(kind), text: Some(reason.to_owned()), ..Default::default() });
    Ok(id)
}

/// Gives back the stock that the order holds and has not sent.
pub(crate) async fn release_stock(ctx: &mut Ctx, open: &mut Open) -> Result<()> {
    if open.lines.iter().all(|line| line.allocated <= line.shipped) {
        return Ok(());
    }
    if open.head.moves_stock {
        stock::release(ctx, open.head.id).await?;
    }
    execute!(ctx.tx, "UPDATE order_line SET allocated = shipped WHERE order_id = $1", open.head.id)?;
    for line in &mut open.lines {
        line.allocated = line.shipped;
    }
    Ok(())
}

/// Follows the facts to the stage they lead to and writes all that changed.
pub(crate) async fn settle(ctx: &mut Ctx, mut open: Open) -> Result<OrderNow> {
    let shop = ctx.shop()?;
    let on_pay = !shop.preferences.reserve_on_place;
    let waits = matches!(open.head.stage, Stage::Placed | Stage::Review);
    if on_pay && waits && open.head.moves_stock && !open.is_allocated() && open.facts(&[]).is_paid() {
        reserve_or_hold(ctx, &mut open).await?;
    }
    let counts: Vec<LineCounts> = open.lines.iter().map(LineFacts::counts).collect();
    let stage = next_stage(&open.facts(&counts));
    if on_pay && stage == Stage::Placed && open.before.stage != Stage::Placed {
        release_stock(ctx, &mut open).await?;
    }
    let counts: Vec<LineCounts> = open.lines.iter().map(LineFacts::counts).collect();
    let Open { mut head, before, mut events, .. } = open;
    head.stage = stage;
    head.payment_status = payment_status(head.total, head.captured, head.refunded, head.granted);
    head.fulfilment_status = fulfilment_status(&counts);
    let now = ctx.now.0;
    let covered = head.captured - head.refunded >= head.total - head.granted;
    if head.paid_at.is_none() && covered && stage != Stage::Cancelled {
        head.paid_at = Some(now);
        head.paid_day = Some(i64::from(ctx.today()?));
    }
    if head.shipped_at.is_none() && counts.iter().any(|line| line.shipped > 0) {
        head.shipped_at = Some(now);
    }
    if head.delivered_at.is_none() && matches!(stage, Stage::Delivered | Stage::Completed) {
        head.delivered_at = Some(now);
    }
    if head.closed_at.is_none() && stage.is_final() {
        head.closed_at = Some(now);
    }
    if before.stage != stage {
        events.push(("stage", OrderEventData { from: Some(before.stage), to: Some(stage), ..Default::default() }));
    }
    execute!(
        ctx.tx,
        "UPDATE orders SET stage = $2, payment_status = $3, fulfilment_status = $4, holds = $5, captured = $6,
                refunded = $7, granted = $8, audited = $9, paid_at = $10, paid_day = $11, shipped_at = $12,
                delivered_at = $13, closed_at = $14
         WHERE id = $1",
        head.id,
        head.stage.as_str(),
        head.payment_status.as_str(),
        head.fulfilment_status.as_str(),
        head.holds,
        head.captured,
        head.refunded,
        head.granted,
        head.audited,
        head.paid_at,
        head.paid_day,
        head.shipped_at,
        head.delivered_at,
        head.closed_at
    )?;
    write_events(ctx, head.id, ctx.now, &events).await?;
    let mut deltas = Deltas::default();
    deltas.moved(&before.standing(), &head.standing());
    counters::moved(ctx, &deltas).await?;
    let (captured, refunded) = (head.captured - before.captured, head.refunded - before.refunded);
    let paid_orders = i64::from(head.paid_at.is_some()) - i64::from(before.paid_at.is_some());
    if captured != 0 || refunded != 0 || paid_orders != 0 {
        let today = ctx.today()?;
        analytics::paid(ctx, today, &head.channel, captured, refunded, paid_orders).await?;
    }
    note_change(ctx, &before, &head);
    Ok(now_of(&head))
}

/// Appends to the timeline of an order.
pub(crate) async fn write_events(
    ctx: &mut Ctx,
    order_id: Uuid,
    at: Millis,
    events: &[(&'static str, OrderEventData)],
) -> Result<()> {
    let mut values: Vec<Arg> = Vec::with_capacity(events.len() * 6);
    for (kind, data) in events {
        values.extend([
            ctx.new_id().into(),
            order_id.into(),
            at.into(),
            ctx.caller.actor_name.as_str().into(),
            (*kind).into(),
            serde_json::to_string(data)?.into(),
        ]);
    }
    if !values.is_empty() {
        ctx.tx
            .insert_many("INSERT INTO order_event (id, order_id, at, actor_name, kind, data)", 6, &values, "")
            .await?;
    }
    Ok(())
}

pub(crate) fn now_of(head: &Head) -> OrderNow {
    OrderNow {
        order_id: head.id,
        number: head.number.clone(),
        stage: head.stage,
        payment_status: head.payment_status,
        fulfilment_status: head.fulfilment_status,
        holds: Count(head.holds),
        due: Minor(head.due()),
        version: Count(head.version),
    }
}

/// The audit log holds what differs.
fn note_change(ctx: &mut Ctx, before: &Head, after: &Head) {
    let (mut was, mut is) = (serde_json::Map::new(), serde_json::Map::new());
    let mut put = |name: &str, old: serde_json::Value, new: serde_json::Value| {
        if old != new {
            was.insert(name.into(), old);
            is.insert(name.into(), new);
        }
    };
    put("stage", json!(before.stage), json!(after.stage));
    put("payment_status", json!(before.payment_status), json!(after.payment_status));
    put("fulfilment_status", json!(before.fulfilment_status), json!(after.fulfilment_status));
    put("holds", json!(before.holds), json!(after.holds));
    put("captured", json!(before.captured), json!(after.captured));
    put("refunded", json!(before.refunded), json!(after.refunded));
    put("granted", json!(before.granted), json!(after.granted));
    put("audited", json!(before.audited), json!(after.audited));
    ctx.about(after.id);
    if !is.is_empty() {
        ctx.changed("order", after.id, was.into(), is.into());
    }
}
