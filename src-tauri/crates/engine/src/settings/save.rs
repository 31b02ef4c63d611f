use domain::money::Currency;
use serde_json::json;

use super::{Logo, Nothing, Preferences, SavePreferences, SaveShop, Shop, load};
use crate::{
    app::Done,
    ctx::Ctx,
    error::{Error, Result},
    execute, fetch_optional,
};

/// A picture larger than this slows every print for nothing.
const MAX_LOGO: usize = 512 * 1024;

pub async fn save_shop(ctx: &mut Ctx, input: SaveShop) -> Result<Shop> {
    let before = ctx.shop()?;
    let facts = checked(&input.name, &input.currency, &input.zone, &input.country)?;
    for (field, text, most) in [
        ("contact", &input.contact, 2_000),
        ("phone", &input.phone, 60),
        ("address", &input.address, 500),
        ("tax_id", &input.tax_id, 60),
    ] {
        if text.chars().count() > most {
            return Err(Error::invalid(field, "too_long"));
        }
    }
    if facts.currency.code() != before.currency || facts.zone != before.zone {
        let order: Option<(i64,)> = fetch_optional!(ctx.tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM orders LIMIT 1")?;
        if order.is_some() {
            let field = if facts.zone == before.zone { "currency" } else { "zone" };
            return Err(Error::invalid(field, "in_use"));
        }
    }
    let saved = execute!(
        ctx.tx,
        "UPDATE shop SET name = $1, currency = $2, zone = $3, country = $4, contact = $5, phone = $6, address = $7,
                         tax_id = $8, version = version + 1
         WHERE id = $9 AND version = $10",
        facts.name.as_str(),
        facts.currency.code(),
        facts.zone.as_str(),
        facts.country.as_str(),
        input.contact.trim(),
        input.phone.trim(),
        input.address.trim(),
        input.tax_id.trim(),
        before.id,
        input.version.0
    )?;
    let after = saved_shop(ctx, &before, saved).await?;
    ctx.undo_with(
        "settings.save_shop",
        &SaveShop {
            version: after.version,
            name: before.name.clone(),
            currency: before.currency.clone(),
            zone: before.zone.clone(),
            country: before.country.clone(),
            contact: before.contact.clone(),
            phone: before.phone.clone(),
            address: before.address.clone(),
            tax_id: before.tax_id.clone(),
        },
    )?;
    Ok(after)
}

pub async fn save_preferences(ctx: &mut Ctx, input: SavePreferences) -> Result<Shop> {
    let before = ctx.shop()?;
    let preferences = checked_preferences(input.preferences)?;
    let saved = execute!(
        ctx.tx,
        "UPDATE shop SET preferences = $1, version = version + 1 WHERE id = $2 AND version = $3",
        serde_json::to_string(&preferences)?,
        before.id,
        input.version.0
    )?;
    let after = saved_shop(ctx, &before, saved).await?;
    if after.preferences.low_stock != before.preferences.low_stock {
        crate::stock::default_low_changed(ctx, after.preferences.low_stock.into()).await?;
    }
    ctx.undo_with(
        "settings.save_preferences",
        &SavePreferences { version: after.version, preferences: before.preferences.clone() },
    )?;
    Ok(after)
}

pub async fn save_logo(ctx: &mut Ctx, input: Logo) -> Result<Done> {
    let shop = ctx.shop()?;
    if let Some(data) = &input.data {
        if data.len() > MAX_LOGO {
            return Err(Error::invalid("data", "too_large"));
        }
        let picture = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"];
        if !picture.iter().any(|start| data.starts_with(start)) {
            return Err(Error::invalid("data", "unknown"));
        }
    }
    let before = logo(ctx, Nothing {}).await?;
    match &input.data {
        Some(data) => execute!(
            ctx.tx,
            "INSERT INTO shop_picture (name, data) VALUES ('logo', $1)
             ON CONFLICT (name) DO UPDATE SET data = excluded.data",
            data.as_str()
        )?,
        None => execute!(ctx.tx, "DELETE FROM shop_picture WHERE name = 'logo'")?,
    };
    ctx.about(shop.id);
    ctx.undo_with("settings.save_logo", &before)?;
    Ok(Done {})
}

pub async fn logo(ctx: &mut Ctx, _: Nothing) -> Result<Logo> {
    let row: Option<(String,)> =
        fetch_optional!(ctx.tx, (String,), "SELECT data FROM shop_picture WHERE name = 'logo'")?;
    Ok(Logo { data: row.map(|(data,)| data) })
}

/// What every shop must have right.
pub(super) struct Facts {
    pub name: String,
    pub currency: Currency,
    pub zone: String,
    pub country: String,
}

pub(super) fn checked(name: &str, currency: &str, zone: &str, country: &str) -> Result<Facts> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "required"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid("name", "too_long"));
    }
    let currency = Currency::parse(currency.trim()).map_err(|_| Error::invalid("currency", "unknown"))?;
    let zone = zone.trim();
    if !domain::time::valid_zone(zone) {
        return Err(Error::invalid("zone", "unknown"));
    }
    Ok(Facts { name: name.to_owned(), currency, zone: zone.to_owned(), country: checked_country("country", country)? })
}

/// Two capital letters, or nothing.
pub(crate) fn checked_country(field: &str, country: &str) -> Result<String> {
    let country = country.trim().to_ascii_uppercase();
    if country.is_empty() || (country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase())) {
        Ok(country)
    } else {
        Err(Error::invalid(field, "unknown"))
    }
}

fn checked_preferences(mut preferences: Preferences) -> Result<Preferences> {
    for (field, value, most) in [
        ("tax_ppm", preferences.tax_ppm, 1_000_000),
        ("low_stock", preferences.low_stock, 1_000_000_000),
        ("unpaid_minutes", preferences.unpaid_minutes, 527_040),
        ("complete_days", preferences.complete_days, 3_660),
        ("erase_years", preferences.erase_years, 100),
        ("lock_minutes", preferences.lock_minutes, 1_440),
        ("watch_exports", preferences.watch_exports, 1_000_000_000),
        ("watch_contacts", preferences.watch_contacts, 1_000_000),
        ("watch_sign_ins", preferences.watch_sign_ins, 1_000_000),
        ("watch_refunds", preferences.watch_refunds, 1_000_000),
        ("hours_from", preferences.hours_from, 1_439),
        ("hours_to", preferences.hours_to, 1_439),
    ] {
        if value < 0 {
            return Err(Error::invalid(field, "negative"));
        }
        if value > most {
            return Err(Error::invalid(field, "too_large"));
        }
    }
    if preferences.second_person_from.0 < 0 {
        return Err(Error::invalid("second_person_from", "negative"));
    }
    for modules in [&mut preferences.modules_off, &mut preferences.modules_read_only] {
        modules.sort_unstable();
        modules.dedup();
    }
    if let Some((module, needed)) = preferences.switches().broken() {
        return Err(Error::ModuleNeeded { module, needed });
    }
    if !(1..=12).contains(&preferences.order_digits) {
        return Err(Error::invalid("order_digits", "out_of_range"));
    }
    for (field, prefix) in
        [("order_prefix", &mut preferences.order_prefix), ("return_prefix", &mut preferences.return_prefix)]
    {
        *prefix = prefix.trim().to_owned();
        if prefix.chars().count() > 12 {
            return Err(Error::invalid(field, "too_long"));
        }
        if prefix.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::invalid(field, "unknown"));
        }
    }
    Ok(preferences)
}

/// The shop after a guarded update of it; notes what changed.
async fn saved_shop(ctx: &mut Ctx, before: &Shop, rows: u64) -> Result<Shop> {
    let after = load(&mut ctx.tx).await?.ok_or(Error::NoShop)?;
    if rows == 0 {
        return Err(Error::Stale { kind: "shop".into(), id: before.id.to_string(), current: after.version });
    }
    ctx.about(before.id);
    ctx.changed("shop", before.id, json!(before), json!(after));
    Ok(after)
}
