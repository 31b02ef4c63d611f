//! Reading the ledger.

use std::collections::BTreeMap;

use domain::units::{Count, Millis, Minor};
use uuid::Uuid;

use super::{ListPayments, MethodSum, Payment, PaymentDays, PaymentKind, PaymentMethod, PaymentPage, PaymentSummary};
use crate::{
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    fetch_all, fetch_dyn,
    orders::{cursor, page_limit},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Option<Uuid>,
    number: Option<String>,
    return_id: Option<Uuid>,
    kind: PaymentKind,
    method: PaymentMethod,
    amount: i64,
    currency: String,
    tendered: Option<i64>,
    reference: String,
    note: String,
    at: i64,
    day: i64,
    actor_name: String,
}

impl From<Row> for Payment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            order_id: row.order_id,
            order_number: row.number,
            return_id: row.return_id,
            kind: row.kind,
            method: row.method,
            amount: Minor(row.amount),
            currency: row.currency,
            tendered: row.tendered.map(Minor),
            reference: row.reference,
            note: row.note,
            at: Millis(row.at),
            day: i32::try_from(row.day).unwrap_or_default(),
            actor_name: row.actor_name,
        }
    }
}

/// What a payment back for goods of no known order came through.
const RETURNS: &str = "LEFT JOIN order_return r ON r.id = p.return_id ";

/// The ledger, newest first.
pub async fn list(ctx: &mut Ctx, input: ListPayments) -> Result<PaymentPage> {
    let limit = page_limit(input.limit)?;
    let mut args: Vec<Arg> = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut with = |args: &mut Vec<Arg>, condition: &str, value: Arg| {
        args.push(value);
        conditions.push(condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(method) = input.method {
        with(&mut args, "p.method = ?", method.as_str().into());
    }
    if let Some(kind) = input.kind {
        with(&mut args, "p.kind = ?", kind.as_str().into());
    }
    let shop = ctx.shop()?;
    if let Some(day) = input.from_day {
        with(&mut args, "p.at >= ?", shop_day(&shop.zone, day)?.0.into());
    }
    if let Some(day) = input.to_day {
        with(&mut args, "p.at < ?", shop_day(&shop.zone, day)?.1.into());
    }
    if let Some(text) = &input.cursor {
        let (at, id) = cursor::decode(text)?;
        args.extend([at.into(), id.into()]);
        conditions.push(format!("(p.at, p.id) < (${}, ${})", args.len() - 1, args.len()));
    }
    let within = ctx.within();
    let joins = if within.is_all() { "" } else { RETURNS };
    let seen = within.payments(&mut args);
    conditions.extend(seen.strip_prefix(" AND ").map(str::to_owned));
    args.push(Arg::I64(limit + 1));
    let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
    let sql = format!(
        "SELECT p.id, p.order_id, o.number, p.return_id, p.kind, p.method, p.amount, p.currency, p.tendered,
                p.reference, p.note, p.at, p.day, p.actor_name
         FROM payment p LEFT JOIN orders o ON o.id = p.order_id {joins}{filter}
         ORDER BY p.at DESC, p.id DESC LIMIT ${}",
        args.len()
    );
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let (rows, next) = cursor::cut(rows, limit, |row| (row.at, row.id));
    Ok(PaymentPage { items: rows.into_iter().map(Payment::from).collect(), next })
}

type MethodRow = (PaymentMethod, PaymentKind, i64, i64);

/// The till: sums by method over shop-local days, both included.
pub async fn summary(ctx: &mut Ctx, input: PaymentDays) -> Result<PaymentSummary> {
    if input.to_day < input.from_day {
        return Err(Error::invalid("to_day", "before_start"));
    }
    let sums: Vec<MethodRow> = if ctx.sees_a_part() {
        let mut args = vec![Arg::from(input.from_day), Arg::from(input.to_day)];
        let seen = ctx.within().payments(&mut args);
        let sql = format!(
            "SELECT p.method, p.kind, CAST(SUM(p.amount) AS BIGINT), COUNT(*)
             FROM payment p LEFT JOIN orders o ON o.id = p.order_id {RETURNS}
             WHERE p.day BETWEEN $1 AND $2{seen} GROUP BY p.method, p.kind"
        );
        fetch_dyn!(ctx.tx, MethodRow, sql, &args)?
    } else {
        fetch_all!(
            ctx.tx,
            MethodRow,
            "SELECT method, kind, CAST(SUM(amount) AS BIGINT), COUNT(*) FROM payment WHERE day BETWEEN $1 AND $2
             GROUP BY method, kind",
            i64::from(input.from_day),
            i64::from(input.to_day)
        )?
    };
    let found: BTreeMap<_, _> = sums.into_iter().map(|(method, kind, sum, n)| ((method, kind), (sum, n))).collect();
    let mut summary = PaymentSummary { methods: Vec::new(), captured: Minor::ZERO, refunded: Minor::ZERO };
    for &method in PaymentMethod::ALL {
        let of = |kind| found.get(&(method, kind)).copied().unwrap_or_default();
        let ((captured, captures), (refunded, refunds)) = (of(PaymentKind::Capture), of(PaymentKind::Refund));
        summary.captured.0 += captured;
        summary.refunded.0 += refunded;
        summary.methods.push(MethodSum {
            method,
            captured: Minor(captured),
            captures: Count(captures),
            refunded: Minor(refunded),
            refunds: Count(refunds),
            net: Minor(captured - refunded),
        });
    }
    Ok(summary)
}

/// The payments of one order, oldest first.
pub(crate) async fn of_order(ctx: &mut Ctx, order_id: Uuid) -> Result<Vec<Payment>> {
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT p.id, p.order_id, o.number, p.return_id, p.kind, p.method, p.amount, p.currency, p.tendered,
                p.reference, p.note, p.at, p.day, p.actor_name
         FROM payment p LEFT JOIN orders o ON o.id = p.order_id
         WHERE p.order_id = $1 ORDER BY p.at, p.id",
        order_id
    )?;
    Ok(rows.into_iter().map(Payment::from).collect())
}

/// From the first millisecond of a shop-local day to that of the next.
pub(crate) fn shop_day(zone: &str, day: i32) -> Result<(i64, i64)> {
    domain::time::day_bounds(day, zone).map_err(|_| Error::invalid("day", "unknown"))
}
