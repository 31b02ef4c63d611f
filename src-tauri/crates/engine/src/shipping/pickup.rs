//! Goods that the buyer fetches: set aside under a code, or handed over the counter.

use domain::orders::{DeliveryMethod, Stage};
use uuid::Uuid;

use super::{
    CancelParcel, HandOver, ParcelState, Shipped,
    parcels::{chosen, insert_in_state, may_leave, send, went_out},
};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_all, fetch_optional,
    orders::{
        OrderAt, OrderEventData, OrderNow,
        facts::{self, Open, wrong_state},
    },
    stock,
};

/// Six digits that the buyer shows. Together with the order they are hard to guess at a counter.
pub(crate) fn new_pickup_code() -> String {
    let random = Uuid::new_v4().as_u128() % 1_000_000;
    format!("{random:06}")
}

/// The goods are packed and set aside; the buyer can come.
pub async fn ready_for_pickup(ctx: &mut Ctx, input: OrderAt) -> Result<Shipped> {
    let mut open = facts::open(ctx, input.order_id, input.version).await?;
    if open.head.delivery != DeliveryMethod::Pickup {
        return Err(wrong_state(open.head.delivery.as_str(), "ready_for_pickup"));
    }
    may_leave(&open, "ready_for_pickup")?;
    if ready_parcel(ctx, &open).await?.is_some() {
        return Err(wrong_state("packed", "ready_for_pickup"));
    }
    let wanted = chosen(&open, &[])?;
    let (order_id, state) = (open.head.id, ParcelState::Ready);
    let parcel_id = insert_in_state(ctx, order_id, DeliveryMethod::Pickup, "", "", "", state, &wanted).await?;
    open.event("packed", OrderEventData::default());
    let order = facts::settle(ctx, open).await?;
    ctx.undo_with("shipping.cancel_parcel", &CancelParcel { parcel_id, reason: String::new() })?;
    Ok(Shipped { parcel_id, order })
}

/// The buyer takes the goods: with the code for a pick-up, without at the counter.
pub async fn hand_over(ctx: &mut Ctx, input: HandOver) -> Result<Shipped> {
    let mut open = facts::open(ctx, input.order_id, None).await?;
    match open.head.delivery {
        DeliveryMethod::Ship => return Err(wrong_state("ship", "hand_over")),
        DeliveryMethod::Pickup => {
            if open.head.pickup_code.as_deref() != Some(input.pickup_code.trim()) {
                return Err(Error::invalid("pickup_code", "wrong"));
            }
        }
        DeliveryMethod::Counter => {}
    }
    may_leave(&open, "hand_over")?;
    let parcel_id = over_the_counter(ctx, &mut open).await?;
    Ok(Shipped { parcel_id, order: facts::settle(ctx, open).await? })
}

/// A counter sale that has just been paid in full is handed out in the same command, as if it had
/// been paid when it was placed.
pub(crate) async fn counter_hand_over(ctx: &mut Ctx, order: OrderNow) -> Result<OrderNow> {
    if order.stage != Stage::Ready || order.holds.0 > 0 {
        return Ok(order);
    }
    let delivery: Option<(DeliveryMethod,)> =
        fetch_optional!(ctx.tx, (DeliveryMethod,), "SELECT delivery FROM orders WHERE id = $1", order.order_id)?;
    if delivery != Some((DeliveryMethod::Counter,)) {
        return Ok(order);
    }
    let mut open = facts::open(ctx, order.order_id, None).await?;
    over_the_counter(ctx, &mut open).await?;
    facts::settle(ctx, open).await
}

async fn over_the_counter(ctx: &mut Ctx, open: &mut Open) -> Result<Uuid> {
    // Whoever takes the goods at the counter has confirmed them.
    open.may_complete = open.head.delivery == DeliveryMethod::Counter;
    let wanted = chosen(open, &[])?;
    let Some(parcel_id) = ready_parcel(ctx, open).await? else {
        return send(ctx, open, &wanted, "", "", "", true).await;
    };
    let order_id = open.head.id;
    stock::consume(ctx, order_id, "order", order_id, &wanted).await?;
    execute!(
        ctx.tx,
        "UPDATE parcel SET state = 'delivered', shipped_at = $2, delivered_at = $2, actor_name = $3 WHERE id = $1",
        parcel_id,
        ctx.now.0,
        ctx.caller.actor_name.as_str()
    )?;
    went_out(ctx, open, parcel_id, &wanted, true).await?;
    open.event("handed_over", OrderEventData::default());
    Ok(parcel_id)
}

async fn ready_parcel(ctx: &mut Ctx, open: &Open) -> Result<Option<Uuid>> {
    let ready: Vec<(Uuid,)> =
        fetch_all!(ctx.tx, (Uuid,), "SELECT id FROM parcel WHERE order_id = $1 AND state = 'ready'", open.head.id)?;
    Ok(ready.into_iter().next().map(|(id,)| id))
}
