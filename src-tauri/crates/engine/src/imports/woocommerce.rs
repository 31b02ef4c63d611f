//! WooCommerce's export of products: variations name their parent by SKU or by `id:741`, and may
//! stand anywhere in the file, which is therefore read in whole.
//!
//! Grouped products are sets of others and have nothing to sell themselves: refused,
//! `unsupported_type`. A variable product without any variation is `no_variant`.

use std::collections::{HashMap, HashSet};

use super::{
    file::{self, Flow, Reading},
    products::{BATCH, Draft, DraftSku, category, count, description, media},
    report::{Report, raw_of},
    run::{Plan, Send, Work, whole},
    values::{barcode, clean, grams, short, tags, yes},
};
use crate::error::Result;

const ATTRIBUTES: [(&str, &str); 3] =
    [("attribute1_name", "attribute1"), ("attribute2_name", "attribute2"), ("attribute3_name", "attribute3")];

type Fault = (&'static str, &'static str);

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let mut report = Report::default();
    let mut parents: Vec<(Draft, bool, Vec<String>)> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut variations: Vec<(i64, Vec<String>)> = Vec::new();
    let mut codes = HashSet::new();
    let mut below_header = false;
    file::read(&plan.opened, &mut |reading| {
        if !std::mem::replace(&mut below_header, true) {
            return Ok(Flow::On);
        }
        let (number, cells) = match reading {
            Reading::Row { number, cells, .. } => (number, cells),
            Reading::Bad { number, reason, .. } => {
                report.refuse(number, reason, "", Vec::new());
                return Ok(Flow::On);
            }
        };
        let kind = plan.columns.get(cells, "type").to_lowercase();
        if kind.starts_with("variation") {
            variations.push((number, cells.iter().map(str::to_owned).collect()));
            return Ok(Flow::On);
        }
        match parent(plan, number, cells, &kind, &mut codes, &mut report) {
            Ok(draft) => {
                let id = clean(plan.columns.get(cells, "id")).to_owned();
                let code = clean(plan.columns.get(cells, "sku")).to_owned();
                for key in [format!("id:{id}"), code].into_iter().filter(|key| !key.is_empty() && key != "id:") {
                    by_key.insert(key, parents.len());
                }
                parents.push((draft, kind.starts_with("variable"), raw_of(cells)));
            }
            Err((reason, field)) => report.refuse(number, reason, field, raw_of(cells)),
        }
        Ok(Flow::On)
    })?;
    for (number, cells) in variations {
        let cells = csv::StringRecord::from(cells);
        let key = clean(plan.columns.get(&cells, "parent"));
        let judged = by_key
            .get(key)
            .and_then(|at| parents.get_mut(*at))
            .ok_or(("unknown_parent", "parent"))
            .and_then(|(draft, ..)| variation(plan, number, &cells, draft, &mut codes, &mut report));
        if let Err((reason, field)) = judged {
            report.refuse(number, reason, field, raw_of(&cells));
        }
    }
    let mut drafts = Vec::with_capacity(parents.len());
    for (draft, variable, raw) in parents {
        if variable && draft.skus.is_empty() {
            report.refuse(draft.rows[0], "no_variant", "type", raw);
        } else {
            drafts.push(draft);
        }
    }
    whole(plan, BATCH, send, drafts, report, |draft| draft.rows.len() as i64, Work::Products);
    Ok(())
}

fn parent(
    plan: &Plan,
    number: i64,
    cells: &csv::StringRecord,
    kind: &str,
    codes: &mut HashSet<String>,
    report: &mut Report,
) -> Result<Draft, Fault> {
    let cell = |field| plan.columns.get(cells, field);
    let simple = kind.starts_with("simple") || kind.starts_with("external");
    if !simple && !kind.starts_with("variable") {
        return Err(("unsupported_type", "type"));
    }
    let title = short(cell("name"), 200);
    if title.is_empty() {
        return Err(("no_title", "name"));
    }
    let id = short(clean(cell("id")), 60);
    if id.is_empty() {
        return Err(("required", "id"));
    }
    let attributes: Vec<(String, String)> = ATTRIBUTES
        .iter()
        .map(|(name, value)| (short(cell(name), 40), short(cell(value), 400)))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .collect();
    let mut draft = Draft {
        source: "woocommerce",
        external_id: Some(id),
        title,
        description: [description(cell("short_description")), description(cell("description"))]
            .join("\n\n")
            .trim()
            .into(),
        category: category(plan, cell("categories")),
        brand: short(cell("brand"), 80),
        tags: tags(cell("tags")),
        media: media(cell("images").split(',')),
        // -1 is a draft, 0 private.
        listed: Some(yes(cell("published"))),
        rows: vec![number],
        ..Draft::default()
    };
    if simple {
        // One value of an attribute is a fact about the product, not a choice.
        draft.specs = attributes;
        draft.skus.push(sku(plan, number, cells, Vec::new(), codes, report)?);
    } else {
        draft.option_names = attributes.into_iter().map(|(name, _)| name).collect();
    }
    Ok(draft)
}

fn variation(
    plan: &Plan,
    number: i64,
    cells: &csv::StringRecord,
    draft: &mut Draft,
    codes: &mut HashSet<String>,
    report: &mut Report,
) -> Result<(), Fault> {
    let cell = |field| plan.columns.get(cells, field);
    let values: Vec<String> = draft
        .option_names
        .iter()
        .map(|option| {
            let own = ATTRIBUTES.iter().find(|(name, _)| cell(name).eq_ignore_ascii_case(option));
            own.map(|(_, value)| short(cell(value), 80)).unwrap_or_default()
        })
        // A variation that leaves a choice open fits any value of it.
        .map(|value| if value.is_empty() { "*".to_owned() } else { value })
        .collect();
    if draft.skus.iter().any(|sku| sku.option_values == values) {
        return Err(("duplicate_variant", "attribute1"));
    }
    let sku = sku(plan, number, cells, values, codes, report)?;
    for picture in media(cell("images").split(',')) {
        if !draft.media.contains(&picture) && draft.media.len() < 50 {
            draft.media.push(picture);
        }
    }
    draft.rows.push(number);
    draft.skus.push(sku);
    Ok(())
}

fn sku(
    plan: &Plan,
    number: i64,
    cells: &csv::StringRecord,
    option_values: Vec<String>,
    codes: &mut HashSet<String>,
    report: &mut Report,
) -> Result<DraftSku, Fault> {
    let cell = |field| plan.columns.get(cells, field);
    let code = short(clean(cell("sku")), 64);
    let regular = plan.money(cell("price"), "price")?;
    let sale = plan.money(cell("sale_price"), "sale_price")?;
    let (bars, sound) = barcode(cell("barcode"));
    let stock = if plan.options.without_stock { None } else { count(cell("stock"), "stock")? };
    let low_stock = count(cell("low_stock"), "low_stock")?;
    if !code.is_empty() && !codes.insert(code.clone()) {
        return Err(("duplicate_sku", "sku"));
    }
    report.note("barcode_check_digit", i64::from(!sound));
    Ok(DraftSku {
        code,
        barcode: bars,
        option_values,
        price: sale.or(regular),
        list_price: sale.and(regular),
        cost: None,
        weight_g: match (cell("weight"), cell("weight_kg")) {
            ("", kilos) => grams(kilos, "kg"),
            (weight, _) => grams(weight, "g"),
        },
        stock,
        backorder: yes(cell("backorders")) || cell("backorders").eq_ignore_ascii_case("notify"),
        low_stock,
        row: number,
    })
}
