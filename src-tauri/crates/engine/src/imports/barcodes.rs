//! Lists of barcodes with names: a product a row, its barcode being its SKU code too.

use super::{
    products::{BATCH, Draft, DraftSku, Seen, category, media},
    report::raw_of,
    run::{Plan, Send, Work, batches},
    values::{barcode, short},
};
use crate::error::Result;

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let mut seen = Seen::default();
    batches(
        plan,
        BATCH,
        send,
        |_, _| true,
        |drafts: &mut Vec<Draft>, report, number, cells| {
            let cell = |field| plan.columns.get(cells, field);
            let judged = || -> Result<(Draft, bool), (&'static str, &'static str)> {
                let title = short(cell("title"), 200);
                if title.is_empty() {
                    return Err(("no_title", "title"));
                }
                let (bars, sound) = barcode(cell("barcode"));
                let bars = bars.filter(|bars| bars.len() <= 40).ok_or(("barcode", "barcode"))?;
                let sku = DraftSku {
                    code: bars.clone(),
                    barcode: Some(bars.clone()),
                    price: plan.money(cell("price"), "price")?,
                    row: number,
                    ..DraftSku::default()
                };
                let draft = Draft {
                    source: "barcodes",
                    external_id: Some(format!("barcode:{bars}")),
                    title,
                    category: category(plan, cell("category")),
                    brand: short(cell("brand"), 80),
                    media: media([cell("image")]),
                    skus: vec![sku],
                    rows: vec![number],
                    ..Draft::default()
                };
                Ok((draft, sound))
            };
            let judged = judged().and_then(|(draft, sound)| {
                seen.check(&draft.skus[0], draft.external_id.as_deref())?;
                Ok((draft, sound))
            });
            match judged {
                Ok((draft, sound)) => {
                    report.note("barcode_check_digit", i64::from(!sound));
                    drafts.push(draft);
                }
                Err((reason, field)) => report.refuse(number, reason, field, raw_of(cells)),
            }
        },
        Work::Products,
    )
}
