//! Creating and editing a product: one form, one command.

use domain::{
    access::Permission,
    catalog::{OptionAxis, ProductState},
    units::{Count, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    audit,
    bulk::{self, NewProduct},
    check, index,
    product::{self, Product, ProductById, ProductSpec, Sku},
    skus,
};
use crate::{
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    execute, fetch_optional, stock,
};

/// A SKU as it is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SaveSku {
    /// None makes a new one.
    pub id: Option<Uuid>,
    /// Made from the title and the options when empty.
    pub code: String,
    pub barcode: Option<String>,
    /// In the order of the product's options.
    pub option_values: Vec<String>,
    pub price: Minor,
    pub list_price: Option<Minor>,
    pub cost: Option<Minor>,
    pub weight_g: Option<Qty>,
    pub volume_cm3: Option<Qty>,
    pub backorder: bool,
    /// Millionths; `None` is the shop's usual rate.
    pub tax_ppm: Option<i32>,
    pub low_stock: Option<Qty>,
    /// New SKUs only: what is on the shelf already.
    pub opening_stock: Option<Qty>,
}

/// A product as it is to be: SKUs that are left out are removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SaveProduct {
    /// None creates; else `version` is the one that was read.
    pub id: Option<Uuid>,
    pub version: Option<Count>,
    pub title: String,
    pub title_en: String,
    pub description: String,
    pub category_id: Option<Uuid>,
    pub brand: String,
    pub tags: Vec<String>,
    pub options: Vec<OptionAxis>,
    pub specs: Vec<ProductSpec>,
    pub media: Vec<String>,
    pub skus: Vec<SaveSku>,
    pub state: ProductState,
    /// Takes a barcode whose check digit is wrong: shops print their own.
    pub accept_odd_barcode: bool,
}

pub async fn save_product(ctx: &mut Ctx, input: SaveProduct) -> Result<Product> {
    let mut input = check::checked(input)?;
    if let Some(category) = input.category_id {
        let found: Option<(Uuid,)> =
            fetch_optional!(ctx.tx, (Uuid,), "SELECT id FROM category WHERE id = $1", category)?;
        found.ok_or_else(|| Error::invalid("category_id", "unknown"))?;
    }
    let before = match input.id {
        Some(id) => product::load(&mut ctx.tx, id).await?,
        None => None,
    };
    keep_costs(ctx, &mut input, before.as_ref())?;
    skus::refuse_taken_codes(ctx, &input).await?;
    skus::give_codes(ctx, &mut input).await?;
    let saved = match (input.id, before) {
        (None, _) => create(ctx, &input, ctx.new_id()).await,
        // Taking back a deletion brings the product back under its own id.
        (Some(id), None) if ctx.undoes.is_some() => create(ctx, &input, id).await,
        (Some(id), None) => Err(Error::not_found("product", id)),
        (Some(_), Some(before)) => edit(ctx, &input, before).await,
    }?;
    audit::note(ctx, &[saved.id]).await?;
    ctx.about(saved.id);
    Ok(ctx.shown(saved))
}

/// Whoever may not see what goods cost leaves it as it is.
fn keep_costs(ctx: &Ctx, input: &mut SaveProduct, before: Option<&Product>) -> Result<()> {
    // What is taken back is as the shop itself wrote it down.
    if ctx.undoes.is_some() || ctx.rights.permissions.has(Permission::CostRead) {
        return Ok(());
    }
    for sku in &mut input.skus {
        if sku.cost.is_some() {
            ctx.need(Permission::CostRead)?;
        }
        let known = before.into_iter().flat_map(|product| &product.skus).find(|known| Some(known.id) == sku.id);
        sku.cost = known.and_then(|known| known.cost);
    }
    Ok(())
}

impl SaveProduct {
    /// What would save the product as it is: the inverse of an edit or a deletion.
    pub(super) fn same_as(product: &Product, version: Option<Count>) -> Self {
        Self {
            id: Some(product.id),
            version,
            title: product.title.clone(),
            title_en: product.title_en.clone(),
            description: product.description.clone(),
            category_id: product.category_id,
            brand: product.brand.clone(),
            tags: product.tags.clone(),
            options: product.options.clone(),
            specs: product.specs.clone(),
            media: product.media.clone(),
            skus: product.skus.iter().map(SaveSku::same_as).collect(),
            state: product.state,
            accept_odd_barcode: true,
        }
    }
}

impl SaveSku {
    pub(super) fn same_as(sku: &Sku) -> Self {
        Self {
            id: Some(sku.id),
            code: sku.code.clone(),
            barcode: sku.barcode.clone(),
            option_values: sku.option_values.clone(),
            price: sku.price,
            list_price: sku.list_price,
            cost: sku.cost,
            weight_g: sku.weight_g,
            volume_cm3: sku.volume_cm3,
            backorder: sku.backorder,
            tax_ppm: sku.tax_ppm,
            low_stock: sku.low_stock,
            opening_stock: None,
        }
    }
}

async fn create(ctx: &mut Ctx, input: &SaveProduct, id: Uuid) -> Result<Product> {
    let restoring = ctx.undoes.is_some();
    if !restoring && !matches!(input.state, ProductState::Draft | ProductState::Listed) {
        return Err(Error::WrongState {
            kind: "product".into(),
            state: input.state.as_str().into(),
            action: "create".into(),
        });
    }
    let mut new_skus = Vec::with_capacity(input.skus.len());
    for (at, sku) in input.skus.iter().enumerate() {
        if sku.id.is_some() && !restoring {
            return Err(Error::invalid(format!("skus.{at}.id"), "unknown"));
        }
        new_skus.push(skus::new_sku(sku, sku.id.unwrap_or_else(|| ctx.new_id())));
    }
    let product = NewProduct {
        id,
        source: String::new(),
        external_id: None,
        title: input.title.clone(),
        title_en: input.title_en.clone(),
        description: input.description.clone(),
        category_id: input.category_id,
        brand: input.brand.clone(),
        state: input.state,
        options: serde_json::to_string(&input.options)?,
        specs: serde_json::to_string(&input.specs)?,
        media: serde_json::to_string(&input.media)?,
        tags: input.tags.clone(),
        skus: new_skus,
    };
    bulk::insert_many(ctx, &[product]).await?;
    let saved = product::load(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("product", id))?;
    audit::note_difference(ctx, None, Some(&saved))?;
    ctx.undo_with("catalog.delete_product", &ProductById { id })?;
    Ok(saved)
}

async fn edit(ctx: &mut Ctx, input: &SaveProduct, before: Product) -> Result<Product> {
    let id = before.id;
    let version = input.version.ok_or_else(|| Error::invalid("version", "required"))?;
    if before.state != input.state && !before.state.can_become(input.state) && ctx.undoes.is_none() {
        return Err(Error::WrongState {
            kind: "product".into(),
            state: before.state.as_str().into(),
            action: input.state.as_str().into(),
        });
    }
    let touched = execute!(
        ctx.tx,
        "UPDATE product SET title = $3, title_en = $4, description = $5, category_id = $6, brand = $7, state = $8,
                options = $9, specs = $10, media = $11, updated_at = $12, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version.0,
        input.title.as_str(),
        input.title_en.as_str(),
        input.description.as_str(),
        input.category_id,
        input.brand.as_str(),
        input.state.as_str(),
        serde_json::to_string(&input.options)?,
        serde_json::to_string(&input.specs)?,
        serde_json::to_string(&input.media)?,
        ctx.now.0
    )?;
    if touched == 0 {
        return Err(Error::Stale { kind: "product".into(), id: id.to_string(), current: before.version });
    }
    if input.tags != before.tags {
        execute!(ctx.tx, "DELETE FROM product_tag WHERE product_id = $1", id)?;
        let tags: Vec<Arg> = input.tags.iter().flat_map(|tag| [Arg::Uuid(id), tag.into()]).collect();
        bulk::insert_tags(ctx, &tags).await?;
    }
    skus::save(ctx, input, &before).await?;
    let saved = product::load(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("product", id))?;
    let ids: Vec<Uuid> = saved.skus.iter().chain(&saved.retired).map(|sku| sku.id).collect();
    stock::follow_skus(ctx, &ids).await?;
    index::index(ctx, &[id]).await?;
    audit::note_difference(ctx, Some(&before), Some(&saved))?;
    ctx.undo_with("catalog.save_product", &SaveProduct::same_as(&before, Some(saved.version)))?;
    Ok(saved)
}
