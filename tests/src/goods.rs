//! Goods to sell: products, SKUs and what is on the shelf, written as plain rows. Stories about
//! orders stand on them without going through the catalogue's own commands.

use anyhow::Context as _;
use engine::db::{Arg, Tx, value_rows};
use uuid::Uuid;

use crate::Shop;

/// A SKU to be, with sensible words around it.
#[derive(Clone, Debug)]
pub struct Goods {
    pub code: String,
    pub price: i64,
    pub on_hand: i64,
    pub backorder: bool,
    pub state: &'static str,
}

impl Goods {
    pub fn new(code: &str, price: i64, on_hand: i64) -> Self {
        Self { code: code.into(), price, on_hand, backorder: false, state: "listed" }
    }
}

impl Shop {
    /// One listed SKU with stock.
    pub async fn goods(&self, code: &str, price: i64, on_hand: i64) -> anyhow::Result<Uuid> {
        Ok(self.shelve(&[Goods::new(code, price, on_hand)]).await?[0])
    }

    /// A product for each SKU, and an opening move for what is on the shelf.
    pub async fn shelve(&self, goods: &[Goods]) -> anyhow::Result<Vec<Uuid>> {
        let mut tx = self.engine.db.begin().await?;
        let main = location(&mut tx, "internal").await?;
        let opening = location(&mut tx, "opening").await?;
        let (mut products, mut skus, mut balances, mut moves) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut ids = Vec::new();
        let now = self.now();
        for item in goods {
            let (product, sku) = (Uuid::now_v7(), Uuid::now_v7());
            ids.push(sku);
            products.extend([
                Arg::Uuid(product),
                Arg::Text(format!("Goods {}", item.code)),
                Arg::from(item.state),
                Arg::from(now),
            ]);
            skus.extend([
                Arg::Uuid(sku),
                Arg::Uuid(product),
                Arg::from(item.code.as_str()),
                Arg::Text(item.code.to_lowercase()),
                Arg::I64(item.price),
                Arg::Bool(item.backorder),
            ]);
            balances.extend([Arg::Uuid(sku), Arg::Uuid(main), Arg::I64(item.on_hand), Arg::Bool(item.backorder)]);
            if item.on_hand > 0 {
                moves.extend([
                    Arg::Uuid(Uuid::now_v7()),
                    Arg::Uuid(sku),
                    Arg::Uuid(opening),
                    Arg::Uuid(main),
                    Arg::I64(item.on_hand),
                    Arg::Uuid(sku),
                    Arg::from(now),
                ]);
            }
        }
        insert(
            &mut tx,
            "INSERT INTO product (id, title, state, created_at, updated_at, source, title_en, description, brand,
                                  options, specs, media, version)
             SELECT id, title, state, at, at, '', '', '', '', '[]', '[]', '[]', 1 FROM w",
            "id, title, state, at",
            4,
            &products,
        )
        .await?;
        insert(
            &mut tx,
            "INSERT INTO sku (id, product_id, code, code_key, price, backorder, option_values, retired, position,
                              version)
             SELECT id, product_id, code, code_key, price, backorder, '[]', FALSE, 0, 1 FROM w",
            "id, product_id, code, code_key, price, backorder",
            6,
            &skus,
        )
        .await?;
        insert(
            &mut tx,
            "INSERT INTO stock_balance (sku_id, location_id, on_hand, backorder, reserved)
             SELECT sku_id, location_id, on_hand, backorder, 0 FROM w",
            "sku_id, location_id, on_hand, backorder",
            4,
            &balances,
        )
        .await?;
        insert(
            &mut tx,
            "INSERT INTO stock_move (id, sku_id, from_id, to_id, qty, doc_id, at, reason, doc_kind, note, before,
                                     after, actor_name)
             SELECT id, sku_id, from_id, to_id, qty, doc_id, at, 'opening', 'import', '', 0, qty, 'test' FROM w",
            "id, sku_id, from_id, to_id, qty, doc_id, at",
            7,
            &moves,
        )
        .await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// On hand and reserved of a SKU.
    pub async fn shelf(&self, sku: Uuid) -> anyhow::Result<(i64, i64)> {
        let mut tx = self.engine.db.begin_read().await?;
        let row: (i64, i64) = engine::fetch_one!(
            tx,
            (i64, i64),
            "SELECT on_hand, reserved FROM stock_balance WHERE sku_id = $1",
            sku
        )?;
        Ok(row)
    }
}

async fn location(tx: &mut Tx, kind: &str) -> anyhow::Result<Uuid> {
    let row: Option<(Uuid,)> = engine::fetch_optional!(
        *tx,
        (Uuid,),
        "SELECT id FROM location WHERE kind = $1 ORDER BY main DESC LIMIT 1",
        kind
    )?;
    Ok(row.context("a shop has its locations")?.0)
}

async fn insert(tx: &mut Tx, sql: &str, names: &str, columns: usize, values: &[Arg]) -> anyhow::Result<()> {
    for chunk in values.chunks(columns * 1000) {
        let with = format!("WITH w({names}) AS (VALUES {}) ", value_rows(chunk.len() / columns, columns));
        // SQLite and Postgres both take the common table in front of an INSERT.
        tx.execute_dyn(with + sql, chunk).await?;
    }
    Ok(())
}
