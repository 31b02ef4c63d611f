//! The SKUs of a product: every combination of its options.

use crate::text::half_width;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most SKUs one product may have.
pub const MAX_SKUS: usize = 1_000;

/// One option of a product, for example `颜色` with `红`, `蓝`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct OptionAxis {
    pub name: String,
    pub values: Vec<String>,
}

/// Why options make no matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MatrixError {
    #[error("an option needs a name")]
    EmptyName,
    #[error("the option `{name}` appears twice")]
    DuplicateName { name: String },
    #[error("the option `{name}` has no values")]
    NoValues { name: String },
    #[error("the option `{name}` has an empty value")]
    EmptyValue { name: String },
    #[error("the option `{name}` has the value `{value}` twice")]
    DuplicateValue { name: String, value: String },
    #[error("these options give more than {max} SKUs")]
    TooMany { max: u32 },
}

/// Every combination, the last option varying fastest; one empty combination when there are no
/// options. Names and values are trimmed, and compared without regard to case or width.
pub fn sku_matrix(options: &[OptionAxis]) -> Result<Vec<Vec<String>>, MatrixError> {
    let mut names = BTreeSet::new();
    let mut count = 1_usize;
    for axis in options {
        let name = axis.name.trim();
        if name.is_empty() {
            return Err(MatrixError::EmptyName);
        }
        if !names.insert(folded(name)) {
            return Err(MatrixError::DuplicateName { name: name.to_owned() });
        }
        check_values(name, &axis.values)?;
        // Counted before anything is built: three options of a hundred values must not fill the memory.
        count = count.saturating_mul(axis.values.len());
        if count > MAX_SKUS {
            return Err(MatrixError::TooMany { max: MAX_SKUS as u32 });
        }
    }
    let mut rows = vec![Vec::new()];
    for axis in options {
        rows = rows
            .iter()
            .flat_map(|row| {
                axis.values.iter().map(|value| {
                    let mut longer: Vec<String> = row.clone();
                    longer.push(value.trim().to_owned());
                    longer
                })
            })
            .collect();
    }
    Ok(rows)
}

/// A readable code for one combination: `sku_code("TS", ["红", "XL"])` → `TS-HONG-XL`.
///
/// Capitals, digits and dashes only; Han becomes pinyin, anything else is dropped. Two combinations
/// may collide (红 and 虹), so a whole product takes its codes from [`sku_codes`].
pub fn sku_code(base: &str, values: &[String]) -> String {
    let mut parts = vec![ascii(base)];
    parts.extend(values.iter().map(|value| ascii(value)));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { "SKU".to_owned() } else { parts.join("-") }
}

/// One code for each combination, unique among themselves and against `taken` (compared exactly; the
/// codes are capitals). A collision gets `-2`, `-3`, ….
pub fn sku_codes(base: &str, matrix: &[Vec<String>], taken: &BTreeSet<String>) -> Vec<String> {
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut codes = Vec::with_capacity(matrix.len());
    for values in matrix {
        let plain = sku_code(base, values);
        let mut code = plain.clone();
        let mut next = 2_u64;
        while taken.contains(&code) || given.contains(&code) {
            code = format!("{plain}-{next}");
            next += 1;
        }
        given.insert(code.clone());
        codes.push(code);
    }
    codes
}

fn check_values(name: &str, values: &[String]) -> Result<(), MatrixError> {
    if values.is_empty() {
        return Err(MatrixError::NoValues { name: name.to_owned() });
    }
    let mut seen = BTreeSet::new();
    for value in values {
        let value = value.trim();
        if value.is_empty() {
            return Err(MatrixError::EmptyValue { name: name.to_owned() });
        }
        if !seen.insert(folded(value)) {
            return Err(MatrixError::DuplicateValue { name: name.to_owned(), value: value.to_owned() });
        }
    }
    Ok(())
}

fn folded(text: &str) -> String {
    text.chars().map(half_width).collect::<String>().to_lowercase()
}

fn ascii(text: &str) -> String {
    use pinyin::ToPinyin;
    let mut out = String::new();
    for c in text.chars().map(half_width) {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_uppercase());
        } else if let Some(sound) = c.to_pinyin() {
            // `ü` is the only letter of plain pinyin outside ASCII; people type it as v.
            out.push_str(&sound.plain().replace('ü', "v").to_ascii_uppercase());
        } else if matches!(c, '-' | '_' | ' ' | '/' | '.') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 24 {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(name: &str, values: &[&str]) -> OptionAxis {
        OptionAxis { name: name.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[test]
    fn combinations_in_order() {
        let rows = sku_matrix(&[axis("颜色", &["红", " 蓝 "]), axis("尺码", &["S", "M"])]).unwrap();
        assert_eq!(rows, [["红", "S"], ["红", "M"], ["蓝", "S"], ["蓝", "M"]]);
        assert_eq!(sku_matrix(&[]).unwrap(), [Vec::<String>::new()]);
    }

    #[test]
    fn what_makes_no_matrix() {
        let many: Vec<String> = (0..32).map(|n| n.to_string()).collect();
        let wide = |name: &str| OptionAxis { name: name.to_owned(), values: many.clone() };
        assert_eq!(sku_matrix(&[wide("a"), wide("b")]), Err(MatrixError::TooMany { max: 1000 }));
        assert!(sku_matrix(&[wide("a"), axis("b", &["1"; 1])]).is_ok());
        assert!(matches!(sku_matrix(&[axis("a", &["x", "Ｘ"])]), Err(MatrixError::DuplicateValue { .. })));
        assert!(matches!(sku_matrix(&[axis("a", &["x"]), axis("A ", &["x"])]), Err(MatrixError::DuplicateName { .. })));
        assert!(matches!(sku_matrix(&[axis("a", &[])]), Err(MatrixError::NoValues { .. })));
        assert!(matches!(sku_matrix(&[axis("a", &[" "])]), Err(MatrixError::EmptyValue { .. })));
        assert_eq!(sku_matrix(&[axis(" ", &["x"])]), Err(MatrixError::EmptyName));
    }

    #[test]
    fn codes() {
        let values = |values: &[&str]| -> Vec<String> { values.iter().map(|value| (*value).to_owned()).collect() };
        assert_eq!(sku_code("TS", &values(&["红", "XL"])), "TS-HONG-XL");
        assert_eq!(sku_code("t恤", &values(&["绿", "1.5 L"])), "TXU-LV-1-5-L");
        assert_eq!(sku_code("", &[]), "SKU");
        let matrix = [values(&["红"]), values(&["虹"]), values(&["蓝"])];
        let taken = BTreeSet::from(["T-HONG".to_owned()]);
        assert_eq!(sku_codes("T", &matrix, &taken), ["T-HONG-2", "T-HONG-3", "T-LAN"]);
    }

    proptest! {
        #[test]
        fn codes_are_unique_and_plain(base in "\\PC{0,9}", values in prop::collection::vec(prop::collection::vec("\\PC{0,4}", 0..3), 0..30)) {
            let codes = sku_codes(&base, &values, &BTreeSet::new());
            prop_assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), values.len());
            for code in codes {
                prop_assert!(code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'), "{}", code);
            }
        }
    }
}
