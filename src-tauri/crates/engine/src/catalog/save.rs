//! Creating and editing a product: one form, one command.

use domain::{
    catalog::{OptionAxis, ProductState},
    units::{Count, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::product::{Product, ProductSpec};
use crate::{ctx::Ctx, error::Result};

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

pub async fn save_product(_ctx: &mut Ctx, _input: SaveProduct) -> Result<Product> {
    Err(crate::Error::internal("not yet"))
}
