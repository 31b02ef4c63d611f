//! The list of products.

use std::{collections::HashMap, fmt::Write as _};

use domain::{
    catalog::ProductState,
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::product::Missing;
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::Result,
    fetch_all, fetch_dyn, fetch_one,
    page::{self, Cursor},
    search,
    settings::Nothing,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProductSort {
    /// Last changed first.
    #[default]
    Updated,
    Title,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ListProducts {
    pub search: Option<String>,
    /// All but archived when empty.
    pub states: Vec<ProductState>,
    /// With all below it.
    pub category_id: Option<Uuid>,
    pub tag: Option<String>,
    pub brand: Option<String>,
    pub low_only: bool,
    /// Lacks a picture, a category, a description, a weight or a price.
    pub incomplete_only: bool,
    pub sort: ProductSort,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductRow {
    pub id: Uuid,
    pub version: Count,
    pub title: String,
    pub title_en: String,
    pub brand: String,
    pub state: ProductState,
    pub category_id: Option<Uuid>,
    pub category_name: Option<String>,
    pub cover: Option<String>,
    pub sku_count: Count,
    /// The code of the only SKU, or of the first.
    pub sku_code: String,
    pub price_min: Minor,
    pub price_max: Minor,
    pub on_hand: Qty,
    pub available: Qty,
    /// Any of its SKUs is low.
    pub low: bool,
    pub missing: Vec<Missing>,
    pub updated_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductPage {
    pub items: Vec<ProductRow>,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductStateCount {
    pub state: ProductState,
    pub count: Count,
}

/// Every state, also those with none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductCounts {
    pub states: Vec<ProductStateCount>,
    pub low: Count,
}

pub async fn list_products(ctx: &mut Ctx, input: ListProducts) -> Result<ProductPage> {
    let limit = page::limit(input.limit)?;
    let matches = search::matches(&mut ctx.tx, "product", input.search.as_deref().unwrap_or_default()).await?;
    let mut args: Vec<Arg> = Vec::new();
    let mut wanted = String::from("1 = 1");
    wanted.push_str(&matches.condition("product", "p.id", &mut args));
    if input.states.is_empty() {
        wanted.push_str(" AND p.state <> 'archived'");
    } else {
        let which = placeholders(args.len(), input.states.len());
        args.extend(input.states.iter().map(|state| Arg::from(state.as_str())));
        let _ = write!(wanted, " AND p.state IN ({which})");
    }
    let mut also = |condition: &str, arg: Arg| {
        args.push(arg);
        wanted.push_str(&condition.replace("$?", &format!("${}", args.len())));
    };
    if let Some(category) = input.category_id {
        also(
            " AND p.category_id IN (SELECT c.id FROM category c JOIN category top ON top.id = $?
                                    WHERE c.path LIKE top.path || '%')",
            category.into(),
        );
    }
    if let Some(tag) = &input.tag {
        also(
            " AND EXISTS (SELECT 1 FROM product_tag t WHERE t.product_id = p.id AND t.tag = $?)",
            tag.replace('\0', "").into(),
        );
    }
    if let Some(brand) = &input.brand {
        also(" AND p.brand = $?", brand.replace('\0', "").into());
    }
    if let Some(cursor) = &input.cursor {
        let cursor = Cursor::read(cursor)?;
        let (key, after) = match input.sort {
            ProductSort::Updated => (Arg::from(cursor.number()?), " AND (p.updated_at, p.id) < ($?, "),
            ProductSort::Title => (cursor.text().into(), " AND (p.title, p.id) > ($?, "),
        };
        also(after, key);
        also("$?)", cursor.id.into());
    }
    if input.low_only {
        wanted.push_str(
            " AND EXISTS (SELECT 1 FROM sku s JOIN stock_balance b ON b.sku_id = s.id
                          WHERE s.product_id = p.id AND b.on_hand - b.reserved <= b.low_at)",
        );
    }
    if input.incomplete_only {
        wanted.push_str(
            " AND (p.media = '[]' OR p.category_id IS NULL OR p.description = ''
                   OR EXISTS (SELECT 1 FROM sku s WHERE s.product_id = p.id AND NOT s.retired
                              AND (s.weight_g IS NULL OR s.price = 0)))",
        );
    }
    let order = match input.sort {
        ProductSort::Updated => "p.updated_at DESC, p.id DESC",
        ProductSort::Title => "p.title, p.id",
    };
    let sql = format!(
        "SELECT p.id, p.version, p.title, p.title_en, p.brand, p.state, p.category_id, c.name AS category_name, p.media,
                p.description = '' AS undescribed, p.updated_at
         FROM product p LEFT JOIN category c ON c.id = p.category_id
         WHERE {wanted} ORDER BY {order} LIMIT {}",
        limit + 1
    );
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let (rows, next) = page::cut(rows, limit, |row| match input.sort {
        ProductSort::Updated => Cursor::of_number(row.updated_at, row.id),
        ProductSort::Title => Cursor::of_text(&row.title, row.id),
    });
    let sums = sums(ctx, &rows).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let sum = sums.get(&row.id).cloned().unwrap_or_default();
            row.into_row(sum)
        })
        .collect::<Result<_>>()?;
    Ok(ProductPage { items, next })
}

pub async fn counts(ctx: &mut Ctx, _: Nothing) -> Result<ProductCounts> {
    let rows: Vec<(ProductState, i64)> =
        fetch_all!(ctx.tx, (ProductState, i64), "SELECT state, COUNT(*) FROM product GROUP BY state")?;
    let (low,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM stock_balance WHERE on_hand - reserved <= low_at")?;
    let states = ProductState::ALL
        .iter()
        .map(|state| ProductStateCount {
            state: *state,
            count: Count(rows.iter().find(|(found, _)| found == state).map_or(0, |(_, n)| *n)),
        })
        .collect();
    Ok(ProductCounts { states, low: Count(low) })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    title: String,
    title_en: String,
    brand: String,
    state: ProductState,
    category_id: Option<Uuid>,
    category_name: Option<String>,
    media: String,
    undescribed: bool,
    updated_at: i64,
}

/// The live SKUs of a product, summed up.
#[derive(Clone, Default, sqlx::FromRow)]
struct Sum {
    product_id: Uuid,
    skus: i64,
    code: String,
    price_min: i64,
    price_max: i64,
    on_hand: i64,
    available: i64,
    low: i64,
    unweighed: i64,
}

async fn sums(ctx: &mut Ctx, rows: &[Row]) -> Result<HashMap<Uuid, Sum>> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Arg> = rows.iter().map(|row| Arg::Uuid(row.id)).collect();
    let sql = format!(
        "SELECT s.product_id, COUNT(*) AS skus, MIN(s.code) AS code, MIN(s.price) AS price_min,
                MAX(s.price) AS price_max, CAST(COALESCE(SUM(b.on_hand), 0) AS BIGINT) AS on_hand,
                CAST(COALESCE(SUM(b.on_hand - b.reserved), 0) AS BIGINT) AS available,
                CAST(SUM(CASE WHEN b.on_hand - b.reserved <= b.low_at THEN 1 ELSE 0 END) AS BIGINT) AS low,
                CAST(SUM(CASE WHEN s.weight_g IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unweighed
         FROM sku s
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE NOT s.retired AND s.product_id IN ({})
         GROUP BY s.product_id",
        placeholders(0, ids.len())
    );
    let sums: Vec<Sum> = fetch_dyn!(ctx.tx, Sum, sql, &ids)?;
    Ok(sums.into_iter().map(|sum| (sum.product_id, sum)).collect())
}

impl Row {
    fn into_row(self, sum: Sum) -> Result<ProductRow> {
        let media: Vec<String> = serde_json::from_str(&self.media)?;
        let missing = [
            (Missing::Picture, media.is_empty()),
            (Missing::Category, self.category_id.is_none()),
            (Missing::Description, self.undescribed),
            (Missing::Weight, sum.unweighed > 0),
            (Missing::Price, sum.skus > 0 && sum.price_min == 0),
        ];
        Ok(ProductRow {
            id: self.id,
            version: Count(self.version),
            title: self.title,
            title_en: self.title_en,
            brand: self.brand,
            state: self.state,
            category_id: self.category_id,
            category_name: self.category_name,
            cover: media.into_iter().next(),
            sku_count: Count(sum.skus),
            sku_code: sum.code,
            price_min: Minor(sum.price_min),
            price_max: Minor(sum.price_max),
            on_hand: Qty(sum.on_hand),
            available: Qty(sum.available),
            low: sum.low > 0,
            missing: missing.into_iter().filter_map(|(what, lacks)| lacks.then_some(what)).collect(),
            updated_at: Millis(self.updated_at),
        })
    }
}
