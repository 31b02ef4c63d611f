//! The MySQL dump of a litemall shop: goods, their SKUs, categories and brands.
//!
//! A row of `litemall_goods` or `litemall_goods_product` is a row of the import; they are numbered in
//! the order of the dump. Goods that were deleted there are refused, `deleted`; goods without a SKU
//! get one of their own, at their retail price.

use std::collections::HashMap;

use super::{
    dump::{self, DumpError, Value},
    file::{self, Opened},
    products::{BATCH, Draft, DraftSku, count, description, media},
    report::Report,
    run::{Plan, Send, Work, whole},
    values::{category_path, pictures_in, short, tags},
};
use crate::error::{Error, Result};

/// The columns of the tables, as litemall creates them: a dump without names has them in this order.
const TABLES: &[(&str, &[&str])] = &[
    ("litemall_category", &["id", "name", "keywords", "desc", "pid"]),
    ("litemall_brand", &["id", "name"]),
    (
        "litemall_goods",
        &[
            "id",
            "goods_sn",
            "name",
            "category_id",
            "brand_id",
            "gallery",
            "keywords",
            "brief",
            "is_on_sale",
            "sort_order",
            "pic_url",
            "share_url",
            "is_new",
            "is_hot",
            "unit",
            "counter_price",
            "retail_price",
            "detail",
            "add_time",
            "update_time",
            "deleted",
        ],
    ),
    (
        "litemall_goods_product",
        &["id", "goods_id", "specifications", "price", "number", "url", "add_time", "update_time", "deleted"],
    ),
    ("litemall_goods_specification", &["id", "goods_id", "specification", "value"]),
    ("litemall_goods_attribute", &["id", "goods_id", "attribute", "value", "add_time", "update_time", "deleted"]),
];

/// The cells of a row by name.
type Cells = HashMap<&'static str, String>;

fn each(opened: &Opened, mut take: impl FnMut(&'static str, Cells, &[Value]) -> bool) -> Result<()> {
    let text = file::text_of(opened)?;
    dump::rows(text, |table, names, values| {
        let Some((table, usual)) = TABLES.iter().find(|(known, _)| *known == table) else { return true };
        let mut cells = Cells::new();
        for (at, value) in values.iter().enumerate() {
            let name = match names.get(at) {
                Some(name) => usual.iter().copied().find(|known| known == name),
                None if names.is_empty() => usual.get(at).copied(),
                None => None,
            };
            if let (Some(name), Some(value)) = (name, value) {
                cells.insert(name, value.clone());
            }
        }
        take(table, cells, &values)
    })
    .map_err(|error| match error {
        DumpError::Damaged => opened.bad("damaged"),
        DumpError::RowTooLong => opened.bad("row_too_long"),
        DumpError::Unreadable => opened.bad("unreadable"),
    })
}

/// A header and the first goods, as a table to look at.
pub fn preview(opened: &Opened, rows: usize) -> Result<Vec<Vec<String>>> {
    let shown = ["id", "goods_sn", "name", "category_id", "retail_price", "is_on_sale"];
    let mut table = vec![shown.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    let outcome = each(opened, |name, cells, _| {
        if name == "litemall_goods" {
            let cell = |name: &&str| short(cells.get(*name).map_or("", String::as_str), 300);
            table.push(shown.iter().map(cell).collect());
        }
        table.len() < rows
    });
    if table.len() == 1 {
        outcome?;
        return Err(opened.bad("no_litemall"));
    }
    Ok(table)
}

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let mut report = Report::default();
    let mut categories: HashMap<String, (String, String)> = HashMap::new();
    let mut brands: HashMap<String, String> = HashMap::new();
    let mut goods: Vec<(i64, Cells, Vec<String>)> = Vec::new();
    let mut skus: HashMap<String, Vec<(i64, Cells, Vec<String>)>> = HashMap::new();
    let mut axes: HashMap<String, Vec<String>> = HashMap::new();
    let mut specs: HashMap<String, Vec<(String, String)>> = HashMap::new();
    // The header that a table would have is row 1.
    let mut number = 1;
    each(&plan.opened, |table, mut cells, values| {
        let mut cell = |name: &str| cells.remove(name).unwrap_or_default();
        match table {
            "litemall_category" => {
                categories.insert(cell("id"), (cell("name"), cell("pid")));
            }
            "litemall_brand" => {
                brands.insert(cell("id"), cell("name"));
            }
            "litemall_goods_specification" => {
                let names = axes.entry(cell("goods_id")).or_default();
                let name = short(cell("specification").trim(), 40);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            "litemall_goods_attribute" => {
                let pair = (short(&cell("attribute"), 60), short(&cell("value"), 400));
                specs.entry(cell("goods_id")).or_default().push(pair);
            }
            _ => {
                number += 1;
                let raw = values.iter().map(|value| short(value.as_deref().unwrap_or_default(), 300)).collect();
                if table == "litemall_goods" {
                    goods.push((number, cells, raw));
                } else {
                    let of = cells.get("goods_id").cloned().unwrap_or_default();
                    skus.entry(of).or_default().push((number, cells, raw));
                }
            }
        }
        true
    })?;
    if goods.is_empty() {
        return Err(Error::BadFile { file: plan.opened.name.clone(), reason: "no_litemall".into() });
    }
    let path = |id: &str| -> Vec<String> {
        let mut path = Vec::new();
        let mut at = categories.get(id);
        // A tree of two levels; a ring in the data must not hold us.
        while let Some((name, parent)) = at.filter(|_| path.len() < 6) {
            path.insert(0, short(name.trim(), 80));
            at = categories.get(parent);
        }
        path
    };
    let mut drafts = Vec::new();
    for (number, cells, raw) in goods {
        let id = cells.get("id").cloned().unwrap_or_default();
        let own = skus.remove(&id).unwrap_or_default();
        let cell = |name: &str| cells.get(name).map_or("", String::as_str);
        let refusal = if cell("deleted") == "1" {
            Some(("deleted", ""))
        } else if cell("name").trim().is_empty() {
            Some(("no_title", "name"))
        } else {
            None
        };
        if let Some((reason, field)) = refusal {
            report.refuse(number, reason, field, raw);
            for (number, _, raw) in own {
                report.refuse(number, "unknown_parent", "goods_id", raw);
            }
            continue;
        }
        let mut draft = Draft {
            source: "litemall",
            external_id: Some(id.clone()),
            title: short(cell("name").trim(), 200),
            description: [cell("brief").to_owned(), description(cell("detail"))].join("\n").trim().into(),
            category: match path(cell("category_id")) {
                path if path.is_empty() => category_path(plan.options.category.as_deref().unwrap_or_default()),
                path => path,
            },
            brand: short(brands.get(cell("brand_id")).map_or("", String::as_str).trim(), 80),
            tags: tags(cell("keywords")),
            option_names: axes.remove(&id).unwrap_or_default(),
            specs: specs.remove(&id).unwrap_or_default(),
            listed: Some(cell("is_on_sale") != "0"),
            rows: vec![number],
            ..Draft::default()
        };
        let gallery: Vec<String> = serde_json::from_str(cell("gallery")).unwrap_or_default();
        let detail = pictures_in(cell("detail"));
        draft.media = media(std::iter::once(cell("pic_url")).chain(gallery.iter().chain(&detail).map(String::as_str)));
        for (number, cells, raw) in own {
            match sku(plan, &draft, number, &cells) {
                Ok(sku) => {
                    draft.rows.push(number);
                    draft.skus.push(sku);
                }
                Err((reason, field)) => report.refuse(number, reason, field, raw),
            }
        }
        // One SKU of one value ("standard") is no choice.
        if draft.skus.len() == 1 && draft.option_names.len() <= 1 {
            draft.option_names.clear();
            draft.skus[0].option_values.clear();
        }
        if draft.skus.is_empty() {
            let price = plan.money(cell("retail_price"), "retail_price").ok().flatten();
            draft.option_names.clear();
            draft.skus.push(DraftSku { price, row: number, ..DraftSku::default() });
        }
        drafts.push(draft);
    }
    for (number, _, raw) in skus.into_values().flatten() {
        report.refuse(number, "unknown_parent", "goods_id", raw);
    }
    whole(plan, BATCH, send, drafts, report, |draft| draft.rows.len() as i64, Work::Products);
    Ok(())
}

fn sku(plan: &Plan, draft: &Draft, number: i64, cells: &Cells) -> Result<DraftSku, (&'static str, &'static str)> {
    let cell = |name: &str| cells.get(name).map_or("", String::as_str);
    if cell("deleted") == "1" {
        return Err(("deleted", ""));
    }
    let values: Vec<String> =
        serde_json::from_str(cell("specifications")).map_err(|_| ("damaged", "specifications"))?;
    let option_values: Vec<String> = values.iter().map(|value| short(value.trim(), 80)).collect();
    if draft.skus.iter().any(|sku| sku.option_values == option_values) {
        return Err(("duplicate_variant", "specifications"));
    }
    Ok(DraftSku {
        option_values,
        price: plan.money(cell("price"), "price")?,
        stock: if plan.options.without_stock { None } else { count(cell("number"), "number")? },
        row: number,
        ..DraftSku::default()
    })
}
