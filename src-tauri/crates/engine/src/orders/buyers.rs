//! Finding orders by who bought them, on SQLite.
//!
//! Each order of a customer has a key that grows with the time it was placed, and under that key the
//! index holds the pieces of what its customer is found by. So the newest orders of everybody called 王
//! are the end of one list, and a page of them is read without a look at the others. Postgres, whose
//! index has no order, goes by way of the customers: see `seek`.

use std::{collections::HashSet, fmt::Write as _};

use uuid::Uuid;

use super::{
    OrderSort,
    list::{Ask, ORDERS_KEY, Row, Select},
};
use crate::{
    check::Difference,
    ctx::Ctx,
    db::{Arg, Tx, placeholders},
    error::Result,
    fetch_all, fetch_dyn, fetch_optional,
    search::{self, Asked},
};

/// The low bits of a key tell apart orders of one millisecond.
const BITS: u32 = 20;
const SAME: i64 = (1 << BITS) - 1;
/// So many orders are looked through for a query without pieces (one Latin letter).
const GLANCE: usize = 5_000;
/// Documents written at once.
const CHUNK: usize = 1_000;

/// An order that is new to the index.
#[derive(sqlx::FromRow)]
pub(crate) struct Bought {
    #[sqlx(rename = "id")]
    pub order: Uuid,
    pub placed_at: i64,
    /// What its customer is found by.
    pub hay: String,
}

const BOUGHT: &str = "SELECT o.id, o.placed_at, d.hay
    FROM orders o JOIN search_doc d ON d.kind = 'customer' AND d.ref_id = o.customer_id";

/// The keys of a millisecond: from the first to the last.
fn keys_of(at: i64) -> (i64, i64) {
    let first = at.clamp(-(1 << 42), 1 << 42) << BITS;
    (first, first | SAME)
}

/// An order of a customer was placed.
pub(crate) async fn placed(tx: &mut Tx, order: Uuid, placed_at: i64, customer: Uuid) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    let found: Option<(String,)> = fetch_optional!(
        *tx,
        (String,),
        "SELECT hay FROM search_doc WHERE kind = 'customer' AND ref_id = $1",
        customer
    )?;
    let hay = found.map(|(hay,)| hay).unwrap_or_default();
    put(tx, vec![Bought { order, placed_at, hay }]).await
}

/// Orders were placed.
pub(crate) async fn put(tx: &mut Tx, mut orders: Vec<Bought>) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    // In the order of the keys, as they stand in the index.
    orders.sort_by_key(|bought| bought.placed_at);
    for chunk in orders.chunks(CHUNK) {
        let mut pieces = Vec::with_capacity(chunk.len() * 2);
        for (key, bought) in keys(tx, chunk).await? {
            pieces.extend([Arg::I64(key), Arg::from(search::sqlite_pieces("", &bought.hay))]);
        }
        tx.insert_many("INSERT INTO search_order_gram (rowid, grams)", 2, &pieces, "").await?;
    }
    Ok(())
}

/// Gives each a key that is free, beginning with one that its id makes.
async fn keys<'a>(tx: &mut Tx, orders: &'a [Bought]) -> Result<Vec<(i64, &'a Bought)>> {
    let mut given = Vec::with_capacity(orders.len());
    let mut left: Vec<(i64, &Bought)> = orders
        .iter()
        .map(|bought| (keys_of(bought.placed_at).0 | (bought.order.as_u128() & SAME as u128) as i64, bought))
        .collect();
    while !left.is_empty() {
        let args: Vec<Arg> = left.iter().flat_map(|(key, bought)| [Arg::I64(*key), bought.order.into()]).collect();
        let insert = "INSERT INTO search_order (key, order_id)";
        let fresh = tx.insert_many(insert, 2, &args, "ON CONFLICT (key) DO NOTHING").await?;
        if fresh == left.len() as u64 {
            given.append(&mut left);
            break;
        }
        let sql = format!("SELECT order_id FROM search_order WHERE order_id IN ({})", placeholders(0, left.len()));
        let ids: Vec<Arg> = left.iter().map(|(_, bought)| bought.order.into()).collect();
        let there: HashSet<Uuid> = fetch_dyn!(*tx, (Uuid,), sql, &ids)?.into_iter().map(|(id,)| id).collect();
        let (done, again): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, bought)| there.contains(&bought.order));
        given.extend(done);
        // The next one of the same millisecond.
        left = again.into_iter().map(|(key, bought)| ((key & !SAME) | ((key + 1) & SAME), bought)).collect();
    }
    given.sort_unstable_by_key(|(key, _)| *key);
    Ok(given)
}

/// A customer is found by something else now, or has other orders.
pub(crate) async fn again(tx: &mut Tx, customer: Uuid, hay: &str) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    let keys: Vec<(i64,)> = fetch_all!(
        *tx,
        (i64,),
        "SELECT f.key FROM orders o JOIN search_order f ON f.order_id = o.id WHERE o.customer_id = $1 ORDER BY f.key",
        customer
    )?;
    let pieces = search::sqlite_pieces("", hay);
    let args: Vec<Arg> = keys.iter().flat_map(|(key,)| [Arg::I64(*key), Arg::from(&pieces)]).collect();
    tx.insert_many("INSERT OR REPLACE INTO search_order_gram (rowid, grams)", 2, &args, "").await?;
    Ok(())
}

/// Takes these orders out of the index.
pub(crate) async fn forget(tx: &mut Tx, orders: &[Uuid]) -> Result<()> {
    let ids: Vec<Arg> = orders.iter().copied().map(Arg::Uuid).collect();
    let of = format!("order_id IN ({})", placeholders(0, orders.len()));
    let sql = format!("DELETE FROM search_order_gram WHERE rowid IN (SELECT key FROM search_order WHERE {of})");
    tx.execute_dyn(sql, &ids).await?;
    tx.execute_dyn(format!("DELETE FROM search_order WHERE {of}"), &ids).await?;
    Ok(())
}

/// Puts these orders, which are not in it, into the index.
pub(crate) async fn remember(tx: &mut Tx, orders: &[Uuid]) -> Result<()> {
    let ids: Vec<Arg> = orders.iter().copied().map(Arg::Uuid).collect();
    let found = fetch_dyn!(*tx, Bought, format!("{BOUGHT} WHERE o.id IN ({})", placeholders(0, orders.len())), &ids)?;
    put(tx, found).await
}

/// Makes the whole index anew.
pub(crate) async fn rebuild(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        return Ok(());
    }
    tx.execute_dyn("INSERT INTO search_order_gram (search_order_gram) VALUES ('delete-all')".to_owned(), &[]).await?;
    tx.execute_dyn("DELETE FROM search_order".to_owned(), &[]).await?;
    let mut after = Uuid::nil();
    loop {
        let sql = format!("{BOUGHT} WHERE o.id > $1 ORDER BY o.id LIMIT 20000");
        let page = fetch_dyn!(*tx, Bought, sql, &[Arg::Uuid(after)])?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.order;
        put(tx, page).await?;
    }
}

/// Orders of customers that the index does not know.
pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    if !tx.is_postgres() {
        let missing: Vec<(Uuid,)> = fetch_all!(
            *tx,
            (Uuid,),
            "SELECT o.id FROM orders o LEFT JOIN search_order f ON f.order_id = o.id
             WHERE o.customer_id IS NOT NULL AND f.key IS NULL LIMIT 1000"
        )?;
        for (id,) in missing {
            Difference::compare(&mut differences, "orders", "found_by_buyer", id, 1, 0);
        }
    }
    Ok(differences)
}

/// The first page of the orders whose customer has these words.
pub(super) async fn find(ctx: &mut Ctx, ask: &Ask, text: &str, limit: i64) -> Result<Vec<Row>> {
    let asked = Asked::of(text);
    if asked.words.is_empty() || !may_be_found(&mut ctx.tx, &asked).await? {
        return Ok(Vec::new());
    }
    // One more than the page: whether it ends within a millisecond, of which the keys say no order.
    let mut rows = select(ask, &asked, None).fetch(ctx, ask.sort, limit + 1).await?;
    let by_time = matches!(ask.sort, OrderSort::Newest | OrderSort::Oldest);
    if by_time && rows.len() as i64 > limit {
        let last = rows[rows.len() - 2].placed_at;
        if rows.last().is_some_and(|row| row.placed_at == last) {
            rows.extend(select(ask, &asked, Some(last)).fetch(ctx, ask.sort, SAME).await?);
        }
    }
    Ok(rows)
}

/// Whether the pieces of a code that have letters are on any customer. Those of a waybill or a SKU are not, and the
/// lists of its digits, which are on every telephone, need not be walked.
async fn may_be_found(tx: &mut Tx, asked: &Asked) -> Result<bool> {
    let is_code = |word: &String| {
        word.is_ascii() && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic())
    };
    if !asked.words.iter().any(is_code) {
        return Ok(true);
    }
    let lettered: Vec<String> =
        asked.pieces.iter().filter(|piece| piece.bytes().any(|b| b.is_ascii_alphabetic())).cloned().collect();
    if lettered.is_empty() {
        return Ok(true);
    }
    let found: Option<(i64,)> = fetch_optional!(
        *tx,
        (i64,),
        "SELECT rowid FROM search_order_gram WHERE search_order_gram MATCH $1 LIMIT 1",
        search::sqlite_match("", &lettered)
    )?;
    Ok(found.is_some())
}

fn select(ask: &Ask, asked: &Asked, only_at: Option<i64>) -> Select {
    let by_time = matches!(ask.sort, OrderSort::Newest | OrderSort::Oldest);
    let glance = asked.pieces.is_empty();
    let from = if glance {
        format!("(SELECT key, order_id FROM search_order ORDER BY key DESC LIMIT {GLANCE}) AS f CROSS JOIN orders AS o")
    } else {
        "search_order_gram AS g CROSS JOIN search_order AS f CROSS JOIN orders AS o".to_owned()
    };
    let key = if glance { "f.key" } else { "g.rowid" };
    let mut select = Select::new(false, &from, ORDERS_KEY);
    if !glance {
        select.walk("g.search_order_gram", "MATCH", search::sqlite_match("", &asked.pieces));
        select.conditions.push("f.key = g.rowid".into());
        // The bounds of time are bounds of the key too.
        let (mut from, mut to) = (ask.from, ask.before);
        if let (Some((at, _)), true) = (ask.cursor, by_time) {
            match ask.sort {
                OrderSort::Oldest => from = Some(from.map_or(at, |from| from.max(at))),
                _ => to = Some(to.map_or(at, |to| to.min(at))),
            }
        }
        if let Some(at) = only_at {
            (from, to) = (Some(at), Some(at));
        }
        if let Some(from) = from {
            select.walk("g.rowid", ">=", keys_of(from).0);
        }
        if let Some(to) = to {
            select.walk("g.rowid", "<=", keys_of(to).1);
        }
    } else if let Some(at) = only_at {
        select.walk("o.placed_at", "=", at);
    }
    select.conditions.push("o.id = f.order_id".into());
    let words = search::to_compare(&asked.words);
    if !words.is_empty() {
        let mut has =
            "EXISTS (SELECT 1 FROM search_doc d WHERE d.kind = 'customer' AND d.ref_id = o.customer_id".into();
        search::push_words(&mut has, "d.hay", &words, &mut select.args);
        let _ = write!(has, ")");
        select.conditions.push(has);
    }
    select.rest(ask, &[]);
    select.bounds(ask);
    if by_time {
        select.order = Some(key);
    }
    select
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::plans::Scratch, orders::OrderFilter};

    /// The newest orders of a common name are read from the end of its list, and no others.
    #[tokio::test]
    async fn a_name_is_a_list_in_the_order_of_time() {
        let scratch = Scratch::open().await;
        for (text, last) in [("王", "sqlite_autoindex_orders_1"), ("wangwei", "sqlite_autoindex_search_doc_1")] {
            for sort in [OrderSort::Newest, OrderSort::Oldest] {
                let cursor = Some((1_772_416_800_000, Uuid::max()));
                let (filter, within) = (OrderFilter::default(), Default::default());
                let ask = Ask { filter, sort, from: Some(5), before: None, cursor, within };
                let select = select(&ask, &Asked::of(text), None);
                let plan = scratch.plan(&select.sql(sort, 51), &select.args).await;
                assert!(plan[0].starts_with("SCAN g VIRTUAL TABLE"), "{plan:#?}");
                assert!(plan.iter().any(|line| line.contains(last)), "{plan:#?}");
                assert!(
                    plan.iter().skip(1).all(|line| !line.contains("SCAN") && !line.contains("B-TREE")),
                    "{plan:#?}"
                );
            }
        }
    }

    #[test]
    fn keys_go_with_the_time() {
        for at in [-5, 0, 1_700_000_000_000, i64::MAX, i64::MIN] {
            let (first, last) = keys_of(at);
            assert!(first < last && last - first == SAME);
        }
        assert!(keys_of(1).1 < keys_of(2).0 && keys_of(-1).1 < keys_of(0).0);
    }
}
