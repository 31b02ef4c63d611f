//! The daily sums, kept in the transaction of the document they count.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::SoldLine;
use crate::{
    ctx::Ctx,
    db::{
        Arg, Tx,
        rows::{self, RowShape},
    },
    error::Result,
};

/// On Postgres a day's sum is spread over so many rows, lest desks wait for one another.
const SHARDS: i64 = 8;

/// An order as the daily sums see it. For a cancellation, as it was when it was placed.
#[derive(Clone, Debug)]
pub(crate) struct Sale<'a> {
    /// The shop-local day of placing, also for a cancellation.
    pub day: i32,
    pub channel: &'a str,
    pub total: i64,
    pub units: i64,
    /// Units and net of each line; a SKU may stand on several.
    pub lines: &'a [SoldLine],
    /// Whether the customer had never ordered before.
    pub new_customer: bool,
}

/// What changes in the sums of one day and channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DayDelta {
    pub orders: i64,
    pub gmv: i64,
    pub units: i64,
    pub cancelled_orders: i64,
    pub cancelled_amount: i64,
    pub cancelled_units: i64,
    pub paid_orders: i64,
    pub captured: i64,
    pub refunded: i64,
    pub new_customers: i64,
}

/// What changes in the sums of SKUs, by day and SKU.
pub(crate) type SkuDays = BTreeMap<(i32, Uuid), SkuDelta>;

/// What changes in the sums of one day and SKU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SkuDelta {
    pub orders: i64,
    pub units: i64,
    pub net: i64,
}

/// An order was placed.
pub(crate) async fn placed(ctx: &mut Ctx, sale: &Sale<'_>) -> Result<()> {
    let delta = DayDelta {
        orders: 1,
        gmv: sale.total,
        units: sale.units,
        new_customers: i64::from(sale.new_customer),
        ..DayDelta::default()
    };
    let shard = shard(ctx);
    add_days(&mut ctx.tx, shard, &[(sale.day, sale.channel, delta)]).await?;
    add_skus(&mut ctx.tx, of_lines(sale, 1)).await
}

/// An order was cancelled: it stays in what was placed and is counted apart; its goods no longer
/// count as sold.
pub(crate) async fn cancelled(ctx: &mut Ctx, sale: &Sale<'_>) -> Result<()> {
    let delta = DayDelta {
        cancelled_orders: 1,
        cancelled_amount: sale.total,
        cancelled_units: sale.units,
        ..DayDelta::default()
    };
    let shard = shard(ctx);
    add_days(&mut ctx.tx, shard, &[(sale.day, sale.channel, delta)]).await?;
    add_skus(&mut ctx.tx, of_lines(sale, -1)).await
}

/// Money came in or went back on `day` (of the payment), and so many orders became paid.
pub(crate) async fn paid(
    ctx: &mut Ctx,
    day: i32,
    channel: &str,
    captured: i64,
    refunded: i64,
    paid_orders: i64,
) -> Result<()> {
    let shard = shard(ctx);
    let delta = DayDelta { captured, refunded, paid_orders, ..DayDelta::default() };
    add_days(&mut ctx.tx, shard, &[(day, channel, delta)]).await
}

/// Which of a day's rows this command adds to: by its id, so that even one busy desk spreads.
pub(crate) fn shard(ctx: &Ctx) -> i64 {
    if ctx.tx.is_postgres() { i64::from(ctx.command_id.as_bytes()[15]) % SHARDS } else { 0 }
}

/// Adds to the sums of days; rows of one day and channel are added up first.
pub(crate) async fn add_days(tx: &mut Tx, shard: i64, deltas: &[(i32, &str, DayDelta)]) -> Result<()> {
    let mut rows: BTreeMap<(i32, &str), DayDelta> = BTreeMap::new();
    for (day, channel, delta) in deltas {
        rows.entry((*day, channel)).or_default().add(*delta);
    }
    let mut values: Vec<Arg> = Vec::with_capacity(rows.len() * 13);
    for ((day, channel), delta) in &rows {
        values.extend([Arg::from(*day), Arg::from(*channel), Arg::from(shard)]);
        values.extend(delta.columns().map(Arg::from));
    }
    if values.is_empty() {
        return Ok(());
    }
    tx.insert_many(
        "INSERT INTO sales_daily AS s (day, channel, shard, orders, gmv, units, cancelled_orders, cancelled_amount,
                                       cancelled_units, paid_orders, captured, refunded, new_customers)",
        13,
        &values,
        "ON CONFLICT (day, channel, shard) DO UPDATE SET
            orders = s.orders + excluded.orders, gmv = s.gmv + excluded.gmv, units = s.units + excluded.units,
            cancelled_orders = s.cancelled_orders + excluded.cancelled_orders,
            cancelled_amount = s.cancelled_amount + excluded.cancelled_amount,
            cancelled_units = s.cancelled_units + excluded.cancelled_units,
            paid_orders = s.paid_orders + excluded.paid_orders, captured = s.captured + excluded.captured,
            refunded = s.refunded + excluded.refunded, new_customers = s.new_customers + excluded.new_customers",
    )
    .await?;
    Ok(())
}

/// Adds to the sums of SKUs. They go in their order, so that two orders of the same goods never wait
/// for each other in a ring.
pub(crate) async fn add_skus(tx: &mut Tx, days: SkuDays) -> Result<()> {
    let mut values: Vec<Arg> = Vec::with_capacity(days.len() * 5);
    for ((day, sku), delta) in days {
        values.extend([day.into(), sku.into(), delta.orders.into(), delta.units.into(), delta.net.into()]);
    }
    rows::insert(tx, &SKU_DAY, values).await?;
    Ok(())
}

const SKU_DAY: RowShape = RowShape {
    insert: "INSERT INTO sales_sku_daily AS s (day, sku_id, orders, units, net)",
    row: "(?1,?2,?3,?4,?5)",
    values: 5,
    suffix: "ON CONFLICT (day, sku_id) DO UPDATE SET
             orders = s.orders + excluded.orders, units = s.units + excluded.units, net = s.net + excluded.net",
};

impl SkuDelta {
    pub fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.units += other.units;
        self.net += other.net;
    }
}

impl DayDelta {
    pub fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.gmv += other.gmv;
        self.units += other.units;
        self.cancelled_orders += other.cancelled_orders;
        self.cancelled_amount += other.cancelled_amount;
        self.cancelled_units += other.cancelled_units;
        self.paid_orders += other.paid_orders;
        self.captured += other.captured;
        self.refunded += other.refunded;
        self.new_customers += other.new_customers;
    }

    /// In the order of the table's columns.
    pub fn columns(&self) -> [i64; 10] {
        [
            self.orders,
            self.gmv,
            self.units,
            self.cancelled_orders,
            self.cancelled_amount,
            self.cancelled_units,
            self.paid_orders,
            self.captured,
            self.refunded,
            self.new_customers,
        ]
    }
}

/// The lines of an order by SKU: an order counts once for a SKU on two of its lines.
fn of_lines(sale: &Sale<'_>, sign: i64) -> SkuDays {
    let mut days = SkuDays::new();
    for (sku, units, net) in sale.lines {
        let row = days.entry((sale.day, *sku)).or_insert(SkuDelta { orders: sign, ..SkuDelta::default() });
        row.units += units * sign;
        row.net += net * sign;
    }
    days
}
