//! The numbers of the shop: from daily sums, equal to a recount, cut into days of the shop's zone.

use domain::{
    orders::DeliveryMethod,
    units::{Count, Millis, Minor, Qty},
};
use engine::{
    Error,
    analytics::{Bucket, Dashboard, DashboardInput, Dimension, SalesBy, SalesByInput, SalesSort},
    catalog::SaveCategory,
    customers::{CustomerById, CustomerOrdersInput, Merge, Save},
    orders::{CancelOrder, OrderById, PlaceOrder, Placed},
    payments::{PaymentMethod, RefundPayment},
    settings::{Nothing, SaveShop, Shop as Facts},
};
use tests::{
    MONDAY, Shop, call, catalog,
    sales::{cash, line, payment},
    story,
};
use uuid::Uuid;

const DAY: i64 = 86_400_000;
/// 2026-03-02.
const FIRST: i32 = 20_514;

fn order(lines: &[(Uuid, i64)]) -> PlaceOrder {
    PlaceOrder {
        delivery: DeliveryMethod::Pickup,
        lines: lines.iter().map(|(sku_id, qty)| line(*sku_id, *qty)).collect(),
        ..PlaceOrder::default()
    }
}

async fn place(shop: &Shop, input: PlaceOrder) -> engine::Result<Placed> {
    shop.call(call::orders_place, input).await
}

async fn pay(shop: &Shop, order_id: Uuid, amount: i64) -> engine::Result<()> {
    let input = payment(order_id, PaymentMethod::BankTransfer, amount);
    shop.call(call::payments_capture, input).await.map(|_| ())
}

async fn refund(shop: &Shop, order_id: Uuid, amount: i64) -> engine::Result<()> {
    let input = RefundPayment {
        order_id,
        amount: Minor(amount),
        method: PaymentMethod::BankTransfer,
        reason: String::new(),
        lowers_due: Some(true),
    };
    shop.call(call::payments_refund, input).await.map(|_| ())
}

async fn cancel(shop: &Shop, order_id: Uuid) -> engine::Result<()> {
    let order = shop.ask(call::orders_get, OrderById { order_id }).await?;
    let input = CancelOrder {
        order_id,
        version: order.version,
        reason: String::new(),
        refund: Some(PaymentMethod::BankTransfer),
    };
    shop.call(call::orders_cancel, input).await.map(|_| ())
}

async fn dashboard(shop: &Shop, from_day: i32, to_day: i32) -> engine::Result<Dashboard> {
    shop.ask(call::analytics_dashboard, DashboardInput { from_day, to_day, compare: true }).await
}

fn by(dimension: Dimension, parent: Option<String>) -> SalesByInput {
    SalesByInput {
        dimension,
        from_day: FIRST,
        to_day: FIRST + 60,
        sort: SalesSort::Amount,
        ascending: false,
        limit: None,
        parent,
        compare: true,
    }
}

async fn sales(shop: &Shop, dimension: Dimension, parent: Option<String>) -> engine::Result<SalesBy> {
    shop.ask(call::analytics_sales_by, by(dimension, parent)).await
}

async fn clean(shop: &Shop) -> anyhow::Result<()> {
    assert_eq!(shop.ask(call::analytics_recount, Nothing {}).await?.differences, []);
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    Ok(())
}

async fn customer(shop: &Shop, name: &str) -> engine::Result<Uuid> {
    let made = shop.call(call::customers_save, Save { name: name.into(), ..Save::default() }).await?;
    Ok(made.id)
}

story!(the_core_numbers_of_a_day, async |shop| {
    let sku = catalog::simple(&shop, "A", 1_000, 100).await?.skus[0].id;
    let who = customer(&shop, "Li Lei").await?;
    let bought = PlaceOrder { customer_id: Some(who), ..order(&[(sku, 3)]) };
    let first = place(&shop, bought.clone()).await?;
    pay(&shop, first.order_id, 3_000).await?;
    place(&shop, PlaceOrder { payments: vec![cash(1_000)], ..order(&[(sku, 1)]) }).await?;
    let unpaid = place(&shop, bought).await?;
    shop.wait_minutes(24 * 60);
    refund(&shop, first.order_id, 500).await?;
    cancel(&shop, unpaid.order_id).await?;

    let today = dashboard(&shop, FIRST, FIRST).await?;
    let kpis = &today.period.kpis;
    assert_eq!((kpis.gmv, kpis.orders, kpis.units), (Minor(7_000), Count(3), Qty(7)));
    assert_eq!((kpis.cancelled_orders, kpis.cancelled_amount), (Count(1), Minor(3_000)));
    assert_eq!((kpis.captured, kpis.refunded, kpis.net), (Minor(4_000), Minor(0), Minor(4_000)));
    assert_eq!((kpis.paid_orders, kpis.aov), (Count(2), Some(Minor(2_000))));
    assert_eq!((kpis.new_customers, kpis.conversion_ppm), (Count(1), None));
    assert_eq!((today.zone.as_str(), today.bucket), ("Asia/Shanghai", Bucket::Day));
    assert!(today.definitions.iter().any(|d| d.metric == "aov" && d.id == "aov.captured_per_paid_order/1"));

    let next = dashboard(&shop, FIRST + 1, FIRST + 1).await?;
    assert_eq!((next.period.kpis.refunded, next.period.kpis.net), (Minor(500), Minor(-500)));
    assert_eq!(next.period.kpis.aov, None, "nothing paid has no average");
    assert_eq!(next.previous.map(|p| p.kpis), Some(today.period.kpis));

    let long = dashboard(&shop, FIRST - 200, FIRST + 200).await?;
    assert_eq!(long.bucket, Bucket::Month);
    assert_eq!(long.period.series.len(), 14);
    assert_eq!(long.period.series.iter().map(|p| p.gmv.0).sum::<i64>(), 7_000);
    let week = dashboard(&shop, FIRST - 3, FIRST + 3).await?;
    assert_eq!(week.period.series.len(), 7);
    assert_eq!(week.period.series[3].day, FIRST);
    for (from, to) in [(FIRST, FIRST - 1), (0, i32::MAX), (i32::MIN, i32::MAX)] {
        assert!(matches!(dashboard(&shop, from, to).await, Err(Error::Invalid { .. })));
    }
    clean(&shop).await
});

story!(the_sums_equal_a_recount_whatever_happened, async |shop| {
    let mut skus = Vec::new();
    for n in 0..4 {
        skus.push(catalog::simple(&shop, &format!("S{n}"), 333 * (n + 1), 500).await?.skus[0].id);
    }
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(customer(&shop, &format!("Customer {n}")).await?);
    }
    // A small generator of its own, so that a failure can be run again.
    let mut seed: u64 = 20_260_302;
    let mut roll = move |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % sides
    };
    let mut open: Vec<Placed> = Vec::new();
    for _ in 0..60 {
        shop.wait_minutes(i64::try_from(roll(900))?);
        match roll(5) {
            0 | 1 => {
                // One SKU may stand on two lines.
                let lines: Vec<(Uuid, i64)> =
                    (0..=roll(3)).map(|_| (skus[roll(4)], i64::try_from(roll(4) + 1).unwrap_or(1))).collect();
                let customer_id = (roll(3) > 0).then(|| people[roll(3)]);
                let channel = ["", "phone"][roll(2)].to_owned();
                let input = PlaceOrder { customer_id, channel, discount: Minor(7), ..order(&lines) };
                open.push(place(&shop, input).await?);
            }
            2 if !open.is_empty() => {
                let order = &open[roll(open.len())];
                // Some part, all, or more than is due: what is refused changes nothing.
                let _ = pay(&shop, order.order_id, order.total.0 / [1, 2, 3][roll(3)]).await;
            }
            3 if !open.is_empty() => {
                let order = &open[roll(open.len())];
                let _ = refund(&shop, order.order_id, i64::try_from(roll(300) + 1)?).await;
            }
            4 if !open.is_empty() => {
                let order = open.swap_remove(roll(open.len()));
                let _ = cancel(&shop, order.order_id).await;
            }
            _ => {}
        }
    }
    clean(&shop).await?;
    shop.call(call::customers_merge, Merge { keep: people[0], drop: people[1] }).await?;
    clean(&shop).await?;
    // A sum that went wrong is found, and put right.
    shop.sql("UPDATE sales_daily SET gmv = gmv + 1").await?;
    shop.sql("DELETE FROM sales_sku_daily WHERE orders = 1").await?;
    assert!(!shop.ask(call::analytics_recount, Nothing {}).await?.differences.is_empty());
    let before = shop.call(call::analytics_rebuild, Nothing {}).await?;
    assert!(before.differences.iter().any(|d| d.what == "gmv"));
    assert_eq!(before.found.0, before.differences.len() as i64);
    clean(&shop).await
});

story!(a_customer_shows_what_was_bought, async |shop| {
    let sku = catalog::simple(&shop, "A", 1_001, 100).await?.skus[0].id;
    let (li, han) = (customer(&shop, "Li Lei").await?, customer(&shop, "Han Meimei").await?);
    let mut placed = Vec::new();
    for (who, qty) in [(li, 1), (li, 2), (li, 3), (han, 4)] {
        shop.wait_minutes(60);
        placed.push(place(&shop, PlaceOrder { customer_id: Some(who), ..order(&[(sku, qty)]) }).await?);
    }
    let last = shop.now();
    let seen = shop.ask(call::customers_get, CustomerById { id: li }).await?;
    assert_eq!((seen.order_count, seen.order_total), (Count(3), Minor(6_006)));
    assert_eq!((seen.average_order, seen.last_order_at), (Some(Minor(2_002)), Some(Millis(last.0 - 3_600_000))));
    cancel(&shop, placed[2].order_id).await?;
    let seen = shop.ask(call::customers_get, CustomerById { id: li }).await?;
    assert_eq!((seen.order_count, seen.order_total), (Count(2), Minor(3_003)));
    assert_eq!((seen.average_order, seen.last_order_at), (Some(Minor(1_502)), Some(Millis(last.0 - 7_200_000))));
    let merged = shop.call(call::customers_merge, Merge { keep: li, drop: han }).await?;
    assert_eq!((merged.order_count, merged.order_total), (Count(3), Minor(7_007)));
    // Page by page, newest first, the cancelled one too.
    let mut numbers = Vec::new();
    let mut cursor = None;
    loop {
        let input = CustomerOrdersInput { customer_id: li, cursor, limit: Some(3) };
        let page = shop.ask(call::customers_orders, input).await?;
        numbers.extend(page.items.into_iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<String> = placed.iter().rev().map(|order| order.number.clone()).collect();
    assert_eq!(numbers, expected);
    // An order for the record that was merged is one for the other.
    place(&shop, PlaceOrder { customer_id: Some(han), ..order(&[(sku, 1)]) }).await?;
    let seen = shop.ask(call::customers_get, CustomerById { id: li }).await?;
    assert_eq!(seen.order_count, Count(4));
    clean(&shop).await
});

story!(sales_are_cut_by_what_was_sold_and_when, async |shop| {
    let category = |name: &str, parent_id| SaveCategory { id: None, version: None, parent_id, name: name.into() };
    let home = shop.call(call::catalog_save_category, category("Home", None)).await?.id;
    let lamps = shop.call(call::catalog_save_category, category("Lamps", Some(home))).await?.id;
    let mut skus = Vec::new();
    for (code, place) in [("LAMP", Some(lamps)), ("RUG", Some(home)), ("LOOSE", None)] {
        let mut input = catalog::product(code);
        input.category_id = place;
        input.skus.push(catalog::sku(code, 1_000, 100));
        skus.push(shop.call(call::catalog_save_product, input).await?);
    }
    let ids: Vec<Uuid> = skus.iter().map(|product| product.skus[0].id).collect();
    place(&shop, order(&[(ids[0], 2), (ids[1], 1)])).await?;
    shop.wait_minutes(24 * 60);
    place(&shop, PlaceOrder { channel: "phone".into(), ..order(&[(ids[2], 4), (ids[0], 1)]) }).await?;
    let gone = place(&shop, order(&[(ids[1], 5)])).await?;
    cancel(&shop, gone.order_id).await?;

    let rows = |report: &SalesBy| -> Vec<(String, i64, i64)> {
        report.rows.iter().map(|r| (r.name.clone(), r.sales.units.0, r.sales.amount.0)).collect()
    };
    let named = |name: &str, units: i64| (name.to_owned(), units, units * 1_000);
    let products = sales(&shop, Dimension::Product, None).await?;
    assert_eq!(rows(&products), [named("LOOSE", 4), named("LAMP", 3), named("RUG", 1)]);
    let by_sku = sales(&shop, Dimension::Sku, None).await?;
    assert_eq!(by_sku.rows[1].sales.orders, Some(Count(2)));
    let by_category = sales(&shop, Dimension::Category, None).await?;
    assert_eq!(rows(&by_category), [named("", 4), named("Home", 4)]);
    let below = sales(&shop, Dimension::Category, Some(home.to_string())).await?;
    assert_eq!(rows(&below), [named("Lamps", 3), named("Home", 1)]);
    let of_home = sales(&shop, Dimension::Product, Some(home.to_string())).await?;
    assert_eq!(rows(&of_home), [named("LAMP", 3), named("RUG", 1)]);
    let of_lamp = sales(&shop, Dimension::Sku, Some(skus[0].id.to_string())).await?;
    assert_eq!(of_lamp.rows.len(), 1);
    let channels = sales(&shop, Dimension::Channel, None).await?;
    assert_eq!(rows(&channels), [named("phone", 5), named("counter", 3)]);
    let days = sales(&shop, Dimension::Day, None).await?;
    assert_eq!(rows(&days), [named("2026-03-03", 5), named("2026-03-02", 3)]);
    let months = sales(&shop, Dimension::Month, None).await?;
    assert_eq!(rows(&months), [named("2026-03", 8)]);
    for report in [&products, &by_sku, &by_category, &channels, &days, &months] {
        assert_eq!((report.totals.units, report.totals.amount), (Qty(8), Minor(8_000)));
        assert_eq!(report.previous_totals.as_ref().map(|t| t.amount), Some(Minor(0)));
    }
    let top =
        shop.ask(call::analytics_sales_by, SalesByInput { limit: Some(1), ..by(Dimension::Product, None) }).await?;
    assert_eq!((top.rows.len(), top.left_out, top.totals.amount), (1, Count(2), Minor(8_000)));
    let wrong = sales(&shop, Dimension::Sku, Some("x".into())).await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })));
    Ok(())
});

story!(a_day_is_cut_by_the_shops_clocks, async |shop| {
    let facts: Facts = shop.ask(call::settings_shop, Nothing {}).await?.shop.ok_or(Error::NoShop)?;
    let change = |facts: &Facts, zone: &str| SaveShop {
        version: facts.version,
        name: facts.name.clone(),
        currency: facts.currency.clone(),
        zone: zone.into(),
        country: facts.country.clone(),
        contact: String::new(),
        phone: String::new(),
        address: String::new(),
        tax_id: String::new(),
    };
    let facts = shop.call(call::settings_save_shop, change(&facts, "Europe/Berlin")).await?;
    let sku = catalog::simple(&shop, "A", 100, 100).await?.skus[0].id;
    // 2026-10-25 has 25 hours in Berlin: from 22:00 UTC of the 24th to 23:00 UTC of the 25th.
    let sunday = 20_751;
    let midnight = i64::from(sunday) * DAY;
    for minutes in [-121, -120, 30, 22 * 60 + 59, 23 * 60] {
        shop.set_clock(Millis(midnight + minutes * 60_000));
        place(&shop, PlaceOrder { payments: vec![cash(100)], ..order(&[(sku, 1)]) }).await?;
    }
    let report = dashboard(&shop, sunday - 1, sunday + 1).await?;
    let orders: Vec<i64> = report.period.series.iter().map(|point| point.orders.0).collect();
    assert_eq!(orders, [1, 3, 1]);
    let captured: Vec<i64> = report.period.series.iter().map(|point| point.captured.0).collect();
    assert_eq!(captured, [100, 300, 100]);
    assert_eq!(report.zone, "Europe/Berlin");
    // 2026-03-29 has 23 hours: from 23:00 UTC of the 28th to 22:00 UTC of the 29th.
    let spring = 20_541;
    for minutes in [-61, -60, 21 * 60 + 59, 22 * 60] {
        shop.set_clock(Millis(i64::from(spring) * DAY + minutes * 60_000));
        place(&shop, order(&[(sku, 1)])).await?;
    }
    let report = dashboard(&shop, spring - 1, spring + 1).await?;
    let orders: Vec<i64> = report.period.series.iter().map(|point| point.orders.0).collect();
    assert_eq!(orders, [1, 2, 1]);
    // Once there are orders, the zone and the currency stand fast.
    let moved = shop.call(call::settings_save_shop, change(&facts, "Asia/Shanghai")).await;
    assert!(matches!(moved, Err(Error::Invalid { .. })), "{moved:?}");
    assert!(shop.now().0 > MONDAY);
    clean(&shop).await
});

story!(two_orders_never_have_one_number, async |shop| {
    let sku = catalog::simple(&shop, "A", 100, 1_000).await?.skus[0].id;
    let shop = std::sync::Arc::new(shop);
    let mut tasks = Vec::new();
    for _ in 0..24 {
        let (engine, caller) = (shop.engine.clone(), shop.caller.clone());
        tasks.push(tokio::spawn(async move {
            let meta = engine::ctx::Meta::new();
            call::orders_place(&engine, &caller, meta, order(&[(sku, 1)])).await.map(|placed| placed.number)
        }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await??);
    }
    numbers.sort();
    let expected: Vec<String> = (1..=24).map(|n| format!("SO-20260302-{n:04}")).collect();
    assert_eq!(numbers, expected, "each number once, and none left out");
    clean(&shop).await
});
