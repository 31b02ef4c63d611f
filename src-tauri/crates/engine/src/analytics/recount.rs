//! The daily sums counted again from the documents: what they must be equal to.

use std::collections::BTreeMap;

use domain::units::{Count, Millis};
use uuid::Uuid;

use super::{DayDelta, Recount, SkuDays, SkuDelta, add_days, add_skus, dashboard::days_between};
use crate::{
    access::Within,
    check::Difference,
    ctx::Ctx,
    db::Tx,
    error::Result,
    execute, fetch_all,
    settings::{self, Nothing, Shop},
};

/// Every offset from UTC in use is a multiple of a quarter of an hour, so all moments of one
/// quarter fall on the same day, and a million orders come as a few thousand rows.
const QUARTER: i64 = 900_000;

type Days = BTreeMap<(i32, String), DayDelta>;

/// Differences that are told one by one; a rebuild's answer stands in the audit log.
const TOLD: usize = 1_000;

#[derive(Default)]
struct Found {
    told: Vec<Difference>,
    all: i64,
}

impl Found {
    fn compare(&mut self, what: &str, id: &str, expected: i64, found: i64) {
        if expected != found {
            self.all += 1;
            if self.told.len() < TOLD {
                self.told.push(Difference::new("analytics", what, id, expected, found));
            }
        }
    }
}

/// Counts everything again and says what differs; changes nothing.
pub async fn recount(ctx: &mut Ctx, _: Nothing) -> Result<Recount> {
    let shop = ctx.shop()?;
    compare(&mut ctx.tx, &shop).await
}

/// Counts everything again and puts the result in place of the daily sums.
pub async fn rebuild(ctx: &mut Ctx, _: Nothing) -> Result<Recount> {
    let shop = ctx.shop()?;
    let report = compare(&mut ctx.tx, &shop).await?;
    if report.found.0 > 0 {
        let days = count_days(&mut ctx.tx, &shop).await?;
        let skus = count_skus(&mut ctx.tx).await?;
        execute!(ctx.tx, "DELETE FROM sales_daily")?;
        execute!(ctx.tx, "DELETE FROM sales_sku_daily")?;
        let days: Vec<(i32, &str, DayDelta)> =
            days.iter().map(|((day, channel), delta)| (*day, channel.as_str(), *delta)).collect();
        add_days(&mut ctx.tx, 0, &days).await?;
        add_skus(&mut ctx.tx, skus).await?;
    }
    ctx.about(shop.id);
    Ok(report)
}

pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    match settings::load(tx).await? {
        Some(shop) => Ok(compare(tx, &shop).await?.differences),
        None => Ok(Vec::new()),
    }
}

async fn compare(tx: &mut Tx, shop: &Shop) -> Result<Recount> {
    let mut differences = Found::default();
    let expected = count_days(tx, shop).await?;
    let found = stored_days(tx).await?;
    let no_day = DayDelta::default();
    for key in expected.keys().chain(found.keys().filter(|key| !expected.contains_key(*key))) {
        let (expected, found) = (expected.get(key).unwrap_or(&no_day), found.get(key).unwrap_or(&no_day));
        let id = format!("{} {}", domain::time::iso_day(key.0), key.1);
        for (what, (expected, found)) in NAMES.iter().zip(expected.columns().into_iter().zip(found.columns())) {
            // A customer's first order says the day but not the channel: compared below.
            if *what != "new_customers" {
                differences.compare(what, &id, expected, found);
            }
        }
    }
    let firsts = first_orders(tx, shop).await?;
    let daily = days_between(tx, i32::MIN, i32::MAX, &Within::default()).await?;
    for day in firsts.keys().chain(daily.keys().filter(|day| !firsts.contains_key(*day))) {
        let expected = firsts.get(day).copied().unwrap_or_default();
        let found = daily.get(day).map_or(0, |sums| sums.new_customers);
        let id = domain::time::iso_day(*day);
        differences.compare("new_customers", &id, expected, found);
    }
    let skus = count_skus(tx).await?;
    let stored = stored_skus(tx).await?;
    let no_sku = SkuDelta::default();
    for key in skus.keys().chain(stored.keys().filter(|key| !skus.contains_key(*key))) {
        let (expected, found) = (skus.get(key).unwrap_or(&no_sku), stored.get(key).unwrap_or(&no_sku));
        if expected == found {
            continue;
        }
        let id = format!("{} {}", domain::time::iso_day(key.0), key.1);
        differences.compare("sku_orders", &id, expected.orders, found.orders);
        differences.compare("sku_units", &id, expected.units, found.units);
        differences.compare("sku_net", &id, expected.net, found.net);
    }
    let count = |n: usize| Count(i64::try_from(n).unwrap_or(i64::MAX));
    let Found { told, all } = differences;
    Ok(Recount { days: count(expected.len()), sku_days: count(skus.len()), differences: told, found: Count(all) })
}

/// In the order of [`DayDelta::columns`].
const NAMES: [&str; 10] = [
    "orders",
    "gmv",
    "units",
    "cancelled_orders",
    "cancelled_amount",
    "cancelled_units",
    "paid_orders",
    "captured",
    "refunded",
    "new_customers",
];

/// From orders and payments. New customers are given to the channel of the row, or of the first.
async fn count_days(tx: &mut Tx, shop: &Shop) -> Result<Days> {
    let mut days = Days::new();
    type Placed = (i64, String, i64, i64, i64, i64, i64, i64);
    let placed: Vec<Placed> = fetch_all!(
        *tx,
        Placed,
        "SELECT day, channel, COUNT(*), CAST(SUM(total) AS BIGINT), CAST(SUM(units) AS BIGINT),
                CAST(SUM(CASE WHEN stage = 'cancelled' THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN stage = 'cancelled' THEN total ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN stage = 'cancelled' THEN units ELSE 0 END) AS BIGINT)
         FROM orders WHERE stage <> 'draft' GROUP BY day, channel"
    )?;
    for (day, channel, orders, gmv, units, cancelled_orders, cancelled_amount, cancelled_units) in placed {
        days.entry((small(day), channel)).or_default().add(DayDelta {
            orders,
            gmv,
            units,
            cancelled_orders,
            cancelled_amount,
            cancelled_units,
            ..DayDelta::default()
        });
    }
    type Paid = (i64, String, i64, i64);
    let paid: Vec<Paid> = fetch_all!(
        *tx,
        Paid,
        "SELECT p.day, COALESCE(o.channel, r.channel, ''),
                CAST(SUM(CASE WHEN p.kind = 'capture' THEN p.amount ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN p.kind = 'refund' THEN p.amount ELSE 0 END) AS BIGINT)
         FROM payment p LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN order_return r ON r.id = p.return_id
         GROUP BY p.day, COALESCE(o.channel, r.channel, '')"
    )?;
    for (day, channel, captured, refunded) in paid {
        let delta = DayDelta { captured, refunded, ..DayDelta::default() };
        days.entry((small(day), channel)).or_default().add(delta);
    }
    type Became = (i64, String, i64);
    let became_paid: Vec<Became> = fetch_all!(
        *tx,
        Became,
        "SELECT paid_day, channel, COUNT(*) FROM orders WHERE paid_day IS NOT NULL GROUP BY paid_day, channel"
    )?;
    for (day, channel, paid_orders) in became_paid {
        days.entry((small(day), channel)).or_default().add(DayDelta { paid_orders, ..DayDelta::default() });
    }
    for (day, new_customers) in first_orders(tx, shop).await? {
        let channel =
            days.range((day, String::new())..).next().filter(|(key, _)| key.0 == day).map(|(key, _)| key.1.clone());
        let key = (day, channel.unwrap_or_default());
        days.entry(key).or_default().add(DayDelta { new_customers, ..DayDelta::default() });
    }
    Ok(days)
}

async fn first_orders(tx: &mut Tx, shop: &Shop) -> Result<BTreeMap<i32, i64>> {
    let rows: Vec<(i64, i64)> = fetch_all!(
        *tx,
        (i64, i64),
        "SELECT first_order_at / $1, COUNT(*) FROM customer WHERE first_order_at IS NOT NULL
         GROUP BY first_order_at / $1",
        QUARTER
    )?;
    let mut days = BTreeMap::new();
    for (quarter, n) in rows {
        *days.entry(shop.day_of(Millis(quarter * QUARTER))?).or_insert(0) += n;
    }
    Ok(days)
}

async fn count_skus(tx: &mut Tx) -> Result<SkuDays> {
    type Row = (i64, Uuid, i64, i64, i64);
    let rows: Vec<Row> = fetch_all!(
        *tx,
        Row,
        "SELECT o.day, l.sku_id, COUNT(DISTINCT l.order_id), CAST(SUM(l.qty) AS BIGINT), CAST(SUM(l.net) AS BIGINT)
         FROM order_line l JOIN orders o ON o.id = l.order_id
         WHERE o.stage NOT IN ('draft', 'cancelled') GROUP BY o.day, l.sku_id"
    )?;
    Ok(rows
        .into_iter()
        .map(|(day, sku, orders, units, net)| ((small(day), sku), SkuDelta { orders, units, net }))
        .collect())
}

async fn stored_days(tx: &mut Tx) -> Result<Days> {
    type Row = (i64, String, i64, i64, i64, i64, i64, i64, i64, i64, i64);
    let rows: Vec<Row> = fetch_all!(
        *tx,
        Row,
        "SELECT day, channel, orders, gmv, units, cancelled_orders, cancelled_amount, cancelled_units, paid_orders,
                captured, refunded FROM sales_daily"
    )?;
    let mut days = Days::new();
    for (day, channel, orders, gmv, units, c_orders, c_amount, c_units, paid_orders, captured, refunded) in rows {
        days.entry((small(day), channel)).or_default().add(DayDelta {
            orders,
            gmv,
            units,
            cancelled_orders: c_orders,
            cancelled_amount: c_amount,
            cancelled_units: c_units,
            paid_orders,
            captured,
            refunded,
            new_customers: 0,
        });
    }
    Ok(days)
}

async fn stored_skus(tx: &mut Tx) -> Result<SkuDays> {
    type Row = (i64, Uuid, i64, i64, i64);
    let rows: Vec<Row> = fetch_all!(*tx, Row, "SELECT day, sku_id, orders, units, net FROM sales_sku_daily")?;
    Ok(rows
        .into_iter()
        .map(|(day, sku, orders, units, net)| ((small(day), sku), SkuDelta { orders, units, net }))
        .collect())
}

fn small(day: i64) -> i32 {
    i32::try_from(day).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_differences_the_first_are_told() {
        let mut found = Found::default();
        for n in 0..5_000 {
            found.compare("gmv", &n.to_string(), n, n / 2);
        }
        assert_eq!((found.told.len(), found.all), (TOLD, 4_999));
        assert_eq!(found.told[0].id, "1");
    }
}
