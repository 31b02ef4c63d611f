use domain::{customers as rules, units::Count};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Customer, CustomerById, Save, SaveAddress, addresses, list};
use crate::{
    access::unveil,
    app::Done,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result, is_unique_violation},
    execute, fetch_optional, orders, search,
    settings::checked_country,
};

/// Creates a customer, or saves one as it was read. A phone or e-mail address names one person:
/// another record with it is answered, so that the two can be merged.
pub async fn save(ctx: &mut Ctx, input: Save) -> Result<Customer> {
    ctx.shop()?;
    let saved = match (input.id, input.version) {
        (Some(id), Some(version)) => update(ctx, id, version, input).await?,
        (None, Some(_)) => return Err(Error::invalid("id", "required")),
        (id, None) => {
            let id = id.unwrap_or_else(|| ctx.new_id());
            create(ctx, id, input).await?
        }
    };
    let saved = list::cut(ctx, saved).await?;
    Ok(ctx.shown(saved))
}

/// Removes a customer of whom nothing is known but the record itself.
pub async fn delete(ctx: &mut Ctx, input: CustomerById) -> Result<Done> {
    ctx.sees_all_orders_of(input.id).await?;
    let before = list::load(&mut ctx.tx, input.id).await?;
    let (orders, returns, merged): (i64, i64, i64) = crate::fetch_one!(
        ctx.tx,
        (i64, i64, i64),
        "SELECT (SELECT COUNT(*) FROM orders WHERE customer_id = $1),
                (SELECT COUNT(*) FROM order_return WHERE customer_id = $1),
                (SELECT COUNT(*) FROM customer WHERE merged_into = $1)",
        input.id
    )?;
    for (by, count) in [("orders", orders), ("returns", returns), ("customers", merged)] {
        if count > 0 {
            return Err(Error::InUse { kind: "customer".into(), by: by.into(), count: Count(count) });
        }
    }
    let external: Option<(Option<String>,)> =
        fetch_optional!(ctx.tx, (Option<String>,), "SELECT external_id FROM customer WHERE id = $1", input.id)?;
    execute!(ctx.tx, "DELETE FROM customer_address WHERE customer_id = $1", input.id)?;
    execute!(ctx.tx, "DELETE FROM customer WHERE id = $1", input.id)?;
    unindex(&mut ctx.tx, input.id).await?;
    ctx.about(input.id);
    ctx.changed("customer", input.id, json!(before), Value::Null);
    ctx.undo_with(
        "customers.save",
        &Save {
            id: Some(input.id),
            version: None,
            name: before.name,
            phone: before.phone,
            email: before.email,
            country: before.country,
            note: before.note,
            addresses: before.addresses.into_iter().map(SaveAddress::from).collect(),
            source: Some(before.source),
            external_id: external.and_then(|(id,)| id),
        },
    )?;
    Ok(Done {})
}

/// What a customer is found by.
pub(crate) fn haystack(name: &str, phone: &str, email: &str) -> String {
    // Also as digits only, whatever was typed between them.
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    domain::search::haystack(&[name, phone, &digits, email])
}

/// Brings the search index up to date for these new customers.
pub(crate) async fn index(tx: &mut Tx, docs: &[(Uuid, String)]) -> Result<()> {
    search::put(tx, "customer", docs).await
}

/// The same for one who may have orders.
pub(super) async fn reindex(tx: &mut Tx, id: Uuid, hay: String) -> Result<()> {
    orders::buyers::again(tx, id, &hay).await?;
    index(tx, &[(id, hay)]).await
}

pub(super) async fn unindex(tx: &mut Tx, id: Uuid) -> Result<()> {
    search::remove(tx, "customer", &[id]).await
}

/// The form a phone is compared in. Numbers of a form that is not known are compared by their
/// digits: a shop abroad writes its own as it likes.
pub(super) fn phone_key(phone: &str) -> Result<Option<String>> {
    if phone.trim().is_empty() {
        return Ok(None);
    }
    if phone.chars().count() > 40 {
        return Err(Error::invalid("phone", "too_long"));
    }
    if let Some(key) = rules::normalise_phone(phone) {
        return Ok(Some(key));
    }
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if rules::is_masked(phone) {
        return Err(Error::invalid("phone", "masked"));
    }
    let other = phone.chars().any(|c| !(c.is_ascii_digit() || " +-()./".contains(c)));
    if other || !(5..=15).contains(&digits.len()) {
        return Err(Error::invalid("phone", "malformed"));
    }
    Ok(Some(digits))
}

pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "required"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid("name", "too_long"));
    }
    Ok(name.to_owned())
}

struct Fields {
    name: String,
    phone: String,
    phone_key: Option<String>,
    email: String,
    email_key: Option<String>,
    country: String,
    note: String,
}

impl Fields {
    fn checked(input: &Save) -> Result<Self> {
        let email = input.email.trim();
        let email_key = match email {
            "" => None,
            _ => Some(rules::normalise_email(email).ok_or_else(|| Error::invalid("email", "malformed"))?),
        };
        if input.note.chars().count() > 10_000 {
            return Err(Error::invalid("note", "too_long"));
        }
        Ok(Self {
            name: checked_name(&input.name)?,
            phone: input.phone.trim().to_owned(),
            phone_key: phone_key(&input.phone)?,
            email: email.to_owned(),
            email_key,
            country: checked_country("country", &input.country)?,
            note: input.note.trim().to_owned(),
        })
    }

    fn tail(&self) -> Option<String> {
        self.phone_key.as_deref().map(rules::phone_tail)
    }

    fn haystack(&self) -> String {
        haystack(&self.name, &self.phone, &self.email)
    }
}

async fn create(ctx: &mut Ctx, id: Uuid, input: Save) -> Result<Customer> {
    let fields = Fields::checked(&input)?;
    refuse_twin(ctx, id, &fields).await?;
    let source = input.source.unwrap_or_else(|| "counter".into());
    let inserted = execute!(
        ctx.tx,
        "INSERT INTO customer (id, source, external_id, name, phone, phone_key, phone_tail, email, email_key, country,
                               note, order_count, order_total, created_at, updated_at, version)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,0,0,$12,$12,1)",
        id,
        source.as_str(),
        input.external_id.as_deref(),
        fields.name.as_str(),
        fields.phone.as_str(),
        fields.phone_key.as_deref(),
        fields.tail(),
        fields.email.as_str(),
        fields.email_key.as_deref(),
        fields.country.as_str(),
        fields.note.as_str(),
        ctx.now.0
    );
    if let Err(error) = inserted {
        return Err(twin_or(error, id));
    }
    for (position, address) in input.addresses.iter().enumerate() {
        let address = SaveAddress { customer_id: id, ..address.clone() };
        addresses::insert(ctx, &address, i64::try_from(position).unwrap_or(0)).await?;
    }
    index(&mut ctx.tx, &[(id, fields.haystack())]).await?;
    let after = list::load(&mut ctx.tx, id).await?;
    ctx.about(id);
    ctx.changed("customer", id, Value::Null, json!(after));
    ctx.undo_with("customers.delete", &CustomerById { id })?;
    Ok(after)
}

async fn update(ctx: &mut Ctx, id: Uuid, version: Count, mut input: Save) -> Result<Customer> {
    let before = list::load(&mut ctx.tx, id).await?;
    unveil(&mut input.name, &before.name, rules::masked_name);
    unveil(&mut input.phone, &before.phone, rules::masked_phone);
    unveil(&mut input.email, &before.email, rules::masked_email);
    unveil(&mut input.note, &before.note, rules::masked_note);
    let fields = Fields::checked(&input)?;
    if before.merged_into.is_some() {
        return Err(Error::WrongState { kind: "customer".into(), state: "merged".into(), action: "save".into() });
    }
    if before.erased_at.is_some() {
        return Err(Error::WrongState { kind: "customer".into(), state: "erased".into(), action: "save".into() });
    }
    refuse_twin(ctx, id, &fields).await?;
    let saved = execute!(
        ctx.tx,
        "UPDATE customer SET name = $1, phone = $2, phone_key = $3, phone_tail = $4, email = $5, email_key = $6,
                             country = $7, note = $8, updated_at = $9, version = version + 1
         WHERE id = $10 AND version = $11",
        fields.name.as_str(),
        fields.phone.as_str(),
        fields.phone_key.as_deref(),
        fields.tail(),
        fields.email.as_str(),
        fields.email_key.as_deref(),
        fields.country.as_str(),
        fields.note.as_str(),
        ctx.now.0,
        id,
        version.0
    );
    match saved {
        Ok(0) => {
            return Err(Error::Stale { kind: "customer".into(), id: id.to_string(), current: before.version });
        }
        Ok(_) => {}
        Err(error) => return Err(twin_or(error, id)),
    }
    let hay = fields.haystack();
    if hay != haystack(&before.name, &before.phone, &before.email) {
        reindex(&mut ctx.tx, id, hay).await?;
    }
    let after = list::load(&mut ctx.tx, id).await?;
    ctx.about(id);
    ctx.changed("customer", id, json!(before), json!(after));
    ctx.undo_with(
        "customers.save",
        &Save {
            id: Some(id),
            version: Some(after.version),
            name: before.name,
            phone: before.phone,
            email: before.email,
            country: before.country,
            note: before.note,
            ..Save::default()
        },
    )?;
    Ok(after)
}

/// Refuses a phone or e-mail address that another customer has.
async fn refuse_twin(ctx: &mut Ctx, id: Uuid, fields: &Fields) -> Result<()> {
    let twin: Option<(Uuid, Option<String>)> = fetch_optional!(
        ctx.tx,
        (Uuid, Option<String>),
        "SELECT id, phone_key FROM customer WHERE (phone_key = $1 OR email_key = $2) AND id <> $3 LIMIT 1",
        fields.phone_key.as_deref(),
        fields.email_key.as_deref(),
        id
    )?;
    let Some((existing, phone_key)) = twin else { return Ok(()) };
    let by_phone = phone_key.is_some() && phone_key == fields.phone_key;
    let (field, value) = if by_phone { ("phone", &fields.phone) } else { ("email", &fields.email) };
    Err(Error::Duplicate {
        kind: "customer".into(),
        field: field.into(),
        value: value.clone(),
        existing: Some(existing.to_string()),
    })
}

/// What a failed write means: the id is taken, or somebody saved the same phone just now, in which
/// case the next try finds them.
fn twin_or(error: sqlx::Error, id: Uuid) -> Error {
    if !is_unique_violation(&error) {
        return error.into();
    }
    if error.to_string().contains("external_id") {
        return Error::Duplicate {
            kind: "customer".into(),
            field: "external_id".into(),
            value: String::new(),
            existing: None,
        };
    }
    if error.to_string().contains("customer.id") || error.to_string().contains("customer_pkey") {
        return Error::Duplicate {
            kind: "customer".into(),
            field: "id".into(),
            value: id.to_string(),
            existing: Some(id.to_string()),
        };
    }
    Error::Busy
}
