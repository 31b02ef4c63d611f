use std::collections::BTreeMap;

use domain::{
    money::half_up,
    time::iso_day,
    units::{Count, Minor, Qty},
};

use super::{Bucket, Dashboard, DashboardInput, DayDelta, Definition, Kpis, Period, Point, definition};
use crate::{
    access::Within,
    ctx::Ctx,
    db::{Arg, Tx},
    error::{Error, Result},
    fetch_dyn,
};

/// A longer period has a point a month.
const MOST_DAYS: i32 = 92;
/// Two centuries: a longer period is a slip of the keyboard.
const MOST_PERIOD: i32 = 73_050;

/// The core numbers of a period, from the daily sums.
pub async fn dashboard(ctx: &mut Ctx, input: DashboardInput) -> Result<Dashboard> {
    let shop = ctx.shop()?;
    ctx.sees_all_people()?;
    let within = ctx.within();
    let length = checked_length(input.from_day, input.to_day)?;
    let bucket = if length > MOST_DAYS { Bucket::Month } else { Bucket::Day };
    let first = if input.compare { input.from_day.saturating_sub(length) } else { input.from_day };
    let days = days_between(&mut ctx.tx, first, input.to_day, &within).await?;
    let previous = input.compare.then(|| period(&days, first, input.from_day - 1, bucket));
    Ok(Dashboard {
        currency: shop.currency.clone(),
        zone: shop.zone.clone(),
        bucket,
        period: period(&days, input.from_day, input.to_day, bucket),
        previous,
        definitions: definitions(),
    })
}

/// How many days from `from` to `to`, both within.
pub(super) fn checked_length(from: i32, to: i32) -> Result<i32> {
    let length = to.checked_sub(from).and_then(|days| days.checked_add(1)).filter(|days| *days <= MOST_PERIOD);
    match length {
        Some(length) if length > 0 => Ok(length),
        Some(_) => Err(Error::invalid("to_day", "before_from_day")),
        None => Err(Error::invalid("to_day", if to < from { "before_from_day" } else { "too_large" })),
    }
}

/// The sums of each day that has any, over all channels that are seen.
pub(super) async fn days_between(tx: &mut Tx, from: i32, to: i32, within: &Within) -> Result<BTreeMap<i32, DayDelta>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        day: i64,
        orders: i64,
        gmv: i64,
        units: i64,
        cancelled_orders: i64,
        cancelled_amount: i64,
        cancelled_units: i64,
        paid_orders: i64,
        captured: i64,
        refunded: i64,
        new_customers: i64,
    }
    let mut args = vec![Arg::from(from), Arg::from(to)];
    let seen = within.channels_as("channel", &mut args);
    let sql = format!(
        "SELECT day, CAST(SUM(orders) AS BIGINT) AS orders, CAST(SUM(gmv) AS BIGINT) AS gmv,
                CAST(SUM(units) AS BIGINT) AS units, CAST(SUM(cancelled_orders) AS BIGINT) AS cancelled_orders,
                CAST(SUM(cancelled_amount) AS BIGINT) AS cancelled_amount,
                CAST(SUM(cancelled_units) AS BIGINT) AS cancelled_units,
                CAST(SUM(paid_orders) AS BIGINT) AS paid_orders, CAST(SUM(captured) AS BIGINT) AS captured,
                CAST(SUM(refunded) AS BIGINT) AS refunded, CAST(SUM(new_customers) AS BIGINT) AS new_customers
         FROM sales_daily WHERE day BETWEEN $1 AND $2{seen} GROUP BY day ORDER BY day"
    );
    let rows = fetch_dyn!(*tx, Row, sql, &args)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let sums = DayDelta {
                orders: row.orders,
                gmv: row.gmv,
                units: row.units,
                cancelled_orders: row.cancelled_orders,
                cancelled_amount: row.cancelled_amount,
                cancelled_units: row.cancelled_units,
                paid_orders: row.paid_orders,
                captured: row.captured,
                refunded: row.refunded,
                new_customers: row.new_customers,
            };
            (i32::try_from(row.day).unwrap_or(i32::MAX), sums)
        })
        .collect())
}

/// The month a day belongs to, as `2026-11`.
pub(super) fn month_of(day: i32) -> String {
    let mut text = iso_day(day);
    text.truncate(text.len().saturating_sub(3));
    text
}

fn period(days: &BTreeMap<i32, DayDelta>, from: i32, to: i32, bucket: Bucket) -> Period {
    let mut sum = DayDelta::default();
    let mut series: Vec<Point> = Vec::new();
    let mut running = DayDelta::default();
    let mut start = from;
    let mut month = String::new();
    for day in from..=to {
        let of_day = days.get(&day).copied().unwrap_or_default();
        sum.add(of_day);
        let same = bucket == Bucket::Month && day > from && {
            let now = month_of(day);
            let same = now == month;
            month = now;
            same
        };
        if day == from {
            month = month_of(day);
        } else if !same {
            series.push(point(start, &running));
            running = DayDelta::default();
            start = day;
        }
        running.add(of_day);
    }
    series.push(point(start, &running));
    Period { from_day: from, to_day: to, kpis: kpis(&sum), series }
}

fn kpis(sum: &DayDelta) -> Kpis {
    let aov = (sum.paid_orders > 0).then(|| Minor(half_up(sum.captured.into(), sum.paid_orders.into())));
    Kpis {
        gmv: Minor(sum.gmv),
        orders: Count(sum.orders),
        units: Qty(sum.units),
        cancelled_orders: Count(sum.cancelled_orders),
        cancelled_amount: Minor(sum.cancelled_amount),
        captured: Minor(sum.captured),
        refunded: Minor(sum.refunded),
        net: Minor(sum.captured - sum.refunded),
        paid_orders: Count(sum.paid_orders),
        aov,
        new_customers: Count(sum.new_customers),
        conversion_ppm: None,
    }
}

fn point(day: i32, sum: &DayDelta) -> Point {
    Point {
        day,
        gmv: Minor(sum.gmv),
        orders: Count(sum.orders),
        units: Qty(sum.units),
        captured: Minor(sum.captured),
        refunded: Minor(sum.refunded),
        net: Minor(sum.captured - sum.refunded),
        paid_orders: Count(sum.paid_orders),
        new_customers: Count(sum.new_customers),
    }
}

/// The number behind a slash changes when the meaning does, so that an old print stays honest.
fn definitions() -> Vec<Definition> {
    [
        ("gmv", "gmv.placed/1"),
        ("orders", "orders.placed/1"),
        ("units", "units.placed/1"),
        ("cancelled_orders", "orders.cancelled_by_placing_day/1"),
        ("cancelled_amount", "gmv.cancelled_by_placing_day/1"),
        ("captured", "sales.captured_by_payment_day/1"),
        ("refunded", "refunds.by_refund_day/1"),
        ("net", "net.captured_less_refunded/1"),
        ("paid_orders", "orders.paid_by_payment_day/1"),
        ("aov", "aov.captured_per_paid_order/1"),
        ("new_customers", "customers.first_order/1"),
        ("conversion", "conversion.paid_orders_per_visitor/1"),
    ]
    .map(|(metric, id)| definition(metric, id))
    .to_vec()
}
