//! Finding a SKU while it is typed or scanned.

use std::collections::{HashMap, HashSet};

use domain::{
    catalog::ProductState,
    search::FIELD_SEPARATOR,
    units::{Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    index::{barcode_key, code_key},
    sale::options_text,
};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    fetch_dyn, search,
};

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

pub async fn search_skus(ctx: &mut Ctx, input: SearchSkus) -> Result<FoundSkus> {
    let limit = match input.limit {
        None => 20,
        Some(n @ 1..=100) => n as usize,
        Some(_) => return Err(Error::invalid("limit", "too_large")),
    };
    let query: String = input.query.chars().take(200).collect();
    let (code, barcode) = (code_key(&query), barcode_key(&query));
    if code.is_empty() {
        return Ok(FoundSkus { items: Vec::new() });
    }
    let mut ranked = ranked(ctx, &query, &code, &barcode, CANDIDATES).await?;
    let mut items = rows(ctx, &ranked, limit, input.only_for_sale).await?;
    if items.len() < limit && ranked.len() >= CANDIDATES {
        // Most of what was found is not for sale: look further.
        ranked = self::ranked(ctx, &query, &code, &barcode, CANDIDATES * 20).await?;
        items = rows(ctx, &ranked, limit, input.only_for_sale).await?;
    }
    for item in &mut items {
        item.exact = code_key(&item.code) == code
            || item.barcode.as_deref().is_some_and(|printed| barcode_key(printed) == barcode);
    }
    Ok(FoundSkus { items })
}

/// How many are ranked before the best are read.
const CANDIDATES: usize = 200;

/// The ids of what was found, the best first.
async fn ranked(ctx: &mut Ctx, query: &str, code: &str, barcode: &str, most: usize) -> Result<Vec<Uuid>> {
    // Two index look-ups rather than an OR, which neither database plans well with a range beside.
    // On Postgres a range of bytes, in the order of the index whatever the database's collation.
    let begins = if ctx.tx.is_postgres() {
        "code_key ~>=~ $2 AND code_key ~<~ $3 ORDER BY code_key USING ~<~"
    } else {
        "code_key >= $2 AND code_key < $3 ORDER BY code_key"
    };
    let sql = format!(
        "SELECT id, 0 AS place, '' AS key FROM sku WHERE barcode_key = $1
         UNION ALL
         SELECT id, place, key FROM (SELECT id, CASE WHEN code_key = $2 THEN 1 ELSE 2 END AS place, code_key AS key
                                     FROM sku WHERE {begins} LIMIT 50) begins
         ORDER BY 2, 3"
    );
    let args = [Arg::from(barcode), code.into(), Arg::from(format!("{code}\u{10ffff}"))];
    let rows: Vec<(Uuid, i32, String)> = fetch_dyn!(ctx.tx, (Uuid, i32, String), sql, &args)?;
    let mut ids: Vec<Uuid> = rows.into_iter().map(|(id, ..)| id).collect();
    let mut named: Vec<(bool, usize, Uuid)> = search::find_with_hay(&mut ctx.tx, "sku", query, most)
        .await?
        .into_iter()
        .map(|(id, hay)| (!hay.split(FIELD_SEPARATOR).any(|field| field.starts_with(code)), hay.len(), id))
        .collect();
    // Names that begin so come before names that have it within; then the shorter.
    named.sort_unstable();
    ids.extend(named.into_iter().map(|(_, _, id)| id));
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids)
}

#[derive(sqlx::FromRow)]
struct Row {
    sku_id: Uuid,
    product_id: Uuid,
    code: String,
    barcode: Option<String>,
    title: String,
    title_en: String,
    option_values: String,
    price: i64,
    available: i64,
    backorder: bool,
    state: ProductState,
    media: String,
}

/// The first `limit` of these that may be shown, in their order.
async fn rows(ctx: &mut Ctx, ids: &[Uuid], limit: usize, only_for_sale: bool) -> Result<Vec<FoundSku>> {
    let mut items = Vec::new();
    // Usually all of the first few are for sale, and the others need not be read.
    for chunk in ids.chunks(limit.max(50)) {
        let (sql, args) = rows_of(chunk, only_for_sale);
        let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
        let mut rows: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.sku_id, row)).collect();
        for id in chunk {
            if let Some(row) = rows.remove(id) {
                items.push(row.into_found()?);
                if items.len() == limit {
                    return Ok(items);
                }
            }
        }
    }
    Ok(items)
}

fn rows_of(ids: &[Uuid], only_for_sale: bool) -> (String, Vec<Arg>) {
    let states = if only_for_sale { "p.state = 'listed'" } else { "p.state <> 'archived'" };
    // A cross join, lest SQLite begin with all products that are listed.
    let sql = format!(
        "SELECT s.id AS sku_id, s.product_id, s.code, s.barcode, p.title, p.title_en, s.option_values, s.price,
                COALESCE(b.on_hand - b.reserved, 0) AS available, s.backorder, p.state, p.media
         FROM sku s CROSS JOIN product p
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE p.id = s.product_id AND s.id IN ({}) AND NOT s.retired AND {states}",
        placeholders(0, ids.len())
    );
    (sql, ids.iter().copied().map(Arg::Uuid).collect())
}

impl Row {
    fn into_found(self) -> Result<FoundSku> {
        let media: Vec<String> = serde_json::from_str(&self.media)?;
        Ok(FoundSku {
            sku_id: self.sku_id,
            product_id: self.product_id,
            code: self.code,
            barcode: self.barcode,
            title: self.title,
            title_en: self.title_en,
            options: options_text(&self.option_values)?,
            price: Minor(self.price),
            available: Qty(self.available),
            backorder: self.backorder,
            state: self.state,
            image: media.into_iter().next(),
            exact: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plans::Scratch;

    #[tokio::test]
    async fn what_was_found_is_read_by_its_id() {
        let scratch = Scratch::open().await;
        let (sql, args) = rows_of(&[Uuid::nil(), Uuid::max()], true);
        let plan = scratch.plan(&sql, &args).await;
        assert!(plan[0].contains("SEARCH s USING INDEX sqlite_autoindex_sku"), "{plan:#?}");
        assert!(plan.iter().all(|line| !line.starts_with("SCAN") || line.contains("location")), "{plan:#?}");
    }
}
