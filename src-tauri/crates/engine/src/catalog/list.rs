//! The list of products.

use domain::{
    catalog::ProductState,
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::product::Missing;
use crate::{ctx::Ctx, error::Result, settings::Nothing};

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
    /// Lacks a picture, a category, a description or a weight.
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

pub async fn list_products(_ctx: &mut Ctx, _input: ListProducts) -> Result<ProductPage> {
    Err(crate::Error::internal("not yet"))
}

pub async fn counts(_ctx: &mut Ctx, _: Nothing) -> Result<ProductCounts> {
    Err(crate::Error::internal("not yet"))
}
