//! Working an order through: audit, holds, stock, arrival, completion.

use domain::orders::{HoldKind, Stage};
use uuid::Uuid;

use super::{
    AddOrderNote, OrderAt, OrderBulk, OrderEvent, OrderEventData, OrderNow, PlaceHold, ReleaseHold, ReviewOrders,
    SkippedOrder, checked_ids, checked_text,
    facts::{self, place_hold, reserve_or_hold},
};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_optional, shipping,
};
use domain::orders::PaymentStatus;

/// Passes orders that await a look, or holds them for a reason. Orders in another stage are skipped
/// and named.
pub async fn review(ctx: &mut Ctx, input: ReviewOrders) -> Result<OrderBulk> {
    let ids = checked_ids(&input.order_ids)?;
    let hold_reason = match &input.hold_reason {
        Some(reason) => Some(checked_text("hold_reason", reason, 500)?),
        None => None,
    };
    let mut done = OrderBulk { changed: Vec::new(), skipped: Vec::new() };
    // In the order of ids: two clerks who pass the same orders do not wait for each other in a circle.
    for id in ids {
        let mut open = facts::open(ctx, id, None).await?;
        let number = open.head.number.clone();
        let mut skip = |reason: &str| {
            done.skipped.push(SkippedOrder { order_id: id, number: number.clone(), reason: reason.to_owned() });
        };
        if open.head.stage != Stage::Review {
            skip(open.head.stage.as_str());
            continue;
        }
        if let Some(reason) = &hold_reason {
            place_hold(ctx, &mut open, HoldKind::Manual, reason).await?;
            facts::settle(ctx, open).await?;
            done.changed.push(id);
            continue;
        }
        if !open.head.audited {
            open.head.audited = true;
            open.event("reviewed", OrderEventData::default());
        }
        let order = facts::settle(ctx, open).await?;
        match (order.stage, order.holds.0) {
            (Stage::Review, 1..) => skip("held"),
            (Stage::Review, _) => skip("short_stock"),
            _ => done.changed.push(id),
        }
    }
    Ok(done)
}

/// Keeps an order from going out until somebody lets it.
pub async fn hold(ctx: &mut Ctx, input: PlaceHold) -> Result<OrderNow> {
    let reason = checked_text("reason", &input.reason, 500)?;
    let mut open = facts::open(ctx, input.order_id, None).await?;
    if !matches!(open.head.stage, Stage::Placed | Stage::Review | Stage::Ready | Stage::Shipping) {
        return Err(open.head.wrong_state("hold"));
    }
    let hold_id = place_hold(ctx, &mut open, input.kind, &reason).await?;
    let order = facts::settle(ctx, open).await?;
    ctx.undo_with("orders.release_hold", &ReleaseHold { order_id: input.order_id, hold_id })?;
    Ok(order)
}

pub async fn release_hold(ctx: &mut Ctx, input: ReleaseHold) -> Result<OrderNow> {
    let mut open = facts::open(ctx, input.order_id, None).await?;
    let kind: Option<(HoldKind,)> = fetch_optional!(
        ctx.tx,
        (HoldKind,),
        "UPDATE order_hold SET released_at = $3, released_by = $4
         WHERE id = $1 AND order_id = $2 AND released_at IS NULL RETURNING kind",
        input.hold_id,
        input.order_id,
        ctx.now.0,
        ctx.caller.actor_name.as_str()
    )?;
    let (kind,) = kind.ok_or_else(|| Error::not_found("hold", input.hold_id))?;
    open.head.holds -= 1;
    open.event("released", OrderEventData { hold: Some(kind), ..Default::default() });
    facts::settle(ctx, open).await
}

/// Tries again to take stock for an order that the shelf could not serve.
pub async fn reserve(ctx: &mut Ctx, input: OrderAt) -> Result<OrderNow> {
    let mut open = facts::open(ctx, input.order_id, input.version).await?;
    let waits = matches!(open.head.stage, Stage::Placed | Stage::Review | Stage::Ready | Stage::Shipping);
    if !waits || !open.head.moves_stock {
        return Err(open.head.wrong_state("reserve"));
    }
    if let Some(lines) = reserve_or_hold(ctx, &mut open).await? {
        return Err(Error::InsufficientStock { lines });
    }
    open.event("reserved", OrderEventData::default());
    facts::settle(ctx, open).await
}

/// The buyer has everything that was sent.
pub async fn deliver(ctx: &mut Ctx, input: OrderAt) -> Result<OrderNow> {
    let mut open = facts::open(ctx, input.order_id, input.version).await?;
    shipping::deliver_all(ctx, &mut open).await?;
    facts::settle(ctx, open).await
}

/// The buyer confirmed, or nobody expects anything more of this order.
pub async fn complete(ctx: &mut Ctx, input: OrderAt) -> Result<OrderNow> {
    let mut open = facts::open(ctx, input.order_id, input.version).await?;
    if open.head.stage != Stage::Delivered {
        return Err(open.head.wrong_state("complete"));
    }
    if open.head.due() > 0 {
        // Goods went before money: the order stays open until the money has come.
        return Err(facts::wrong_state(PaymentStatus::Unpaid.as_str(), "complete"));
    }
    open.may_complete = true;
    facts::settle(ctx, open).await
}

/// A remark for the timeline.
pub async fn add_note(ctx: &mut Ctx, input: AddOrderNote) -> Result<OrderEvent> {
    let text = checked_text("text", &input.text, 2000)?;
    if text.is_empty() {
        return Err(Error::invalid("text", "required"));
    }
    ctx.sees_orders(&[input.order_id]).await?;
    let there: Option<(Uuid,)> =
        fetch_optional!(ctx.tx, (Uuid,), "SELECT id FROM orders WHERE id = $1", input.order_id)?;
    there.ok_or_else(|| Error::not_found("order", input.order_id))?;
    let event = OrderEvent {
        id: ctx.new_id(),
        at: ctx.now,
        actor_name: ctx.caller.actor_name.clone(),
        kind: "note".into(),
        data: OrderEventData { text: Some(text), ..Default::default() },
    };
    execute!(
        ctx.tx,
        "INSERT INTO order_event (id, order_id, at, actor_name, kind, data) VALUES ($1,$2,$3,$4,$5,$6)",
        event.id,
        input.order_id,
        event.at.0,
        event.actor_name.as_str(),
        event.kind.as_str(),
        serde_json::to_string(&event.data)?
    )?;
    ctx.about(input.order_id);
    Ok(event)
}
