//! The SKUs of a product that is being saved: new, changed, removed.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    catalog::{sku_code, sku_codes},
    units::{Count, Qty},
};
use uuid::Uuid;

use super::{
    bulk::{NewSku, code_taken, insert_skus},
    index::{barcode_key, code_key},
    product::{Product, Sku},
    save::{SaveProduct, SaveSku},
};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders, value_rows},
    error::{Error, Result},
    fetch_dyn, search,
};

/// Codes are unique over all products, whatever their state.
pub(super) async fn refuse_taken_codes(ctx: &mut Ctx, input: &SaveProduct) -> Result<()> {
    let codes: BTreeSet<&str> =
        input.skus.iter().map(|sku| sku.code.as_str()).filter(|code| !code.is_empty()).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let mut args: Vec<Arg> = codes.into_iter().map(Arg::from).collect();
    let which = placeholders(0, args.len());
    args.push(Arg::Uuid(input.id.unwrap_or_default()));
    let sql = format!(
        "SELECT s.code, p.title FROM sku s JOIN product p ON p.id = s.product_id
         WHERE s.code IN ({which}) AND s.product_id <> ${} ORDER BY s.code LIMIT 1",
        args.len()
    );
    let taken: Vec<(String, String)> = fetch_dyn!(ctx.tx, (String, String), sql, &args)?;
    match taken.into_iter().next() {
        None => Ok(()),
        Some((code, title)) => {
            Err(Error::Duplicate { kind: "sku".into(), field: "code".into(), value: code, existing: Some(title) })
        }
    }
}

/// Makes codes for the SKUs that have none.
pub(super) async fn give_codes(ctx: &mut Ctx, input: &mut SaveProduct) -> Result<()> {
    let wanted: Vec<Vec<String>> =
        input.skus.iter().filter(|sku| sku.code.is_empty()).map(|sku| sku.option_values.clone()).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let taken = input.skus.iter().map(|sku| sku.code.clone()).collect();
    let base = sku_code(&input.title, &[]);
    let mut codes = free_codes(ctx, &base, &wanted, taken).await?.into_iter();
    for sku in input.skus.iter_mut().filter(|sku| sku.code.is_empty()) {
        sku.code = codes.next().unwrap_or_else(|| ctx.new_id().simple().to_string());
    }
    Ok(())
}

/// A free code for each combination.
pub(super) async fn free_codes(
    ctx: &mut Ctx,
    base: &str,
    matrix: &[Vec<String>],
    mut taken: BTreeSet<String>,
) -> Result<Vec<String>> {
    for _ in 0..8 {
        let codes = sku_codes(base, matrix, &taken);
        let mut used: Vec<(String,)> = Vec::new();
        for chunk in codes.chunks(500) {
            let args: Vec<Arg> = chunk.iter().map(Arg::from).collect();
            let sql = format!("SELECT code FROM sku WHERE code IN ({})", placeholders(0, args.len()));
            used.extend::<Vec<(String,)>>(fetch_dyn!(ctx.tx, (String,), sql, &args)?);
        }
        if used.is_empty() {
            return Ok(codes);
        }
        taken.extend(used.into_iter().map(|(code,)| code));
    }
    // Many products of one name: something random ends the search.
    let id = ctx.new_id().simple().to_string().to_uppercase();
    let (_, tail) = id.split_at(id.len() - 8);
    Ok(sku_codes(&format!("{base}-{tail}"), matrix, &taken))
}

pub(super) fn new_sku(sku: &SaveSku, id: Uuid) -> NewSku {
    NewSku {
        id,
        code: sku.code.clone(),
        barcode: sku.barcode.clone(),
        option_values: sku.option_values.clone(),
        price: sku.price.0,
        list_price: sku.list_price.map(|v| v.0),
        cost: sku.cost.map(|v| v.0),
        weight_g: sku.weight_g.map(|v| v.0),
        volume_cm3: sku.volume_cm3.map(|v| v.0),
        backorder: sku.backorder,
        tax_ppm: sku.tax_ppm.map(i64::from),
        low_stock: sku.low_stock.map(|v| v.0),
        opening: sku.opening_stock.unwrap_or_default().0,
    }
}

/// Writes the SKUs of an edited product: those left out go, or retire when documents name them.
pub(super) async fn save(ctx: &mut Ctx, input: &SaveProduct, before: &Product) -> Result<()> {
    let known: BTreeMap<Uuid, &Sku> = before.skus.iter().chain(&before.retired).map(|sku| (sku.id, sku)).collect();
    let named: BTreeSet<Uuid> = input.skus.iter().filter_map(|sku| sku.id).collect();
    let (mut changed, mut new, mut kept) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, sku) in input.skus.iter().enumerate() {
        // A new row with the code of a SKU that was there is that SKU, back again.
        let id = sku
            .id
            .or_else(|| known.values().find(|old| old.code == sku.code && !named.contains(&old.id)).map(|old| old.id));
        match id.and_then(|id| known.get(&id).map(|old| (id, *old))) {
            Some((id, old)) => {
                if sku.opening_stock.is_some_and(|qty| qty != Qty::ZERO) && sku.id.is_some() {
                    return Err(Error::invalid(format!("skus.{at}.opening_stock"), "existing"));
                }
                if !sku.backorder && old.backorder && old.available < Qty::ZERO {
                    return Err(Error::invalid(format!("skus.{at}.backorder"), "oversold"));
                }
                kept.insert(id);
                changed.push((id, at, sku));
            }
            None if sku.id.is_some() && ctx.undoes.is_none() => {
                return Err(Error::not_found("sku", sku.id.unwrap_or_default()));
            }
            None => new.push((at, new_sku(sku, sku.id.unwrap_or_else(|| ctx.new_id())))),
        }
    }
    let removed: Vec<&Sku> = before.skus.iter().filter(|sku| !kept.contains(&sku.id)).collect();
    let mut resting = remove(ctx, &removed).await?;
    resting.extend(before.retired.iter().map(|sku| sku.id).filter(|id| !kept.contains(id)));
    for old in resting.iter().filter_map(|id| known.get(id)) {
        // A retired SKU keeps its code: documents name it.
        if input.skus.iter().any(|sku| sku.code == old.code) {
            return Err(Error::Duplicate {
                kind: "sku".into(),
                field: "code".into(),
                value: old.code.clone(),
                existing: Some(before.title.clone()),
            });
        }
    }
    let moving: Vec<Uuid> = changed
        .iter()
        .filter(|(id, _, sku)| known.get(id).is_some_and(|old| old.code != sku.code))
        .map(|(id, ..)| *id)
        .collect();
    set_codes_aside(ctx, &moving).await?;
    update(ctx, &changed).await?;
    let new: Vec<(Uuid, usize, &NewSku)> = new.iter().map(|(at, sku)| (before.id, *at, sku)).collect();
    if !new.is_empty() {
        insert_skus(ctx, &new).await?;
    }
    Ok(())
}

/// Two SKUs that swap codes would each find the other's taken: for a moment both have none.
async fn set_codes_aside(ctx: &mut Ctx, ids: &[Uuid]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let args: Vec<Arg> =
            chunk.iter().flat_map(|id| [Arg::Uuid(*id), Arg::from(format!("\u{1f}{}", id.simple()))]).collect();
        let sql = format!(
            "WITH w(id, code) AS (VALUES {}) UPDATE sku SET code = w.code FROM w WHERE sku.id = w.id",
            value_rows(chunk.len(), 2)
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    Ok(())
}

async fn update(ctx: &mut Ctx, changed: &[(Uuid, usize, &SaveSku)]) -> Result<()> {
    const COLUMNS: usize = 15;
    for chunk in changed.chunks(400) {
        let mut args = Vec::with_capacity(chunk.len() * COLUMNS);
        for (id, at, sku) in chunk {
            args.extend([
                Arg::Uuid(*id),
                sku.code.as_str().into(),
                Arg::from(code_key(&sku.code)),
                sku.barcode.as_deref().into(),
                sku.barcode.as_deref().map(barcode_key).into(),
                Arg::from(serde_json::to_string(&sku.option_values)?),
                sku.price.into(),
                sku.list_price.into(),
                sku.cost.into(),
                sku.weight_g.map(|v| v.0).into(),
                sku.volume_cm3.map(|v| v.0).into(),
                sku.backorder.into(),
                sku.tax_ppm.map(i64::from).into(),
                sku.low_stock.map(|v| v.0).into(),
                Arg::I64(*at as i64),
            ]);
        }
        let sql = format!(
            "WITH w(id, code, code_key, barcode, barcode_key, option_values, price, list_price, cost, weight_g, volume_cm3,
                    backorder, tax_ppm, low_stock, position) AS (VALUES {})
             UPDATE sku SET code = w.code, code_key = w.code_key, barcode = w.barcode, barcode_key = w.barcode_key,
                    option_values = w.option_values, price = w.price, list_price = w.list_price, cost = w.cost,
                    weight_g = w.weight_g, volume_cm3 = w.volume_cm3, backorder = w.backorder, tax_ppm = w.tax_ppm,
                    low_stock = w.low_stock, position = w.position, retired = FALSE, version = sku.version + 1
             FROM w WHERE sku.id = w.id",
            value_rows(chunk.len(), COLUMNS)
        );
        ctx.tx.execute_dyn(sql, &args).await.map_err(code_taken)?;
    }
    Ok(())
}

/// SKUs left out of their product. What is on the shelf or promised stays; what a document names
/// retires, and is answered; what nobody has used is deleted.
async fn remove(ctx: &mut Ctx, removed: &[&Sku]) -> Result<Vec<Uuid>> {
    if removed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = removed.iter().map(|sku| sku.id).collect();
    let used = used_skus(ctx, &ids).await?;
    let undoing = ctx.undoes.is_some();
    for sku in removed {
        let held = if sku.reserved != Qty::ZERO { sku.reserved } else { sku.on_hand };
        // Taking back "new SKU with opening stock" takes the opening stock back too.
        if held != Qty::ZERO && (!undoing || used.contains(&sku.id)) {
            return Err(Error::InUse { kind: "sku".into(), by: "stock".into(), count: Count(held.0) });
        }
    }
    let (retire, delete): (Vec<Uuid>, Vec<Uuid>) = ids.iter().partition(|id| used.contains(id));
    for chunk in retire.chunks(500) {
        let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let sql = format!(
            "UPDATE sku SET retired = TRUE, version = version + 1 WHERE id IN ({})",
            placeholders(0, args.len())
        );
        ctx.tx.execute_dyn(sql, &args).await?;
    }
    delete_unused(ctx, &delete).await?;
    search::remove(&mut ctx.tx, "sku", &ids).await?;
    Ok(retire)
}

/// Which of these SKUs a document names. Their own opening stock is no such document.
pub(super) async fn used_skus(ctx: &mut Ctx, ids: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let mut used = BTreeSet::new();
    for chunk in ids.chunks(500) {
        let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let sql = format!(
            "SELECT s.id FROM sku s WHERE s.id IN ({}) AND (
                 EXISTS (SELECT 1 FROM order_line l WHERE l.sku_id = s.id)
                 OR EXISTS (SELECT 1 FROM order_return_line r WHERE r.sku_id = s.id)
                 OR EXISTS (SELECT 1 FROM reservation h WHERE h.sku_id = s.id)
                 OR EXISTS (SELECT 1 FROM stock_move m WHERE m.sku_id = s.id AND m.reason <> 'opening'))",
            placeholders(0, args.len())
        );
        let rows: Vec<(Uuid,)> = fetch_dyn!(ctx.tx, (Uuid,), sql, &args)?;
        used.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(used)
}

/// Deletes SKUs that nothing names, with their balances and opening moves.
pub(super) async fn delete_unused(ctx: &mut Ctx, ids: &[Uuid]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let which = placeholders(0, args.len());
        for table in ["stock_move WHERE sku_id", "stock_balance WHERE sku_id", "sku WHERE id"] {
            ctx.tx.execute_dyn(format!("DELETE FROM {table} IN ({which})"), &args).await?;
        }
    }
    Ok(())
}
