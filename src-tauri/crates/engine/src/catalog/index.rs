//! What products and SKUs are found by.

use std::collections::HashMap;

use domain::{
    catalog::check_gtin,
    search::{haystack, normalise},
};
use uuid::Uuid;

use super::sale::options_text;
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::Result,
    fetch_dyn, search,
};

/// A code as it is looked up: without regard to case or width.
pub(crate) fn code_key(code: &str) -> String {
    normalise(code)
}

/// A barcode as it is looked up: digits padded to 14, so that a UPC-A and the EAN-13 a scanner
/// makes of it are one; anything else as a code.
pub(crate) fn barcode_key(barcode: &str) -> String {
    if let Ok(gtin) = check_gtin(barcode) {
        return gtin.gtin14();
    }
    let folded: String = normalise(barcode).chars().filter(|c| !c.is_whitespace()).collect();
    if folded.len() <= 14 && !folded.is_empty() && folded.bytes().all(|b| b.is_ascii_digit()) {
        format!("{folded:0>14}")
    } else {
        folded
    }
}

pub(super) fn sku_hay(titles: [&str; 3], code: &str, barcode: Option<&str>, options: &str) -> String {
    haystack(&[titles[0], titles[1], options, code, barcode.unwrap_or_default(), titles[2]])
}

/// `more` are codes, barcodes and tags.
pub(super) fn product_hay(titles: [&str; 3], more: &[&str]) -> String {
    let mut fields = titles.to_vec();
    // A product of a thousand SKUs is found by its name, and by the codes of its first hundred.
    fields.extend(more.iter().take(200));
    haystack(&fields)
}

#[derive(sqlx::FromRow)]
struct Row {
    product_id: Uuid,
    title: String,
    title_en: String,
    brand: String,
    sku_id: Option<Uuid>,
    code: Option<String>,
    barcode: Option<String>,
    option_values: Option<String>,
}

/// Writes anew the documents of these products and their SKUs, as the database has them now.
pub(crate) async fn index(ctx: &mut Ctx, products: &[Uuid]) -> Result<()> {
    for chunk in products.chunks(500) {
        let ids: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let which = placeholders(0, ids.len());
        let sql = format!(
            "SELECT p.id AS product_id, p.title, p.title_en, p.brand, s.id AS sku_id, s.code, s.barcode, s.option_values
             FROM product p LEFT JOIN sku s ON s.product_id = p.id AND NOT s.retired
             WHERE p.id IN ({which}) ORDER BY p.id, s.position"
        );
        let rows: Vec<Row> = fetch_dyn!(ctx.tx, Row, sql, &ids)?;
        let sql = format!("SELECT product_id, tag FROM product_tag WHERE product_id IN ({which}) ORDER BY tag");
        let tags: Vec<(Uuid, String)> = fetch_dyn!(ctx.tx, (Uuid, String), sql, &ids)?;
        let mut more: HashMap<Uuid, Vec<&str>> = HashMap::new();
        for (product, tag) in &tags {
            more.entry(*product).or_default().push(tag);
        }
        let (mut skus, mut titles) = (Vec::new(), HashMap::new());
        for row in &rows {
            let names = [row.title.as_str(), row.title_en.as_str(), row.brand.as_str()];
            titles.insert(row.product_id, names);
            let words = more.entry(row.product_id).or_default();
            words.extend(row.code.as_deref());
            words.extend(row.barcode.as_deref());
            if let (Some(id), Some(code), Some(options)) = (row.sku_id, &row.code, &row.option_values) {
                skus.push((id, sku_hay(names, code, row.barcode.as_deref(), &options_text(options)?)));
            }
        }
        let docs: Vec<(Uuid, String)> = titles
            .iter()
            .map(|(id, names)| (*id, product_hay(*names, more.get(id).map(Vec::as_slice).unwrap_or_default())))
            .collect();
        search::put(&mut ctx.tx, "product", &docs).await?;
        search::put(&mut ctx.tx, "sku", &skus).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(code_key(" ＴＳ-01 "), "ts-01");
        assert_eq!(barcode_key("036000291452"), barcode_key("0036000291452"));
        assert_eq!(barcode_key("02000003"), "00000002000003");
        assert_eq!(barcode_key("'4006381 333931"), "04006381333931");
        assert_eq!(barcode_key("Ab 1"), "ab1");
    }
}
