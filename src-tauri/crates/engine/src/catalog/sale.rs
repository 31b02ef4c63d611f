//! What an order needs to know of a SKU.

use std::collections::HashMap;

use domain::catalog::ProductState;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::Result,
    fetch_dyn,
};

/// A SKU on its way into an order.
#[derive(Clone, Debug)]
pub(crate) struct SaleSku {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    /// As printed on the line: `red / M`.
    pub options: String,
    pub price: i64,
    /// `None` is the shop's usual rate.
    pub tax_ppm: Option<i64>,
    pub backorder: bool,
    pub weight_g: Option<i64>,
    pub state: ProductState,
    pub retired: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    code: String,
    title: String,
    option_values: String,
    price: i64,
    tax_ppm: Option<i64>,
    backorder: bool,
    weight_g: Option<i64>,
    state: ProductState,
    retired: bool,
}

/// The SKUs with these ids, in one statement; an id that does not exist is absent.
pub(crate) async fn skus_for_order(ctx: &mut Ctx, ids: &[Uuid]) -> Result<HashMap<Uuid, SaleSku>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT s.id, s.code, p.title, s.option_values, s.price, s.tax_ppm, s.backorder, s.weight_g,
                p.state, s.retired
         FROM sku s JOIN product p ON p.id = s.product_id
         WHERE s.id IN ({})",
        placeholders(0, ids.len())
    );
    let args: Vec<Arg> = ids.into_iter().map(Arg::Uuid).collect();
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    rows.into_iter()
        .map(|row| {
            let sku = SaleSku {
                id: row.id,
                code: row.code,
                title: row.title,
                options: options_text(&row.option_values)?,
                price: row.price,
                tax_ppm: row.tax_ppm,
                backorder: row.backorder,
                weight_g: row.weight_g,
                state: row.state,
                retired: row.retired,
            };
            Ok((sku.id, sku))
        })
        .collect()
}

/// `["red","M"]` as people read it.
pub(crate) fn options_text(json: &str) -> Result<String> {
    let values: Vec<String> = serde_json::from_str(json)?;
    Ok(values.join(" / "))
}
