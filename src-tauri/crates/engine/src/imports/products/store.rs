//! New products, many at once.

use std::collections::HashMap;

use domain::{
    catalog::{OptionAxis, ProductState},
    stock::{LocationKind, MoveReason},
};
use uuid::Uuid;

use crate::{
    catalog,
    ctx::Ctx,
    db::{
        Arg, placeholders,
        rows::{self, RowShape},
    },
    error::Result,
    fetch_dyn,
    stock::{self, Line, Posting},
};

/// A product to be, with ids made by whoever makes it.
#[derive(Clone, Debug, Default)]
pub struct NewProduct {
    pub id: Uuid,
    pub source: String,
    pub external_id: Option<String>,
    pub title: String,
    pub description: String,
    pub category_id: Option<Uuid>,
    pub brand: String,
    /// On sale; else off sale, or a draft when it has no price.
    pub listed: bool,
    pub draft: bool,
    pub options: Vec<OptionAxis>,
    /// JSON of the table of specifications; empty is none.
    pub specs: String,
    pub media: Vec<String>,
    pub tags: Vec<String>,
    pub skus: Vec<NewSku>,
}

#[derive(Clone, Debug, Default)]
pub struct NewSku {
    pub id: Uuid,
    pub code: String,
    pub barcode: Option<String>,
    pub option_values: Vec<String>,
    pub price: i64,
    pub list_price: Option<i64>,
    pub cost: Option<i64>,
    pub weight_g: Option<i64>,
    pub backorder: bool,
    pub low_stock: Option<i64>,
    pub position: i64,
    /// What is on the shelf already.
    pub stock: i64,
}

const HISTORY: RowShape = RowShape {
    insert: "INSERT INTO product_history (product_id, at, command_id)",
    row: "(?1,?2,?3)",
    values: 3,
    suffix: "ON CONFLICT (product_id, at, command_id) DO NOTHING",
};

/// The SKUs of these codes.
pub async fn sku_ids(ctx: &mut Ctx, codes: &[String]) -> Result<HashMap<String, Uuid>> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(500) {
        let sql = format!("SELECT code, id FROM sku WHERE code IN ({})", placeholders(0, chunk.len()));
        let args: Vec<Arg> = chunk.iter().map(Arg::from).collect();
        let rows: Vec<(String, Uuid)> = fetch_dyn!(ctx.tx, (String, Uuid), sql, &args)?;
        found.extend(rows);
    }
    Ok(found)
}

pub async fn insert(ctx: &mut Ctx, products: &[NewProduct]) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    let mut checked = Vec::with_capacity(products.len());
    for product in products {
        checked.push(catalog::NewProduct {
            id: product.id,
            source: product.source.clone(),
            external_id: product.external_id.clone(),
            title: product.title.clone(),
            title_en: String::new(),
            description: product.description.clone(),
            category_id: product.category_id,
            brand: product.brand.clone(),
            state: match (product.draft, product.listed) {
                (true, _) => ProductState::Draft,
                (false, true) => ProductState::Listed,
                (false, false) => ProductState::Unlisted,
            },
            options: serde_json::to_string(&product.options)?,
            specs: if product.specs.is_empty() { "[]".to_owned() } else { product.specs.clone() },
            media: serde_json::to_string(&product.media)?,
            tags: product.tags.clone(),
            skus: product.skus.iter().map(NewSku::checked).collect(),
        });
    }
    catalog::insert_many(ctx, &checked).await?;
    shelve(ctx, products.iter().flat_map(|product| &product.skus)).await?;
    let ids: Vec<Uuid> = products.iter().map(|product| product.id).collect();
    history(ctx, &ids).await
}

/// Adds SKUs to products that are there.
pub async fn insert_skus(ctx: &mut Ctx, skus: &[(Uuid, NewSku)]) -> Result<()> {
    if skus.is_empty() {
        return Ok(());
    }
    let checked: Vec<(Uuid, usize, catalog::NewSku)> = skus
        .iter()
        .map(|(product, sku)| (*product, usize::try_from(sku.position).unwrap_or(0), sku.checked()))
        .collect();
    let rows: Vec<(Uuid, usize, &catalog::NewSku)> = checked.iter().map(|(id, at, sku)| (*id, *at, sku)).collect();
    catalog::insert_skus(ctx, &rows).await?;
    shelve(ctx, skus.iter().map(|(_, sku)| sku)).await
}

/// What follows from changed products: they are found by what they are now, and their history
/// names the import.
pub async fn touched(ctx: &mut Ctx, products: &[Uuid]) -> Result<()> {
    history(ctx, products).await?;
    catalog::index(ctx, products).await
}

impl NewSku {
    /// Without what is on the shelf: that of a whole batch is one document.
    fn checked(&self) -> catalog::NewSku {
        catalog::NewSku {
            id: self.id,
            code: self.code.clone(),
            barcode: self.barcode.clone(),
            option_values: self.option_values.clone(),
            price: self.price,
            list_price: self.list_price,
            cost: self.cost,
            weight_g: self.weight_g,
            volume_cm3: None,
            backorder: self.backorder,
            tax_ppm: None,
            low_stock: self.low_stock,
            opening: 0,
        }
    }
}

async fn shelve(ctx: &mut Ctx, skus: impl Iterator<Item = &NewSku>) -> Result<()> {
    let lines: Vec<Line> =
        skus.filter(|sku| sku.stock > 0).map(|sku| Line { sku_id: sku.id, delta: sku.stock, doc_line: None }).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let posting = Posting { reason: MoveReason::Opening, doc_kind: "import", doc_id: ctx.command_id, note: "" };
    stock::post(ctx, &posting, LocationKind::Opening, &lines).await?;
    Ok(())
}

async fn history(ctx: &mut Ctx, products: &[Uuid]) -> Result<()> {
    let (at, command) = (ctx.now, ctx.command_id);
    let values = products.iter().flat_map(|id| [Arg::Uuid(*id), at.into(), command.into()]).collect();
    rows::insert(&mut ctx.tx, &HISTORY, values).await?;
    Ok(())
}
