//! Shopify's export of products: the rows of a product share its handle; the first has its texts,
//! each with a price is a variant, the others add pictures.

use std::collections::HashSet;

use super::{
    products::{BATCH, Draft, DraftSku, category, count, description, media},
    report::{Report, raw_of},
    run::{Plan, Send, Work, batches},
    values::{barcode, clean, grams, short, tags, yes},
};
use crate::error::Result;

const OPTIONS: [(&str, &str); 3] =
    [("option1_name", "option1"), ("option2_name", "option2"), ("option3_name", "option3")];

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let mut codes: HashSet<String> = HashSet::new();
    let handle_of = |cells: &csv::StringRecord| short(clean(plan.columns.get(cells, "handle")), 200);
    batches(
        plan,
        BATCH,
        send,
        |drafts: &[Draft], cells| {
            drafts.last().is_none_or(|last| last.external_id.as_deref() != Some(handle_of(cells).as_str()))
        },
        |drafts, report, number, cells| {
            let handle = handle_of(cells);
            if handle.is_empty() {
                return report.refuse(number, "required", "handle", raw_of(cells));
            }
            if drafts.last().is_none_or(|last| last.external_id.as_deref() != Some(handle.as_str())) {
                let cell = |field| plan.columns.get(cells, field);
                drafts.push(Draft {
                    source: "shopify",
                    title: short(cell("title"), 200),
                    description: description(cell("body")),
                    category: category(plan, cell("type")),
                    brand: short(cell("vendor"), 80),
                    tags: tags(cell("tags")),
                    option_names: OPTIONS
                        .iter()
                        .map(|(name, _)| short(cell(name), 40))
                        .take_while(|name| !name.is_empty())
                        .collect(),
                    listed: Some(match (cell("status"), cell("published")) {
                        ("", "") => true,
                        ("", published) => yes(published),
                        (status, _) => yes(status),
                    }),
                    external_id: Some(handle),
                    ..Draft::default()
                });
            }
            let Some(draft) = drafts.last_mut() else { return };
            match variant(plan, draft, number, cells, report, &mut codes) {
                Ok(sku) => {
                    draft.rows.push(number);
                    draft.skus.extend(sku);
                    let pictures = ["image", "variant_image"].map(|field| plan.columns.get(cells, field));
                    for picture in media(pictures) {
                        if !draft.media.contains(&picture) && draft.media.len() < 50 {
                            draft.media.push(picture);
                        }
                    }
                }
                Err((reason, field)) => report.refuse(number, reason, field, raw_of(cells)),
            }
        },
        Work::Products,
    )
}

fn variant(
    plan: &Plan,
    draft: &mut Draft,
    number: i64,
    cells: &csv::StringRecord,
    report: &mut Report,
    codes: &mut HashSet<String>,
) -> Result<Option<DraftSku>, (&'static str, &'static str)> {
    let cell = |field| plan.columns.get(cells, field);
    if draft.title.is_empty() && draft.skus.is_empty() {
        return Err(("no_title", "title"));
    }
    let price = plan.money(cell("price"), "price")?;
    let code = short(clean(cell("sku")), 64);
    let values: Vec<String> =
        OPTIONS.iter().map(|(_, value)| short(clean(cell(value)), 80)).take(draft.option_names.len()).collect();
    if price.is_none() && code.is_empty() && values.iter().all(String::is_empty) {
        // A picture more.
        return Ok(None);
    }
    // Shopify writes products without options as one option "Title" of "Default Title".
    let plain = draft.option_names == ["Title"] && values == ["Default Title"];
    if plain {
        draft.option_names.clear();
    }
    let option_values = if plain { Vec::new() } else { values };
    if draft.skus.iter().any(|sku| sku.option_values == option_values) {
        return Err(("duplicate_variant", "option1"));
    }
    if !code.is_empty() && !codes.insert(code.clone()) {
        return Err(("duplicate_sku", "sku"));
    }
    let (bars, sound) = barcode(cell("barcode"));
    let tracked = !cell("tracker").is_empty();
    let stock = if tracked && !plan.options.without_stock { count(cell("stock"), "stock")? } else { None };
    let sku = DraftSku {
        code,
        barcode: bars,
        option_values,
        price,
        list_price: plan.money(cell("list_price"), "list_price")?.filter(|list| Some(*list) > price),
        cost: plan.money(cell("cost"), "cost")?,
        weight_g: grams(cell("grams"), "g").filter(|grams| *grams > 0),
        stock,
        backorder: matches!(cell("policy").to_ascii_lowercase().as_str(), "continue" | "true" | "yes"),
        low_stock: None,
        row: number,
    };
    report.note("barcode_check_digit", i64::from(!sound));
    report.note("negative_stock", i64::from(stock.is_some_and(|stock| stock < 0)));
    Ok(Some(sku))
}
