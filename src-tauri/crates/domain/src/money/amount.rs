//! Amounts as people type them, and as documents print them.

use super::{MAX_MINOR, share::half_up};
use crate::text::half_width;
use serde::{Deserialize, Serialize};

/// Why a typed amount was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AmountError {
    #[error("no amount was given")]
    Empty,
    #[error("`{text}` is not an amount")]
    NotAnAmount { text: String },
    #[error("this currency has {allowed} decimals")]
    TooManyDecimals { allowed: u32 },
    #[error("the amount is beyond what can be held exactly")]
    OutOfRange,
}

/// Reads an amount into minor units: `1,234.50`, `¥12`, `12元`, `-3`, full-width digits.
///
/// `exponent` is the currency's (0–4; larger ones count as 9). A comma may only group thousands, so
/// that `1,5` is an error rather than fifteen. Trailing zeros beyond the exponent are harmless; any
/// other digit there is `TooManyDecimals`.
pub fn parse_amount(text: &str, exponent: u32) -> Result<i64, AmountError> {
    read(text, exponent, false)
}

/// As [`parse_amount`], but rounds decimals beyond the exponent half up instead of refusing them.
/// For files of other programs; a person typing is asked again instead.
pub fn parse_amount_rounded(text: &str, exponent: u32) -> Result<i64, AmountError> {
    read(text, exponent, true)
}

/// Prints minor units with the exponent's decimals and no grouping: `(123450, 2)` → `1234.50`.
/// What it prints, [`parse_amount`] reads back.
pub fn format_minor(minor: i64, exponent: u32) -> String {
    let digits = minor.unsigned_abs().to_string();
    let sign = if minor < 0 { "-" } else { "" };
    let exponent = exponent.min(MAX_EXPONENT) as usize;
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = exponent + 1);
    let (whole, decimals) = padded.split_at(padded.len() - exponent);
    format!("{sign}{whole}.{decimals}")
}

// No currency has more than four; the cap keeps powers of ten far from overflow.
const MAX_EXPONENT: u32 = 9;
const SYMBOLS: [char; 8] = ['¥', '$', '€', '£', '₩', '₽', '₹', '฿'];

fn read(text: &str, exponent: u32, round: bool) -> Result<i64, AmountError> {
    let exponent = exponent.min(MAX_EXPONENT);
    let folded: String = text.chars().map(half_width).collect();
    let mut rest = folded.trim();
    if rest.is_empty() {
        return Err(AmountError::Empty);
    }
    let wrong = || AmountError::NotAnAmount { text: text.trim().chars().take(40).collect() };

    let mut negative = false;
    // The sign may stand on either side of the symbol: `-¥3` and `¥-3` are both printed by tills.
    for _ in 0..2 {
        if let Some(after) = rest.strip_prefix('-') {
            if negative {
                return Err(wrong());
            }
            negative = true;
            rest = after.trim_start();
        } else if let Some(after) = rest.strip_prefix('+') {
            rest = after.trim_start();
        }
        rest = rest.strip_prefix(SYMBOLS).unwrap_or(rest).trim_start();
    }
    rest = rest.strip_suffix(['元', '圆', '円']).unwrap_or(rest);
    rest = rest.strip_suffix(SYMBOLS).unwrap_or(rest).trim_end();

    let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.is_empty() && decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole = ungroup(whole).ok_or_else(wrong)?;
    let decimals = decimals.trim_end_matches('0');
    if !round && decimals.len() > exponent as usize {
        return Err(AmountError::TooManyDecimals { allowed: exponent });
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > 16 {
        return Err(AmountError::OutOfRange);
    }

    // Eighteen decimals decide any rounding that matters; a sticky digit keeps what lies beyond.
    let kept = decimals.get(..18).unwrap_or(decimals);
    let sticky = decimals.len() > kept.len();
    let number = |digits: &str| digits.bytes().fold(0_i128, |sum, b| sum * 10 + i128::from(b - b'0'));
    let scale = 10_i128.pow(kept.len() as u32 + 1);
    let exact = (number(whole) * 10_i128.pow(kept.len() as u32) + number(kept)) * 10 + i128::from(sticky);
    let minor = half_up(exact * 10_i128.pow(exponent), scale);
    if minor > MAX_MINOR {
        return Err(AmountError::OutOfRange);
    }
    Ok(if negative { -minor } else { minor })
}

/// Takes the commas out when they stand at thousands; `None` for anything but digits.
fn ungroup(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(',').collect();
    let digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(digits) {
        return None;
    }
    let grouped = groups.len() > 1;
    let first_fits = (1..=3).contains(&groups[0].len());
    if grouped && !(first_fits && groups[1..].iter().all(|group| group.len() == 3)) {
        return None;
    }
    Some(groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        for (text, minor) in [
            ("1,234.50", 123450),
            ("¥12", 1200),
            ("12", 1200),
            ("１２．５", 1250),
            ("￥１，２３４．５０", 123450),
            (" 12.30元 ", 1230),
            ("-3", -300),
            ("¥-3.01", -301),
            ("−3", -300),
            (".5", 50),
            ("5.", 500),
            ("12.3000", 1230),
            ("0", 0),
            ("90071992547409.91", MAX_MINOR),
        ] {
            assert_eq!(parse_amount(text, 2), Ok(minor), "{text}");
        }
        assert_eq!(parse_amount("12", 0), Ok(12));
        assert_eq!(parse_amount("1.234", 3), Ok(1234));
    }

    #[test]
    fn refuses_what_is_doubtful() {
        for text in ["1,5", "1,2345", ",5", "1.2.3", "12a", "--3", "1 2", "1,,000", "¥", ".", "1.-5", "NaN", "1e5"] {
            assert!(matches!(parse_amount(text, 2), Err(AmountError::NotAnAmount { .. })), "{text}");
        }
        assert_eq!(parse_amount("  ", 2), Err(AmountError::Empty));
        assert_eq!(parse_amount("0.005", 2), Err(AmountError::TooManyDecimals { allowed: 2 }));
        assert_eq!(parse_amount("1.5", 0), Err(AmountError::TooManyDecimals { allowed: 0 }));
        assert_eq!(parse_amount("90071992547409.92", 2), Err(AmountError::OutOfRange));
        assert_eq!(parse_amount(&"9".repeat(99), 2), Err(AmountError::OutOfRange));
    }

    #[test]
    fn rounds_files_half_up() {
        assert_eq!(parse_amount_rounded("0.005", 2), Ok(1));
        assert_eq!(parse_amount_rounded("-0.005", 2), Ok(-1));
        assert_eq!(parse_amount_rounded("0.00499999999999999999999999", 2), Ok(0));
        assert_eq!(parse_amount_rounded("2.4", 0), Ok(2));
    }

    #[test]
    fn prints() {
        assert_eq!(format_minor(123450, 2), "1234.50");
        assert_eq!(format_minor(-5, 2), "-0.05");
        assert_eq!(format_minor(5, 0), "5");
        assert_eq!(format_minor(5, 3), "0.005");
        assert_eq!(format_minor(i64::MIN, 2), "-92233720368547758.08");
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(minor in -MAX_MINOR..=MAX_MINOR, exponent in 0_u32..5) {
            prop_assert_eq!(parse_amount(&format_minor(minor, exponent), exponent), Ok(minor));
        }

        #[test]
        fn never_panics(text in "\\PC*", exponent in any::<u32>()) {
            let _ = (parse_amount(&text, exponent), parse_amount_rounded(&text, exponent));
        }

        #[test]
        fn never_panics_on_nearly_amounts(text in "[-+¥$0-9,.元 ]{0,60}", exponent in 0_u32..12) {
            if let Ok(minor) = parse_amount(&text, exponent) {
                prop_assert_eq!(parse_amount_rounded(&text, exponent), Ok(minor));
            }
        }
    }
}
