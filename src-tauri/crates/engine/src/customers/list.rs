use std::collections::HashMap;

use domain::{
    money::half_up,
    units::{Count, Millis, Minor},
};
use uuid::Uuid;

use super::{
    Address, Customer, CustomerById, CustomerHits, CustomerList, CustomerOrdersInput, CustomerRow, CustomerSort,
    ListCustomers, Purchase, Purchases, SearchCustomers,
};
use crate::{
    ctx::Ctx,
    db::{Arg, Tx, placeholders},
    error::{Error, Result},
    fetch_all, fetch_dyn, fetch_optional,
    page::{self, Cursor, limit},
    search,
};

/// A search that finds more asks for more words.
const MAX_HITS: i64 = 200;

const ROW: &str = "SELECT c.id, c.version, c.name, c.phone, c.email, c.country, c.order_count, c.order_total,
    NULLIF(c.last_order_at, 0) AS last_order_at, c.created_at FROM customer c";

pub async fn get(ctx: &mut Ctx, input: CustomerById) -> Result<Customer> {
    let customer = load(&mut ctx.tx, input.id).await?;
    let customer = cut(ctx, customer).await?;
    Ok(ctx.shown(customer))
}

/// How many orders somebody has, what they came to, and when the last one was.
type Bought = (Uuid, i64, i64, i64);

/// The sums of these customers over the orders that are seen, where that is not all of them.
async fn bought(ctx: &mut Ctx, customers: &[Uuid]) -> Result<HashMap<Uuid, Bought>> {
    let mut args: Vec<Arg> = customers.iter().copied().map(Arg::Uuid).collect();
    if args.is_empty() {
        return Ok(HashMap::new());
    }
    let of = placeholders(0, args.len());
    let seen = ctx.within().condition("o", plain(ctx), &mut args);
    let sql = format!("{SUMS} WHERE o.customer_id IN ({of}) AND {COUNTED}{seen} GROUP BY o.customer_id");
    Ok(fetch_dyn!(ctx.tx, Bought, sql, &args)?.into_iter().map(|row| (row.0, row)).collect())
}

/// Keeps SQLite from an index of channels, where that of customers leaves far fewer orders.
fn plain(ctx: &Ctx) -> &'static str {
    if ctx.tx.is_postgres() { "" } else { "+" }
}

const SUMS: &str = "SELECT o.customer_id, COUNT(*) AS n, CAST(SUM(o.total) AS BIGINT) AS total,
    MAX(o.placed_at) AS last_at FROM orders o";
/// The orders that count with their customer.
const COUNTED: &str = "o.stage NOT IN ('draft', 'cancelled')";

/// A customer with the sums of those orders that are seen.
pub(super) async fn cut(ctx: &mut Ctx, mut customer: Customer) -> Result<Customer> {
    if ctx.sees_a_part() {
        let sums = bought(ctx, &[customer.id]).await?;
        let (_, count, total, last) = sums.get(&customer.id).copied().unwrap_or_default();
        customer.order_count = Count(count);
        customer.order_total = Minor(total);
        customer.average_order = average(count, total);
        customer.last_order_at = (last > 0).then_some(Millis(last));
    }
    Ok(customer)
}

async fn cut_rows(ctx: &mut Ctx, mut rows: Vec<CustomerRow>) -> Result<Vec<CustomerRow>> {
    if ctx.sees_a_part() {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let sums = bought(ctx, &ids).await?;
        for row in &mut rows {
            let (_, count, total, last) = sums.get(&row.id).copied().unwrap_or_default();
            row.order_count = Count(count);
            row.order_total = Minor(total);
            row.last_order_at = (last > 0).then_some(Millis(last));
        }
    }
    Ok(rows)
}

fn average(count: i64, total: i64) -> Option<Minor> {
    (count > 0).then(|| Minor(half_up(total.into(), count.into())))
}

pub async fn list(ctx: &mut Ctx, input: ListCustomers) -> Result<CustomerList> {
    if !input.query.trim().is_empty() {
        let items = find(&mut ctx.tx, &input.query, MAX_HITS).await?;
        let mut items = cut_rows(ctx, items).await?;
        items.sort_by_key(|row| (sort_value(row, input.sort), row.id));
        if !input.ascending {
            items.reverse();
        }
        return Ok(CustomerList { items: ctx.shown(items), next: None });
    }
    let limit = limit(input.limit)?;
    let mut args = vec![Arg::from(one_more(limit))];
    let by_orders = input.sort != CustomerSort::Created;
    let (from, column) = match input.sort {
        CustomerSort::Created => (ROW.to_owned(), "c.created_at"),
        CustomerSort::LastOrder if ctx.sees_a_part() => (with_sums(ctx, &mut args), "COALESCE(t.last_at, 0)"),
        CustomerSort::Total if ctx.sees_a_part() => (with_sums(ctx, &mut args), "COALESCE(t.total, 0)"),
        CustomerSort::LastOrder => (ROW.to_owned(), "c.last_order_at"),
        CustomerSort::Total => (ROW.to_owned(), "c.order_total"),
    };
    let (than, direction) = if input.ascending { (">", "ASC") } else { ("<", "DESC") };
    let mut after = String::new();
    if let Some(cursor) = &input.cursor {
        let cursor = Cursor::read(cursor)?;
        args.extend([Arg::from(cursor.number()?), Arg::from(cursor.id)]);
        after = format!("AND ({column}, c.id) {than} (${}, ${})", args.len() - 1, args.len());
    }
    let sql = format!(
        "{from} WHERE c.merged_into IS NULL AND c.erased_at IS NULL {after} ORDER BY {column} {direction}, c.id {direction} LIMIT $1"
    );
    let mut items = fetch_dyn!(ctx.tx, CustomerRow, sql, &args)?;
    if !by_orders {
        items = cut_rows(ctx, items).await?;
    }
    let (items, next) = page::cut(items, limit, |row| Cursor::of_number(sort_value(row, input.sort), row.id));
    Ok(CustomerList { items: ctx.shown(items), next })
}

pub async fn search(ctx: &mut Ctx, input: SearchCustomers) -> Result<CustomerHits> {
    let limit = limit(input.limit.or(Some(20)))?;
    if input.query.trim().is_empty() {
        let mut args = vec![Arg::from(one_more(limit) - 1)];
        let (from, last) = if ctx.sees_a_part() {
            (with_sums(ctx, &mut args), "COALESCE(t.last_at, 0)")
        } else {
            (ROW.to_owned(), "c.last_order_at")
        };
        let sql = format!(
            "{from} WHERE c.merged_into IS NULL AND c.erased_at IS NULL ORDER BY {last} DESC, c.id DESC LIMIT $1"
        );
        let items = fetch_dyn!(ctx.tx, CustomerRow, sql, &args)?;
        return Ok(CustomerHits { items: ctx.shown(items) });
    }
    let items = find(&mut ctx.tx, &input.query, MAX_HITS).await?;
    let mut items = cut_rows(ctx, items).await?;
    // Whoever bought last is the likeliest to be at the counter.
    items.sort_by_key(|row| std::cmp::Reverse((row.last_order_at, row.id)));
    items.truncate(limit);
    Ok(CustomerHits { items: ctx.shown(items) })
}

/// What the customer bought, newest first: the orders themselves.
pub async fn orders(ctx: &mut Ctx, input: CustomerOrdersInput) -> Result<Purchases> {
    let limit = limit(input.limit)?;
    let (before, id) = match &input.cursor {
        Some(cursor) => Cursor::read(cursor).and_then(|cursor| Ok((cursor.number()?, cursor.id)))?,
        None => (i64::MAX, Uuid::max()),
    };
    let mut args = vec![Arg::from(input.customer_id), Arg::from(before), Arg::from(id), Arg::from(one_more(limit))];
    let seen = ctx.within().condition("o", plain(ctx), &mut args);
    let sql = format!(
        "SELECT id, number, channel, stage, payment_status, fulfilment_status, after_sale_status, total, captured,
                refunded, units, placed_at
         FROM orders o WHERE customer_id = $1 AND (placed_at, id) < ($2, $3){seen}
         ORDER BY placed_at DESC, id DESC LIMIT $4"
    );
    let items = fetch_dyn!(ctx.tx, Purchase, sql, &args)?;
    let (items, next) = page::cut(items, limit, |row| Cursor::of_number(row.placed_at.0, row.id));
    Ok(Purchases { items, next })
}

/// Nobody else changes these records, nor places an order for them, until this command is done. What they say, and
/// which orders are theirs, is read after it. SQLite has one writer.
pub(super) async fn lock(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    if tx.is_postgres() && !ids.is_empty() {
        let sql =
            format!("SELECT id FROM customer WHERE id IN ({}) ORDER BY id FOR UPDATE", placeholders(0, ids.len()));
        let args: Vec<Arg> = ids.iter().copied().map(Arg::Uuid).collect();
        fetch_dyn!(*tx, (Uuid,), sql, &args)?;
    }
    Ok(())
}

pub(super) async fn load(tx: &mut Tx, id: Uuid) -> Result<Customer> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: Count,
        name: String,
        phone: String,
        email: String,
        country: String,
        note: String,
        source: String,
        merged_into: Option<Uuid>,
        erased_at: Option<Millis>,
        order_count: i64,
        order_total: i64,
        last_order_at: i64,
        created_at: Millis,
        updated_at: Millis,
    }
    let row: Option<Row> = fetch_optional!(
        *tx,
        Row,
        "SELECT version, name, phone, email, country, note, source, merged_into, erased_at, order_count, order_total,
                last_order_at, created_at, updated_at
         FROM customer WHERE id = $1",
        id
    )?;
    let row = row.ok_or_else(|| Error::not_found("customer", id))?;
    let addresses: Vec<Address> = fetch_all!(
        *tx,
        Address,
        "SELECT id, customer_id, name, phone, country, region_code, province, city, district, street, postcode,
                preferred
         FROM customer_address WHERE customer_id = $1 ORDER BY position, id",
        id
    )?;
    Ok(Customer {
        id,
        version: row.version,
        name: row.name,
        phone: row.phone,
        email: row.email,
        country: row.country,
        note: row.note,
        source: row.source,
        merged_into: row.merged_into,
        erased_at: row.erased_at,
        order_count: Count(row.order_count),
        order_total: Minor(row.order_total),
        average_order: average(row.order_count, row.order_total),
        last_order_at: (row.last_order_at > 0).then_some(Millis(row.last_order_at)),
        created_at: row.created_at,
        updated_at: row.updated_at,
        addresses,
    })
}

/// [`ROW`] with the sums of those orders that are seen, added up for all customers, as `t`.
fn with_sums(ctx: &Ctx, args: &mut Vec<Arg>) -> String {
    let seen = ctx.within().found_first("o", args);
    format!(
        "SELECT c.id, c.version, c.name, c.phone, c.email, c.country, COALESCE(t.n, 0) AS order_count,
                COALESCE(t.total, 0) AS order_total, t.last_at AS last_order_at, c.created_at
         FROM customer c
         LEFT JOIN ({SUMS} WHERE o.customer_id IS NOT NULL AND {COUNTED}{seen} GROUP BY o.customer_id) t
           ON t.customer_id = c.id"
    )
}

/// Customers with this in their name (also as pinyin or initials), phone or e-mail address, or
/// with this tail of a phone.
async fn find(tx: &mut Tx, query: &str, limit: i64) -> Result<Vec<CustomerRow>> {
    let query = query.trim();
    let mut ids = search::find(tx, "customer", query, usize::try_from(limit).unwrap_or(0)).await?;
    if query.len() == 4 && query.bytes().all(|b| b.is_ascii_digit()) {
        let rows: Vec<(Uuid,)> = fetch_all!(
            *tx,
            (Uuid,),
            "SELECT id FROM customer WHERE phone_tail = $1 ORDER BY last_order_at DESC LIMIT $2",
            query,
            limit
        )?;
        ids.extend(rows.into_iter().map(|(id,)| id));
    }
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{ROW} WHERE c.id IN ({}) AND c.merged_into IS NULL", placeholders(0, ids.len()));
    let args: Vec<Arg> = ids.into_iter().map(Arg::from).collect();
    Ok(fetch_dyn!(*tx, CustomerRow, sql, &args)?)
}

fn sort_value(row: &CustomerRow, sort: CustomerSort) -> i64 {
    match sort {
        CustomerSort::LastOrder => row.last_order_at.map_or(0, |at| at.0),
        CustomerSort::Created => row.created_at.0,
        CustomerSort::Total => row.order_total.0,
    }
}

/// A row more than the page holds tells whether there is another page.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(0) + 1
}
