//! Ending an order before its goods have left.

use domain::{
    orders::{Stage, can_move},
    units::Millis,
};

use super::{
    CancelOrder, OrderEventData, OrderNow, checked_text,
    facts::{self, Open},
};
use crate::{
    analytics::{self, Sale, SoldLine},
    ctx::Ctx,
    customers,
    error::{Error, Result},
    execute,
    payments::{self, PaymentMethod},
    shipping,
};

/// Cancels an order: its stock is free again, and what was paid goes back, all in one transaction.
pub async fn cancel(ctx: &mut Ctx, input: CancelOrder) -> Result<OrderNow> {
    let reason = checked_text("reason", &input.reason, 500)?;
    let open = facts::open(ctx, input.order_id, Some(input.version)).await?;
    close(ctx, open, &reason, input.refund).await
}

pub(super) async fn close(
    ctx: &mut Ctx,
    mut open: Open,
    reason: &str,
    refund: Option<PaymentMethod>,
) -> Result<OrderNow> {
    let nothing_out = open.sum(|line| line.shipped) == 0;
    if !can_move(open.head.stage, Stage::Cancelled) || !nothing_out || !open.head.moves_stock {
        return Err(open.head.wrong_state("cancel"));
    }
    let money = open.head.refundable();
    if money > 0 {
        let method = refund.ok_or_else(|| Error::invalid("refund", "required"))?;
        open.head.refunded += money;
        ctx.may_refund(open.head.refunded, false).await?;
        payments::pay_back(ctx, &mut open, money, method, reason).await?;
    }
    // Nothing is owed any more.
    open.head.granted = open.head.total;
    facts::release_stock(ctx, &mut open).await?;
    shipping::cancel_ready(ctx, open.head.id).await?;
    execute!(ctx.tx, "UPDATE order_line SET cancelled = qty WHERE order_id = $1", open.head.id)?;
    let lines: Vec<SoldLine> = open.lines.iter().map(|line| (line.sku_id, line.live(), line.net)).collect();
    for line in &mut open.lines {
        line.cancelled = line.qty;
    }
    open.head.stage = Stage::Cancelled;
    let text = (!reason.is_empty()).then(|| reason.to_owned());
    open.event("cancelled", OrderEventData { text, ..Default::default() });
    let head = open.head.clone();
    let order = facts::settle(ctx, open).await?;
    if let Some(customer_id) = head.customer_id {
        customers::ordered(ctx, customer_id, -1, -head.total, Millis(head.placed_at)).await?;
    }
    let sale = Sale {
        day: i32::try_from(head.day).unwrap_or_default(),
        channel: &head.channel,
        total: head.total,
        units: head.units,
        lines: &lines,
        new_customer: false,
    };
    analytics::cancelled(ctx, &sale).await?;
    Ok(order)
}
