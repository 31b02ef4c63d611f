//! Goods to sell, for stories about orders: SKUs by code, price and what is on the shelf.

use domain::catalog::ProductState;
use uuid::Uuid;

use crate::{Shop, call, catalog};

#[derive(Clone, Debug)]
pub struct Goods {
    pub code: String,
    pub price: i64,
    pub on_hand: i64,
    pub backorder: bool,
    pub state: ProductState,
}

impl Goods {
    pub fn new(code: &str, price: i64, on_hand: i64) -> Self {
        Self { code: code.into(), price, on_hand, backorder: false, state: ProductState::Listed }
    }
}

impl Shop {
    /// One listed SKU with stock.
    pub async fn goods(&self, code: &str, price: i64, on_hand: i64) -> engine::Result<Uuid> {
        Ok(self.shelve(&[Goods::new(code, price, on_hand)]).await?[0])
    }

    /// A product for each SKU; answers the ids of the SKUs.
    pub async fn shelve(&self, goods: &[Goods]) -> engine::Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for item in goods {
            let mut product = catalog::product(&format!("Product {}", item.code));
            let mut sku = catalog::sku(&item.code, item.price, item.on_hand);
            sku.backorder = item.backorder;
            product.state = item.state;
            product.skus.push(sku);
            ids.extend(self.call(call::catalog_save_product, product).await?.skus.first().map(|sku| sku.id));
        }
        Ok(ids)
    }

    /// On hand and reserved of a SKU.
    pub async fn shelf(&self, sku: Uuid) -> anyhow::Result<(i64, i64)> {
        let mut tx = self.engine.db.begin_read().await?;
        Ok(engine::fetch_one!(tx, (i64, i64), "SELECT on_hand, reserved FROM stock_balance WHERE sku_id = $1", sku)?)
    }
}
