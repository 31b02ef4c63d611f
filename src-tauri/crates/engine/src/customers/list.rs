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
    page::{Cursor, cut, limit},
    search,
};

/// A search that finds more asks for more words.
const MAX_HITS: i64 = 200;

const ROW: &str = "SELECT c.id, c.version, c.name, c.phone, c.email, c.country, c.order_count, c.order_total,
    NULLIF(c.last_order_at, 0) AS last_order_at, c.created_at FROM customer c";

pub async fn get(ctx: &mut Ctx, input: CustomerById) -> Result<Customer> {
    let customer = load(&mut ctx.tx, input.id).await?;
    Ok(ctx.shown(customer))
}

pub async fn list(ctx: &mut Ctx, input: ListCustomers) -> Result<CustomerList> {
    if !input.query.trim().is_empty() {
        let mut items = find(&mut ctx.tx, &input.query, MAX_HITS).await?;
        items.sort_by_key(|row| (sort_value(row, input.sort), row.id));
        if !input.ascending {
            items.reverse();
        }
        return Ok(CustomerList { items: ctx.shown(items), next: None });
    }
    let limit = limit(input.limit)?;
    let column = match input.sort {
        CustomerSort::LastOrder => "c.last_order_at",
        CustomerSort::Created => "c.created_at",
        CustomerSort::Total => "c.order_total",
    };
    let (than, direction) = if input.ascending { (">", "ASC") } else { ("<", "DESC") };
    let mut args = vec![Arg::from(one_more(limit))];
    let mut after = String::new();
    if let Some(cursor) = &input.cursor {
        let cursor = Cursor::read(cursor)?;
        after = format!("AND ({column}, c.id) {than} ($2, $3)");
        args.extend([Arg::from(cursor.number()?), Arg::from(cursor.id)]);
    }
    let sql =
        format!("{ROW} WHERE c.merged_into IS NULL {after} ORDER BY {column} {direction}, c.id {direction} LIMIT $1");
    let items = fetch_dyn!(ctx.tx, CustomerRow, sql, &args)?;
    let (items, next) = cut(items, limit, |row| Cursor::of_number(sort_value(row, input.sort), row.id));
    Ok(CustomerList { items: ctx.shown(items), next })
}

pub async fn search(ctx: &mut Ctx, input: SearchCustomers) -> Result<CustomerHits> {
    let limit = limit(input.limit.or(Some(20)))?;
    if input.query.trim().is_empty() {
        let sql = format!("{ROW} WHERE c.merged_into IS NULL ORDER BY c.last_order_at DESC, c.id DESC LIMIT $1");
        let items = fetch_dyn!(ctx.tx, CustomerRow, sql, &[Arg::from(one_more(limit) - 1)])?;
        return Ok(CustomerHits { items: ctx.shown(items) });
    }
    let mut items = find(&mut ctx.tx, &input.query, MAX_HITS).await?;
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
    let items: Vec<Purchase> = fetch_all!(
        ctx.tx,
        Purchase,
        "SELECT id, number, channel, stage, payment_status, fulfilment_status, after_sale_status, total, captured,
                refunded, units, placed_at
         FROM orders WHERE customer_id = $1 AND (placed_at, id) < ($2, $3)
         ORDER BY placed_at DESC, id DESC LIMIT $4",
        input.customer_id,
        before,
        id,
        one_more(limit)
    )?;
    let (items, next) = cut(items, limit, |row| Cursor::of_number(row.placed_at.0, row.id));
    Ok(Purchases { items, next })
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
        order_count: i64,
        order_total: i64,
        last_order_at: i64,
        created_at: Millis,
        updated_at: Millis,
    }
    let row: Option<Row> = fetch_optional!(
        *tx,
        Row,
        "SELECT version, name, phone, email, country, note, source, merged_into, order_count, order_total,
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
    let average = (row.order_count > 0).then(|| Minor(half_up(row.order_total.into(), row.order_count.into())));
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
        order_count: Count(row.order_count),
        order_total: Minor(row.order_total),
        average_order: average,
        last_order_at: (row.last_order_at > 0).then_some(Millis(row.last_order_at)),
        created_at: row.created_at,
        updated_at: row.updated_at,
        addresses,
    })
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
