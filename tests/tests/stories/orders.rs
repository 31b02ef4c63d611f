//! Orders, from the first line to the archive.

use domain::{
    catalog::ProductState,
    orders::{DeliveryMethod, Flag, FulfilmentStatus, HoldKind, PaymentStatus, Stage},
    units::{Count, Minor, Qty},
};
use engine::{
    Error,
    app::{AuditInput, AuditRow},
    ctx::{Door, Meta},
    orders::{
        AddOrderNote, AnnotateOrders, CancelOrder, ListOrders, Order, OrderAction, OrderAnnotation, OrderAt,
        OrderBoard, OrderById, OrderFilter, OrderIds, OrderMarks, PlaceHold, PlaceLine, PlaceOrder, PlacePayment,
        Placed, ReleaseHold, ReviewOrders, ShipTo,
    },
    payments::{CapturePayment, PaymentMethod, RefundPayment},
    settings::{Nothing, Preferences, SavePreferences},
    shipping::ShipOrder,
};
use tests::{
    Shop, call,
    goods::Goods,
    sales::{cash, line, payment},
    story,
};
use uuid::Uuid;

fn counter(lines: Vec<PlaceLine>) -> PlaceOrder {
    PlaceOrder { lines, ..PlaceOrder::default() }
}

fn to_ship(lines: Vec<PlaceLine>) -> PlaceOrder {
    PlaceOrder {
        delivery: DeliveryMethod::Ship,
        ship_to: Some(ShipTo { name: "王小明".into(), street: "人民路 1 号".into(), ..ShipTo::default() }),
        ..counter(lines)
    }
}

async fn order(shop: &Shop, order_id: Uuid) -> anyhow::Result<Order> {
    Ok(shop.ask(call::orders_get, OrderById { order_id }).await?)
}

async fn pay(shop: &Shop, order_id: Uuid, amount: i64) -> engine::Result<engine::payments::Captured> {
    let input = CapturePayment { reference: "T1".into(), ..payment(order_id, PaymentMethod::BankTransfer, amount) };
    shop.call(call::payments_capture, input).await
}

async fn ship(shop: &Shop, order_id: Uuid) -> engine::Result<engine::shipping::Shipped> {
    let input = ShipOrder {
        order_id,
        version: None,
        carrier: "self".into(),
        waybill: String::new(),
        lines: Vec::new(),
        note: String::new(),
        accept_warnings: false,
    };
    shop.call(call::shipping_ship, input).await
}

async fn prefer(shop: &Shop, change: impl FnOnce(&mut Preferences)) -> anyhow::Result<()> {
    let now = shop.ask(call::settings_shop, Nothing {}).await?.shop.expect("a shop");
    let mut preferences = now.preferences.clone();
    change(&mut preferences);
    shop.call(call::settings_save_preferences, SavePreferences { version: now.version, preferences }).await?;
    Ok(())
}

/// Every cache of the shop equals its facts.
async fn sound(shop: &Shop) -> anyhow::Result<()> {
    let report = shop.ask(call::app_check, Nothing {}).await?;
    assert_eq!(report.differences, [], "the shop's books do not add up");
    Ok(())
}

fn at(order_id: Uuid) -> OrderAt {
    OrderAt { order_id, version: None }
}

story!(an_order_is_paid_shipped_and_completed, async |shop| {
    let sku = shop.goods("CUP", 1990, 10).await?;
    let placed = shop.call(call::orders_place, to_ship(vec![line(sku, 3)])).await?;
    assert_eq!((placed.total, placed.due, placed.stage), (Minor(5970), Minor(5970), Stage::Placed));
    assert_eq!(shop.shelf(sku).await?, (10, 3));
    let id = placed.order_id;
    let now = order(&shop, id).await?;
    assert_eq!(now.payment_status, PaymentStatus::Unpaid);
    assert_eq!(now.fulfilment_status, FulfilmentStatus::Allocated);
    assert_eq!(now.actions, [OrderAction::Pay, OrderAction::Hold, OrderAction::Cancel]);

    assert_eq!(pay(&shop, id, 1000).await?.order.payment_status, PaymentStatus::Partial);
    let paid = pay(&shop, id, 4970).await?;
    assert_eq!(
        (paid.order.stage, paid.order.payment_status, paid.order.due),
        (Stage::Ready, PaymentStatus::Paid, Minor(0))
    );

    let shipped = ship(&shop, id).await?;
    assert_eq!((shipped.order.stage, shipped.order.fulfilment_status), (Stage::Shipping, FulfilmentStatus::Shipped));
    assert_eq!(shop.shelf(sku).await?, (7, 0));
    let arrived = shop.call(call::orders_deliver, at(id)).await?;
    assert_eq!((arrived.stage, arrived.fulfilment_status), (Stage::Delivered, FulfilmentStatus::Delivered));

    shop.wait_minutes(15 * 24 * 60 - 1);
    assert_eq!(shop.call(call::orders_run_timers, Nothing {}).await?.completed, Count(0));
    shop.wait_minutes(2);
    assert_eq!(shop.call(call::orders_run_timers, Nothing {}).await?.completed, Count(1));
    assert_eq!(shop.call(call::orders_run_timers, Nothing {}).await?.completed, Count(0));
    let now = order(&shop, id).await?;
    assert_eq!(now.stage, Stage::Completed);
    let kinds: Vec<&str> = now.timeline.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["placed", "paid", "paid", "stage", "shipped", "stage", "delivered", "stage", "stage"],);
    assert!(now.timeline.iter().all(|event| event.actor_name == "owner"));
    sound(&shop).await
});

story!(a_counter_sale_is_over_at_once, async |shop| {
    let sku = shop.goods("TEA", 1250, 4).await?;
    let input = PlaceOrder {
        payments: vec![PlacePayment { tendered: Some(Minor(5000)), ..cash(2500) }],
        ..counter(vec![line(sku, 2)])
    };
    let placed = shop.call(call::orders_place, input).await?;
    assert_eq!(
        (placed.total, placed.due, placed.change, placed.stage),
        (Minor(2500), Minor(0), Minor(2500), Stage::Completed)
    );
    assert_eq!(shop.shelf(sku).await?, (2, 0));
    let now = order(&shop, placed.order_id).await?;
    assert_eq!(now.parcels.len(), 1);
    assert_eq!(now.parcels[0].delivery, DeliveryMethod::Counter);
    assert_eq!(now.payments[0].tendered, Some(Minor(5000)));
    assert_eq!(now.actions, [OrderAction::Refund, OrderAction::Archive]);

    // Paid a little later it is handed out with the payment.
    let later = shop.call(call::orders_place, counter(vec![line(sku, 1)])).await?;
    assert_eq!(later.stage, Stage::Placed);
    assert_eq!(pay(&shop, later.order_id, 1250).await?.order.stage, Stage::Completed);
    assert_eq!(shop.shelf(sku).await?, (1, 0));
    sound(&shop).await
});

story!(what_the_stage_does_not_allow_is_refused, async |shop| {
    let sku = shop.goods("PEN", 300, 100).await?;
    let placed = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?;
    let id = placed.order_id;
    let refused = |error: Error, state: &str| match error {
        Error::WrongState { state: found, .. } => assert_eq!(found, state),
        other => panic!("{other:?}"),
    };
    refused(ship(&shop, id).await.unwrap_err(), "placed");
    refused(shop.call(call::orders_deliver, at(id)).await.unwrap_err(), "placed");
    refused(shop.call(call::orders_complete, at(id)).await.unwrap_err(), "placed");
    pay(&shop, id, 300).await?;
    ship(&shop, id).await?;
    let version = order(&shop, id).await?.version;
    let cancel = CancelOrder { order_id: id, version, reason: String::new(), refund: Some(PaymentMethod::Cash) };
    refused(shop.call(call::orders_cancel, cancel).await.unwrap_err(), "shipping");
    refused(shop.call(call::orders_complete, at(id)).await.unwrap_err(), "shipping");
    shop.call(call::orders_deliver, at(id)).await?;
    refused(shop.call(call::orders_deliver, at(id)).await.unwrap_err(), "delivered");
    refused(ship(&shop, id).await.unwrap_err(), "delivered");
    shop.call(call::orders_complete, at(id)).await?;
    let hold = PlaceHold { order_id: id, kind: HoldKind::Manual, reason: String::new() };
    refused(shop.call(call::orders_hold, hold).await.unwrap_err(), "completed");

    let other = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?;
    let cancel = CancelOrder { order_id: other.order_id, version: Count(1), reason: "x".into(), refund: None };
    shop.call(call::orders_cancel, cancel).await?;
    refused(pay(&shop, other.order_id, 300).await.unwrap_err(), "cancelled");
    refused(ship(&shop, other.order_id).await.unwrap_err(), "cancelled");
    refused(shop.call(call::orders_reserve, at(other.order_id)).await.unwrap_err(), "cancelled");
    let unknown = shop.ask(call::orders_get, OrderById { order_id: Uuid::nil() }).await.unwrap_err();
    assert_eq!(unknown, Error::not_found("order", Uuid::nil()));
    sound(&shop).await
});

story!(bad_input_names_its_field, async |shop| {
    let sku = shop.goods("A", 500, 9).await?;
    let off = shop.shelve(&[Goods { state: ProductState::Draft, ..Goods::new("OFF", 100, 5) }]).await?[0];
    let refuse = async |input: PlaceOrder| match shop.call(call::orders_place, input).await.unwrap_err() {
        Error::Invalid { field, rule, .. } => format!("{field} {rule}"),
        Error::NotForSale { skus } => format!("not for sale {skus:?}"),
        other => format!("{other:?}"),
    };
    assert_eq!(refuse(counter(vec![])).await, "lines required");
    assert_eq!(refuse(counter(vec![line(sku, 0)])).await, "lines.0.qty not_positive");
    assert_eq!(refuse(counter(vec![line(sku, 1), line(Uuid::nil(), 1)])).await, "lines.1.sku_id unknown");
    assert_eq!(refuse(counter(vec![line(off, 1)])).await, "not for sale [\"OFF\"]");
    let ship = PlaceOrder { delivery: DeliveryMethod::Ship, ..counter(vec![line(sku, 1)]) };
    assert_eq!(refuse(ship).await, "ship_to required");
    let freight = PlaceOrder { delivery: DeliveryMethod::Pickup, freight: Minor(1), ..counter(vec![line(sku, 1)]) };
    assert_eq!(refuse(freight).await, "freight not_shipped");
    let discount = PlaceOrder { discount: Minor(501), ..counter(vec![line(sku, 1)]) };
    assert_eq!(refuse(discount).await, "discount too_large");
    let cheap = PlaceLine { unit_price: Some(Minor(-1)), ..line(sku, 1) };
    assert_eq!(refuse(counter(vec![cheap])).await, "lines.0.unit_price negative");
    let future =
        PlaceOrder { placed_at: Some(domain::units::Millis(shop.now().0 + 86_400_000)), ..counter(vec![line(sku, 1)]) };
    assert_eq!(refuse(future).await, "placed_at future");
    let payment = PlaceOrder { payments: vec![cash(0)], ..counter(vec![line(sku, 1)]) };
    assert_eq!(refuse(payment).await, "payments.0.amount not_positive");
    let many = counter(vec![line(sku, 1); 10_001]);
    assert_eq!(refuse(many).await, "lines too_many");
    assert_eq!(shop.shelf(sku).await?, (9, 0));
    sound(&shop).await
});

story!(the_same_sku_on_two_lines_is_one_demand, async |shop| {
    let sku = shop.goods("DUO", 100, 5).await?;
    let error = shop.call(call::orders_place, to_ship(vec![line(sku, 3), line(sku, 3)])).await.unwrap_err();
    let Error::InsufficientStock { lines } = error else { panic!("{error:?}") };
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].wanted, lines[0].available), (Qty(6), Qty(5)));
    assert_eq!(shop.shelf(sku).await?, (5, 0));
    let quote = shop.ask(call::orders_quote, to_ship(vec![line(sku, 3), line(sku, 3)])).await?;
    assert_eq!((quote.shortages.len(), quote.total, quote.units), (1, Minor(600), Qty(6)));

    let placed = shop.call(call::orders_place, to_ship(vec![line(sku, 3), line(sku, 2)])).await?;
    assert_eq!(shop.shelf(sku).await?, (5, 5));
    pay(&shop, placed.order_id, 500).await?;
    ship(&shop, placed.order_id).await?;
    assert_eq!(shop.shelf(sku).await?, (0, 0));
    sound(&shop).await
});

story!(a_quote_is_what_the_order_comes_to, async |shop| {
    let skus = shop.shelve(&[Goods::new("A", 12900, 5), Goods::new("B", 3990, 5), Goods::new("C", 501, 5)]).await?;
    let input = PlaceOrder {
        discount: Minor(2000),
        freight: Minor(800),
        ..to_ship(vec![line(skus[0], 1), line(skus[1], 2), line(skus[2], 1)])
    };
    let quote = shop.ask(call::orders_quote, input.clone()).await?;
    assert_eq!(quote.lines.iter().map(|line| line.discount.0).collect::<Vec<_>>(), [1207, 746, 47]);
    assert_eq!((quote.goods, quote.total, quote.due), (Minor(21381), Minor(20181), Minor(20181)));
    assert_eq!((quote.shortages.len(), quote.problems.len()), (0, 0));
    let placed = shop.call(call::orders_place, input).await?;
    assert_eq!(placed.total, quote.total);
    let now = order(&shop, placed.order_id).await?;
    assert_eq!(now.lines.iter().map(|line| line.net.0).collect::<Vec<_>>(), [11693, 7234, 454]);

    // A half-typed order is priced as far as it goes, and says what is missing.
    let empty = shop.ask(call::orders_quote, PlaceOrder::default()).await?;
    assert_eq!((empty.total, empty.problems[0].field.as_str()), (Minor(0), "lines"));
    let unaddressed = PlaceOrder { ship_to: None, ..to_ship(vec![line(skus[0], 1)]) };
    let quote = shop.ask(call::orders_quote, unaddressed).await?;
    assert_eq!((quote.total, quote.problems[0].field.as_str()), (Minor(12900), "ship_to"));
    sound(&shop).await
});

story!(a_cancelled_order_gives_back_stock_and_money, async |shop| {
    let sku = shop.goods("VASE", 4000, 2).await?;
    let placed = shop.call(call::orders_place, to_ship(vec![line(sku, 2)])).await?;
    let id = placed.order_id;
    pay(&shop, id, 3000).await?;
    let version = order(&shop, id).await?.version;
    let cancel = CancelOrder { order_id: id, version, reason: "changed his mind".into(), refund: None };
    let error = shop.call(call::orders_cancel, cancel.clone()).await.unwrap_err();
    assert_eq!(error, Error::invalid("refund", "required"));
    let cancel = CancelOrder { refund: Some(PaymentMethod::Cash), ..cancel };
    let done = shop.call(call::orders_cancel, cancel).await?;
    assert_eq!((done.stage, done.payment_status, done.due), (Stage::Cancelled, PaymentStatus::Refunded, Minor(0)));
    assert_eq!(shop.shelf(sku).await?, (2, 0));
    let now = order(&shop, id).await?;
    assert_eq!((now.captured, now.refunded, now.refundable), (Minor(3000), Minor(3000), Minor(0)));
    assert_eq!(now.actions, [OrderAction::Archive]);
    // The pieces are free again.
    shop.call(call::orders_place, to_ship(vec![line(sku, 2)])).await?;
    sound(&shop).await
});

story!(a_command_sent_twice_is_done_once, async |shop| {
    let sku = shop.goods("ONCE", 700, 10).await?;
    let meta = Meta::new();
    let input = to_ship(vec![line(sku, 1)]);
    let first = shop.call_as(meta, call::orders_place, input.clone()).await?;
    let again = shop.call_as(meta, call::orders_place, input.clone()).await?;
    assert_eq!(first, again);
    assert_eq!(shop.shelf(sku).await?, (10, 1));
    let other = PlaceOrder { buyer_note: "other".into(), ..input };
    assert_eq!(shop.call_as(meta, call::orders_place, other).await.unwrap_err(), Error::CommandIdReused);
    sound(&shop).await
});

story!(a_channels_order_twice_stays_one, async |shop| {
    let sku = shop.goods("EXT", 700, 10).await?;
    let input = PlaceOrder { channel: "web".into(), external_id: Some("W-1".into()), ..to_ship(vec![line(sku, 1)]) };
    let first = shop.call(call::orders_place, input.clone()).await?;
    let again = shop.call(call::orders_place, input.clone()).await?;
    assert!(!first.existing && again.existing);
    assert_eq!((first.order_id, &first.number), (again.order_id, &again.number));
    assert_eq!(shop.shelf(sku).await?, (10, 1));
    // Another channel may use the same id.
    let other = shop.call(call::orders_place, PlaceOrder { channel: "app".into(), ..input }).await?;
    assert!(!other.existing);
    sound(&shop).await
});

story!(a_stale_screen_is_told_so, async |shop| {
    let sku = shop.goods("OLD", 100, 10).await?;
    let placed = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?;
    let seen = order(&shop, placed.order_id).await?.version;
    pay(&shop, placed.order_id, 50).await?;
    let cancel = CancelOrder { order_id: placed.order_id, version: seen, reason: String::new(), refund: None };
    let error = shop.call(call::orders_cancel, cancel).await.unwrap_err();
    let Error::Stale { current, .. } = error else { panic!("{error:?}") };
    assert_eq!(current, order(&shop, placed.order_id).await?.version);
    Ok(())
});

story!(stock_can_wait_for_the_money, async |shop| {
    prefer(&shop, |preferences| preferences.reserve_on_place = false).await?;
    let sku = shop.goods("WAIT", 100, 3).await?;
    let first = shop.call(call::orders_place, to_ship(vec![line(sku, 2)])).await?;
    let second = shop.call(call::orders_place, to_ship(vec![line(sku, 2)])).await?;
    assert_eq!(shop.shelf(sku).await?, (3, 0));
    assert_eq!(pay(&shop, first.order_id, 200).await?.order.stage, Stage::Ready);
    assert_eq!(shop.shelf(sku).await?, (3, 2));
    // The second is paid too, but the shelf has one left: it is held, and nothing is taken.
    let paid = pay(&shop, second.order_id, 200).await?;
    assert_eq!((paid.order.stage, paid.order.holds), (Stage::Review, Count(1)));
    assert_eq!(shop.shelf(sku).await?, (3, 2));
    let error = shop.call(call::orders_reserve, at(second.order_id)).await.unwrap_err();
    assert!(matches!(error, Error::InsufficientStock { .. }), "{error:?}");
    // A refund before the goods leave sends the first back to the unpaid, and frees its stock.
    let refund = RefundPayment {
        order_id: first.order_id,
        amount: Minor(200),
        method: PaymentMethod::Cash,
        reason: String::new(),
        lowers_due: None,
    };
    assert_eq!(shop.call(call::payments_refund, refund).await?.order.stage, Stage::Placed);
    let done = shop.call(call::orders_reserve, at(second.order_id)).await?;
    assert_eq!((done.stage, done.holds), (Stage::Ready, Count(0)));
    assert_eq!(shop.shelf(sku).await?, (3, 2));
    sound(&shop).await
});

story!(orders_are_passed_by_a_clerk, async |shop| {
    prefer(&shop, |preferences| preferences.auto_review = false).await?;
    let sku = shop.goods("LOOK", 100, 30).await?;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let input = PlaceOrder { payments: vec![cash(100)], ..to_ship(vec![line(sku, 1)]) };
        let placed = shop.call(call::orders_place, input).await?;
        assert_eq!(placed.stage, Stage::Review);
        ids.push(placed.order_id);
    }
    let unpaid = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    let hold = ReviewOrders { order_ids: vec![ids[0]], hold_reason: Some("address looks odd".into()) };
    assert_eq!(shop.call(call::orders_review, hold).await?.changed, [ids[0]]);
    let all = ReviewOrders { order_ids: vec![ids[0], ids[1], ids[2], unpaid], hold_reason: None };
    let done = shop.call(call::orders_review, all).await?;
    assert_eq!(done.changed.len(), 2);
    let mut reasons: Vec<&str> = done.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["held", "placed"]);
    // Once passed, the hold was all that stood in the way.
    let hold_id = order(&shop, ids[0]).await?.holds[0].id;
    let free = shop.call(call::orders_release_hold, ReleaseHold { order_id: ids[0], hold_id }).await?;
    assert_eq!(free.stage, Stage::Ready);
    sound(&shop).await
});

story!(a_hold_keeps_the_parcel_in_the_house, async |shop| {
    let sku = shop.goods("HOLD", 100, 5).await?;
    let input = PlaceOrder { payments: vec![cash(100)], ..to_ship(vec![line(sku, 1)]) };
    let id = shop.call(call::orders_place, input).await?.order_id;
    let meta = Meta::new();
    let hold = PlaceHold { order_id: id, kind: HoldKind::Risk, reason: "first order, large".into() };
    let held = shop.call_as(meta, call::orders_hold, hold).await?;
    assert_eq!((held.stage, held.holds), (Stage::Ready, Count(1)));
    let Error::WrongState { state, .. } = ship(&shop, id).await.unwrap_err() else { panic!() };
    assert_eq!(state, "held");
    assert_eq!(shop.ask(call::orders_board, Nothing {}).await?.held, Count(1));
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.ask(call::orders_board, Nothing {}).await?.held, Count(0));
    ship(&shop, id).await?;
    sound(&shop).await
});

story!(no_more_than_two_thousand_orders_are_changed_at_once, async |shop| {
    let none = shop.call(call::orders_archive, OrderIds { order_ids: vec![] }).await.unwrap_err();
    assert_eq!(none, Error::invalid("order_ids", "required"));
    let order_ids = (0..2001).map(|_| Uuid::now_v7()).collect();
    let refused = shop.call(call::orders_archive, OrderIds { order_ids }).await.unwrap_err();
    assert_eq!(refused, Error::invalid_because("order_ids", "too_many", "2000"));
    Ok(())
});

story!(marks_and_the_archive_can_be_taken_back, async |shop| {
    let sku = shop.goods("MARK", 100, 50).await?;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let input = PlaceOrder { payments: vec![cash(100)], ..counter(vec![line(sku, 1)]) };
        ids.push(shop.call(call::orders_place, input).await?.order_id);
    }
    let mark = |order_id: Uuid, flag, note: Option<&str>| OrderAnnotation {
        order_id,
        flag: Some(flag),
        seller_note: note.map(str::to_owned),
        ..OrderAnnotation::default()
    };
    shop.call(call::orders_annotate, AnnotateOrders { orders: vec![mark(ids[0], Flag::Blue, Some("old"))] }).await?;
    let meta = Meta::new();
    let orders = ids.iter().map(|id| mark(*id, Flag::Red, Some("call first"))).collect();
    let done = shop.call_as(meta, call::orders_annotate, AnnotateOrders { orders }).await?;
    assert_eq!(done.changed.len(), 3);
    shop.undo(meta.command_id).await?;
    let first = order(&shop, ids[0]).await?;
    assert_eq!((first.flag, first.seller_note.as_str()), (Flag::Blue, "old"));
    assert_eq!(order(&shop, ids[1]).await?.flag, Flag::None);
    let stale = OrderAnnotation { version: Some(Count(1)), ..mark(ids[0], Flag::Green, None) };
    let error = shop.call(call::orders_annotate, AnnotateOrders { orders: vec![stale] }).await.unwrap_err();
    assert!(matches!(error, Error::Stale { .. }), "{error:?}");

    let open = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    let meta = Meta::new();
    let away = OrderIds { order_ids: vec![ids[0], ids[1], open] };
    let done = shop.call_as(meta, call::orders_archive, away).await?;
    assert_eq!((done.changed.len(), done.skipped[0].reason.as_str()), (2, "placed"));
    let list = shop.ask(call::orders_list, ListOrders::default()).await?;
    assert_eq!(list.items.len(), 2);
    let filter = OrderFilter { archived: true, ..OrderFilter::default() };
    let list = shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?;
    assert_eq!(list.items.len(), 2);
    sound(&shop).await?;
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.ask(call::orders_list, ListOrders::default()).await?.items.len(), 4);
    let note = AddOrderNote { order_id: open, text: " called, will pay tomorrow ".into() };
    let event = shop.call(call::orders_add_note, note).await?;
    assert_eq!(event.data.text.as_deref(), Some("called, will pay tomorrow"));
    assert_eq!(order(&shop, open).await?.timeline.last().map(|event| event.kind.clone()).as_deref(), Some("note"));
    sound(&shop).await
});

story!(a_mark_that_somebody_else_set_is_not_written_over, async |shop| {
    let sku = shop.goods("SEEN", 100, 50).await?;
    let id = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    let seen = async || -> anyhow::Result<OrderMarks> {
        let Order { flag, seller_note, assignee, tags, .. } = order(&shop, id).await?;
        Ok(OrderMarks { flag, seller_note, assignee, tags })
    };
    let tell = async |meta: Meta, mark: OrderAnnotation| {
        let mark = OrderAnnotation { order_id: id, ..mark };
        shop.call_as(meta, call::orders_annotate, AnnotateOrders { orders: vec![mark] }).await
    };
    let looked = seen().await?;
    let theirs = OrderAnnotation { assignee: Some("周小客".into()), ..OrderAnnotation::default() };
    tell(Meta::new(), theirs).await?;
    // Another mark is nobody's loss.
    let flag = OrderAnnotation { flag: Some(Flag::Red), seen: Some(looked.clone()), ..OrderAnnotation::default() };
    let flagged = Meta::new();
    tell(flagged, flag).await?;
    let mine = OrderAnnotation { assignee: Some("林小满".into()), seen: Some(looked), ..OrderAnnotation::default() };
    let refused = tell(Meta::new(), mine.clone()).await;
    assert!(matches!(&refused, Err(Error::Stale { kind, .. }) if kind == "order"), "{refused:?}");
    let assigned = Meta::new();
    tell(assigned, OrderAnnotation { seen: Some(seen().await?), ..mine }).await?;

    // Nor does taking back undo what came after it.
    pay(&shop, id, 100).await?;
    shop.undo(flagged.command_id).await?;
    assert_eq!(seen().await?.flag, Flag::None);
    let later = OrderAnnotation { assignee: Some("陈大仓".into()), ..OrderAnnotation::default() };
    tell(Meta::new(), later).await?;
    let refused = shop.undo(assigned.command_id).await;
    assert!(matches!(&refused, Err(Error::Stale { .. })), "{refused:?}");
    let now = seen().await?;
    assert_eq!((now.assignee.as_str(), now.flag), ("陈大仓", Flag::None));
    sound(&shop).await
});

story!(orders_are_tagged_and_found_by_tag, async |shop| {
    let sku = shop.goods("TAGS", 100, 50).await?;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id);
        shop.wait_minutes(1);
    }
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let tag = |add: &[&str], remove: &[&str]| {
        let one = |order_id: &Uuid| OrderAnnotation {
            order_id: *order_id,
            add_tags: words(add),
            remove_tags: words(remove),
            ..OrderAnnotation::default()
        };
        AnnotateOrders { orders: ids.iter().map(one).collect() }
    };
    let tagged = async |tag: &str| -> anyhow::Result<Vec<Uuid>> {
        let filter = OrderFilter { tag: Some(tag.into()), ..OrderFilter::default() };
        let page = shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?;
        Ok(page.items.iter().map(|row| row.id).collect())
    };
    let only =
        OrderAnnotation { order_id: ids[1], tags: Some(words(&["老客户", "vip"])), ..OrderAnnotation::default() };
    shop.call(call::orders_annotate, AnnotateOrders { orders: vec![only] }).await?;
    let meta = Meta::new();
    shop.call_as(meta, call::orders_annotate, tag(&[" gift ", "gift", "", "vip"], &["老客户"])).await?;
    assert_eq!(order(&shop, ids[0]).await?.tags, ["gift", "vip"]);
    assert_eq!(order(&shop, ids[1]).await?.tags, ["vip", "gift"]);
    assert_eq!(tagged("gift").await?, [ids[2], ids[1], ids[0]], "newest first");
    assert_eq!(tagged("老客户").await?, Vec::<Uuid>::new());
    assert_eq!(shop.ask(call::orders_tags, Nothing {}).await?.tags, ["gift", "vip"]);
    sound(&shop).await?;
    shop.undo(meta.command_id).await?;
    assert_eq!(order(&shop, ids[1]).await?.tags, ["老客户", "vip"]);
    assert_eq!((tagged("gift").await?, tagged("vip").await?), (vec![], vec![ids[1]]));
    let many: Vec<String> = (0..51).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let error = shop.call(call::orders_annotate, tag(&many, &[])).await.unwrap_err();
    assert!(matches!(&error, Error::Invalid { field, rule, .. } if field == "tags" && rule == "too_many"), "{error:?}");
    // Taken back when others have tagged it meanwhile, theirs stay.
    let meta = Meta::new();
    shop.call_as(meta, call::orders_annotate, tag(&["late", "vip"], &["老客户"])).await?;
    shop.call(call::orders_annotate, tag(&["fragile"], &[])).await?;
    shop.undo(meta.command_id).await?;
    assert_eq!(order(&shop, ids[0]).await?.tags, ["fragile"]);
    assert_eq!(order(&shop, ids[1]).await?.tags, ["vip", "fragile", "老客户"]);
    assert_eq!(tagged("late").await?, Vec::<Uuid>::new());
    let long = "长".repeat(51);
    let error = shop.call(call::orders_annotate, tag(&[&long], &[])).await.unwrap_err();
    assert!(matches!(&error, Error::Invalid { field, rule, .. } if field == "tags" && rule == "too_long"), "{error:?}");
    sound(&shop).await
});

story!(unpaid_orders_close_by_themselves, async |shop| {
    prefer(&shop, |preferences| preferences.unpaid_minutes = 30).await?;
    let sku = shop.goods("TIME", 100, 5).await?;
    let late = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    let part = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    pay(&shop, part, 10).await?;
    shop.wait_minutes(20);
    let fresh = shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id;
    shop.wait_minutes(11);
    let run = shop.call(call::orders_run_timers, Nothing {}).await?;
    assert_eq!((run.closed, run.more), (Count(1), false));
    assert_eq!(order(&shop, late).await?.stage, Stage::Cancelled);
    assert_eq!(order(&shop, part).await?.stage, Stage::Placed);
    assert_eq!(order(&shop, fresh).await?.stage, Stage::Placed);
    assert_eq!(shop.shelf(sku).await?, (5, 2));
    sound(&shop).await
});

story!(the_shop_looks_after_itself, async |shop| {
    prefer(&shop, |preferences| preferences.unpaid_minutes = 30).await?;
    let sku = shop.goods("SELF", 100, 500).await?;
    let rows = async |command: &str| -> anyhow::Result<Vec<AuditRow>> {
        let input = AuditInput { command: command.into(), ..AuditInput::default() };
        Ok(shop.ask(call::app_audit, input).await?.items)
    };
    // More than one run takes: the program was away over night.
    let mut orders = Vec::new();
    for _ in 0..210 {
        orders.push(shop.call(call::orders_place, to_ship(vec![line(sku, 1)])).await?.order_id);
    }
    engine::clockwork::tick(&shop.engine).await?;
    assert_eq!(rows("orders.run_timers").await?.len(), 0, "looking leaves no trace");
    shop.wait_minutes(600);
    engine::clockwork::tick(&shop.engine).await?;
    for id in orders {
        assert_eq!(order(&shop, id).await?.stage, Stage::Cancelled);
    }
    assert_eq!(shop.shelf(sku).await?, (500, 0));
    let runs = rows("orders.run_timers").await?;
    assert_eq!(runs.len(), 2, "two runs of at most 200");
    assert!(runs.iter().all(|row| row.actor_name == "clockwork" && row.door == Door::Clockwork));
    engine::clockwork::tick(&shop.engine).await?;
    assert_eq!(rows("orders.run_timers").await?.len(), 2);
    // It ends with the shop.
    let keeping = tokio::spawn(engine::clockwork::keep(shop.engine.clone()));
    sound(&shop).await?;
    shop.engine.close().await;
    keeping.await?;
    Ok(())
});

story!(sixty_four_buyers_for_ten_pieces, async |shop| {
    let sku = shop.goods("LAST", 990, 10).await?;
    let other = shop.goods("PLENTY", 100, 1000).await?;
    let outcomes: Vec<engine::Result<Placed>> = {
        let mut buyers = tokio::task::JoinSet::new();
        for buyer in 0..64 {
            let (engine, caller) = (shop.engine.clone(), shop.caller.clone());
            buyers.spawn(async move {
                // Half name the goods in the other order, and all in a channel of their own.
                let mut lines = vec![line(sku, 1), line(other, 2)];
                if buyer % 2 == 0 {
                    lines.reverse();
                }
                let input = PlaceOrder { channel: format!("till {}", buyer % 4), ..to_ship(lines) };
                call::orders_place(&engine, &caller, Meta::new(), input).await
            });
        }
        buyers.join_all().await
    };
    let sold = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    for outcome in &outcomes {
        if let Err(error) = outcome {
            assert!(matches!(error, Error::InsufficientStock { .. }), "{error:?}");
        }
    }
    assert_eq!(sold, 10);
    assert_eq!(shop.shelf(sku).await?, (10, 10));
    assert_eq!(shop.shelf(other).await?, (1000, 20));
    let board: OrderBoard = shop.ask(call::orders_board, Nothing {}).await?;
    let placed = board.stages.iter().find(|count| count.stage == Stage::Placed).map(|count| count.n);
    assert_eq!(placed, Some(Count(10)));
    let mut numbers: Vec<&String> = outcomes.iter().flatten().map(|placed| &placed.number).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 10);
    sound(&shop).await
});
