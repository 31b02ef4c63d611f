//! Writing the ledger: money in, money back.

use domain::{
    orders::Stage,
    units::{Millis, Minor},
};
use uuid::Uuid;

use super::{CapturePayment, Captured, PaymentKind, PaymentMethod, RefundPayment, Refunded};
use crate::{
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    orders::{OrderEventData, checked_text, facts},
    shipping,
};

/// What of the money offered is taken: cash above what is due goes back as change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Booking {
    pub amount: i64,
    pub tendered: Option<i64>,
    pub change: i64,
}

/// A row of the ledger to be.
pub(crate) struct Entry {
    pub id: Uuid,
    pub kind: PaymentKind,
    pub method: PaymentMethod,
    pub booking: Booking,
    pub reference: String,
    pub note: String,
}

/// Works out what to book of `amount` when `due` is still owed. `field` prefixes the names in errors.
pub(crate) fn book(
    field: &str,
    method: PaymentMethod,
    amount: Minor,
    tendered: Option<Minor>,
    due: i64,
    keep_overpayment: bool,
) -> Result<Booking> {
    if amount.0 <= 0 {
        return Err(Error::invalid(format!("{field}amount"), "not_positive"));
    }
    if method != PaymentMethod::Cash {
        if tendered.is_some() {
            return Err(Error::invalid(format!("{field}tendered"), "cash_only"));
        }
        return Ok(Booking { amount: amount.0, tendered: None, change: 0 });
    }
    if tendered.is_some_and(|tendered| tendered < amount) {
        return Err(Error::invalid(format!("{field}tendered"), "too_small"));
    }
    let handed = tendered.unwrap_or(amount).0;
    let booked = if keep_overpayment { amount.0 } else { amount.0.min(due) };
    if booked <= 0 {
        return Err(Error::invalid(format!("{field}amount"), "nothing_due"));
    }
    let shown = (tendered.is_some() || handed > booked).then_some(handed);
    Ok(Booking { amount: booked, tendered: shown, change: handed - booked })
}

/// Appends rows to the ledger of one order.
pub(crate) async fn write(ctx: &mut Ctx, order_id: Uuid, currency: &str, at: Millis, entries: &[Entry]) -> Result<()> {
    let day = ctx.shop()?.day_of(at)?;
    let mut values: Vec<Arg> = Vec::with_capacity(entries.len() * 12);
    for entry in entries {
        values.extend([
            entry.id.into(),
            order_id.into(),
            entry.kind.as_str().into(),
            entry.method.as_str().into(),
            entry.booking.amount.into(),
            currency.into(),
            entry.booking.tendered.into(),
            entry.reference.as_str().into(),
            entry.note.as_str().into(),
            at.into(),
            day.into(),
            ctx.caller.actor_name.as_str().into(),
        ]);
    }
    if !values.is_empty() {
        ctx.tx
            .insert_many(
                "INSERT INTO payment (id, order_id, kind, method, amount, currency, tendered, reference, note, at,
                                      day, actor_name)",
                12,
                &values,
                "",
            )
            .await?;
    }
    Ok(())
}

/// Takes a payment on an order: in part, in full, or more than is due. The order moves on by itself.
pub async fn capture(ctx: &mut Ctx, input: CapturePayment) -> Result<Captured> {
    let reference = checked_text("reference", &input.reference, 200)?;
    let note = checked_text("note", &input.note, 2000)?;
    let mut open = facts::open(ctx, input.order_id, None).await?;
    if matches!(open.head.stage, Stage::Draft | Stage::Cancelled) {
        return Err(open.head.wrong_state("pay"));
    }
    let booking = book("", input.method, input.amount, input.tendered, open.head.due(), input.keep_overpayment)?;
    let captured = open.head.captured + booking.amount;
    open.head.captured = Minor::new(captured).ok_or_else(|| Error::invalid("amount", "too_large"))?.0;
    let entry = Entry { id: ctx.new_id(), kind: PaymentKind::Capture, method: input.method, booking, reference, note };
    let (payment_id, currency) = (entry.id, open.head.currency.clone());
    let now = ctx.now;
    write(ctx, input.order_id, &currency, now, &[entry]).await?;
    open.event("paid", money_event(booking.amount, input.method, &input.note));
    let order = facts::settle(ctx, open).await?;
    let order = shipping::counter_hand_over(ctx, order).await?;
    Ok(Captured { payment_id, amount: Minor(booking.amount), change: Minor(booking.change), order })
}

/// Pays money back, never more than was received.
pub async fn refund(ctx: &mut Ctx, input: RefundPayment) -> Result<Refunded> {
    give_back(ctx, input, false).await
}

/// `seconded`: somebody else has asked for it, so two are of one mind.
pub(super) async fn give_back(ctx: &mut Ctx, input: RefundPayment, seconded: bool) -> Result<Refunded> {
    let reason = checked_text("reason", &input.reason, 2000)?;
    if input.amount.0 <= 0 {
        return Err(Error::invalid("amount", "not_positive"));
    }
    let mut open = facts::open(ctx, input.order_id, None).await?;
    let head = &mut open.head;
    if input.amount.0 > head.refundable() {
        return Err(Error::OverRefund { wanted: input.amount, available: Minor(head.refundable().max(0)) });
    }
    // What was paid too much goes back first: that changes nothing about what is owed.
    let overpaid = (head.refundable() - (head.total - head.granted)).max(0);
    let rest = (input.amount.0 - overpaid).max(0);
    if input.lowers_due.unwrap_or(!head.stage.before_shipping()) {
        head.granted = (head.granted + rest).min(head.total);
    }
    head.refunded += input.amount.0;
    ctx.may_refund(head.refunded, seconded).await?;
    let payment_id = pay_back(ctx, &mut open, input.amount.0, input.method, &reason).await?;
    Ok(Refunded { payment_id, order: facts::settle(ctx, open).await? })
}

/// Books a refund that the order's facts already hold, and that [`Ctx::may_refund`] allows.
pub(crate) async fn pay_back(
    ctx: &mut Ctx,
    open: &mut facts::Open,
    amount: i64,
    method: PaymentMethod,
    reason: &str,
) -> Result<Uuid> {
    let id = ctx.new_id();
    let entry = Entry {
        id,
        kind: PaymentKind::Refund,
        method,
        booking: Booking { amount, tendered: None, change: 0 },
        reference: String::new(),
        note: reason.to_owned(),
    };
    let (order_id, currency, now) = (open.head.id, open.head.currency.clone(), ctx.now);
    write(ctx, order_id, &currency, now, &[entry]).await?;
    open.event("refunded", money_event(amount, method, reason));
    Ok(id)
}

pub(crate) fn money_event(amount: i64, method: PaymentMethod, note: &str) -> OrderEventData {
    OrderEventData {
        amount: Some(Minor(amount)),
        method: Some(method),
        text: (!note.is_empty()).then(|| note.to_owned()),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_gives_change_and_transfers_do_not() {
        let cash = |amount, tendered: Option<i64>, due, keep| {
            book("", PaymentMethod::Cash, Minor(amount), tendered.map(Minor), due, keep)
                .map(|b| (b.amount, b.tendered, b.change))
        };
        assert_eq!(cash(1990, None, 1990, false), Ok((1990, None, 0)));
        assert_eq!(cash(1990, Some(2000), 1990, false), Ok((1990, Some(2000), 10)));
        assert_eq!(cash(2000, None, 1990, false), Ok((1990, Some(2000), 10)));
        assert_eq!(cash(2000, None, 1990, true), Ok((2000, None, 0)));
        assert_eq!(cash(500, Some(1000), 1990, false), Ok((500, Some(1000), 500)));
        for (amount, tendered, due) in [(0, None, 10), (-1, None, 10), (10, Some(9), 10), (10, None, 0)] {
            assert!(cash(amount, tendered, due, false).is_err(), "{amount} {tendered:?} {due}");
        }
        let bank = book("", PaymentMethod::BankTransfer, Minor(2000), None, 1990, false);
        assert_eq!(bank, Ok(Booking { amount: 2000, tendered: None, change: 0 }));
        assert!(book("", PaymentMethod::Elsewhere, Minor(1), Some(Minor(2)), 5, false).is_err());
    }
}
