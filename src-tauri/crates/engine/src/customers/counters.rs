//! What the other areas ask of customers, and the sums kept with each order.

use std::collections::HashSet;

use domain::units::Millis;
use uuid::Uuid;

use super::{CustomerRef, save};
use crate::{
    check::Difference,
    ctx::Ctx,
    db::{Arg, Tx, value_rows},
    error::{Error, Result},
    execute, fetch_all, fetch_dyn, fetch_optional,
};

/// What happened to the orders of one customer, in many orders at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomerOrders {
    pub customer: Uuid,
    /// Orders placed, also those cancelled since.
    pub placed: i64,
    /// Orders placed that stand, minus older ones cancelled.
    pub orders: i64,
    /// What those came to.
    pub total: i64,
    /// The earliest and the latest of the orders placed that stand.
    pub first_at: Millis,
    pub last_at: Millis,
}

/// The buyer of an order. A record that was merged answers as the one it was merged into.
pub(crate) async fn find_for_order(ctx: &mut Ctx, id: Uuid) -> Result<CustomerRef> {
    fetch_optional!(
        ctx.tx,
        CustomerRef,
        "SELECT k.id, k.name, k.phone
         FROM customer c JOIN customer k ON k.id = COALESCE(c.merged_into, c.id)
         WHERE c.id = $1 AND k.erased_at IS NULL",
        id
    )?
    .ok_or_else(|| Error::not_found("customer", id))
}

/// The customer with this phone, made when there is none. Without a phone a new one.
pub(crate) async fn quick_create(ctx: &mut Ctx, name: &str, phone: &str) -> Result<Uuid> {
    let phone = phone.trim();
    let key = save::phone_key(phone)?;
    if let Some(found) = by_phone(&mut ctx.tx, key.as_deref()).await? {
        return Ok(found);
    }
    let name = if name.trim().is_empty() { phone } else { name };
    let name = save::checked_name(name)?;
    let id = ctx.new_id();
    let inserted = execute!(
        ctx.tx,
        "INSERT INTO customer (id, source, name, phone, phone_key, phone_tail, email, country, note, order_count,
                               order_total, created_at, updated_at, version)
         VALUES ($1,'counter',$2,$3,$4,$5,'','','',0,0,$6,$6,1) ON CONFLICT DO NOTHING",
        id,
        name.as_str(),
        phone,
        key.as_deref(),
        key.as_deref().map(domain::customers::phone_tail),
        ctx.now.0
    )?;
    if inserted == 0 {
        // Somebody made the same customer at the same time: the next try finds it.
        return Err(Error::Busy);
    }
    super::index(&mut ctx.tx, &[(id, super::haystack(&name, phone, ""))]).await?;
    ctx.changed("customer", id, serde_json::Value::Null, serde_json::json!({"name": name, "phone": phone}));
    ctx.also_changed("customers");
    Ok(id)
}

async fn by_phone(tx: &mut Tx, key: Option<&str>) -> Result<Option<Uuid>> {
    let Some(key) = key else { return Ok(None) };
    let found: Option<(Uuid,)> = fetch_optional!(*tx, (Uuid,), "SELECT id FROM customer WHERE phone_key = $1", key)?;
    Ok(found.map(|(id,)| id))
}

/// An order was placed (`orders` = 1), cancelled (−1; after its row says so) or changed in total
/// (0). Answers whether it was the customer's first ever, for
/// [`crate::analytics::Sale::new_customer`].
pub(crate) async fn ordered(ctx: &mut Ctx, id: Uuid, orders: i64, total_delta: i64, placed_at: Millis) -> Result<bool> {
    ctx.also_changed("customers");
    if orders <= 0 {
        let touched = execute!(
            ctx.tx,
            "UPDATE customer SET order_count = order_count + $2, order_total = order_total + $3,
                last_order_at = COALESCE((SELECT MAX(o.placed_at) FROM orders o
                                          WHERE o.customer_id = $1 AND o.stage NOT IN ('draft', 'cancelled')), 0)
             WHERE id = $1",
            id,
            orders,
            total_delta
        )?;
        return if touched == 1 { Ok(false) } else { Err(Error::not_found("customer", id)) };
    }
    let row: Option<(i64,)> = fetch_optional!(
        ctx.tx,
        (i64,),
        "UPDATE customer SET order_count = order_count + $2, order_total = order_total + $3,
            last_order_at = CASE WHEN last_order_at < $4 THEN $4 ELSE last_order_at END,
            first_order_at = COALESCE(first_order_at, $4), ever_ordered = ever_ordered + $2
         WHERE id = $1 AND merged_into IS NULL AND erased_at IS NULL RETURNING ever_ordered",
        id,
        orders,
        total_delta,
        placed_at.0
    )?;
    // The record was merged or erased since [`find_for_order`]: the next try finds what is left of it.
    let (ever,) = row.ok_or(Error::Busy)?;
    Ok(ever == orders)
}

/// [`ordered`] for many customers in few statements, each customer at most once. Answers those
/// who had never ordered before; the day they count for is that of their `first_at`.
pub(crate) async fn ordered_many(tx: &mut Tx, changes: &[CustomerOrders]) -> Result<HashSet<Uuid>> {
    let mut sorted = changes.to_vec();
    sorted.sort_by_key(|change| change.customer);
    let mut new = HashSet::new();
    for chunk in sorted.chunks(4_000) {
        let mut values: Vec<Arg> = Vec::with_capacity(chunk.len() * 6);
        for change in chunk {
            values.extend([
                Arg::from(change.customer),
                Arg::from(change.placed),
                Arg::from(change.orders),
                Arg::from(change.total),
                Arg::from(change.first_at),
                Arg::from(change.last_at),
            ]);
        }
        let sql = format!(
            "WITH v (id, placed, orders, total, first_at, last_at) AS (VALUES {})
             UPDATE customer SET order_count = order_count + v.orders, order_total = order_total + v.total,
                last_order_at = CASE WHEN v.orders > 0 AND last_order_at < v.last_at THEN v.last_at
                                     ELSE last_order_at END,
                first_order_at = CASE WHEN v.placed > 0 THEN COALESCE(first_order_at, v.first_at)
                                      ELSE first_order_at END,
                ever_ordered = ever_ordered + v.placed
             FROM v WHERE customer.id = v.id RETURNING customer.id, customer.ever_ordered",
            value_rows(chunk.len(), 6)
        );
        let ever: std::collections::HashMap<Uuid, i64> =
            fetch_dyn!(*tx, (Uuid, i64), sql, &values)?.into_iter().collect();
        new.extend(
            chunk.iter().filter(|c| c.placed > 0 && ever.get(&c.customer) == Some(&c.placed)).map(|c| c.customer),
        );
    }
    Ok(new)
}

/// The sums kept with each customer against the orders.
pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    type Row = (Uuid, i64, i64, i64, i64, i64, i64);
    let rows: Vec<Row> = fetch_all!(
        *tx,
        Row,
        "SELECT c.id, c.order_count, COALESCE(o.n, 0), c.order_total, COALESCE(o.total, 0), c.last_order_at,
                COALESCE(o.last_at, 0)
         FROM customer c
         LEFT JOIN (SELECT customer_id, COUNT(*) AS n, CAST(SUM(total) AS BIGINT) AS total, MAX(placed_at) AS last_at
                    FROM orders WHERE customer_id IS NOT NULL AND stage NOT IN ('draft', 'cancelled')
                    GROUP BY customer_id) o ON o.customer_id = c.id
         WHERE c.order_count <> COALESCE(o.n, 0) OR c.order_total <> COALESCE(o.total, 0)
            OR c.last_order_at <> COALESCE(o.last_at, 0)
         ORDER BY c.id LIMIT 1000"
    )?;
    let mut differences = Vec::new();
    for (id, count, orders, total, sum, last, latest) in rows {
        Difference::compare(&mut differences, "customers", "order_count", id, orders, count);
        Difference::compare(&mut differences, "customers", "order_total", id, sum, total);
        Difference::compare(&mut differences, "customers", "last_order_at", id, latest, last);
    }
    Ok(differences)
}
