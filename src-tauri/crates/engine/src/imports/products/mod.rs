//! Products from files.
//!
//! Each kind of file is read into [`Draft`]s, which one writer compares with the shop. Rules:
//!
//! - A product is known by what it is called in its source (a handle, an id), else by its first SKU
//!   code, else by its barcode, else by its title.
//! - What a file says replaces what the shop has; what a file leaves empty stays. Tags and pictures
//!   are added to. SKUs that a file no longer names stay.
//! - Stock levels count for new SKUs only: a second import must not fill the shelf twice.
//! - A product without any price is a draft: nothing is sold for nothing by accident.
//! - A barcode whose check digit is wrong is kept, for it is what the scanner reads, and noted
//!   (`barcode_check_digit`). A row without a name is refused.
//! - A SKU code that stands twice in a file is refused the second time.

pub mod store;
mod write;

pub use write::Writer;

use std::collections::HashMap;

use csv::StringRecord;

use super::{
    fields::Columns,
    report::{Report, raw_of},
    run::{Plan, Send, Work, batches},
    values::{barcode, category_path, clean, grams, plain_text, short, tags, whole, yes},
};
use crate::error::Result;

/// Products to a batch.
pub const BATCH: usize = 1_000;

/// A product as a file has it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub source: &'static str,
    pub external_id: Option<String>,
    pub title: String,
    pub description: String,
    pub category: Vec<String>,
    pub brand: String,
    pub tags: Vec<String>,
    pub option_names: Vec<String>,
    pub specs: Vec<(String, String)>,
    pub media: Vec<String>,
    /// `None` when the file does not say.
    pub listed: Option<bool>,
    pub skus: Vec<DraftSku>,
    /// The rows of the file it was read from, those of its SKUs too.
    pub rows: Vec<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct DraftSku {
    pub code: String,
    pub barcode: Option<String>,
    pub option_values: Vec<String>,
    pub price: Option<i64>,
    pub list_price: Option<i64>,
    pub cost: Option<i64>,
    pub weight_g: Option<i64>,
    pub stock: Option<i64>,
    pub backorder: bool,
    pub low_stock: Option<i64>,
    pub row: i64,
}

/// Reads a table with a SKU a row, columns as mapped.
pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let columns = plan.columns.clone();
    let option_columns: Vec<(String, usize)> = ["option1", "option2", "option3"]
        .iter()
        .filter_map(|field| {
            let at = columns.index(field)?;
            Some((plan.header.get(at)?.trim().to_owned(), at))
        })
        .collect();
    let mut seen = Seen::default();
    // A batch may end between two SKUs of a product: the writer finds the product by its id then.
    batches(
        plan,
        BATCH,
        send,
        |_, _| true,
        |drafts: &mut Vec<Draft>, report, number, cells| match sku_row(
            plan,
            &columns,
            &option_columns,
            number,
            cells,
            report,
            &mut seen,
        ) {
            Ok(draft) => match drafts.last_mut() {
                Some(last) if same(last, &draft) => {
                    last.rows.extend(draft.rows);
                    last.skus.extend(draft.skus);
                }
                _ => drafts.push(draft),
            },
            Err((reason, field)) => report.refuse(number, reason, field, raw_of(cells)),
        },
        Work::Products,
    )
}

fn same(one: &Draft, other: &Draft) -> bool {
    one.external_id.is_some() && one.external_id == other.external_id && one.source == other.source
}

fn sku_row(
    plan: &Plan,
    columns: &Columns,
    option_columns: &[(String, usize)],
    number: i64,
    cells: &StringRecord,
    report: &mut Report,
    seen: &mut Seen,
) -> Result<Draft, (&'static str, &'static str)> {
    let cell = |field| columns.get(cells, field);
    let title = short(cell("title"), 200);
    if title.is_empty() {
        return Err(("no_title", "title"));
    }
    let money = |field| plan.money(cell(field), field);
    let count = |field| count(cell(field), field);
    let (bars, sound) = barcode(cell("barcode"));
    let code = short(clean(cell("sku")), 64);
    let options: Vec<(String, String)> = option_columns
        .iter()
        .filter_map(|(name, at)| {
            let value = short(cells.get(*at)?.trim(), 80);
            (!value.is_empty()).then(|| (short(name, 40), value))
        })
        .collect();
    let product_id = short(clean(cell("product_id")), 120);
    let external_id = if !product_id.is_empty() {
        Some(product_id)
    } else if !options.is_empty() {
        Some(format!("title:{title}"))
    } else if !code.is_empty() {
        None
    } else if let Some(bars) = &bars {
        Some(format!("barcode:{bars}"))
    } else {
        Some(format!("title:{title}"))
    };
    let weight = match (cell("weight"), cell("weight_kg")) {
        ("", "") => None,
        ("", kilos) => Some(grams(kilos, "kg").ok_or(("not_a_number", "weight_kg"))?),
        (weight, _) => Some(grams(weight, "g").ok_or(("not_a_number", "weight"))?),
    };
    let sku = DraftSku {
        price: money("price")?,
        list_price: money("list_price")?,
        cost: money("cost")?,
        weight_g: weight,
        stock: if plan.options.without_stock { None } else { count("stock")? },
        low_stock: count("low_stock")?,
        option_values: options.iter().map(|(_, value)| value.clone()).collect(),
        code,
        barcode: bars,
        row: number,
        ..DraftSku::default()
    };
    seen.check(&sku, external_id.as_deref())?;
    report.note("barcode_check_digit", i64::from(!sound));
    let image = cell("image");
    Ok(Draft {
        source: "products",
        external_id,
        title,
        description: description(cell("description")),
        category: category(plan, cell("category")),
        brand: short(cell("brand"), 80),
        tags: tags(cell("tags")),
        option_names: options.into_iter().map(|(name, _)| name).collect(),
        media: media([image]),
        listed: Some(cell("state")).filter(|state| !state.is_empty()).map(yes),
        skus: vec![sku],
        rows: vec![number],
        ..Draft::default()
    })
}

/// What stood in a file before: SKU codes must not stand twice, nor one product's options.
#[derive(Default)]
pub struct Seen {
    codes: HashMap<String, ()>,
    variants: HashMap<(String, Vec<String>), ()>,
}

impl Seen {
    pub fn check(&mut self, sku: &DraftSku, external_id: Option<&str>) -> Result<(), (&'static str, &'static str)> {
        if let Some(id) = external_id
            && self.variants.insert((id.to_owned(), sku.option_values.clone()), ()).is_some()
        {
            let which = if id.starts_with("barcode:") { "duplicate_barcode" } else { "duplicate_variant" };
            return Err((which, if id.starts_with("barcode:") { "barcode" } else { "option1" }));
        }
        if !sku.code.is_empty() && self.codes.insert(sku.code.clone(), ()).is_some() {
            return Err(("duplicate_sku", "sku"));
        }
        Ok(())
    }
}

/// A quantity that may be missing.
pub fn count(text: &str, field: &'static str) -> Result<Option<i64>, (&'static str, &'static str)> {
    if clean(text).is_empty() {
        return Ok(None);
    }
    let count = whole(text).ok_or(("not_a_number", field))?;
    if count.unsigned_abs() > 1_000_000_000 { Err(("too_large", field)) } else { Ok(Some(count)) }
}

/// A description as text, of bearable length.
pub fn description(html: &str) -> String {
    short(&plain_text(html), 20_000)
}

/// The category a file names, or the one chosen for all.
pub fn category(plan: &Plan, text: &str) -> Vec<String> {
    let path = category_path(text);
    if path.is_empty() { category_path(plan.options.category.as_deref().unwrap_or_default()) } else { path }
}

/// Addresses of pictures, each once.
pub fn media<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut media: Vec<String> = Vec::new();
    for address in addresses {
        let address = address.trim();
        let address = if address.starts_with("//") { format!("https:{address}") } else { address.to_owned() };
        let fits = address.starts_with("http://") || address.starts_with("https://");
        if fits && address.len() <= 2_000 && !media.contains(&address) && media.len() < 50 {
            media.push(address);
        }
    }
    media
}
