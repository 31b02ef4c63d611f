//! What is on the shelves.

use domain::units::{Count, Qty};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    catalog::options_text,
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    fetch_all, fetch_dyn, fetch_one,
    page::{self, Cursor},
    search::{self, Matches},
    settings::Nothing,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StockSort {
    /// By SKU code.
    #[default]
    Code,
    /// The least available first.
    Scarcest,
    /// The most on hand first.
    OnHand,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ListStock {
    pub search: Option<String>,
    /// The main location unless another is named.
    pub location_id: Option<Uuid>,
    pub low_only: bool,
    pub sort: StockSort,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StockRow {
    pub sku_id: Uuid,
    pub product_id: Uuid,
    pub code: String,
    pub barcode: Option<String>,
    pub title: String,
    pub title_en: String,
    pub options: String,
    pub image: Option<String>,
    pub on_hand: Qty,
    pub reserved: Qty,
    pub available: Qty,
    /// Low at or below this; `None` when nobody watches it.
    pub low_at: Option<Qty>,
    pub low: bool,
    pub backorder: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StockPage {
    pub items: Vec<StockRow>,
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct GetStock {
    pub sku_id: Uuid,
}

/// Who holds some of a SKU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StockHold {
    pub order_id: Uuid,
    pub order_number: String,
    pub buyer_name: String,
    pub qty: Qty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StockCard {
    pub stock: StockRow,
    /// The orders that hold some of it, at most 100.
    pub holds: Vec<StockHold>,
}

/// For the dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LowStock {
    pub count: Count,
    /// The scarcest first, at most 20.
    pub items: Vec<StockRow>,
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
    media: String,
    on_hand: i64,
    reserved: i64,
    low_at: Option<i64>,
    backorder: bool,
}

const COLUMNS: &str =
    "SELECT s.id AS sku_id, s.product_id, s.code, s.barcode, p.title, p.title_en, s.option_values, p.media,
    b.on_hand, b.reserved, b.low_at, s.backorder";

/// Every SKU that has a balance here; retired ones while any are left.
pub async fn list(ctx: &mut Ctx, input: ListStock) -> Result<StockPage> {
    let limit = page::limit(input.limit)?;
    let matches = match input.search.as_deref() {
        Some(query) => search::matches(&mut ctx.tx, "sku", query).await?,
        None => Matches::All,
    };
    let location = match input.location_id {
        Some(id) => id,
        None => super::main_location(ctx).await?,
    };
    let (sql, args) = statement(&input, &matches, location, limit)?;
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let (rows, next) = page::cut(rows, limit, |row| match input.sort {
        StockSort::Code => Cursor::of_text(&row.code, row.sku_id),
        StockSort::Scarcest => Cursor::of_number(row.on_hand - row.reserved, row.sku_id),
        StockSort::OnHand => Cursor::of_number(row.on_hand, row.sku_id),
    });
    Ok(StockPage { items: rows.into_iter().map(Row::into_row).collect::<Result<_>>()?, next })
}

/// One page and a row more. Where nothing narrows the list, the order of the joins is written down
/// (SQLite keeps that of CROSS JOIN), so that the page is read from the index of its sort; where
/// something does, the few rows it leaves are found first and sorted.
fn statement(input: &ListStock, matches: &Matches, location: Uuid, limit: usize) -> Result<(String, Vec<Arg>)> {
    let (key, id, order, text_key) = match input.sort {
        StockSort::Code => ("s.code", "s.id", "ASC", true),
        StockSort::Scarcest => ("(b.on_hand - b.reserved)", "b.sku_id", "ASC", false),
        StockSort::OnHand => ("b.on_hand", "b.sku_id", "DESC", false),
    };
    let narrowed = input.low_only || matches!(matches, Matches::Few(_));
    let tables = match (narrowed, input.sort) {
        (true, _) => "sku s JOIN stock_balance b ON b.sku_id = s.id JOIN product p ON p.id = s.product_id",
        (false, StockSort::Code) => "sku s CROSS JOIN stock_balance b CROSS JOIN product p",
        (false, _) => "stock_balance b CROSS JOIN sku s CROSS JOIN product p",
    };
    let mut args = vec![Arg::Uuid(location)];
    let mut wanted = String::from(
        "b.location_id = $1 AND b.sku_id = s.id AND p.id = s.product_id AND (NOT s.retired OR b.on_hand <> 0)",
    );
    wanted.push_str(&matches.condition("sku", "s.id", &mut args));
    if input.low_only {
        wanted.push_str(" AND b.on_hand - b.reserved <= b.low_at");
    }
    if let Some(cursor) = &input.cursor {
        let cursor = Cursor::read(cursor)?;
        args.push(if text_key { cursor.text().into() } else { cursor.number()?.into() });
        args.push(cursor.id.into());
        let after = if order == "ASC" { ">" } else { "<" };
        wanted.push_str(&format!(" AND ({key}, {id}) {after} (${}, ${})", args.len() - 1, args.len()));
    }
    let sql =
        format!("{COLUMNS} FROM {tables} WHERE {wanted} ORDER BY {key} {order}, {id} {order} LIMIT {}", limit + 1);
    Ok((sql, args))
}

pub async fn get(ctx: &mut Ctx, input: GetStock) -> Result<StockCard> {
    let sql = "SELECT s.id AS sku_id, s.product_id, s.code, s.barcode, p.title, p.title_en, s.option_values, p.media,
                COALESCE(b.on_hand, 0) AS on_hand, COALESCE(b.reserved, 0) AS reserved, b.low_at, s.backorder
         FROM sku s JOIN product p ON p.id = s.product_id
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE s.id = $1";
    let rows: Vec<Row> = fetch_all!(ctx.tx, Row, sql, input.sku_id)?;
    let row = rows.into_iter().next().ok_or_else(|| Error::not_found("sku", input.sku_id))?;
    let holds: Vec<(Uuid, Option<String>, Option<String>, i64)> = fetch_all!(
        ctx.tx,
        (Uuid, Option<String>, Option<String>, i64),
        "SELECT r.order_id, o.number, o.buyer_name, r.qty
         FROM reservation r LEFT JOIN orders o ON o.id = r.order_id
         WHERE r.sku_id = $1 ORDER BY r.order_id LIMIT 100",
        input.sku_id
    )?;
    let hidden = ctx.hidden_of(&holds.iter().map(|(order_id, ..)| *order_id).collect::<Vec<_>>()).await?;
    let holds = holds
        .into_iter()
        .filter(|(order_id, ..)| !hidden.contains(order_id))
        .map(|(order_id, number, buyer, qty)| StockHold {
            order_id,
            order_number: number.unwrap_or_default(),
            buyer_name: buyer.unwrap_or_default(),
            qty: Qty(qty),
        })
        .collect();
    Ok(StockCard { stock: row.into_row()?, holds: ctx.shown::<Vec<StockHold>>(holds) })
}

pub async fn low(ctx: &mut Ctx, _: Nothing) -> Result<LowStock> {
    let (count,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM stock_balance WHERE on_hand - reserved <= low_at")?;
    let sql = format!(
        "{COLUMNS} FROM (SELECT * FROM stock_balance WHERE on_hand - reserved <= low_at
                         ORDER BY on_hand - reserved, sku_id LIMIT 20) b
         JOIN sku s ON s.id = b.sku_id JOIN product p ON p.id = s.product_id
         ORDER BY b.on_hand - b.reserved, s.id"
    );
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &[])?;
    Ok(LowStock { count: Count(count), items: rows.into_iter().map(Row::into_row).collect::<Result<_>>()? })
}

impl Row {
    fn into_row(self) -> Result<StockRow> {
        let available = self.on_hand.saturating_sub(self.reserved);
        let media: Vec<String> = serde_json::from_str(&self.media)?;
        Ok(StockRow {
            sku_id: self.sku_id,
            product_id: self.product_id,
            code: self.code,
            barcode: self.barcode,
            title: self.title,
            title_en: self.title_en,
            options: options_text(&self.option_values)?,
            image: media.into_iter().next(),
            on_hand: Qty(self.on_hand),
            reserved: Qty(self.reserved),
            available: Qty(available),
            low: self.low_at.is_some_and(|low_at| available <= low_at),
            low_at: self.low_at.map(Qty),
            backorder: self.backorder,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plans::Scratch;

    /// A page of the whole stock is read from one index, in its order, whatever the sort.
    #[tokio::test]
    async fn each_sort_walks_its_index() {
        let scratch = Scratch::open().await;
        let cases = [
            (StockSort::Code, "sqlite_autoindex_sku", Cursor::of_text("A", Uuid::nil())),
            (StockSort::Scarcest, "stock_balance_by_available", Cursor::of_number(3, Uuid::nil())),
            (StockSort::OnHand, "stock_balance_by_on_hand", Cursor::of_number(3, Uuid::nil())),
        ];
        for (sort, index, cursor) in cases {
            for cursor in [None, Some(cursor)] {
                let input = ListStock { sort, cursor, ..ListStock::default() };
                let (sql, args) = statement(&input, &Matches::All, Uuid::nil(), 50).unwrap();
                let plan = scratch.plan(&sql, &args).await;
                assert!(plan[0].contains(index), "{index}: {plan:#?}");
                assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{plan:#?}");
            }
        }
    }
}
