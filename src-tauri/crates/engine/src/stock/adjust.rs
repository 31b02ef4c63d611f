//! Correcting stock by hand: a document with a reason, and before and after on each line.

use std::collections::BTreeSet;

use domain::{
    stock::MoveReason,
    units::{Count, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::post::{Line, Posting, post};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    execute, fetch_dyn, settings,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AdjustMode {
    /// There are so many.
    Set,
    /// So many more, or fewer.
    Delta,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdjustStockLine {
    pub sku_id: Uuid,
    pub mode: AdjustMode,
    pub qty: Qty,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdjustStock {
    pub lines: Vec<AdjustStockLine>,
    pub reason: MoveReason,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AdjustedStockLine {
    pub sku_id: Uuid,
    pub sku_code: String,
    pub before: Qty,
    pub after: Qty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AdjustedStock {
    pub id: Uuid,
    pub number: String,
    /// Lines that changed nothing are left out.
    pub lines: Vec<AdjustedStockLine>,
    pub unchanged: Count,
}

/// The most lines of one document.
const MAX_LINES: usize = 5_000;

pub async fn adjust(ctx: &mut Ctx, input: AdjustStock) -> Result<AdjustedStock> {
    if input.lines.is_empty() {
        return Err(Error::invalid("lines", "required"));
    }
    if input.lines.len() > MAX_LINES {
        return Err(Error::invalid("lines", "too_many"));
    }
    if !input.reason.is_adjustment() {
        return Err(Error::invalid("reason", "unknown"));
    }
    let note = input.note.replace('\0', "");
    let note = note.trim();
    if note.chars().count() > 500 {
        return Err(Error::invalid("note", "too_long"));
    }
    let mut seen = BTreeSet::new();
    for (at, line) in input.lines.iter().enumerate() {
        if line.mode == AdjustMode::Set && line.qty < Qty::ZERO {
            return Err(Error::invalid(format!("lines.{at}.qty"), "negative"));
        }
        if !seen.insert(line.sku_id) {
            return Err(Error::invalid(format!("lines.{at}.sku_id"), "duplicate"));
        }
    }
    let standing = standing(ctx, &input.lines).await?;
    let mut lines = Vec::new();
    let mut done = Vec::new();
    for line in &input.lines {
        let (code, before) = standing
            .iter()
            .find(|(id, ..)| *id == line.sku_id)
            .map(|(_, code, on_hand)| (code.clone(), *on_hand))
            .ok_or_else(|| Error::not_found("sku", line.sku_id))?;
        let delta = match line.mode {
            AdjustMode::Set => line.qty.0 - before,
            AdjustMode::Delta => line.qty.0,
        };
        if delta != 0 {
            lines.push(Line { sku_id: line.sku_id, delta, doc_line: None });
            let after = Qty::new(before + delta).ok_or_else(|| Error::invalid("lines", "too_large"))?;
            done.push(AdjustedStockLine { sku_id: line.sku_id, sku_code: code, before: Qty(before), after });
        }
    }
    if lines.is_empty() {
        return Err(Error::invalid("lines", "nothing_to_change"));
    }
    let id = ctx.new_id();
    let number = settings::next_number(ctx, "adjustment").await?;
    execute!(
        ctx.tx,
        "INSERT INTO stock_adjustment (id, number, reason, note, at, actor_name) VALUES ($1,$2,$3,$4,$5,$6)",
        id,
        number.as_str(),
        input.reason.as_str(),
        note,
        ctx.now.0,
        ctx.caller.actor_name.clone()
    )?;
    let posting = Posting { reason: input.reason, doc_kind: "adjustment", doc_id: id, note };
    post(ctx, &posting, input.reason.counterpart(), &lines).await?;
    ctx.about(id);
    for line in &done {
        ctx.changed(
            "stock",
            line.sku_id,
            serde_json::json!({ "on_hand": line.before }),
            serde_json::json!({ "on_hand": line.after }),
        );
    }
    let opposite = AdjustStock {
        lines: lines
            .iter()
            .map(|line| AdjustStockLine { sku_id: line.sku_id, mode: AdjustMode::Delta, qty: Qty(-line.delta) })
            .collect(),
        reason: input.reason,
        note: number.clone(),
    };
    ctx.undo_with("stock.adjust", &opposite)?;
    let unchanged = Count((input.lines.len() - done.len()) as i64);
    Ok(AdjustedStock { id, number, lines: done, unchanged })
}

/// Code and on hand of the SKUs of these lines, taken in the order of SKUs: "there are so many"
/// must be told from a number that does not move meanwhile.
async fn standing(ctx: &mut Ctx, lines: &[AdjustStockLine]) -> Result<Vec<(Uuid, String, i64)>> {
    let ids: BTreeSet<Uuid> = lines.iter().map(|line| line.sku_id).collect();
    super::reserve::lock(ctx, ids.iter()).await?;
    let ids: Vec<Arg> = ids.into_iter().map(Arg::Uuid).collect();
    let sql = format!(
        "SELECT s.id, s.code, COALESCE(b.on_hand, 0)
         FROM sku s
         LEFT JOIN stock_balance b ON b.sku_id = s.id AND b.location_id = (SELECT id FROM location WHERE main)
         WHERE s.id IN ({})",
        placeholders(0, ids.len())
    );
    Ok(fetch_dyn!(ctx.tx, (Uuid, String, i64), sql, &ids)?)
}
