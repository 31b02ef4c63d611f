//! A product as the screen shows it.

use domain::{
    catalog::{OptionAxis, ProductState},
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    fetch_all, fetch_optional,
};

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ProductById {
    pub id: Uuid,
}

/// One line of the table of specifications: material, origin …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductSpec {
    pub name: String,
    pub value: String,
}

/// What a product page still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    Picture,
    Category,
    Description,
    Weight,
    Price,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Sku {
    pub id: Uuid,
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
    pub on_hand: Qty,
    pub reserved: Qty,
    pub available: Qty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Product {
    pub id: Uuid,
    pub version: Count,
    pub title: String,
    pub title_en: String,
    pub description: String,
    pub category_id: Option<Uuid>,
    pub brand: String,
    pub state: ProductState,
    pub tags: Vec<String>,
    pub options: Vec<OptionAxis>,
    pub specs: Vec<ProductSpec>,
    pub media: Vec<String>,
    pub skus: Vec<Sku>,
    /// Taken out of the product, kept because documents name them.
    pub retired: Vec<Sku>,
    pub missing: Vec<Missing>,
    /// Where it was imported from; empty when made here.
    pub source: String,
    pub created_at: Millis,
    pub updated_at: Millis,
}

pub async fn get_product(ctx: &mut Ctx, input: ProductById) -> Result<Product> {
    let product = load(&mut ctx.tx, input.id).await?.ok_or_else(|| Error::not_found("product", input.id))?;
    Ok(ctx.shown(product))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    source: String,
    title: String,
    title_en: String,
    description: String,
    category_id: Option<Uuid>,
    brand: String,
    state: ProductState,
    options: String,
    specs: String,
    media: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct SkuRow {
    id: Uuid,
    code: String,
    barcode: Option<String>,
    option_values: String,
    price: i64,
    list_price: Option<i64>,
    cost: Option<i64>,
    weight_g: Option<i64>,
    volume_cm3: Option<i64>,
    backorder: bool,
    tax_ppm: Option<i64>,
    low_stock: Option<i64>,
    retired: bool,
    on_hand: i64,
    reserved: i64,
}

/// The product with its SKUs and their stock, as the database has it now.
pub(crate) async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Product>> {
    let row: Option<Row> = fetch_optional!(
        *tx,
        Row,
        "SELECT id, source, title, title_en, description, category_id, brand, state, options, specs, media, created_at,
                updated_at, version
         FROM product WHERE id = $1",
        id
    )?;
    let Some(row) = row else { return Ok(None) };
    let skus: Vec<SkuRow> = fetch_all!(
        *tx,
        SkuRow,
        "SELECT s.id, s.code, s.barcode, s.option_values, s.price, s.list_price, s.cost, s.weight_g, s.volume_cm3,
                s.backorder, s.tax_ppm, s.low_stock, s.retired,
                COALESCE(b.on_hand, 0) AS on_hand, COALESCE(b.reserved, 0) AS reserved
         FROM sku s
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE s.product_id = $1
         ORDER BY s.position, s.id",
        id
    )?;
    let tags: Vec<(String,)> =
        fetch_all!(*tx, (String,), "SELECT tag FROM product_tag WHERE product_id = $1 ORDER BY tag", id)?;
    let (mut live, mut retired) = (Vec::new(), Vec::new());
    for sku in skus {
        let list = if sku.retired { &mut retired } else { &mut live };
        list.push(sku.into_sku()?);
    }
    let mut product = Product {
        id: row.id,
        version: Count(row.version),
        title: row.title,
        title_en: row.title_en,
        description: row.description,
        category_id: row.category_id,
        brand: row.brand,
        state: row.state,
        tags: tags.into_iter().map(|(tag,)| tag).collect(),
        options: serde_json::from_str(&row.options)?,
        specs: serde_json::from_str(&row.specs)?,
        media: serde_json::from_str(&row.media)?,
        skus: live,
        retired,
        missing: Vec::new(),
        source: row.source,
        created_at: Millis(row.created_at),
        updated_at: Millis(row.updated_at),
    };
    product.missing = product.lacks();
    Ok(Some(product))
}

impl Product {
    fn lacks(&self) -> Vec<Missing> {
        [
            (Missing::Picture, self.media.is_empty()),
            (Missing::Category, self.category_id.is_none()),
            (Missing::Description, self.description.is_empty()),
            (Missing::Weight, self.skus.iter().any(|sku| sku.weight_g.is_none())),
            (Missing::Price, self.skus.iter().any(|sku| sku.price == Minor::ZERO)),
        ]
        .into_iter()
        .filter_map(|(what, missing)| missing.then_some(what))
        .collect()
    }
}

impl SkuRow {
    fn into_sku(self) -> Result<Sku> {
        Ok(Sku {
            id: self.id,
            code: self.code,
            barcode: self.barcode,
            option_values: serde_json::from_str(&self.option_values)?,
            price: Minor(self.price),
            list_price: self.list_price.map(Minor),
            cost: self.cost.map(Minor),
            weight_g: self.weight_g.map(Qty),
            volume_cm3: self.volume_cm3.map(Qty),
            backorder: self.backorder,
            tax_ppm: self.tax_ppm.map(|ppm| i32::try_from(ppm).unwrap_or(0)),
            low_stock: self.low_stock.map(Qty),
            on_hand: Qty(self.on_hand),
            reserved: Qty(self.reserved),
            available: Qty(self.on_hand.saturating_sub(self.reserved)),
        })
    }
}
