//! Customers from a table, one a row.
//!
//! A customer is known by the id the file gives (source `import`), else by phone, else by e-mail
//! address, else by the whole of name and address. What the file says replaces what the shop has;
//! what it leaves empty stays. A row without a name is refused.

use uuid::Uuid;

use super::{
    report::{Report, raw_of},
    run::{Plan, Send, Work, batches},
    values::{clean, short},
};
use crate::{
    ctx::Ctx,
    customers::{self, CustomerById, Save, SaveAddress},
    error::{Error, Result},
    execute, fetch_optional,
};

const BATCH: usize = 500;
const SOURCE: &str = "import";

/// A customer as a file has it.
#[derive(Clone, Debug)]
pub struct Draft {
    row: i64,
    raw: Vec<String>,
    external_id: String,
    name: String,
    phone: String,
    email: String,
    country: String,
    note: String,
    address: SaveAddress,
}

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    batches(
        plan,
        BATCH,
        send,
        |_, _| true,
        |drafts, report, number, cells| {
            let cell = |field| clean(plan.columns.get(cells, field));
            let name = short(cell("name"), 200);
            if name.is_empty() {
                return report.refuse(number, "required", "name", raw_of(cells));
            }
            let address = SaveAddress {
                name: name.clone(),
                phone: short(cell("phone"), 40),
                country: country(cell("country")),
                province: short(cell("province"), 80),
                city: short(cell("city"), 80),
                district: short(cell("district"), 80),
                street: short(cell("address"), 300),
                postcode: short(cell("postcode"), 20),
                ..SaveAddress::default()
            };
            let (phone, email) = (short(cell("phone"), 40), short(cell("email"), 254));
            let id = match cell("id") {
                // Nothing else tells two people of one name apart.
                "" if phone.is_empty() && email.is_empty() => {
                    format!("name:{name}|{}|{}|{}", address.province, address.city, address.street)
                }
                id => id.strip_suffix(".0").unwrap_or(id).to_owned(),
            };
            drafts.push(Draft {
                row: number,
                raw: raw_of(cells),
                external_id: short(&id, 200),
                name,
                phone,
                email,
                country: country(cell("country")),
                note: short(cell("note"), 2_000),
                address,
            });
        },
        Work::Customers,
    )
}

/// A code of two letters passes; a name written out is left to the address.
fn country(text: &str) -> String {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        text.to_ascii_uppercase()
    } else {
        String::new()
    }
}

pub struct Writer;

impl Writer {
    pub fn new() -> Self {
        Self
    }

    pub async fn write(&mut self, ctx: &mut Ctx, _plan: &Plan, drafts: Vec<Draft>) -> Result<Report> {
        let mut report = Report::default();
        for draft in drafts {
            execute!(ctx.tx, "SAVEPOINT one_customer")?;
            let (row, raw) = (draft.row, draft.raw.clone());
            match save(ctx, draft, &mut report).await {
                Ok(()) => {
                    execute!(ctx.tx, "RELEASE SAVEPOINT one_customer")?;
                }
                Err(error) => {
                    let (reason, field) = match error {
                        Error::Invalid { field, rule, .. } => match field.as_str() {
                            "phone" => ("phone", "phone"),
                            "email" => ("email", "email"),
                            "country" => ("invalid", "country"),
                            _ if rule == "too_long" => ("field_too_long", ""),
                            _ => ("invalid", ""),
                        },
                        Error::Duplicate { field, .. } if field == "email" => ("duplicate_customer", "email"),
                        Error::Duplicate { .. } => ("duplicate_customer", "phone"),
                        other => return Err(other),
                    };
                    execute!(ctx.tx, "ROLLBACK TO SAVEPOINT one_customer")?;
                    execute!(ctx.tx, "RELEASE SAVEPOINT one_customer")?;
                    report.refuse(row, reason, field, raw);
                }
            }
        }
        Ok(report)
    }
}

async fn save(ctx: &mut Ctx, draft: Draft, report: &mut Report) -> Result<()> {
    let phone = domain::customers::normalise_phone(&draft.phone)
        .or_else(|| Some(draft.phone.chars().filter(char::is_ascii_digit).collect()))
        .filter(|phone: &String| !phone.is_empty());
    let email = domain::customers::normalise_email(&draft.email);
    let found: Option<(Uuid, i32)> = fetch_optional!(
        ctx.tx,
        (Uuid, i32),
        "SELECT COALESCE(merged_into, id),
                CASE WHEN source = $1 AND external_id = $2 THEN 1 WHEN phone_key = $3 THEN 2 ELSE 3 END AS rank
         FROM customer
         WHERE (source = $1 AND external_id = $2) OR phone_key = $3 OR email_key = $4
         ORDER BY 2 LIMIT 1",
        SOURCE,
        Some(draft.external_id.as_str()).filter(|id| !id.is_empty()),
        phone.as_deref(),
        email.as_deref()
    )?;
    let has_address = !draft.address.street.is_empty() || !draft.address.city.is_empty();
    let Some((id, _)) = found else {
        let input = Save {
            name: draft.name,
            phone: draft.phone,
            email: draft.email,
            country: draft.country,
            note: draft.note,
            addresses: if has_address { vec![draft.address] } else { Vec::new() },
            source: Some(SOURCE.to_owned()),
            external_id: Some(draft.external_id).filter(|id| !id.is_empty()),
            ..Save::default()
        };
        customers::save(ctx, input).await?;
        report.created += 1;
        report.made("customers", 1);
        return Ok(());
    };
    let before = customers::get(ctx, CustomerById { id }).await?;
    let or = |new: String, old: &str| if new.is_empty() { old.to_owned() } else { new };
    let next = Save {
        id: Some(id),
        version: Some(before.version),
        name: or(draft.name, &before.name),
        phone: or(draft.phone, &before.phone),
        email: or(draft.email, &before.email),
        country: or(draft.country, &before.country),
        note: or(draft.note, &before.note),
        ..Save::default()
    };
    let known_address = before
        .addresses
        .iter()
        .any(|address| (&address.street, &address.city) == (&draft.address.street, &draft.address.city));
    let same = (&next.name, &next.phone, &next.email, &next.country, &next.note)
        == (&before.name, &before.phone, &before.email, &before.country, &before.note);
    if same && (known_address || !has_address) {
        report.unchanged += 1;
        return Ok(());
    }
    if !same {
        customers::save(ctx, next).await?;
    }
    if has_address && !known_address {
        customers::save_address(ctx, SaveAddress { customer_id: id, ..draft.address }).await?;
    }
    report.updated += 1;
    Ok(())
}
