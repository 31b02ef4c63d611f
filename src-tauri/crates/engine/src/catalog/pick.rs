//! Finding a SKU while it is typed or scanned.

use domain::{
    catalog::ProductState,
    units::{Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{ctx::Ctx, error::Result};

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SearchSkus {
    pub query: String,
    /// 20 unless asked for, at most 100.
    pub limit: Option<i32>,
    /// Listed products only: what a new order may take.
    pub only_for_sale: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FoundSku {
    pub sku_id: Uuid,
    pub product_id: Uuid,
    pub code: String,
    pub barcode: Option<String>,
    pub title: String,
    pub title_en: String,
    pub options: String,
    pub price: Minor,
    pub available: Qty,
    pub backorder: bool,
    pub state: ProductState,
    pub image: Option<String>,
    /// Its barcode or code is what was asked for: a scanner may take it unseen when there is one.
    pub exact: bool,
}

/// The best first: exact barcode or code, then codes that begin so, then names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FoundSkus {
    pub items: Vec<FoundSku>,
}

pub async fn search_skus(_ctx: &mut Ctx, _input: SearchSkus) -> Result<FoundSkus> {
    Err(crate::Error::internal("not yet"))
}
