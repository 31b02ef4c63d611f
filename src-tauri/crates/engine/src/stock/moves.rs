//! The history of stock: every move, with its document, who and when, before and after.

use std::collections::HashSet;

use domain::{
    stock::{LocationKind, MoveReason},
    units::{Millis, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    catalog::options_text,
    ctx::Ctx,
    db::Arg,
    error::{Error, Result},
    fetch_dyn,
    page::Cursor,
};

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ListMoves {
    pub sku_id: Option<Uuid>,
    pub reason: Option<MoveReason>,
    /// Shop-local days, both included.
    pub from_day: Option<i32>,
    pub to_day: Option<i32>,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MoveRow {
    pub id: Uuid,
    pub at: Millis,
    pub actor_name: String,
    pub sku_id: Uuid,
    pub product_id: Uuid,
    pub sku_code: String,
    pub title: String,
    pub title_en: String,
    pub options: String,
    pub reason: MoveReason,
    /// Above zero: came in.
    pub delta: Qty,
    pub before: Qty,
    pub after: Qty,
    pub from: LocationKind,
    pub to: LocationKind,
    pub doc_kind: String,
    pub doc_id: Uuid,
    /// What the document is called; empty when it has no number.
    pub doc_number: String,
    /// The order behind it, if there is one.
    pub order_id: Option<Uuid>,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MovePage {
    pub items: Vec<MoveRow>,
    pub next: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: i64,
    actor_name: String,
    sku_id: Uuid,
    product_id: Uuid,
    code: String,
    title: String,
    title_en: String,
    option_values: String,
    reason: MoveReason,
    qty: i64,
    before: i64,
    after: i64,
    from_kind: LocationKind,
    to_kind: LocationKind,
    doc_kind: String,
    doc_id: Uuid,
    doc_number: Option<String>,
    order_id: Option<Uuid>,
    note: String,
}

impl Row {
    /// The goods went, wherever they went: the shelf is told of whole, an order that is not seen is not named.
    fn without(self, hidden: &HashSet<Uuid>) -> Self {
        if self.order_id.is_none_or(|order| !hidden.contains(&order)) {
            return self;
        }
        let note = String::new();
        Self { doc_id: Uuid::nil(), doc_number: None, order_id: None, note, actor_name: String::new(), ..self }
    }
}

/// Newest first.
pub async fn moves(ctx: &mut Ctx, input: ListMoves) -> Result<MovePage> {
    let limit = crate::page::limit(input.limit)?;
    let mut args: Vec<Arg> = Vec::new();
    let mut wanted = String::new();
    if let Some(sku) = input.sku_id {
        args.push(sku.into());
        wanted.push_str(&format!(" AND m.sku_id = ${}", args.len()));
    }
    if let Some(reason) = input.reason {
        args.push(reason.as_str().into());
        wanted.push_str(&format!(" AND m.reason = ${}", args.len()));
    }
    let shop = ctx.shop()?;
    let starts = |day: i32, field: &str| {
        domain::time::day_bounds(day, &shop.zone).map(|(start, _)| start).map_err(|_| Error::invalid(field, "unknown"))
    };
    if let Some(day) = input.from_day {
        args.push(starts(day, "from_day")?.into());
        wanted.push_str(&format!(" AND m.at >= ${}", args.len()));
    }
    if let Some(day) = input.to_day {
        args.push(starts(day.saturating_add(1), "to_day")?.into());
        wanted.push_str(&format!(" AND m.at < ${}", args.len()));
    }
    if let Some(cursor) = &input.cursor {
        let cursor = Cursor::read(cursor)?;
        args.extend([cursor.number()?.into(), cursor.id.into()]);
        wanted.push_str(&format!(" AND (m.at, m.id) < (${}, ${})", args.len() - 1, args.len()));
    }
    let sql = format!(
        "SELECT m.id, m.at, m.actor_name, m.sku_id, s.product_id, s.code, p.title, p.title_en, s.option_values, m.reason, m.qty,
                m.before, m.after, f.kind AS from_kind, t.kind AS to_kind, m.doc_kind, m.doc_id, m.note,
                COALESCE(o.number, a.number, r.number) AS doc_number,
                COALESCE(o.id, r.order_id) AS order_id
         FROM (SELECT * FROM stock_move m WHERE 1 = 1{wanted} ORDER BY m.at DESC, m.id DESC LIMIT {}) m
         JOIN sku s ON s.id = m.sku_id
         JOIN product p ON p.id = s.product_id
         JOIN location f ON f.id = m.from_id
         JOIN location t ON t.id = m.to_id
         LEFT JOIN parcel c ON c.id = m.doc_id
         LEFT JOIN orders o ON o.id = COALESCE(c.order_id, m.doc_id)
         LEFT JOIN order_return r ON r.id = m.doc_id
         LEFT JOIN stock_adjustment a ON a.id = m.doc_id
         ORDER BY m.at DESC, m.id DESC",
        limit + 1
    );
    let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let orders: Vec<Uuid> = rows.iter().filter_map(|row| row.order_id).collect();
    let hidden = ctx.hidden_of(&orders).await?;
    let (rows, next) = crate::page::cut(rows, limit, |row| Cursor::of_number(row.at, row.id));
    let items = rows
        .into_iter()
        .map(|row| row.without(&hidden))
        .map(|row| {
            Ok(MoveRow {
                id: row.id,
                at: Millis(row.at),
                actor_name: row.actor_name,
                sku_id: row.sku_id,
                product_id: row.product_id,
                sku_code: row.code,
                title: row.title,
                title_en: row.title_en,
                options: options_text(&row.option_values)?,
                reason: row.reason,
                delta: Qty(if row.to_kind.is_owned() { row.qty } else { -row.qty }),
                before: Qty(row.before),
                after: Qty(row.after),
                from: row.from_kind,
                to: row.to_kind,
                doc_kind: row.doc_kind,
                doc_id: row.doc_id,
                doc_number: row.doc_number.unwrap_or_default(),
                order_id: row.order_id,
                note: row.note,
            })
        })
        .collect::<Result<_>>()?;
    Ok(MovePage { items, next })
}
