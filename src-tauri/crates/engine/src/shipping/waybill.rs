//! Carriers, and what can be said of a waybill number.

use std::collections::HashSet;

use domain::{
    shipping::{CARRIERS, WaybillCheck},
    units::Millis,
};
use uuid::Uuid;

use super::{Carrier, CheckWaybill, OWN_DELIVERY, WaybillChecked, WaybillUse};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    fetch_all,
    orders::checked_text,
    settings::Nothing,
};

/// The carriers a parcel can go with, commonest first; the shop's own delivery ends the list.
pub async fn carriers(_ctx: &mut Ctx, _: Nothing) -> Result<Vec<Carrier>> {
    let mut carriers: Vec<Carrier> = CARRIERS
        .iter()
        .map(|carrier| Carrier {
            code: carrier.code.into(),
            name_zh: carrier.name_zh.into(),
            name_en: carrier.name_en.into(),
        })
        .collect();
    carriers
        .push(Carrier { code: OWN_DELIVERY.into(), name_zh: "自己送货".into(), name_en: "Own delivery".into() });
    Ok(carriers)
}

/// Checks a waybill as it is typed: format, check digit, and whether a parcel bears it already.
pub async fn check_waybill(ctx: &mut Ctx, input: CheckWaybill) -> Result<WaybillChecked> {
    let waybill = checked_text("waybill", &input.waybill, 60)?;
    let check = domain::shipping::check_waybill(&input.carrier, &waybill);
    let duplicates = match check.normalised() {
        Some(normalised) if !normalised.is_empty() => {
            let mut uses = uses(ctx, normalised).await?;
            let hidden = hidden(ctx, &uses).await?;
            uses.retain(|other| !hidden.contains(&other.order_id));
            uses
        }
        _ => Vec::new(),
    };
    let likely = domain::shipping::guess_carriers(&waybill).iter().map(|code| (*code).to_owned()).collect();
    Ok(WaybillChecked { check, likely, duplicates })
}

/// The number to store; refused when the format, the check digit or another parcel speaks against
/// it, unless whoever typed it insists.
pub(super) async fn accepted(ctx: &mut Ctx, carrier: &str, waybill: &str, insist: bool) -> Result<String> {
    let typed = checked_text("waybill", waybill, 60)?;
    if carrier == OWN_DELIVERY {
        return Ok(folded(&typed));
    }
    if domain::shipping::carrier(carrier).is_none() {
        return Err(Error::invalid("carrier", "unknown"));
    }
    if typed.is_empty() {
        return Err(Error::invalid("waybill", "required"));
    }
    let normalised = match domain::shipping::check_waybill(carrier, &typed) {
        WaybillCheck::Ok { normalised } | WaybillCheck::Plausible { normalised } => normalised,
        _ if insist => folded(&typed),
        WaybillCheck::WrongCheckDigit { expected } => {
            return Err(Error::invalid_because("waybill", "check_digit", expected));
        }
        WaybillCheck::UnknownFormat => return Err(Error::invalid("waybill", "format")),
        WaybillCheck::UnknownCarrier => return Err(Error::invalid("carrier", "unknown")),
    };
    if !insist && let Some(other) = uses(ctx, &normalised).await?.into_iter().next() {
        return Err(Error::Duplicate {
            kind: "parcel".into(),
            field: "waybill".into(),
            value: normalised,
            // That there is one is told, not which.
            existing: hidden(ctx, std::slice::from_ref(&other)).await?.is_empty().then_some(other.order_number),
        });
    }
    Ok(normalised)
}

/// Waybills are stored, and sought, without spaces and in capitals.
pub(crate) fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase()
}

async fn hidden(ctx: &mut Ctx, uses: &[WaybillUse]) -> Result<HashSet<Uuid>> {
    ctx.hidden_of(&uses.iter().map(|other| other.order_id).collect::<Vec<_>>()).await
}

async fn uses(ctx: &mut Ctx, waybill: &str) -> Result<Vec<WaybillUse>> {
    let rows: Vec<(Uuid, Uuid, String, String, i64)> = fetch_all!(
        ctx.tx,
        (Uuid, Uuid, String, String, i64),
        "SELECT p.id, p.order_id, o.number, p.carrier, p.shipped_at
         FROM parcel p JOIN orders o ON o.id = p.order_id
         WHERE p.waybill = $1 AND p.waybill <> '' AND p.state <> 'cancelled'
         ORDER BY p.shipped_at DESC, p.id LIMIT 10",
        waybill
    )?;
    Ok(rows
        .into_iter()
        .map(|(parcel_id, order_id, order_number, carrier, shipped_at)| WaybillUse {
            parcel_id,
            order_id,
            order_number,
            carrier,
            shipped_at: Millis(shipped_at),
        })
        .collect())
}
