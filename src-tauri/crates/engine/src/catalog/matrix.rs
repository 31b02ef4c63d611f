//! Proposes the SKUs of a product: every combination of its options.

use domain::{catalog::OptionAxis, units::Minor};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{ctx::Ctx, error::Result};

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

pub async fn sku_matrix(_ctx: &mut Ctx, _input: SkuMatrix) -> Result<SkuMatrixRows> {
    Err(crate::Error::internal("not yet"))
}
