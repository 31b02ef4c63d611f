//! Numbers of the shop: from daily sums kept with each document, never from a scan.

mod dashboard;
mod recount;
mod rollup;
mod sales_by;

use domain::units::{Count, Minor, Qty};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::check::Difference;

pub use dashboard::dashboard;
pub(crate) use recount::check;
pub use recount::{rebuild, recount};
pub(crate) use rollup::{DayDelta, Sale, SkuDays, SkuDelta, add_days, add_skus, cancelled, paid, placed, shard};
pub use sales_by::sales_by;

/// From and to are days of the shop's zone (since 1970-01-01), both within.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct DashboardInput {
    pub from_day: i32,
    pub to_day: i32,
    /// Also the period of equal length just before.
    #[serde(default)]
    pub compare: bool,
}

/// The core numbers of a period. What each means is named in [`Dashboard::definitions`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Kpis {
    /// Placed, whatever became of it.
    pub gmv: Minor,
    pub orders: Count,
    pub units: Qty,
    pub cancelled_orders: Count,
    pub cancelled_amount: Minor,
    /// Sales: money that came in, by day of payment.
    pub captured: Minor,
    /// By day of refund.
    pub refunded: Minor,
    /// `captured − refunded`.
    pub net: Minor,
    pub paid_orders: Count,
    /// `captured ÷ paid_orders`, half up; none when nothing was paid.
    pub aov: Option<Minor>,
    /// Customers who placed their first order.
    pub new_customers: Count,
    /// Paid orders ÷ visitors, in millionths; none as long as no visitor data are imported.
    pub conversion_ppm: Option<i32>,
}

/// One day or month of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Point {
    /// Its first day within the period.
    pub day: i32,
    pub gmv: Minor,
    pub orders: Count,
    pub units: Qty,
    pub captured: Minor,
    pub refunded: Minor,
    pub net: Minor,
    pub paid_orders: Count,
    pub new_customers: Count,
}

domain::text_enum! {
    pub enum Bucket {
        Day = "day",
        Month = "month",
    }
}

/// The meaning of a number, by an id that stands beside it wherever it is printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Definition {
    pub metric: String,
    pub id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Period {
    pub from_day: i32,
    pub to_day: i32,
    pub kpis: Kpis,
    pub series: Vec<Point>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Dashboard {
    pub currency: String,
    /// The days are cut in this zone.
    pub zone: String,
    /// A point a day; a month, when the period is longer than 92 days.
    pub bucket: Bucket,
    pub period: Period,
    pub previous: Option<Period>,
    pub definitions: Vec<Definition>,
}

domain::text_enum! {
    /// What sales are cut by.
    pub enum Dimension {
        Product = "product",
        Sku = "sku",
        Category = "category",
        Channel = "channel",
        Day = "day",
        Month = "month",
    }
}

domain::text_enum! {
    pub enum SalesSort {
        Amount = "amount",
        Units = "units",
        Orders = "orders",
        Name = "name",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SalesByInput {
    pub dimension: Dimension,
    pub from_day: i32,
    pub to_day: i32,
    pub sort: SalesSort,
    #[serde(default)]
    pub ascending: bool,
    pub limit: Option<i32>,
    /// Drill-down: a category for `category` and `product`, a product for `sku`, a channel for
    /// `day` and `month`.
    pub parent: Option<String>,
    #[serde(default)]
    pub compare: bool,
}

/// Orders that were not cancelled, by the day they were placed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Sales {
    /// Orders; for a product or SKU, orders that hold it. For a category none, as one order may
    /// hold several of its goods.
    pub orders: Option<Count>,
    pub units: Qty,
    /// Net of the lines (product, SKU, category) or total of the orders (channel, day, month).
    pub amount: Minor,
    /// Where sums are of orders: money that came in and went back, by its own day.
    pub captured: Option<Minor>,
    pub refunded: Option<Minor>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SalesRow {
    /// An id, a channel, a day's number, a month's first day. Empty: without category.
    pub key: String,
    pub name: String,
    /// A SKU's code; else empty.
    pub code: String,
    /// Whether there is something below to drill into.
    pub deeper: Option<Dimension>,
    pub sales: Sales,
    pub previous: Option<Sales>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SalesBy {
    pub currency: String,
    pub zone: String,
    pub rows: Vec<SalesRow>,
    /// Of all rows, also those beyond the limit.
    pub totals: Sales,
    pub previous_totals: Option<Sales>,
    /// How many rows there are beyond the limit.
    pub left_out: Count,
    pub definitions: Vec<Definition>,
}

/// A full recount of the daily sums from the documents.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Recount {
    pub days: Count,
    pub sku_days: Count,
    /// The first of them: after a lost table there are millions.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub found: Count,
}

pub(crate) fn definition(metric: &str, id: &str) -> Definition {
    Definition { metric: metric.into(), id: id.into() }
}

/// A SKU with its units and net amount in an order.
pub(crate) type SoldLine = (Uuid, i64, i64);
