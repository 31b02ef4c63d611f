//! Erasing a person: one who asks for it, or who has not been there for so many years.
//!
//! What accounts need stays: orders, goods, sums, payments, days, and the country and the city they went to. Who
//! bought goes, wherever it stands: the record, addresses, orders, notes, forms somebody began, rows that an import
//! rejected, cases of desks, and the history, whose seals say that it was done and by what (see
//! [`crate::access::Resealed`]). What has left the shop is out of reach: copies made before, files exported.

use domain::units::{Count, Millis};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CountOld, Customer, Erase, Erased, ErasedOld, OldCustomers, list, save};
use crate::{
    access::{self, Resealed, reason},
    ctx::Ctx,
    db::{Arg, Tx, placeholders},
    error::{Error, Result},
    execute, fetch_all, fetch_dyn, fetch_one, orders,
    search::like_contains,
    settings::{Nothing, Preferences},
};

/// Customers that time erases in one transaction.
const BATCH: i64 = 20;
/// Ids asked for at once.
const CHUNK: usize = 400;
const YEAR_MS: i64 = 31_556_952_000;
/// Orders that somebody has to do something about.
const OPEN: &str = "(o.stage NOT IN ('completed', 'cancelled') OR o.after_sale_status IN ('open', 'partly'))";
/// What fields are called that say something of a person, in whatever JSON they stand.
const PERSONAL: [&str; 16] = [
    "name",
    "buyer_name",
    "phone",
    "buyer_phone",
    "email",
    "district",
    "region_code",
    "street",
    "postcode",
    "note",
    "buyer_note",
    "seller_note",
    "text",
    "reason",
    "answer",
    "value",
];

pub async fn erase(ctx: &mut Ctx, input: Erase) -> Result<Erased> {
    reason(&input.reason)?;
    list::lock(&mut ctx.tx, &[input.id]).await?;
    ctx.sees_all_orders_of(input.id).await?;
    let customer = list::load(&mut ctx.tx, input.id).await?;
    let refused =
        |state: &str| Err(Error::WrongState { kind: "erasure".into(), state: state.into(), action: "erase".into() });
    if customer.erased_at.is_some() {
        return refused("erased");
    }
    if customer.merged_into.is_some() {
        return refused("merged");
    }
    let (open,): (i64,) = fetch_one!(
        ctx.tx,
        (i64,),
        sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM orders o WHERE o.customer_id = $1 AND {OPEN}")),
        customer.id
    )?;
    if open > 0 {
        return refused("open_orders");
    }
    let gone = forget(ctx, customer).await?;
    ctx.about(input.id);
    ctx.changed("customer", input.id, Value::Null, json!({ "erased": true }));
    Ok(Erased { orders: Count(gone.orders), history: Count(gone.history), seals: gone.seals })
}

/// What the preferences no longer want to be kept, a few at a time.
pub async fn erase_old(ctx: &mut Ctx, _: Nothing) -> Result<ErasedOld> {
    let preferences = ctx.shop()?.preferences.clone();
    let found = old(&mut ctx.tx, ctx.now, &preferences, BATCH).await?;
    list::lock(&mut ctx.tx, &found).await?;
    // Somebody may have bought something meanwhile.
    let mut due = old(&mut ctx.tx, ctx.now, &preferences, BATCH).await?;
    due.retain(|id| found.contains(id));
    let mut done = ErasedOld { erased: Count(0), more: found.len() as i64 == BATCH, seals: Vec::new() };
    for id in due {
        let customer = list::load(&mut ctx.tx, id).await?;
        let gone = forget(ctx, customer).await?;
        // One seal may be set again for the next.
        done.seals.retain(|seal| gone.seals.iter().all(|again| again.n != seal.n));
        done.seals.extend(gone.seals);
        done.erased.0 += 1;
        ctx.changed("customer", id, Value::Null, json!({ "erased": true }));
    }
    Ok(done)
}

/// Whom a rule of so many years would erase now.
pub async fn count_old(ctx: &mut Ctx, input: CountOld) -> Result<OldCustomers> {
    if input.years <= 0 {
        return Ok(OldCustomers { customers: Count(0) });
    }
    let sql = format!("SELECT COUNT(*) FROM customer c WHERE {}", is_old());
    let (customers,) =
        fetch_dyn!(ctx.tx, (i64,), sql, &[Arg::I64(before(ctx.now, input.years))])?.pop().unwrap_or_default();
    Ok(OldCustomers { customers: Count(customers) })
}

/// Whether there is anybody to be erased by now.
pub(crate) async fn is_due(tx: &mut Tx, now: Millis, preferences: &Preferences) -> Result<bool> {
    Ok(!old(tx, now, preferences, 1).await?.is_empty())
}

async fn old(tx: &mut Tx, now: Millis, preferences: &Preferences, limit: i64) -> Result<Vec<Uuid>> {
    if preferences.erase_years == 0 {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT c.id FROM customer c WHERE {} ORDER BY c.last_order_at, c.id LIMIT $2", is_old());
    let args = [Arg::I64(before(now, preferences.erase_years)), Arg::I64(limit)];
    Ok(fetch_dyn!(*tx, (Uuid,), sql, &args)?.into_iter().map(|(id,)| id).collect())
}

fn before(now: Millis, years: i32) -> i64 {
    now.0.saturating_sub(i64::from(years).saturating_mul(YEAR_MS))
}

/// Of a customer `c`: bought nothing since `$1`, has nothing open, and nobody touched the record either.
fn is_old() -> String {
    format!(
        "c.merged_into IS NULL AND c.erased_at IS NULL AND c.last_order_at < $1 AND c.updated_at < $1
         AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND (o.placed_at >= $1 OR {OPEN}))"
    )
}

/// What came of it.
struct Gone {
    orders: i64,
    history: i64,
    seals: Vec<Resealed>,
}

async fn forget(ctx: &mut Ctx, customer: Customer) -> Result<Gone> {
    if !ctx.tx.is_postgres() {
        // What is written over is gone from the file, too. It is left on, as it always is where the file is encrypted.
        execute!(ctx.tx, "PRAGMA secure_delete = ON")?;
    }
    let mut people = vec![customer.id];
    let merged: Vec<(Uuid,)> =
        fetch_all!(ctx.tx, (Uuid,), "SELECT id FROM customer WHERE merged_into = $1", customer.id)?;
    people.extend(merged.into_iter().map(|(id,)| id));
    let bought = fetch_dyn!(
        ctx.tx,
        (Uuid, String),
        format!("SELECT id, buyer_phone FROM orders WHERE customer_id IN ({})", placeholders(0, people.len())),
        &args(&people)
    )?;
    let words = words(&mut ctx.tx, &people, &customer, &bought).await?;
    let bought: Vec<Uuid> = bought.into_iter().map(|(id, _)| id).collect();

    for chunk in bought.chunks(CHUNK) {
        of_orders(&mut ctx.tx, chunk).await?;
    }
    let cases = of_cases(&mut ctx.tx, &bought, &words).await?;
    for chunk in words.chunks(CHUNK / 8) {
        let has = |text: &str| {
            let each = (1..=chunk.len()).map(|n| format!("LOWER({text}) LIKE ${n} ESCAPE '\\'"));
            each.collect::<Vec<_>>().join(" OR ")
        };
        let words: Vec<Arg> = chunk.iter().map(|word| Arg::from(like_contains(word))).collect();
        ctx.tx.execute_dyn(format!("DELETE FROM draft WHERE {}", has("body")), &words).await?;
        ctx.tx.execute_dyn(format!("UPDATE import_reject SET raw = '{{}}' WHERE {}", has("raw")), &words).await?;
    }
    let of = format!("IN ({})", placeholders(1, people.len()));
    let at = [Arg::I64(ctx.now.0)].into_iter().chain(args(&people)).collect::<Vec<_>>();
    let sql = format!(
        "UPDATE customer SET name = '', phone = '', phone_key = NULL, phone_tail = NULL, email = '', email_key = NULL,
            note = '', external_id = NULL, erased_at = $1, updated_at = $1, version = version + 1 WHERE id {of}"
    );
    ctx.tx.execute_dyn(sql, &at).await?;
    for id in &people {
        execute!(ctx.tx, "DELETE FROM customer_address WHERE customer_id = $1", *id)?;
        orders::buyers::again(&mut ctx.tx, *id, "").await?;
        save::unindex(&mut ctx.tx, *id).await?;
    }
    let about: Vec<Uuid> = people.iter().chain(&bought).chain(&cases).copied().collect();
    let (history, seals) = access::redact(ctx, &about, blank).await?;
    Ok(Gone { orders: bought.len() as i64, history, seals })
}

fn args(ids: &[Uuid]) -> Vec<Arg> {
    ids.iter().copied().map(Arg::Uuid).collect()
}

/// By what a person is found in text that is not theirs alone: ids, and phones and e-mail addresses as they were typed
/// and as they are compared. Names are too common. In small letters, both as SQLite makes them and as Postgres does.
async fn words(tx: &mut Tx, people: &[Uuid], customer: &Customer, bought: &[(Uuid, String)]) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT phone, email, COALESCE(phone_key, ''), COALESCE(email_key, '') FROM customer WHERE id IN ({})",
        placeholders(0, people.len())
    );
    let rows = fetch_dyn!(*tx, (String, String, String, String), sql, &args(people))?;
    let mut words: Vec<String> = rows.into_iter().flat_map(|(a, b, c, d)| [a, b, c, d]).collect();
    words.extend(customer.addresses.iter().map(|address| address.phone.clone()));
    words.extend(bought.iter().map(|(_, phone)| phone.clone()));
    // A few digits would be in anything.
    words.retain(|word| word.chars().count() > 5);
    words.extend(people.iter().map(Uuid::to_string));
    let mut words: Vec<String> =
        words.iter().flat_map(|word| [word.to_ascii_lowercase(), word.to_lowercase()]).collect();
    words.sort_unstable();
    words.dedup();
    Ok(words)
}

async fn of_orders(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    let (args, of) = (args(ids), format!("IN ({})", placeholders(0, ids.len())));
    let sql = format!("SELECT id, ship_to FROM orders WHERE ship_to <> '' AND id {of}");
    for (id, ship_to) in fetch_dyn!(*tx, (Uuid, String), sql, &args)? {
        execute!(*tx, "UPDATE orders SET ship_to = $2 WHERE id = $1", id, blank(&ship_to))?;
    }
    let sql = format!("SELECT id, data FROM order_event WHERE order_id {of}");
    for (id, data) in fetch_dyn!(*tx, (Uuid, String), sql, &args)? {
        let left = blank(&data);
        if left != data {
            execute!(*tx, "UPDATE order_event SET data = $2 WHERE id = $1", id, left)?;
        }
    }
    for sql in [
        "UPDATE orders SET buyer_name = '', buyer_phone = '', buyer_note = '', seller_note = '', version = version + 1
         WHERE id ",
        "UPDATE order_line SET note = '' WHERE note <> '' AND order_id ",
        "UPDATE order_hold SET reason = '' WHERE reason <> '' AND order_id ",
        "UPDATE parcel SET note = '' WHERE note <> '' AND order_id ",
        "UPDATE refund_request SET reason = '', answer = '' WHERE order_id ",
    ] {
        tx.execute_dyn(format!("{sql}{of}"), &args).await?;
    }
    Ok(())
}

/// What desks did for this person without their server; answers which cases those are.
async fn of_cases(tx: &mut Tx, bought: &[Uuid], words: &[String]) -> Result<Vec<Uuid>> {
    type Case = (Uuid, Option<Uuid>, String, String, String);
    let cases: Vec<Case> = fetch_all!(*tx, Case, "SELECT id, order_id, entry, troubles, error FROM offline_case")?;
    let mut theirs = Vec::new();
    for (id, order, entry, troubles, error) in cases {
        let is_named = || {
            let texts = [&entry, &troubles, &error].map(|text| text.to_lowercase());
            words.iter().any(|word| texts.iter().any(|text| text.contains(word)))
        };
        if order.is_some_and(|order| bought.contains(&order)) || is_named() {
            execute!(
                *tx,
                "UPDATE offline_case SET entry = $2, troubles = $3, error = $4, note = '' WHERE id = $1",
                id,
                blank(&entry),
                blank(&troubles),
                blank(&error)
            )?;
            theirs.push(id);
        }
    }
    Ok(theirs)
}

/// The JSON without what it says of a person; what cannot be read says nothing afterwards.
fn blank(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    wipe(&mut value);
    value.to_string()
}

fn wipe(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if PERSONAL.contains(&name.as_str()) => text.clear(),
                    field => wipe(field),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_person_goes_and_the_rest_stays() {
        let text = r#"{"buyer_name":"王小明","lines":[{"qty":2,"note":"for Wang"}],"ship_to":{"city":"上海","street":"人民路 1 号"}}"#;
        let left = r#"{"buyer_name":"","lines":[{"note":"","qty":2}],"ship_to":{"city":"上海","street":""}}"#;
        assert_eq!(serde_json::from_str::<Value>(&blank(text)).ok(), serde_json::from_str(left).ok());
        assert_eq!((blank(""), blank("not JSON")), (String::new(), "null".to_owned()));
    }
}
