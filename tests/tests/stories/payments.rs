//! Money in and money back.

use domain::{
    orders::{DeliveryMethod, PaymentStatus, Stage},
    units::{Count, Minor},
};
use engine::{
    Error,
    orders::{OrderById, PlaceOrder, ShipTo},
    payments::{
        CapturePayment, Captured, ListPayments, PaymentDays, PaymentKind, PaymentMethod, RefundPayment, Refunded,
    },
    settings::Nothing,
    shipping::ShipOrder,
};
use tests::{
    MONDAY, Shop, call,
    sales::{line, payment},
    story,
};
use uuid::Uuid;

async fn place(shop: &Shop, sku_id: Uuid, qty: i64) -> anyhow::Result<Uuid> {
    let line = line(sku_id, qty);
    let input = PlaceOrder {
        delivery: DeliveryMethod::Ship,
        ship_to: Some(ShipTo { name: "Li".into(), street: "1 High Street".into(), ..ShipTo::default() }),
        lines: vec![line],
        ..PlaceOrder::default()
    };
    Ok(shop.call(call::orders_place, input).await?.order_id)
}

async fn refund(shop: &Shop, order_id: Uuid, amount: i64) -> engine::Result<Refunded> {
    let method = PaymentMethod::BankTransfer;
    let input = RefundPayment { order_id, amount: Minor(amount), method, reason: "test".into(), lowers_due: None };
    shop.call(call::payments_refund, input).await
}

async fn pay(shop: &Shop, input: CapturePayment) -> engine::Result<Captured> {
    shop.call(call::payments_capture, input).await
}

async fn sound(shop: &Shop) -> anyhow::Result<()> {
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    Ok(())
}

story!(in_parts_and_with_change, async |shop| {
    let sku = shop.goods("A", 1990, 5).await?;
    let id = place(&shop, sku, 1).await?;
    let first = pay(&shop, payment(id, PaymentMethod::Elsewhere, 990)).await?;
    assert_eq!((first.order.payment_status, first.order.due), (PaymentStatus::Partial, Minor(1000)));
    let cash = CapturePayment { tendered: Some(Minor(2000)), ..payment(id, PaymentMethod::Cash, 1000) };
    let second = pay(&shop, cash).await?;
    assert_eq!((second.amount, second.change, second.order.stage), (Minor(1000), Minor(1000), Stage::Ready));
    // Nothing is due any more: cash would be all change.
    let more = pay(&shop, payment(id, PaymentMethod::Cash, 100)).await.unwrap_err();
    assert_eq!(more, Error::invalid("amount", "nothing_due"));
    sound(&shop).await
});

story!(too_much_can_be_kept_and_paid_back, async |shop| {
    let sku = shop.goods("A", 1000, 5).await?;
    let id = place(&shop, sku, 1).await?;
    let paid = pay(&shop, payment(id, PaymentMethod::BankTransfer, 1500)).await?;
    assert_eq!((paid.order.payment_status, paid.change), (PaymentStatus::Overpaid, Minor(0)));
    assert_eq!(paid.order.stage, Stage::Ready);
    let back = refund(&shop, id, 500).await?;
    assert_eq!((back.order.payment_status, back.order.stage), (PaymentStatus::Paid, Stage::Ready));
    let error = refund(&shop, id, 1001).await.unwrap_err();
    assert_eq!(error, Error::OverRefund { wanted: Minor(1001), available: Minor(1000) });

    let other = place(&shop, sku, 1).await?;
    let keep = CapturePayment { keep_overpayment: true, ..payment(other, PaymentMethod::Cash, 1200) };
    let paid = pay(&shop, keep).await?;
    assert_eq!((paid.amount, paid.change, paid.order.payment_status), (Minor(1200), Minor(0), PaymentStatus::Overpaid));
    sound(&shop).await
});

story!(a_refund_after_shipping_lowers_what_is_due, async |shop| {
    let sku = shop.goods("A", 1000, 5).await?;
    let id = place(&shop, sku, 1).await?;
    pay(&shop, payment(id, PaymentMethod::BankTransfer, 1000)).await?;
    let parcel = ShipOrder {
        order_id: id,
        version: None,
        carrier: "self".into(),
        waybill: String::new(),
        lines: Vec::new(),
        note: String::new(),
        accept_warnings: false,
    };
    shop.call(call::shipping_ship, parcel).await?;
    let back = refund(&shop, id, 300).await?;
    assert_eq!((back.order.payment_status, back.order.due), (PaymentStatus::PartiallyRefunded, Minor(0)));
    assert_eq!(back.order.stage, Stage::Shipping);
    let back = refund(&shop, id, 700).await?;
    assert_eq!((back.order.payment_status, back.order.due), (PaymentStatus::Refunded, Minor(0)));
    let order = shop.ask(call::orders_get, OrderById { order_id: id }).await?;
    assert_eq!((order.granted, order.refundable), (Minor(1000), Minor(0)));
    sound(&shop).await
});

story!(bad_payments_are_refused, async |shop| {
    let sku = shop.goods("A", 1000, 5).await?;
    let id = place(&shop, sku, 1).await?;
    for amount in [0, -5] {
        let error = pay(&shop, payment(id, PaymentMethod::Cash, amount)).await.unwrap_err();
        assert_eq!(error, Error::invalid("amount", "not_positive"));
    }
    let short = CapturePayment { tendered: Some(Minor(900)), ..payment(id, PaymentMethod::Cash, 1000) };
    assert_eq!(pay(&shop, short).await.unwrap_err(), Error::invalid("tendered", "too_small"));
    let error = pay(&shop, payment(Uuid::nil(), PaymentMethod::Cash, 1)).await.unwrap_err();
    assert_eq!(error, Error::not_found("order", Uuid::nil()));
    let large = payment(id, PaymentMethod::BankTransfer, domain::units::MAX_EXACT);
    pay(&shop, large).await?;
    let error = pay(&shop, payment(id, PaymentMethod::BankTransfer, 1)).await.unwrap_err();
    assert_eq!(error, Error::invalid("amount", "too_large"));
    sound(&shop).await
});

story!(the_till_at_the_end_of_the_day, async |shop| {
    let sku = shop.goods("A", 1000, 50).await?;
    let methods = [PaymentMethod::Cash, PaymentMethod::BankTransfer, PaymentMethod::Elsewhere];
    let mut last = Uuid::nil();
    for at in 0..9 {
        last = place(&shop, sku, 1).await?;
        pay(&shop, payment(last, methods[at % 3], 1000)).await?;
        shop.wait_minutes(1);
    }
    refund(&shop, last, 400).await?;
    let today = domain::time::day_of(MONDAY, "Asia/Shanghai")?;
    let days = PaymentDays { from_day: today, to_day: today };
    let till = shop.ask(call::payments_summary, days).await?;
    assert_eq!((till.captured, till.refunded), (Minor(9000), Minor(400)));
    let bank = till.methods.iter().find(|sum| sum.method == PaymentMethod::BankTransfer).expect("every method");
    assert_eq!(
        (bank.captured, bank.captures, bank.refunded, bank.net),
        (Minor(3000), Count(3), Minor(400), Minor(2600))
    );
    let tomorrow = PaymentDays { from_day: today + 1, to_day: today + 1 };
    assert_eq!(shop.ask(call::payments_summary, tomorrow).await?.captured, Minor(0));
    let wrong = PaymentDays { from_day: today, to_day: today - 1 };
    assert!(shop.ask(call::payments_summary, wrong).await.is_err());

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let input = ListPayments { limit: Some(4), cursor, ..ListPayments::default() };
        let page = shop.ask(call::payments_list, input).await?;
        seen.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 10);
    assert!(seen.is_sorted_by(|a, b| (a.at, a.id) > (b.at, b.id)));
    let cash = ListPayments {
        method: Some(PaymentMethod::Cash),
        kind: Some(PaymentKind::Capture),
        from_day: Some(today),
        to_day: Some(today),
        ..ListPayments::default()
    };
    let page = shop.ask(call::payments_list, cash).await?;
    assert_eq!(page.items.len(), 3);
    assert!(page.items.iter().all(|payment| payment.order_number.is_some() && payment.day == today));
    sound(&shop).await
});
