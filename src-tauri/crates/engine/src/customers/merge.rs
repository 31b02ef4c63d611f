use serde_json::json;

use super::{Customer, Merge, haystack, list, save};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute,
};

/// Two records turn out to be one person. Orders, returns and addresses of `drop` move to `keep`,
/// which takes a phone or e-mail address it lacked. `drop` stays, pointing to `keep`, so that an old
/// document or another import of the same customer still finds its way.
pub async fn merge(ctx: &mut Ctx, input: Merge) -> Result<Customer> {
    if input.keep == input.drop {
        return Err(Error::invalid("drop", "same"));
    }
    list::lock(&mut ctx.tx, &[input.keep, input.drop]).await?;
    let keep = list::load(&mut ctx.tx, input.keep).await?;
    let gone = list::load(&mut ctx.tx, input.drop).await?;
    for record in [&keep, &gone] {
        ctx.sees_all_orders_of(record.id).await?;
        let state = match (record.merged_into, record.erased_at) {
            (Some(_), _) => "merged",
            (_, Some(_)) => "erased",
            (None, None) => continue,
        };
        return Err(Error::WrongState { kind: "customer".into(), state: state.into(), action: "merge".into() });
    }
    execute!(ctx.tx, "UPDATE orders SET customer_id = $1 WHERE customer_id = $2", keep.id, gone.id)?;
    execute!(ctx.tx, "UPDATE order_return SET customer_id = $1 WHERE customer_id = $2", keep.id, gone.id)?;
    execute!(
        ctx.tx,
        "UPDATE customer_address SET customer_id = $1, preferred = (preferred AND $3), position = position + $4
         WHERE customer_id = $2",
        keep.id,
        gone.id,
        keep.addresses.is_empty(),
        i64::try_from(keep.addresses.len()).unwrap_or(0) + 1_000
    )?;
    execute!(ctx.tx, "UPDATE customer SET merged_into = $1 WHERE merged_into = $2", keep.id, gone.id)?;
    // The unique phone and e-mail address are free before the other record takes them.
    execute!(
        ctx.tx,
        "UPDATE customer SET merged_into = $1, phone_key = NULL, phone_tail = NULL, email_key = NULL,
            order_count = 0, order_total = 0, last_order_at = 0, updated_at = $3, version = version + 1
         WHERE id = $2",
        keep.id,
        gone.id,
        ctx.now.0
    )?;
    let phone = if keep.phone.is_empty() { &gone.phone } else { &keep.phone };
    let email = if keep.email.is_empty() { &gone.email } else { &keep.email };
    let country = if keep.country.is_empty() { &gone.country } else { &keep.country };
    let phone_key = save::phone_key(phone)?;
    execute!(
        ctx.tx,
        "UPDATE customer SET phone = $2, phone_key = $3, phone_tail = $4, email = $5, email_key = $6, country = $7,
            note = $8, updated_at = $9, version = version + 1,
            order_count = (SELECT COUNT(*) FROM orders o
                           WHERE o.customer_id = $1 AND o.stage NOT IN ('draft', 'cancelled')),
            order_total = (SELECT CAST(COALESCE(SUM(o.total), 0) AS BIGINT) FROM orders o
                           WHERE o.customer_id = $1 AND o.stage NOT IN ('draft', 'cancelled')),
            last_order_at = (SELECT COALESCE(MAX(o.placed_at), 0) FROM orders o
                             WHERE o.customer_id = $1 AND o.stage NOT IN ('draft', 'cancelled')),
            ever_ordered = ever_ordered + (SELECT g.ever_ordered FROM customer g WHERE g.id = $10)
         WHERE id = $1",
        keep.id,
        phone.as_str(),
        phone_key.as_deref(),
        phone_key.as_deref().map(domain::customers::phone_tail),
        email.as_str(),
        domain::customers::normalise_email(email),
        country.as_str(),
        note(&keep, &gone),
        ctx.now.0,
        gone.id
    )?;
    save::unindex(&mut ctx.tx, gone.id).await?;
    save::reindex(&mut ctx.tx, keep.id, haystack(&keep.name, phone, email)).await?;
    let after = list::load(&mut ctx.tx, keep.id).await?;
    ctx.about(keep.id);
    ctx.changed("customer", gone.id, json!(gone), json!({"merged_into": keep.id}));
    ctx.changed("customer", keep.id, json!(keep), json!(after));
    Ok(ctx.shown(after))
}

/// What the dropped record said and the kept one does not.
fn note(keep: &Customer, gone: &Customer) -> String {
    let mut facts: Vec<&str> = vec![&gone.name];
    facts.extend([&gone.phone, &gone.email].into_iter().filter(|fact| !fact.is_empty()).map(String::as_str));
    let mut lines: Vec<String> = Vec::new();
    lines.extend([&keep.note, &gone.note].into_iter().filter(|note| !note.is_empty()).cloned());
    lines.push(format!("⇐ {}", facts.join(" · ")));
    lines.join("\n")
}
