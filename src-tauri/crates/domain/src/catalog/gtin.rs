//! Retail barcodes: EAN-8, UPC-A, EAN-13 and GTIN-14, told apart by length and proved by check digit.

use crate::text::half_width;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A barcode whose check digit is right: 8, 12, 13 or 14 digits, as printed. A string on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, specta::Type)]
#[specta(transparent)]
pub struct Gtin(String);

/// Why a barcode was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum GtinError {
    #[error("a barcode has 8, 12, 13 or 14 digits, not {found}")]
    WrongLength { found: u32 },
    #[error("a barcode has digits only")]
    NotDigits,
    #[error("the last digit should be {expected}")]
    WrongCheckDigit { expected: u8 },
}

impl Gtin {
    /// The digits as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Padded with zeros to 14 digits: equal for a UPC-A and the EAN-13 a scanner makes of it, so
    /// look-ups compare this form.
    pub fn gtin14(&self) -> String {
        format!("{:0>14}", self.0)
    }
}

impl std::fmt::Display for Gtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Gtin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        check_gtin(&text).map_err(serde::de::Error::custom)
    }
}

/// Reads a barcode. Spaces and a leading `'` (a spreadsheet's mark for text) are dropped, full-width
/// digits folded. Fails with `NotDigits`, `WrongLength` or `WrongCheckDigit`, in that order.
pub fn check_gtin(text: &str) -> Result<Gtin, GtinError> {
    let folded: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let digits = folded.trim_start_matches(['\'', '\u{2018}', '\u{2019}']);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(GtinError::NotDigits);
    }
    if !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return Err(GtinError::WrongLength { found: u32::try_from(digits.len()).unwrap_or(u32::MAX) });
    }
    // Weights 3,1,3,1… from the digit left of the check digit.
    let mut values = digits.bytes().rev().map(|b| u32::from(b - b'0'));
    let last = values.next().unwrap_or(0);
    let sum: u32 = values.enumerate().map(|(at, value)| if at % 2 == 0 { 3 * value } else { value }).sum();
    let expected = (10 - sum % 10) % 10;
    if last != expected {
        return Err(GtinError::WrongCheckDigit { expected: expected as u8 });
    }
    Ok(Gtin(digits.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_four_kinds() {
        for good in ["96385074", "036000291452", "4006381333931", "00012345600012", "6901028075831"] {
            assert_eq!(check_gtin(good).unwrap().as_str(), good);
        }
        assert_eq!(check_gtin(" '4006381 333931").unwrap().as_str(), "4006381333931");
        assert_eq!(check_gtin("４００６３８１３３３９３１").unwrap().as_str(), "4006381333931");
        let upc = check_gtin("036000291452").unwrap();
        assert_eq!(upc.gtin14(), check_gtin("0036000291452").unwrap().gtin14());
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(check_gtin("4006381333930"), Err(GtinError::WrongCheckDigit { expected: 1 }));
        assert_eq!(check_gtin("400638133393"), Err(GtinError::WrongCheckDigit { expected: 0 }));
        assert_eq!(check_gtin("12345"), Err(GtinError::WrongLength { found: 5 }));
        assert_eq!(check_gtin(""), Err(GtinError::WrongLength { found: 0 }));
        assert_eq!(check_gtin("40063813339x1"), Err(GtinError::NotDigits));
        assert!(serde_json::from_str::<Gtin>("\"4006381333930\"").is_err());
    }

    #[test]
    fn real_barcodes() {
        let Some(folder) = crate::test_data("barcodes") else { return };
        for (file, column, least) in [("openfoodfacts_60k.csv", 0, 90), ("cn_retail_barcodes.csv", 1, 90)] {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            let (mut good, mut all) = (0, 0);
            for line in text.lines().skip(1) {
                let code = line.split(',').nth(column).unwrap_or_default();
                if matches!(code.len(), 8 | 12 | 13 | 14) && code.bytes().all(|b| b.is_ascii_digit()) {
                    all += 1;
                    good += u32::from(check_gtin(code).is_ok());
                }
            }
            assert!(good * 100 >= all * least && all > 1000, "{file}: {good} of {all}");
        }
    }

    proptest! {
        #[test]
        fn any_single_wrong_digit_is_caught(digits in "[0-9]{7}|[0-9]{11}|[0-9]{12}|[0-9]{13}", at in 0_usize..14, by in 1_u8..10) {
            let expected = match check_gtin(&format!("{digits}0")) {
                Ok(_) => 0,
                Err(GtinError::WrongCheckDigit { expected }) => expected,
                Err(error) => panic!("{error}"),
            };
            let good = format!("{digits}{expected}");
            prop_assert!(check_gtin(&good).is_ok());
            let mut bytes = good.into_bytes();
            let at = at % bytes.len();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            prop_assert!(check_gtin(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = check_gtin(&text);
        }
    }
}
