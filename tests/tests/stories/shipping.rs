//! Parcels, waybills, pick-up.

use domain::{
    orders::{DeliveryMethod, FulfilmentStatus, Stage},
    shipping::WaybillCheck,
    units::{Minor, Qty},
};
use engine::{
    Error,
    ctx::Meta,
    orders::{ListOrders, Order, OrderAction, OrderAt, OrderById, OrderFilter, PlaceOrder, PlacePayment, ShipTo},
    payments::PaymentMethod,
    settings::Nothing,
    shipping::{CancelParcel, CheckWaybill, HandOver, ParcelById, ParcelLine, ParcelState, ShipOrder, Shipped},
};
use tests::{Shop, call, sales::line, story};
use uuid::Uuid;

/// An order that is paid and may go out.
async fn paid(shop: &Shop, delivery: DeliveryMethod, lines: &[(Uuid, i64)], total: i64) -> anyhow::Result<Order> {
    let lines = lines.iter().map(|(sku_id, qty)| line(*sku_id, *qty)).collect();
    let payment = PlacePayment {
        method: PaymentMethod::Elsewhere,
        amount: Minor(total),
        tendered: None,
        reference: String::new(),
    };
    let input = PlaceOrder {
        delivery,
        ship_to: Some(ShipTo { name: "赵".into(), street: "中山路 2 号".into(), ..ShipTo::default() }),
        lines,
        payments: vec![payment],
        ..PlaceOrder::default()
    };
    let placed = shop.call(call::orders_place, input).await?;
    get(shop, placed.order_id).await
}

async fn get(shop: &Shop, order_id: Uuid) -> anyhow::Result<Order> {
    Ok(shop.ask(call::orders_get, OrderById { order_id }).await?)
}

fn parcel(order_id: Uuid, carrier: &str, waybill: &str) -> ShipOrder {
    ShipOrder {
        order_id,
        version: None,
        carrier: carrier.into(),
        waybill: waybill.into(),
        lines: Vec::new(),
        note: String::new(),
        accept_warnings: false,
    }
}

async fn ship(shop: &Shop, input: ShipOrder) -> engine::Result<Shipped> {
    shop.call(call::shipping_ship, input).await
}

async fn sound(shop: &Shop) -> anyhow::Result<()> {
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    Ok(())
}

story!(an_order_goes_out_in_two_parcels, async |shop| {
    let (a, b) = (shop.goods("A", 100, 10).await?, shop.goods("B", 100, 10).await?);
    let order = paid(&shop, DeliveryMethod::Ship, &[(a, 3), (b, 2)], 500).await?;
    assert_eq!(order.stage, Stage::Ready);
    let line = order.lines[0].id;
    let part = ShipOrder { lines: vec![ParcelLine { line_id: line, qty: Qty(2) }], ..parcel(order.id, "self", "") };
    let first = ship(&shop, part.clone()).await?;
    assert_eq!(first.order.fulfilment_status, FulfilmentStatus::PartialShipped);
    assert_eq!(shop.shelf(a).await?, (8, 1));
    let error = ship(&shop, part).await.unwrap_err();
    assert_eq!(error, Error::invalid("lines.0.qty", "too_large"));
    let twice = ShipOrder { lines: vec![ParcelLine { line_id: line, qty: Qty(1) }; 2], ..parcel(order.id, "self", "") };
    assert_eq!(ship(&shop, twice).await.unwrap_err(), Error::invalid("lines.1.line_id", "twice"));
    let rest = ship(&shop, parcel(order.id, "self", "")).await?;
    assert_eq!(rest.order.fulfilment_status, FulfilmentStatus::Shipped);
    let one = shop.call(call::shipping_deliver, ParcelById { parcel_id: first.parcel_id }).await?;
    assert_eq!((one.stage, one.fulfilment_status), (Stage::Shipping, FulfilmentStatus::PartialDelivered));
    assert!(shop.call(call::shipping_deliver, ParcelById { parcel_id: first.parcel_id }).await.is_err());
    let all = shop.call(call::orders_deliver, OrderAt { order_id: order.id, version: None }).await?;
    assert_eq!((all.stage, all.fulfilment_status), (Stage::Delivered, FulfilmentStatus::Delivered));
    assert_eq!((shop.shelf(a).await?, shop.shelf(b).await?), ((7, 0), (8, 0)));
    sound(&shop).await
});

story!(a_parcel_called_back_returns_to_the_shelf, async |shop| {
    let a = shop.goods("A", 100, 10).await?;
    let order = paid(&shop, DeliveryMethod::Ship, &[(a, 2), (a, 3)], 500).await?;
    let part = ShipOrder {
        lines: vec![ParcelLine { line_id: order.lines[1].id, qty: Qty(1) }],
        ..parcel(order.id, "self", "")
    };
    let first = ship(&shop, part).await?;
    let meta = Meta::new();
    shop.call_as(meta, call::shipping_ship, parcel(order.id, "self", "")).await?;
    assert_eq!(shop.shelf(a).await?, (5, 0));
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.shelf(a).await?, (9, 4));
    sound(&shop).await?;
    let cancel = CancelParcel { parcel_id: first.parcel_id, reason: "wrong address".into() };
    let back = shop.call(call::shipping_cancel_parcel, cancel.clone()).await?;
    assert_eq!((back.stage, back.fulfilment_status), (Stage::Shipping, FulfilmentStatus::Allocated));
    assert_eq!(shop.shelf(a).await?, (10, 5));
    assert!(shop.call(call::shipping_cancel_parcel, cancel).await.is_err());
    let now = get(&shop, order.id).await?;
    assert!(now.actions.contains(&OrderAction::Ship) && now.actions.contains(&OrderAction::Cancel));
    ship(&shop, parcel(order.id, "self", "")).await?;
    assert_eq!(shop.shelf(a).await?, (5, 0));
    sound(&shop).await
});

story!(a_waybill_is_checked_and_found_again, async |shop| {
    let a = shop.goods("A", 100, 10).await?;
    // S10 with its check digit, and one digit wrong.
    let (good, bad) = ("RR123456785CN", "RR123456784CN");
    let ask = |carrier: &str, waybill: &str| CheckWaybill { carrier: carrier.into(), waybill: waybill.into() };
    let checked = shop.ask(call::shipping_check_waybill, ask("chinapost", good)).await?;
    assert!(matches!(checked.check, WaybillCheck::Ok { .. }), "{checked:?}");
    assert_eq!(checked.duplicates, []);
    let wrong = shop.ask(call::shipping_check_waybill, ask("chinapost", bad)).await?;
    assert!(matches!(wrong.check, WaybillCheck::WrongCheckDigit { .. }), "{wrong:?}");

    let order = paid(&shop, DeliveryMethod::Ship, &[(a, 1)], 100).await?;
    let refused = ship(&shop, parcel(order.id, "chinapost", bad)).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid { rule, .. } if rule == "check_digit"), "{refused:?}");
    assert_eq!(ship(&shop, parcel(order.id, "nobody", good)).await.unwrap_err(), Error::invalid("carrier", "unknown"));
    assert_eq!(
        ship(&shop, parcel(order.id, "chinapost", " ")).await.unwrap_err(),
        Error::invalid("waybill", "required")
    );
    ship(&shop, parcel(order.id, "chinapost", "rr 1234 5678 5cn")).await?;

    let again = shop.ask(call::shipping_check_waybill, ask("chinapost", good)).await?;
    assert_eq!(again.duplicates[0].order_number, order.number);
    let second = paid(&shop, DeliveryMethod::Ship, &[(a, 1)], 100).await?;
    let refused = ship(&shop, parcel(second.id, "chinapost", good)).await.unwrap_err();
    assert!(matches!(&refused, Error::Duplicate { existing: Some(number), .. } if *number == order.number));
    ship(&shop, ShipOrder { accept_warnings: true, ..parcel(second.id, "chinapost", good) }).await?;

    for search in [good, "RR1234", "rr 123456785"] {
        let filter = OrderFilter { search: Some(search.into()), ..OrderFilter::default() };
        let page = shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?;
        assert_eq!(page.items.len(), 2, "{search}");
    }
    let carriers = shop.ask(call::shipping_carriers, Nothing {}).await?;
    assert!(carriers.iter().any(|carrier| carrier.code == "shunfeng"));
    sound(&shop).await
});

story!(goods_wait_for_whoever_has_the_code, async |shop| {
    let a = shop.goods("A", 100, 10).await?;
    let order = paid(&shop, DeliveryMethod::Pickup, &[(a, 2)], 200).await?;
    let code = order.pickup_code.clone().expect("a pick-up has a code");
    assert_eq!((order.stage, code.len()), (Stage::Ready, 6));
    assert!(order.actions.contains(&OrderAction::ReadyForPickup) && order.actions.contains(&OrderAction::HandOver));
    let now = OrderAt { order_id: order.id, version: Some(order.version) };
    shop.call(call::shipping_ready_for_pickup, now).await?;
    let packed = get(&shop, order.id).await?;
    assert_eq!(packed.parcels[0].state, ParcelState::Ready);
    assert!(!packed.actions.contains(&OrderAction::ReadyForPickup));
    assert_eq!(shop.shelf(a).await?, (10, 2));
    let wrong = HandOver { order_id: order.id, pickup_code: "x".into() };
    let error = shop.call(call::shipping_hand_over, wrong).await.unwrap_err();
    assert_eq!(error, Error::invalid("pickup_code", "wrong"));
    assert!(ship(&shop, parcel(order.id, "self", "")).await.is_err());
    let done = shop.call(call::shipping_hand_over, HandOver { order_id: order.id, pickup_code: code }).await?;
    assert_eq!((done.order.stage, done.order.fulfilment_status), (Stage::Delivered, FulfilmentStatus::Delivered));
    assert_eq!(shop.shelf(a).await?, (8, 0));
    let parcels = get(&shop, order.id).await?.parcels;
    assert_eq!((parcels.len(), parcels[0].state), (1, ParcelState::Delivered));
    sound(&shop).await
});
