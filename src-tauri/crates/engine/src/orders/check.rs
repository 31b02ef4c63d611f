//! The caches of orders against their facts, computed anew in SQL: a healthy shop has no row here.

use std::collections::BTreeMap;

use domain::orders::{FulfilmentStatus, PaymentStatus, Stage};

use super::{
    buyers,
    counters::{Deltas, Standing},
};
use crate::{check::Difference, db::Tx, error::Result, fetch_all, fetch_dyn};

/// `what`, and a statement that answers document, what its facts say, what is stored.
const NUMBERS: &[(&str, &str)] = &[
    (
        "captured",
        "SELECT o.number, COALESCE(p.n, 0), o.captured FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(amount) AS BIGINT) AS n FROM payment WHERE kind = 'capture'
                    GROUP BY order_id) p ON p.order_id = o.id
         WHERE o.captured <> COALESCE(p.n, 0)",
    ),
    (
        "refunded",
        "SELECT o.number, COALESCE(p.n, 0), o.refunded FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(amount) AS BIGINT) AS n FROM payment WHERE kind = 'refund'
                    GROUP BY order_id) p ON p.order_id = o.id
         WHERE o.refunded <> COALESCE(p.n, 0)",
    ),
    ("refunded_above_captured", "SELECT o.number, o.captured, o.refunded FROM orders o WHERE o.refunded > o.captured"),
    (
        "goods",
        "SELECT o.number, COALESCE(l.n, 0), o.goods FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(gross) AS BIGINT) AS n FROM order_line GROUP BY order_id) l
           ON l.order_id = o.id
         WHERE o.goods <> COALESCE(l.n, 0)",
    ),
    (
        "discount",
        "SELECT o.number, COALESCE(l.n, 0), o.discount FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(discount) AS BIGINT) AS n FROM order_line GROUP BY order_id) l
           ON l.order_id = o.id
         WHERE o.discount <> COALESCE(l.n, 0)",
    ),
    (
        "units",
        "SELECT o.number, COALESCE(l.n, 0), o.units FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(qty) AS BIGINT) AS n FROM order_line GROUP BY order_id) l
           ON l.order_id = o.id
         WHERE o.units <> COALESCE(l.n, 0)",
    ),
    (
        "line_count",
        "SELECT o.number, COALESCE(l.n, 0), o.line_count FROM orders o
         LEFT JOIN (SELECT order_id, COUNT(*) AS n FROM order_line GROUP BY order_id) l ON l.order_id = o.id
         WHERE o.line_count <> COALESCE(l.n, 0)",
    ),
    (
        "tags",
        "SELECT o.number, CAST(CASE WHEN o.tags = '[]' THEN 0 ELSE 1 END AS BIGINT), COALESCE(t.n, 0) FROM orders o
         LEFT JOIN (SELECT order_id, CAST(1 AS BIGINT) AS n FROM order_tag GROUP BY order_id) t ON t.order_id = o.id
         WHERE (o.tags = '[]') <> (t.n IS NULL)",
    ),
    (
        "total",
        "SELECT o.number, o.goods - o.discount + o.freight + CASE WHEN o.tax_inclusive THEN 0 ELSE o.tax END, o.total
         FROM orders o
         WHERE o.total <> o.goods - o.discount + o.freight + CASE WHEN o.tax_inclusive THEN 0 ELSE o.tax END",
    ),
    (
        "line_net",
        "SELECT o.number, l.gross - l.discount, l.net FROM order_line l JOIN orders o ON o.id = l.order_id
         WHERE l.net <> l.gross - l.discount",
    ),
    (
        "allocated",
        "SELECT o.number, l.shipped + COALESCE(r.n, 0), l.allocated
         FROM order_line l JOIN orders o ON o.id = l.order_id
         LEFT JOIN (SELECT line_id, CAST(SUM(qty) AS BIGINT) AS n FROM reservation GROUP BY line_id) r
           ON r.line_id = l.id
         WHERE o.moves_stock AND l.allocated <> l.shipped + COALESCE(r.n, 0)",
    ),
    (
        "reserved_without_line",
        "SELECT CAST(r.line_id AS TEXT), CAST(0 AS BIGINT), r.qty FROM reservation r
         WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.id = r.line_id)",
    ),
    (
        "shipped",
        "SELECT o.number, COALESCE(w.n, 0), l.shipped FROM order_line l JOIN orders o ON o.id = l.order_id
         LEFT JOIN (SELECT x.line_id, CAST(SUM(x.qty) AS BIGINT) AS n FROM parcel_line x
                    JOIN parcel p ON p.id = x.parcel_id AND p.state IN ('handed', 'delivered')
                    GROUP BY x.line_id) w ON w.line_id = l.id
         WHERE o.moves_stock AND l.shipped <> COALESCE(w.n, 0)",
    ),
    (
        "delivered",
        "SELECT o.number, COALESCE(w.n, 0), l.delivered FROM order_line l JOIN orders o ON o.id = l.order_id
         LEFT JOIN (SELECT x.line_id, CAST(SUM(x.qty) AS BIGINT) AS n FROM parcel_line x
                    JOIN parcel p ON p.id = x.parcel_id AND p.state = 'delivered'
                    GROUP BY x.line_id) w ON w.line_id = l.id
         WHERE o.moves_stock AND l.delivered <> COALESCE(w.n, 0)",
    ),
    (
        "line_counts",
        "SELECT o.number, l.qty - l.cancelled, l.shipped FROM order_line l JOIN orders o ON o.id = l.order_id
         WHERE NOT (0 <= l.delivered AND l.delivered <= l.shipped AND l.shipped <= l.allocated
                    AND l.allocated <= l.qty - l.cancelled AND 0 <= l.returned AND l.returned <= l.shipped)",
    ),
    (
        "holds",
        "SELECT o.number, COALESCE(h.n, 0), o.holds FROM orders o
         LEFT JOIN (SELECT order_id, COUNT(*) AS n FROM order_hold WHERE released_at IS NULL GROUP BY order_id) h
           ON h.order_id = o.id
         WHERE o.holds <> COALESCE(h.n, 0)",
    ),
];

/// The domain's functions, in SQL: document, what its facts say, what is stored.
const STATUSES: &[(&str, &str)] = &[
    (
        "payment_status",
        "SELECT number, due, payment_status FROM (
            SELECT number, payment_status,
                CASE WHEN captured <= 0 AND total <= 0 THEN 'paid'
                     WHEN captured <= 0 THEN 'unpaid'
                     WHEN captured - refunded > total - granted AND captured - refunded > 0 THEN 'overpaid'
                     WHEN refunded > 0 AND captured - refunded <= 0 THEN 'refunded'
                     WHEN refunded > 0 AND captured - refunded = total THEN 'paid'
                     WHEN refunded > 0 THEN 'partially_refunded'
                     WHEN captured - refunded < total - granted THEN 'partial'
                     ELSE 'paid' END AS due
            FROM orders) AS s WHERE due <> payment_status",
    ),
    (
        "fulfilment_status",
        "SELECT number, due, fulfilment_status FROM (
            SELECT o.number, o.fulfilment_status,
                CASE WHEN l.returned > 0 AND l.returned >= l.live THEN 'returned'
                     WHEN l.returned > 0 THEN 'returned_part'
                     WHEN l.delivered > 0 AND l.delivered >= l.live THEN 'delivered'
                     WHEN l.delivered > 0 THEN 'partial_delivered'
                     WHEN l.shipped > 0 AND l.shipped >= l.live THEN 'shipped'
                     WHEN l.shipped > 0 THEN 'partial_shipped'
                     WHEN l.live > 0 AND l.short = 0 THEN 'allocated'
                     ELSE 'none' END AS due
            FROM orders o JOIN (
                SELECT order_id, SUM(qty - cancelled) AS live, SUM(shipped) AS shipped, SUM(delivered) AS delivered,
                       SUM(returned) AS returned,
                       SUM(CASE WHEN allocated < qty - cancelled THEN 1 ELSE 0 END) AS short
                FROM order_line GROUP BY order_id) l ON l.order_id = o.id) AS s
         WHERE due <> fulfilment_status",
    ),
];

/// As many as anybody reads; the rest is found once these are mended.
const MOST: usize = 100;

pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (what, sql) in NUMBERS {
        let sql = format!("{sql} LIMIT {MOST}");
        let rows: Vec<(String, i64, i64)> = fetch_dyn!(*tx, (String, i64, i64), sql, &[])?;
        found.extend(
            rows.into_iter().map(|(id, expected, stored)| Difference::new("orders", what, id, expected, stored)),
        );
    }
    for (what, sql) in STATUSES {
        let sql = format!("{sql} LIMIT {MOST}");
        let rows: Vec<(String, String, String)> = fetch_dyn!(*tx, (String, String, String), sql, &[])?;
        found.extend(rows.into_iter().map(|(id, expected, stored)| {
            Difference::new("orders", what, format!("{id}: {stored}, not {expected}"), 1, 0)
        }));
    }
    counters(tx, &mut found).await?;
    found.extend(buyers::check(tx).await?);
    Ok(found)
}

/// The board against a count of the orders.
async fn counters(tx: &mut Tx, found: &mut Vec<Difference>) -> Result<()> {
    let counted: Vec<(Stage, PaymentStatus, FulfilmentStatus, bool, bool, i64)> = fetch_all!(
        *tx,
        (Stage, PaymentStatus, FulfilmentStatus, bool, bool, i64),
        "SELECT stage, payment_status, fulfilment_status, holds > 0, archived, COUNT(*) FROM orders
         GROUP BY stage, payment_status, fulfilment_status, holds > 0, archived"
    )?;
    let mut expected = Deltas::default();
    for (stage, payment, fulfilment, held, archived, n) in counted {
        expected.add(&Standing { stage, payment, fulfilment, held, archived }, n);
    }
    let stored: BTreeMap<String, i64> =
        fetch_all!(*tx, (String, i64), "SELECT what, CAST(SUM(n) AS BIGINT) FROM order_counter GROUP BY what")?
            .into_iter()
            .collect();
    let expected = expected.into_map();
    for what in expected.keys().chain(stored.keys().filter(|what| !expected.contains_key(*what))) {
        let of = |counts: &BTreeMap<String, i64>| counts.get(what).copied().unwrap_or(0);
        Difference::compare(found, "orders", "counter", what, of(&expected), of(&stored));
    }
    Ok(())
}
