//! Proposes the SKUs of a product: every combination of its options.

use domain::{catalog::OptionAxis, units::Minor};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    check::matrix_error,
    product::{self, Sku},
    skus::free_codes,
};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SkuMatrix {
    /// Combinations this product already has keep their id, code and price.
    pub product_id: Option<Uuid>,
    pub options: Vec<OptionAxis>,
    /// What the codes begin with.
    pub base: String,
    pub price: Minor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SkuMatrixRow {
    pub sku_id: Option<Uuid>,
    pub option_values: Vec<String>,
    pub code: String,
    pub price: Minor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SkuMatrixRows {
    pub rows: Vec<SkuMatrixRow>,
}

pub async fn sku_matrix(ctx: &mut Ctx, input: SkuMatrix) -> Result<SkuMatrixRows> {
    if input.price < Minor::ZERO {
        return Err(Error::invalid("price", "negative"));
    }
    let combinations = domain::catalog::sku_matrix(&input.options).map_err(matrix_error)?;
    let product = match input.product_id {
        Some(id) => Some(product::load(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("product", id))?),
        None => None,
    };
    let known: Vec<&Sku> = product.iter().flat_map(|product| &product.skus).collect();
    let old = |values: &[String]| known.iter().find(|sku| sku.option_values == values).copied();
    let new: Vec<Vec<String>> = combinations.iter().filter(|values| old(values).is_none()).cloned().collect();
    let taken = known.iter().map(|sku| sku.code.clone()).collect();
    let mut codes = free_codes(ctx, &input.base, &new, taken).await?.into_iter();
    let rows = combinations
        .into_iter()
        .map(|option_values| match old(&option_values) {
            Some(sku) => SkuMatrixRow { sku_id: Some(sku.id), option_values, code: sku.code.clone(), price: sku.price },
            None => {
                SkuMatrixRow { sku_id: None, option_values, code: codes.next().unwrap_or_default(), price: input.price }
            }
        })
        .collect();
    Ok(SkuMatrixRows { rows })
}
