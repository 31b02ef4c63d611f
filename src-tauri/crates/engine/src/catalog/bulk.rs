//! New products, one or thousands, in few statements.

use domain::{
    catalog::ProductState,
    stock::{LocationKind, MoveReason},
};
use uuid::Uuid;

use super::index::{barcode_key, code_key, product_hay, sku_hay};
use crate::{
    ctx::Ctx,
    db::Arg,
    error::{Error, Result, is_unique_violation},
    search,
    stock::{self, Line, Posting},
};

/// A product that has been checked; ids are made by whoever makes it.
#[derive(Clone, Debug)]
pub(crate) struct NewProduct {
    pub id: Uuid,
    /// Where it comes from and what it is called there; empty when made here.
    pub source: String,
    pub external_id: Option<String>,
    pub title: String,
    pub title_en: String,
    pub description: String,
    pub category_id: Option<Uuid>,
    pub brand: String,
    pub state: ProductState,
    /// JSON, as the columns of `product` say.
    pub options: String,
    pub specs: String,
    pub media: String,
    pub tags: Vec<String>,
    pub skus: Vec<NewSku>,
}

/// A SKU that has been checked; its code must be free.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewSku {
    pub id: Uuid,
    pub code: String,
    pub barcode: Option<String>,
    pub option_values: Vec<String>,
    pub price: i64,
    pub list_price: Option<i64>,
    pub cost: Option<i64>,
    pub weight_g: Option<i64>,
    pub volume_cm3: Option<i64>,
    pub backorder: bool,
    pub tax_ppm: Option<i64>,
    pub low_stock: Option<i64>,
    /// What is on the shelf already.
    pub opening: i64,
}

const PRODUCT_COLUMNS: usize = 15;
const SKU_COLUMNS: usize = 18;
/// Rows per statement.
const CHUNK: usize = 400;

/// Writes products with their SKUs, balances, opening stock and search documents. No audit row is
/// written for each: the command that calls this says what it did.
pub(crate) async fn insert_many(ctx: &mut Ctx, products: &[NewProduct]) -> Result<()> {
    let mut rows = Vec::with_capacity(products.len() * PRODUCT_COLUMNS);
    let mut tags = Vec::new();
    for product in products {
        rows.extend([
            Arg::Uuid(product.id),
            product.source.as_str().into(),
            product.external_id.as_deref().into(),
            product.title.as_str().into(),
            product.title_en.as_str().into(),
            product.description.as_str().into(),
            product.category_id.into(),
            product.brand.as_str().into(),
            product.state.as_str().into(),
            product.options.as_str().into(),
            product.specs.as_str().into(),
            product.media.as_str().into(),
            ctx.now.into(),
            ctx.now.into(),
            Arg::I64(1),
        ]);
        tags.extend(product.tags.iter().flat_map(|tag| [Arg::Uuid(product.id), tag.into()]));
    }
    for chunk in rows.chunks(CHUNK * PRODUCT_COLUMNS) {
        ctx.tx
            .insert_many(
                "INSERT INTO product (id, source, external_id, title, title_en, description, category_id, brand, state,
                                      options, specs, media, created_at, updated_at, version)",
                PRODUCT_COLUMNS,
                chunk,
                "",
            )
            .await?;
    }
    insert_tags(ctx, &tags).await?;
    let skus: Vec<(Uuid, usize, &NewSku)> = products
        .iter()
        .flat_map(|product| product.skus.iter().enumerate().map(|(at, sku)| (product.id, at, sku)))
        .collect();
    insert_skus(ctx, &skus).await?;

    let (mut product_docs, mut sku_docs) = (Vec::with_capacity(products.len()), Vec::with_capacity(skus.len()));
    for product in products {
        let titles = [product.title.as_str(), product.title_en.as_str(), product.brand.as_str()];
        let mut words: Vec<&str> = product.tags.iter().map(String::as_str).collect();
        for sku in &product.skus {
            words.push(&sku.code);
            words.extend(sku.barcode.as_deref());
            let options = sku.option_values.join(" / ");
            sku_docs.push((sku.id, sku_hay(titles, &sku.code, sku.barcode.as_deref(), &options)));
        }
        product_docs.push((product.id, product_hay(titles, &words)));
    }
    search::put(&mut ctx.tx, "product", &product_docs).await?;
    search::put(&mut ctx.tx, "sku", &sku_docs).await
}

/// `tags` holds product and tag in turn.
pub(super) async fn insert_tags(ctx: &mut Ctx, tags: &[Arg]) -> Result<()> {
    for chunk in tags.chunks(CHUNK * 2) {
        ctx.tx
            .insert_many(
                "INSERT INTO product_tag (product_id, tag)",
                2,
                chunk,
                "ON CONFLICT (product_id, tag) DO NOTHING",
            )
            .await?;
    }
    Ok(())
}

/// Writes SKUs (product, position, SKU) with a balance and their opening stock.
pub(crate) async fn insert_skus(ctx: &mut Ctx, skus: &[(Uuid, usize, &NewSku)]) -> Result<()> {
    let mut rows = Vec::with_capacity(skus.len() * SKU_COLUMNS);
    for (product, position, sku) in skus {
        rows.extend([
            Arg::Uuid(sku.id),
            Arg::Uuid(*product),
            sku.code.as_str().into(),
            Arg::from(code_key(&sku.code)),
            sku.barcode.as_deref().into(),
            sku.barcode.as_deref().map(barcode_key).into(),
            Arg::from(serde_json::to_string(&sku.option_values)?),
            Arg::I64(sku.price),
            sku.list_price.into(),
            sku.cost.into(),
            sku.weight_g.into(),
            sku.volume_cm3.into(),
            sku.backorder.into(),
            sku.tax_ppm.into(),
            sku.low_stock.into(),
            Arg::Bool(false),
            Arg::I64(*position as i64),
            Arg::I64(1),
        ]);
    }
    for chunk in rows.chunks(CHUNK * SKU_COLUMNS) {
        ctx.tx
            .insert_many(
                "INSERT INTO sku (id, product_id, code, code_key, barcode, barcode_key, option_values, price, list_price,
                                  cost, weight_g, volume_cm3, backorder, tax_ppm, low_stock, retired, position, version)",
                SKU_COLUMNS,
                chunk,
                "",
            )
            .await
            .map_err(code_taken)?;
    }
    let ids: Vec<Uuid> = skus.iter().map(|(_, _, sku)| sku.id).collect();
    stock::open_balances(ctx, &ids).await?;
    // A product's opening stock is one document, named by the product.
    let mut at = 0;
    while let Some((product, ..)) = skus.get(at) {
        let end = at + skus.get(at..).unwrap_or_default().iter().take_while(|(id, ..)| id == product).count();
        let lines: Vec<Line> = skus
            .get(at..end)
            .unwrap_or_default()
            .iter()
            .filter(|(_, _, sku)| sku.opening > 0)
            .map(|(_, _, sku)| Line { sku_id: sku.id, delta: sku.opening, doc_line: None })
            .collect();
        if !lines.is_empty() {
            let posting = Posting { reason: MoveReason::Opening, doc_kind: "product", doc_id: *product, note: "" };
            stock::post(ctx, &posting, LocationKind::Opening, &lines).await?;
        }
        at = end;
    }
    Ok(())
}

/// Somebody took a code since it was looked up: tried again, the command finds whose it is.
pub(super) fn code_taken(error: sqlx::Error) -> Error {
    if is_unique_violation(&error) { Error::Busy } else { error.into() }
}
