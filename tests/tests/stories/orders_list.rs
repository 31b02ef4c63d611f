//! Lists of orders answer what a naive filter over all orders answers, and the board counts what
//! the lists show.

use std::collections::HashMap;

use domain::{
    orders::{DeliveryMethod, Flag, FulfilmentStatus, HoldKind, PaymentStatus, Stage},
    units::{Count, Millis, Minor, Qty},
};
use engine::{
    orders::{
        AnnotateOrders, CancelOrder, ListOrders, Order, OrderAnnotation, OrderAt, OrderById, OrderFilter, OrderIds,
        OrderSort, PlaceHold, PlaceLine, PlaceOrder, ShipTo,
    },
    payments::{PaymentMethod, RefundPayment},
    settings::Nothing,
    shipping::{HandOver, ShipOrder},
};
use tests::{MONDAY, Shop, call, dice::Dice, goods::Goods, sales::payment, story};
use uuid::Uuid;

const NAMES: &[&str] = &["王小明", "李小龙", "Anna Bell", "Bellamy", "张伟", "Zoë Müller"];

/// Orders in every stage: each is taken as far as the dice say.
async fn orders(shop: &Shop, dice: &mut Dice, n: usize) -> anyhow::Result<Vec<Order>> {
    let goods: Vec<Goods> =
        (0..6).map(|at| Goods::new(&format!("K{}-{at}", at % 2), 500 + 130 * at, 100_000)).collect();
    let skus = shop.shelve(&goods).await?;
    let mut ids = Vec::new();
    for at in 0..n {
        // Some are placed in the same millisecond: a page may end between them.
        shop.wait_minutes(if dice.roll(3) == 0 { 0 } else { dice.roll(400) as i64 });
        let delivery = *dice.one(DeliveryMethod::ALL);
        let person = dice.roll(40);
        let name = NAMES[person % NAMES.len()];
        let lines = (0..=dice.roll(3))
            .map(|_| PlaceLine {
                sku_id: *dice.one(&skus),
                qty: Qty(1 + dice.roll(4) as i64),
                unit_price: None,
                note: String::new(),
            })
            .collect();
        let input = PlaceOrder {
            buyer_name: if person == 0 { String::new() } else { name.into() },
            buyer_phone: if person == 0 { String::new() } else { format!("138001380{person:02}") },
            channel: ["", "web", "app"][dice.roll(3)].into(),
            delivery,
            ship_to: Some(ShipTo { name: "x".into(), street: "y".into(), ..ShipTo::default() }),
            assignee: ["", "", "", "Li", "Mo"][dice.roll(5)].into(),
            lines,
            // Some sales are entered afterwards.
            placed_at: (dice.roll(8) == 0).then(|| Millis(MONDAY - 86_400_000 * dice.roll(9) as i64)),
            ..PlaceOrder::default()
        };
        let placed = shop.call(call::orders_place, input).await?;
        ids.push(placed.order_id);
        let flag = *dice.one(&[Flag::None, Flag::None, Flag::Red, Flag::Blue]);
        let add_tags: Vec<String> =
            ["gift", "vip", "老客户"].iter().filter(|_| dice.roll(4) == 0).map(|t| t.to_string()).collect();
        if flag != Flag::None || !add_tags.is_empty() {
            let mark =
                OrderAnnotation { order_id: placed.order_id, flag: Some(flag), add_tags, ..OrderAnnotation::default() };
            shop.call(call::orders_annotate, AnnotateOrders { orders: vec![mark] }).await?;
        }
        onward(shop, dice, placed.order_id, placed.total, at).await?;
    }
    let mut orders = Vec::new();
    for order_id in ids {
        orders.push(shop.ask(call::orders_get, OrderById { order_id }).await?);
    }
    Ok(orders)
}

async fn onward(shop: &Shop, dice: &mut Dice, order_id: Uuid, total: Minor, at: usize) -> anyhow::Result<()> {
    let way = dice.roll(10);
    let cancel = async || {
        let version = shop.ask(call::orders_get, OrderById { order_id }).await?.version;
        let refund = Some(PaymentMethod::Cash);
        shop.call(call::orders_cancel, CancelOrder { order_id, version, reason: "x".into(), refund }).await
    };
    if way == 0 {
        return Ok(());
    }
    if way == 1 {
        cancel().await?;
        return Ok(());
    }
    let amount = if way == 2 { Minor(total.0 / 2) } else { total };
    let capture = payment(order_id, PaymentMethod::Elsewhere, amount.0);
    let now = shop.call(call::payments_capture, capture).await?.order;
    if now.stage == Stage::Ready && way == 3 {
        let kind = HoldKind::Manual;
        shop.call(call::orders_hold, PlaceHold { order_id, kind, reason: String::new() }).await?;
        return Ok(());
    }
    if now.stage == Stage::Ready && way == 4 {
        cancel().await?;
        return Ok(());
    }
    let order = shop.ask(call::orders_get, OrderById { order_id }).await?;
    if now.stage == Stage::Ready && order.delivery == DeliveryMethod::Ship {
        let parcel = ShipOrder {
            order_id,
            version: None,
            carrier: "self".into(),
            waybill: format!("OWN{}{at:05}", at % 3),
            lines: Vec::new(),
            note: String::new(),
            accept_warnings: false,
        };
        shop.call(call::shipping_ship, parcel).await?;
        if way > 6 {
            shop.call(call::orders_deliver, OrderAt { order_id, version: None }).await?;
        }
    } else if now.stage == Stage::Ready && way > 5 {
        let pickup_code = order.pickup_code.unwrap_or_default();
        shop.call(call::shipping_hand_over, HandOver { order_id, pickup_code }).await?;
    }
    if way == 8 {
        let method = PaymentMethod::Cash;
        let refund = RefundPayment { order_id, amount: Minor(1), method, reason: "r".into(), lowers_due: Some(true) };
        shop.call(call::payments_refund, refund).await?;
    }
    if way == 9 {
        shop.call(call::orders_archive, OrderIds { order_ids: vec![order_id] }).await?;
    }
    Ok(())
}

fn matches(order: &Order, filter: &OrderFilter) -> bool {
    let day = domain::time::day_of(order.placed_at.0, "Asia/Shanghai").expect("a day");
    let open_holds = order.holds.iter().filter(|hold| hold.released_at.is_none()).count();
    let waybill = |beginning: &str| order.parcels.iter().any(|parcel| parcel.waybill.starts_with(beginning));
    let anywhere =
        filter.customer_id.is_some() || filter.sku_id.is_some() || filter.waybill.is_some() || filter.search.is_some();
    (filter.stages.is_empty() || filter.stages.contains(&order.stage))
        && filter.payment_status.is_none_or(|status| status == order.payment_status)
        && filter.fulfilment_status.is_none_or(|status| status == order.fulfilment_status)
        && filter.channel.as_ref().is_none_or(|channel| *channel == order.channel)
        && filter.customer_id.is_none_or(|id| Some(id) == order.customer_id)
        && filter.from_day.is_none_or(|from| day >= from)
        && filter.to_day.is_none_or(|to| day <= to)
        && filter.sku_id.is_none_or(|sku| order.lines.iter().any(|line| line.sku_id == sku))
        && filter.flag.is_none_or(|flag| flag == order.flag)
        && filter.tag.as_ref().is_none_or(|tag| order.tags.contains(tag))
        && filter.assignee.as_ref().is_none_or(|assignee| *assignee == order.assignee)
        && (!filter.held || open_holds > 0)
        && (order.archived == filter.archived || (anywhere && !filter.archived))
        && filter.amount_min.is_none_or(|amount| order.total >= amount)
        && filter.amount_max.is_none_or(|amount| order.total <= amount)
        && filter.waybill.as_ref().is_none_or(|beginning| waybill(beginning))
        && filter.search.as_ref().is_none_or(|text| {
            order.number.starts_with(text.as_str())
                || order.number.starts_with(&format!("SO-{text}"))
                || waybill(text)
                || order.lines.iter().any(|line| line.sku_code.starts_with(text.as_str()))
                || order.buyer_name.to_lowercase().contains(&text.to_lowercase())
                || (order.customer_id.is_some() && order.buyer_phone.contains(text.as_str()))
        })
}

fn expected(orders: &[Order], filter: &OrderFilter, sort: OrderSort) -> Vec<Uuid> {
    let mut found: Vec<&Order> = orders.iter().filter(|order| matches(order, filter)).collect();
    match sort {
        OrderSort::Newest => found.sort_by_key(|order| std::cmp::Reverse((order.placed_at, order.id))),
        OrderSort::Oldest => found.sort_by_key(|order| (order.placed_at, order.id)),
        OrderSort::AmountDesc => found.sort_by_key(|order| std::cmp::Reverse((order.total, order.id))),
        OrderSort::AmountAsc => found.sort_by_key(|order| (order.total, order.id)),
    }
    found.into_iter().map(|order| order.id).collect()
}

async fn listed(shop: &Shop, filter: &OrderFilter, sort: OrderSort, limit: i32) -> anyhow::Result<Vec<Uuid>> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let input = ListOrders { filter: filter.clone(), sort: Some(sort), cursor, limit: Some(limit) };
        let page = shop.ask(call::orders_list, input).await?;
        assert!(page.items.len() <= limit as usize);
        found.extend(page.items.into_iter().map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// A filter of one to three conditions that some order meets.
fn some_filter(dice: &mut Dice, orders: &[Order]) -> OrderFilter {
    let mut filter = OrderFilter { archived: dice.roll(8) == 0, ..OrderFilter::default() };
    for _ in 0..=dice.roll(3) {
        let like = dice.one(orders);
        let day = domain::time::day_of(like.placed_at.0, "Asia/Shanghai").expect("a day");
        match dice.roll(15) {
            0 => filter.stages = vec![like.stage],
            1 => filter.stages = vec![like.stage, *dice.one(Stage::ALL), *dice.one(Stage::ALL)],
            2 => filter.payment_status = Some(like.payment_status),
            3 => filter.fulfilment_status = Some(like.fulfilment_status),
            4 => filter.channel = Some(like.channel.clone()),
            5 => filter.customer_id = like.customer_id,
            6 => filter.from_day = Some(day),
            7 => filter.to_day = Some(day),
            8 => filter.sku_id = Some(like.lines[0].sku_id),
            9 => filter.flag = Some(like.flag),
            10 => filter.assignee = Some(like.assignee.clone()).filter(|assignee| !assignee.is_empty()),
            11 => filter.held = true,
            12 => {
                filter.amount_min = Some(Minor(like.total.0 - 500));
                filter.amount_max = Some(Minor(like.total.0 + 500));
            }
            13 => filter.waybill = like.parcels.first().and_then(|parcel| parcel.waybill.get(..5)).map(str::to_owned),
            _ => {
                let texts =
                    ["小明", "李小", "bell", "K0", "K1-3", "OWN1", "SO-", "1380013", "13800138", "李小龙", "nobody"];
                filter.search = Some(match dice.roll(3) {
                    0 => like.number.clone(),
                    _ => (*dice.one(&texts)).to_owned(),
                });
            }
        }
    }
    filter
}

story!(every_filter_finds_what_a_naive_one_finds, async |shop| {
    let mut dice = Dice(20_261_121);
    let orders = orders(&shop, &mut dice, 160).await?;
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    for _ in 0..250 {
        let filter = some_filter(&mut dice, &orders);
        let sort = *dice.one(&[
            OrderSort::Newest,
            OrderSort::Newest,
            OrderSort::Newest,
            OrderSort::Oldest,
            OrderSort::AmountDesc,
            OrderSort::AmountAsc,
        ]);
        let limit = *dice.one(&[1, 3, 7, 50]);
        let found = listed(&shop, &filter, sort, limit).await?;
        assert_eq!(found, expected(&orders, &filter, sort), "{sort:?} {limit} {filter:?}");
    }
    let filter = OrderFilter { amount_min: Some(Minor(1000)), ..OrderFilter::default() };
    let page = shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?;
    assert!(page.items.is_sorted_by(|a, b| a.total >= b.total), "an amount alone sorts by amount");
    for wrong in [Some(0), Some(201)] {
        assert!(shop.ask(call::orders_list, ListOrders { limit: wrong, ..ListOrders::default() }).await.is_err());
    }
    let cursor = Some("?".to_owned());
    assert!(shop.ask(call::orders_list, ListOrders { cursor, ..ListOrders::default() }).await.is_err());
    Ok(())
});

story!(the_board_counts_what_the_lists_show, async |shop| {
    let mut dice = Dice(7);
    let orders = orders(&shop, &mut dice, 60).await?;
    let board = shop.ask(call::orders_board, Nothing {}).await?;
    let count = async |filter: OrderFilter| -> anyhow::Result<Count> {
        Ok(Count(listed(&shop, &filter, OrderSort::Newest, 200).await?.len() as i64))
    };
    for stage in &board.stages {
        assert_eq!(count(OrderFilter { stages: vec![stage.stage], ..OrderFilter::default() }).await?, stage.n);
    }
    let mut payments: HashMap<PaymentStatus, Count> = HashMap::new();
    for of in &board.payments {
        let filter = OrderFilter { payment_status: Some(of.payment_status), ..OrderFilter::default() };
        assert_eq!(count(filter).await?, of.n);
        payments.insert(of.payment_status, of.n);
    }
    assert!(payments[&PaymentStatus::Partial].0 > 0);
    for of in &board.fulfilments {
        let filter = OrderFilter { fulfilment_status: Some(of.fulfilment_status), ..OrderFilter::default() };
        assert_eq!(count(filter).await?, of.n);
    }
    assert_eq!(count(OrderFilter { held: true, ..OrderFilter::default() }).await?, board.held);
    assert_eq!(count(OrderFilter { archived: true, ..OrderFilter::default() }).await?, board.archived);
    assert!(board.fulfilments.iter().any(|of| of.fulfilment_status == FulfilmentStatus::Shipped && of.n.0 > 0));
    assert_eq!(orders.len(), 60);
    Ok(())
});
