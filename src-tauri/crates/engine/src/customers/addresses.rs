use std::sync::OnceLock;

use domain::{
    customers::{Regions, is_masked, masked_name, masked_phone, masked_text, parse_cn_address},
    units::Count,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Address, AddressById, ParseAddress, Parsed, SaveAddress};
use crate::{
    access::unveil,
    app::Done,
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_one, fetch_optional,
    orders::ShipTo,
    settings::checked_country,
};

impl SaveAddress {
    /// What was shown masked and comes back so is as it was.
    fn unveiled(&self, before: &Address) -> Self {
        let mut input = self.clone();
        unveil(&mut input.name, &before.name, masked_name);
        unveil(&mut input.phone, &before.phone, masked_phone);
        unveil(&mut input.street, &before.street, masked_text);
        unveil(&mut input.postcode, &before.postcode, masked_text);
        input
    }
}

/// More than this is not one person's.
const MAX_ADDRESSES: i64 = 200;

impl From<Address> for SaveAddress {
    fn from(address: Address) -> Self {
        Self {
            id: Some(address.id),
            customer_id: address.customer_id,
            name: address.name,
            phone: address.phone,
            country: address.country,
            region_code: address.region_code,
            province: address.province,
            city: address.city,
            district: address.district,
            street: address.street,
            postcode: address.postcode,
            preferred: address.preferred,
            was: None,
        }
    }
}

/// Adds an address, or saves the one with this id. The first is the preferred one.
pub async fn save_address(ctx: &mut Ctx, input: SaveAddress) -> Result<Address> {
    let before = match input.id {
        Some(id) => find(ctx, id).await?,
        None => None,
    };
    unchanged(ctx, &input, before.as_ref())?;
    let after = match &before {
        Some(before) if before.customer_id != input.customer_id => {
            return Err(Error::invalid("customer_id", "unknown"));
        }
        Some(before) => {
            let input = checked(&input.unveiled(before))?;
            execute!(
                ctx.tx,
                "UPDATE customer_address SET name = $1, phone = $2, country = $3, region_code = $4, province = $5,
                    city = $6, district = $7, street = $8, postcode = $9
                 WHERE id = $10",
                input.name.as_str(),
                input.phone.as_str(),
                input.country.as_str(),
                input.region_code.as_str(),
                input.province.as_str(),
                input.city.as_str(),
                input.district.as_str(),
                input.street.as_str(),
                input.postcode.as_str(),
                before.id
            )?;
            if input.preferred && !before.preferred {
                prefer(ctx, input.customer_id, before.id).await?;
            }
            required(ctx, before.id).await?
        }
        None => {
            let (customers, count, last): (i64, i64, i64) = fetch_one!(
                ctx.tx,
                (i64, i64, i64),
                "SELECT (SELECT COUNT(*) FROM customer WHERE id = $1 AND merged_into IS NULL AND erased_at IS NULL),
                        COUNT(*), COALESCE(MAX(position), -1)
                 FROM customer_address WHERE customer_id = $1",
                input.customer_id
            )?;
            if customers == 0 {
                return Err(Error::not_found("customer", input.customer_id));
            }
            if count >= MAX_ADDRESSES {
                return Err(Error::invalid("customer_id", "too_many"));
            }
            insert(ctx, &input, last + 1).await?
        }
    };
    ctx.about(after.customer_id);
    match before {
        Some(before) => {
            ctx.changed("address", after.id, json!(before), json!(after));
            let back = SaveAddress { was: Some(after.clone()), ..SaveAddress::from(before) };
            ctx.undo_with("customers.save_address", &back)?;
        }
        None => {
            ctx.changed("address", after.id, Value::Null, json!(after));
            ctx.undo_with("customers.delete_address", &AddressById { id: after.id })?;
        }
    }
    Ok(ctx.shown(after))
}

/// Removes an address; orders keep the address they were sent to.
pub async fn delete_address(ctx: &mut Ctx, input: AddressById) -> Result<Done> {
    let before = required(ctx, input.id).await?;
    execute!(ctx.tx, "DELETE FROM customer_address WHERE id = $1", input.id)?;
    if before.preferred {
        let heir: Option<(Uuid,)> = fetch_optional!(
            ctx.tx,
            (Uuid,),
            "SELECT id FROM customer_address WHERE customer_id = $1 ORDER BY position, id LIMIT 1",
            before.customer_id
        )?;
        if let Some((heir,)) = heir {
            prefer(ctx, before.customer_id, heir).await?;
        }
    }
    ctx.about(before.customer_id);
    ctx.changed("address", input.id, json!(before), Value::Null);
    ctx.undo_with("customers.save_address", &SaveAddress::from(before))?;
    Ok(Done {})
}

/// Makes this the address that a new order is sent to.
pub async fn prefer_address(ctx: &mut Ctx, input: AddressById) -> Result<Address> {
    let address = required(ctx, input.id).await?;
    let before: Option<(Uuid,)> = fetch_optional!(
        ctx.tx,
        (Uuid,),
        "SELECT id FROM customer_address WHERE customer_id = $1 AND preferred",
        address.customer_id
    )?;
    prefer(ctx, address.customer_id, address.id).await?;
    ctx.about(address.customer_id);
    if let Some((before,)) = before {
        ctx.changed("preferred_address", address.customer_id, json!(before), json!(address.id));
        ctx.undo_with("customers.prefer_address", &AddressById { id: before })?;
    }
    let address = required(ctx, input.id).await?;
    Ok(ctx.shown(address))
}

/// Takes a pasted address apart. It only proposes: the form shows the parts to be corrected.
pub async fn parse_address(_: &mut Ctx, input: ParseAddress) -> Result<Parsed> {
    static REGIONS: OnceLock<Regions> = OnceLock::new();
    if input.text.chars().count() > 1_000 {
        return Err(Error::invalid("text", "too_long"));
    }
    Ok(Parsed { address: parse_cn_address(&input.text, REGIONS.get_or_init(Regions::embedded)) })
}

/// What of this address was shown masked, and is so in `to`, is put there in full.
pub(crate) async fn unveil_address(ctx: &mut Ctx, customer: Uuid, address: Uuid, to: &mut ShipTo) -> Result<()> {
    // An address that was removed since is as it was typed.
    let Some(known) = find(ctx, address).await?.filter(|known| known.customer_id == customer) else { return Ok(()) };
    unveil(&mut to.name, &known.name, masked_name);
    unveil(&mut to.phone, &known.phone, masked_phone);
    unveil(&mut to.street, &known.street, masked_text);
    unveil(&mut to.postcode, &known.postcode, masked_text);
    Ok(())
}

/// Writes a new address at this place in the list.
pub(super) async fn insert(ctx: &mut Ctx, input: &SaveAddress, position: i64) -> Result<Address> {
    let input = checked(input)?;
    let id = input.id.unwrap_or_else(|| ctx.new_id());
    execute!(
        ctx.tx,
        "INSERT INTO customer_address (id, customer_id, name, phone, country, region_code, province, city, district,
                                       street, postcode, preferred, position)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
        id,
        input.customer_id,
        input.name.as_str(),
        input.phone.as_str(),
        input.country.as_str(),
        input.region_code.as_str(),
        input.province.as_str(),
        input.city.as_str(),
        input.district.as_str(),
        input.street.as_str(),
        input.postcode.as_str(),
        false,
        position
    )?;
    let preferred: Option<(Uuid,)> = fetch_optional!(
        ctx.tx,
        (Uuid,),
        "SELECT id FROM customer_address WHERE customer_id = $1 AND preferred",
        input.customer_id
    )?;
    if input.preferred || preferred.is_none() {
        prefer(ctx, input.customer_id, id).await?;
    }
    required(ctx, id).await
}

/// Refuses what was typed over an address that is another by now.
fn unchanged(ctx: &Ctx, input: &SaveAddress, before: Option<&Address>) -> Result<()> {
    let Some(was) = &input.was else { return Ok(()) };
    let Some(before) = before else { return Err(Error::not_found("address", was.id)) };
    // It was read as it is shown to whoever saves it, or opened in full.
    if was == before || *was == ctx.shown(before.clone()) {
        return Ok(());
    }
    Err(Error::Stale { kind: "address".into(), id: before.id.to_string(), current: Count::ZERO })
}

async fn prefer(ctx: &mut Ctx, customer: Uuid, address: Uuid) -> Result<()> {
    execute!(ctx.tx, "UPDATE customer_address SET preferred = (id = $2) WHERE customer_id = $1", customer, address)?;
    Ok(())
}

async fn find(ctx: &mut Ctx, id: Uuid) -> Result<Option<Address>> {
    Ok(fetch_optional!(
        ctx.tx,
        Address,
        "SELECT id, customer_id, name, phone, country, region_code, province, city, district, street, postcode,
                preferred
         FROM customer_address WHERE id = $1",
        id
    )?)
}

async fn required(ctx: &mut Ctx, id: Uuid) -> Result<Address> {
    find(ctx, id).await?.ok_or_else(|| Error::not_found("address", id))
}

fn checked(input: &SaveAddress) -> Result<SaveAddress> {
    let mut out = input.clone();
    out.country = checked_country("country", &input.country)?;
    for (field, text, most) in [
        ("name", &mut out.name, 200),
        ("phone", &mut out.phone, 40),
        ("region_code", &mut out.region_code, 12),
        ("province", &mut out.province, 100),
        ("city", &mut out.city, 100),
        ("district", &mut out.district, 100),
        ("street", &mut out.street, 500),
        ("postcode", &mut out.postcode, 20),
    ] {
        *text = text.trim().to_owned();
        if text.chars().count() > most {
            return Err(Error::invalid(field, "too_long"));
        }
    }
    for (field, text) in [("phone", &out.phone), ("street", &out.street)] {
        if is_masked(text) {
            return Err(Error::invalid(field, "masked"));
        }
    }
    if out.street.is_empty() {
        return Err(Error::invalid("street", "required"));
    }
    if !out.region_code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid("region_code", "unknown"));
    }
    Ok(out)
}
