//! Document numbers: no two are equal, none is skipped.
//!
//! The counter is raised in the document's own transaction, so a document that fails gives its
//! number back. A series belongs to one desk: its mark stands in the number, so that two desks
//! without a connection do not give the same one.

use domain::numbering::{NumberRule, format_number, sequence_scope};

use super::{NumberPreview, Preferences, PreviewNumber};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    fetch_one, fetch_optional,
};

/// The next number for a document of this kind: `order`, `return` or `adjustment`.
pub(crate) async fn next_number(ctx: &mut Ctx, kind: &str) -> Result<String> {
    if let Some(number) = ctx.given().and_then(|made| made.numbers.get(ctx.numbers)).cloned() {
        ctx.numbers += 1;
        // It is printed: another one would be of another document.
        if is_taken(ctx, kind, &number).await? {
            return Err(Error::Duplicate { kind: kind.into(), field: "number".into(), value: number, existing: None });
        }
        return Ok(number);
    }
    let shop = ctx.shop()?;
    let rule = rule(&shop.preferences, kind)?;
    let day = ctx.today()?;
    let mark = mark(ctx);
    let scope = scope(&rule, day, &mark);
    loop {
        let (sequence,): (i64,) = fetch_one!(
            ctx.tx,
            (i64,),
            "INSERT INTO number_counter AS c (scope, next) VALUES ($1, 2)
             ON CONFLICT (scope) DO UPDATE SET next = c.next + 1 RETURNING next - 1",
            scope.as_str()
        )?;
        let number = written(&rule, day, sequence, &mark);
        // An imported order may already bear it.
        if !is_taken(ctx, kind, &number).await? {
            if ctx.is_local() {
                ctx.made.numbers.push(number.clone());
            }
            return Ok(number);
        }
    }
}

/// What stands in the numbers of this desk. Without the server they are a series of their own, which only the
/// desk's copy counts: the server's may have gone on before it was lost.
fn mark(ctx: &Ctx) -> String {
    let mark = &ctx.caller.device.mark;
    match (ctx.is_local(), mark.is_empty()) {
        (false, _) => mark.clone(),
        (true, true) => "A0".to_owned(),
        (true, false) => format!("{mark}0"),
    }
}

async fn is_taken(ctx: &mut Ctx, kind: &str, number: &str) -> Result<bool> {
    let found: Option<(i64,)> = match kind {
        "return" => {
            fetch_optional!(ctx.tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM order_return WHERE number = $1", number)?
        }
        "adjustment" => {
            fetch_optional!(ctx.tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM stock_adjustment WHERE number = $1", number)?
        }
        _ => fetch_optional!(ctx.tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM orders WHERE number = $1", number)?,
    };
    Ok(found.is_some())
}

/// What the next number will look like.
pub async fn preview_number(ctx: &mut Ctx, input: PreviewNumber) -> Result<NumberPreview> {
    let shop = ctx.shop()?;
    let mut rule = rule(&shop.preferences, &input.kind)?;
    if let Some(prefix) = input.prefix {
        rule.prefix = prefix.trim().chars().take(12).collect();
    }
    if let Some(date) = input.date {
        rule.date = date;
    }
    if let Some(digits) = input.digits {
        rule.digits = u8::try_from(digits.clamp(1, 12)).unwrap_or(4);
    }
    let day = ctx.today()?;
    let mark = mark(ctx);
    let next: Option<(i64,)> =
        fetch_optional!(ctx.tx, (i64,), "SELECT next FROM number_counter WHERE scope = $1", scope(&rule, day, &mark))?;
    Ok(NumberPreview { number: written(&rule, day, next.map_or(1, |(next,)| next), &mark) })
}

fn rule(preferences: &Preferences, kind: &str) -> Result<NumberRule> {
    let prefix = match kind {
        "order" => preferences.order_prefix.as_str(),
        "return" => preferences.return_prefix.as_str(),
        // Not shown to customers, so nobody asked to choose it.
        "adjustment" => "ADJ-",
        _ => return Err(Error::invalid("kind", "unknown")),
    };
    Ok(NumberRule {
        prefix: prefix.to_owned(),
        date: preferences.order_date,
        digits: u8::try_from(preferences.order_digits).unwrap_or(4),
    })
}

/// Kinds with one prefix share a counter, so that even they never have equal numbers.
fn scope(rule: &NumberRule, day: i32, mark: &str) -> String {
    format!("{}|{mark}", sequence_scope(rule, day))
}

fn written(rule: &NumberRule, day: i32, sequence: i64, mark: &str) -> String {
    let sequence = u64::try_from(sequence).unwrap_or_default();
    format_number(rule, day, sequence, (!mark.is_empty()).then_some(mark))
}
