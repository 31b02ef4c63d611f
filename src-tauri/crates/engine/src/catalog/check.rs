//! Whether a product may be saved as it was typed.

use std::collections::BTreeSet;

use domain::{
    catalog::{GtinError, MAX_SKUS, MatrixError, OptionAxis, check_gtin, sku_matrix},
    search::normalise,
    units::{Minor, Qty},
};

use super::{
    product::ProductSpec,
    save::{SaveProduct, SaveSku},
};
use crate::error::{Error, Result};

/// Trims what was typed and refuses what cannot be; names the field.
pub(super) fn checked(mut input: SaveProduct) -> Result<SaveProduct> {
    trim(&mut input.title);
    if input.title.is_empty() {
        return Err(Error::invalid("title", "required"));
    }
    trim(&mut input.title_en);
    trim(&mut input.brand);
    at_most(&input.title, 300, "title")?;
    at_most(&input.title_en, 300, "title_en")?;
    at_most(&input.brand, 100, "brand")?;
    without_nul(&mut input.description);
    at_most(&input.description, 200_000, "description")?;
    input.tags = unique(input.tags, "tags", 50, 100)?;
    input.media = unique(input.media, "media", 2_000, 100)?;
    input.specs.retain(|spec| !(spec.name.trim().is_empty() && spec.value.trim().is_empty()));
    if input.specs.len() > 200 {
        return Err(Error::invalid("specs", "too_many"));
    }
    for (at, ProductSpec { name, value }) in input.specs.iter_mut().enumerate() {
        trim(name);
        trim(value);
        if name.is_empty() {
            return Err(Error::invalid(format!("specs.{at}.name"), "required"));
        }
        at_most(name, 100, "specs")?;
        at_most(value, 2_000, "specs")?;
    }
    for OptionAxis { name, values } in &mut input.options {
        trim(name);
        values.iter_mut().for_each(trim);
    }
    sku_matrix(&input.options).map_err(matrix_error)?;
    if input.skus.is_empty() {
        return Err(Error::invalid("skus", "required"));
    }
    if input.skus.len() > MAX_SKUS {
        return Err(Error::invalid("skus", "too_many"));
    }
    let (mut codes, mut combinations, mut ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (at, sku) in input.skus.iter_mut().enumerate() {
        check_sku(sku, &input.options, input.accept_odd_barcode).map_err(|error| in_sku(at, error))?;
        if !sku.code.is_empty() && !codes.insert(sku.code.clone()) {
            return Err(Error::invalid(format!("skus.{at}.code"), "duplicate"));
        }
        let values: Vec<String> = sku.option_values.iter().map(|value| normalise(value)).collect();
        if !combinations.insert(values) {
            return Err(Error::invalid(format!("skus.{at}.option_values"), "duplicate"));
        }
        if sku.id.is_some_and(|id| !ids.insert(id)) {
            return Err(Error::invalid(format!("skus.{at}.id"), "duplicate"));
        }
    }
    Ok(input)
}

pub(super) fn matrix_error(error: MatrixError) -> Error {
    let (rule, detail) = match error {
        MatrixError::EmptyName => ("required", String::new()),
        MatrixError::DuplicateName { name } => ("duplicate", name),
        MatrixError::NoValues { name } => ("no_values", name),
        MatrixError::EmptyValue { name } => ("empty_value", name),
        MatrixError::DuplicateValue { name, value } => ("duplicate_value", format!("{name}: {value}")),
        MatrixError::TooMany { max } => ("too_many", max.to_string()),
    };
    Error::invalid_because("options", rule, detail)
}

/// The field is named within the SKU; the caller says which SKU.
fn check_sku(sku: &mut SaveSku, options: &[OptionAxis], accept_odd_barcode: bool) -> Result<()> {
    trim(&mut sku.code);
    at_most(&sku.code, 64, "code")?;
    if sku.code.chars().any(char::is_control) {
        return Err(Error::invalid("code", "malformed"));
    }
    if let Some(barcode) = sku.barcode.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
        sku.barcode = Some(check_barcode(barcode, accept_odd_barcode)?);
    }
    sku.option_values.iter_mut().for_each(trim);
    if sku.option_values.len() != options.len() {
        return Err(Error::invalid("option_values", "wrong_number"));
    }
    for (axis, value) in options.iter().zip(&sku.option_values) {
        if !axis.values.contains(value) {
            return Err(Error::invalid_because("option_values", "unknown", format!("{}: {value}", axis.name)));
        }
    }
    for (field, amount) in [("price", Some(sku.price)), ("list_price", sku.list_price), ("cost", sku.cost)] {
        if amount.is_some_and(|amount| amount < Minor::ZERO) {
            return Err(Error::invalid(field, "negative"));
        }
    }
    let quantities = [
        ("weight_g", sku.weight_g),
        ("volume_cm3", sku.volume_cm3),
        ("low_stock", sku.low_stock),
        ("opening_stock", sku.opening_stock),
    ];
    for (field, qty) in quantities {
        if qty.is_some_and(|qty| qty < Qty::ZERO) {
            return Err(Error::invalid(field, "negative"));
        }
    }
    match sku.tax_ppm {
        Some(..0) => Err(Error::invalid("tax_ppm", "negative")),
        Some(1_000_001..) => Err(Error::invalid("tax_ppm", "too_large")),
        _ => Ok(()),
    }
}

fn check_barcode(barcode: String, accept_odd: bool) -> Result<String> {
    at_most(&barcode, 64, "barcode")?;
    match check_gtin(&barcode) {
        Ok(gtin) => Ok(gtin.as_str().to_owned()),
        Err(GtinError::WrongCheckDigit { expected }) if !accept_odd => {
            Err(Error::invalid_because("barcode", "check_digit", expected.to_string()))
        }
        // Shops print codes of their own: letters, or other lengths.
        Err(_) if barcode.chars().any(char::is_control) => Err(Error::invalid("barcode", "malformed")),
        Err(_) => Ok(barcode),
    }
}

fn in_sku(at: usize, error: Error) -> Error {
    match error {
        Error::Invalid { field, rule, detail } => Error::Invalid { field: format!("skus.{at}.{field}"), rule, detail },
        other => other,
    }
}

fn trim(text: &mut String) {
    without_nul(text);
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

/// Postgres holds no NUL in a text, and nobody means one.
fn without_nul(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "");
    }
}

fn at_most(text: &str, most: usize, field: &str) -> Result<()> {
    if text.len() > most && text.chars().count() > most {
        return Err(Error::invalid_because(field, "too_long", most.to_string()));
    }
    Ok(())
}

/// Trimmed, without empty ones and repetitions, in the order given.
fn unique(texts: Vec<String>, field: &str, longest: usize, most: usize) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for mut text in texts {
        trim(&mut text);
        at_most(&text, longest, field)?;
        if !text.is_empty() && seen.insert(text.clone()) {
            kept.push(text);
        }
    }
    if kept.len() > most {
        return Err(Error::invalid(field, "too_many"));
    }
    Ok(kept)
}
