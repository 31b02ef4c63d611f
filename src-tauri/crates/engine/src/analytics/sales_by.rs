use std::collections::{BTreeMap, HashMap};

use domain::{
    time::iso_day,
    units::{Count, Minor, Qty},
};
use uuid::Uuid;

use super::{
    Definition, Dimension, Sales, SalesBy, SalesByInput, SalesRow, SalesSort,
    dashboard::{checked_length, month_of},
    definition,
};
use crate::{
    access::Within,
    ctx::Ctx,
    db::{Arg, Tx},
    error::{Error, Result},
    fetch_all, fetch_dyn,
};

const MOST_ROWS: i32 = 1_000;

/// A row before it is sorted and cut: name, code, what lies below, sums.
struct Group {
    name: String,
    code: String,
    deeper: Option<Dimension>,
    sales: Sales,
}

type Groups = BTreeMap<String, Group>;

/// Sales of a period cut by one dimension, with the totals of the very same rows.
pub async fn sales_by(ctx: &mut Ctx, input: SalesByInput) -> Result<SalesBy> {
    let shop = ctx.shop()?;
    // The daily sums of goods know neither channels nor people, those of channels no people.
    match input.dimension {
        Dimension::Product | Dimension::Sku | Dimension::Category => ctx.sees_all()?,
        Dimension::Channel | Dimension::Day | Dimension::Month => ctx.sees_all_people()?,
    }
    let within = ctx.within();
    let length = checked_length(input.from_day, input.to_day)?;
    let now = groups(&mut ctx.tx, &input, &within, input.from_day, input.to_day).await?;
    let before = if input.compare {
        Some(groups(&mut ctx.tx, &input, &within, input.from_day.saturating_sub(length), input.from_day - 1).await?)
    } else {
        None
    };
    let totals = total(&now);
    let previous_totals = before.as_ref().map(total);
    // Days and months of the previous period are other days and months: only its totals compare.
    let by_time = matches!(input.dimension, Dimension::Day | Dimension::Month);
    let mut rows: Vec<SalesRow> = now
        .into_iter()
        .map(|(key, group)| {
            let previous = before.as_ref().filter(|_| !by_time).map(|before| match before.get(&key) {
                Some(group) => group.sales.clone(),
                None => Sales { orders: group.sales.orders.map(|_| Count(0)), ..Sales::default() },
            });
            SalesRow { key, name: group.name, code: group.code, deeper: group.deeper, sales: group.sales, previous }
        })
        .collect();
    sort(&mut rows, &input, by_time);
    let limit = usize::try_from(input.limit.unwrap_or(100).clamp(1, MOST_ROWS)).unwrap_or(0);
    let left_out = Count(i64::try_from(rows.len().saturating_sub(limit)).unwrap_or(0));
    rows.truncate(limit);
    Ok(SalesBy {
        currency: shop.currency.clone(),
        zone: shop.zone.clone(),
        rows,
        totals,
        previous_totals,
        left_out,
        definitions: definitions(input.dimension),
    })
}

/// Equal values go by name and key, so that a ranking is the same each time.
fn sort(rows: &mut [SalesRow], input: &SalesByInput, by_time: bool) {
    rows.sort_by(|a, b| {
        let order = match input.sort {
            SalesSort::Amount => a.sales.amount.cmp(&b.sales.amount),
            SalesSort::Units => a.sales.units.cmp(&b.sales.units),
            SalesSort::Orders => a.sales.orders.cmp(&b.sales.orders),
            SalesSort::Name if by_time => number(&a.key).cmp(&number(&b.key)),
            SalesSort::Name => a.name.cmp(&b.name),
        };
        let order = if input.ascending { order } else { order.reverse() };
        order.then_with(|| a.name.cmp(&b.name)).then_with(|| a.key.cmp(&b.key))
    });
}

fn number(key: &str) -> i64 {
    key.parse().unwrap_or(0)
}

async fn groups(tx: &mut Tx, input: &SalesByInput, within: &Within, from: i32, to: i32) -> Result<Groups> {
    let parent = input.parent.as_deref().filter(|parent| !parent.is_empty());
    match input.dimension {
        Dimension::Sku => skus(tx, parent, from, to).await,
        Dimension::Product => products(tx, parent, from, to).await,
        Dimension::Category => categories(tx, parent, from, to).await,
        Dimension::Channel | Dimension::Day | Dimension::Month => {
            days(tx, input.dimension, parent, within, from, to).await
        }
    }
}

async fn skus(tx: &mut Tx, product: Option<&str>, from: i32, to: i32) -> Result<Groups> {
    type Row = (Uuid, String, String, String, i64, i64, i64);
    let mut args = vec![Arg::from(from), Arg::from(to)];
    let mut below = "";
    if let Some(product) = product {
        args.push(Arg::from(id_of(product)?));
        below = "WHERE k.product_id = $3";
    }
    let sql = format!(
        "SELECT k.id, p.title, k.code, k.option_values, s.orders, s.units, s.net
         FROM (SELECT sku_id, CAST(SUM(orders) AS BIGINT) AS orders, CAST(SUM(units) AS BIGINT) AS units,
                      CAST(SUM(net) AS BIGINT) AS net
               FROM sales_sku_daily WHERE day BETWEEN $1 AND $2 GROUP BY sku_id) s
         JOIN sku k ON k.id = s.sku_id JOIN product p ON p.id = k.product_id {below}"
    );
    let rows = fetch_dyn!(*tx, Row, sql, &args)?;
    Ok(rows
        .into_iter()
        .filter(|row| (row.4, row.5, row.6) != (0, 0, 0))
        .map(|(id, title, code, options, orders, units, net)| {
            let values: Vec<String> = serde_json::from_str(&options).unwrap_or_default();
            let name = if values.is_empty() { title } else { format!("{title} {}", values.join(" / ")) };
            (id.to_string(), Group { name, code, deeper: None, sales: of_goods(Some(orders), units, net) })
        })
        .collect())
}

async fn products(tx: &mut Tx, category: Option<&str>, from: i32, to: i32) -> Result<Groups> {
    type Row = (Uuid, String, i64, i64, i64);
    let mut args = vec![Arg::from(from), Arg::from(to)];
    let mut below = "";
    if let Some(category) = category {
        args.push(Arg::from(id_of(category)?));
        below = "JOIN category c ON c.id = p.category_id
                 JOIN category top ON top.id = $3 AND SUBSTR(c.path, 1, LENGTH(top.path)) = top.path";
    }
    let sql = format!(
        "SELECT p.id, p.title, CAST(SUM(s.orders) AS BIGINT), CAST(SUM(s.units) AS BIGINT),
                CAST(SUM(s.net) AS BIGINT)
         FROM (SELECT sku_id, SUM(orders) AS orders, SUM(units) AS units, SUM(net) AS net
               FROM sales_sku_daily WHERE day BETWEEN $1 AND $2 GROUP BY sku_id) s
         JOIN sku k ON k.id = s.sku_id JOIN product p ON p.id = k.product_id {below}
         GROUP BY p.id, p.title"
    );
    let rows = fetch_dyn!(*tx, Row, sql, &args)?;
    Ok(rows
        .into_iter()
        .filter(|row| (row.2, row.3, row.4) != (0, 0, 0))
        .map(|(id, name, _, units, net)| {
            // Two SKUs of a product in one order would count it twice: orders are of SKUs only.
            let sales = of_goods(None, units, net);
            (id.to_string(), Group { name, code: String::new(), deeper: Some(Dimension::Sku), sales })
        })
        .collect())
}

/// A category's sums hold those of all categories below it.
async fn categories(tx: &mut Tx, parent: Option<&str>, from: i32, to: i32) -> Result<Groups> {
    let parent = parent.map(id_of).transpose()?;
    type Row = (Option<Uuid>, i64, i64);
    let sums: Vec<Row> = fetch_all!(
        *tx,
        Row,
        "SELECT p.category_id, CAST(SUM(s.units) AS BIGINT), CAST(SUM(s.net) AS BIGINT)
         FROM (SELECT sku_id, SUM(units) AS units, SUM(net) AS net
               FROM sales_sku_daily WHERE day BETWEEN $1 AND $2 GROUP BY sku_id) s
         JOIN sku k ON k.id = s.sku_id JOIN product p ON p.id = k.product_id
         GROUP BY p.category_id",
        i64::from(from),
        i64::from(to)
    )?;
    type Category = (Uuid, Option<Uuid>, String);
    let tree: Vec<Category> = fetch_all!(*tx, Category, "SELECT id, parent_id, name FROM category")?;
    let tree: HashMap<Uuid, (Option<Uuid>, String)> =
        tree.into_iter().map(|(id, parent, name)| (id, (parent, name))).collect();
    let mut groups = Groups::new();
    for (category, units, net) in sums {
        if units == 0 && net == 0 {
            continue;
        }
        let Some(shown) = child_towards(&tree, parent, category) else { continue };
        let (key, name, deeper) = match shown {
            Some(id) if Some(id) == parent => (id.to_string(), name_of(&tree, id), Some(Dimension::Product)),
            Some(id) => {
                let inner = tree.values().any(|(above, _)| *above == Some(id));
                let deeper = if inner { Dimension::Category } else { Dimension::Product };
                (id.to_string(), name_of(&tree, id), Some(deeper))
            }
            None => (String::new(), String::new(), None),
        };
        let group = groups.entry(key).or_insert_with(|| Group {
            name,
            code: String::new(),
            deeper,
            sales: of_goods(None, 0, 0),
        });
        group.sales.units.0 += units;
        group.sales.amount.0 += net;
    }
    Ok(groups)
}

/// Under which row of `parent`'s page a category stands: a child of it, or `parent` itself for what
/// hangs there directly. `None` when it lies elsewhere, `Some(None)` for goods without category.
fn child_towards(
    tree: &HashMap<Uuid, (Option<Uuid>, String)>,
    parent: Option<Uuid>,
    category: Option<Uuid>,
) -> Option<Option<Uuid>> {
    let Some(mut at) = category else { return parent.is_none().then_some(None) };
    if Some(at) == parent {
        return Some(Some(at));
    }
    // A ring cannot be made by the commands; the limit keeps a damaged tree from hanging a report.
    for _ in 0..64 {
        let above = tree.get(&at)?.0;
        if above == parent {
            return Some(Some(at));
        }
        at = above?;
    }
    None
}

fn name_of(tree: &HashMap<Uuid, (Option<Uuid>, String)>, id: Uuid) -> String {
    tree.get(&id).map(|(_, name)| name.clone()).unwrap_or_default()
}

async fn days(
    tx: &mut Tx,
    dimension: Dimension,
    channel: Option<&str>,
    within: &Within,
    from: i32,
    to: i32,
) -> Result<Groups> {
    type Row = (i64, String, i64, i64, i64, i64, i64);
    let mut args = vec![Arg::from(from), Arg::from(to), Arg::from(channel.unwrap_or_default())];
    let seen = within.channels_as("channel", &mut args);
    let sql = format!(
        "SELECT day, channel, CAST(SUM(orders - cancelled_orders) AS BIGINT),
                CAST(SUM(units - cancelled_units) AS BIGINT), CAST(SUM(gmv - cancelled_amount) AS BIGINT),
                CAST(SUM(captured) AS BIGINT), CAST(SUM(refunded) AS BIGINT)
         FROM sales_daily WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR channel = $3){seen}
         GROUP BY day, channel ORDER BY day, channel"
    );
    let rows = fetch_dyn!(*tx, Row, sql, &args)?;
    let mut groups = Groups::new();
    let mut first_days: HashMap<String, i32> = HashMap::new();
    for (day, channel, orders, units, amount, captured, refunded) in rows {
        let day = i32::try_from(day).unwrap_or(i32::MAX);
        let (key, name, deeper) = match dimension {
            Dimension::Month => {
                let month = month_of(day);
                let first = *first_days.entry(month.clone()).or_insert_with(|| first_of_month(day, &month).max(from));
                (first.to_string(), month, Some(Dimension::Day))
            }
            Dimension::Day => (day.to_string(), iso_day(day), None),
            _ => (channel.clone(), channel, Some(Dimension::Day)),
        };
        let group = groups.entry(key).or_insert_with(|| Group {
            name,
            code: String::new(),
            deeper,
            sales: Sales {
                orders: Some(Count(0)),
                captured: Some(Minor(0)),
                refunded: Some(Minor(0)),
                ..Sales::default()
            },
        });
        let part = Sales {
            orders: Some(Count(orders)),
            units: Qty(units),
            amount: Minor(amount),
            captured: Some(Minor(captured)),
            refunded: Some(Minor(refunded)),
        };
        add(&mut group.sales, &part);
    }
    Ok(groups)
}

fn first_of_month(day: i32, month: &str) -> i32 {
    let mut first = day;
    while month_of(first - 1) == month {
        first -= 1;
    }
    first
}

fn of_goods(orders: Option<i64>, units: i64, net: i64) -> Sales {
    Sales { orders: orders.map(Count), units: Qty(units), amount: Minor(net), captured: None, refunded: None }
}

fn total(groups: &Groups) -> Sales {
    let mut sum = Sales::default();
    let mut first = true;
    for group in groups.values() {
        if first {
            sum = group.sales.clone();
            first = false;
        } else {
            add(&mut sum, &group.sales);
        }
    }
    // An order with two SKUs stands in the row of each: their sum counts nothing.
    if groups.values().any(|group| !group.code.is_empty()) {
        sum.orders = None;
    }
    sum
}

fn add(into: &mut Sales, part: &Sales) {
    into.units.0 += part.units.0;
    into.amount.0 += part.amount.0;
    into.orders = into.orders.zip(part.orders).map(|(a, b)| Count(a.0 + b.0));
    into.captured = into.captured.zip(part.captured).map(|(a, b)| Minor(a.0 + b.0));
    into.refunded = into.refunded.zip(part.refunded).map(|(a, b)| Minor(a.0 + b.0));
}

fn id_of(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::invalid("parent", "unknown"))
}

fn definitions(dimension: Dimension) -> Vec<Definition> {
    match dimension {
        Dimension::Product | Dimension::Sku | Dimension::Category => vec![
            definition("orders", "orders.with_sku_not_cancelled/1"),
            definition("units", "units.not_cancelled_by_placing_day/1"),
            definition("amount", "sales.line_net_not_cancelled_by_placing_day/1"),
        ],
        Dimension::Channel | Dimension::Day | Dimension::Month => vec![
            definition("orders", "orders.not_cancelled_by_placing_day/1"),
            definition("units", "units.not_cancelled_by_placing_day/1"),
            definition("amount", "sales.order_total_not_cancelled_by_placing_day/1"),
            definition("captured", "sales.captured_by_payment_day/1"),
            definition("refunded", "refunds.by_refund_day/1"),
        ],
    }
}
