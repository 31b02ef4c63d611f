//! Tax. Rates are whole parts per million; the mode (in the price or on top) and the basis (by line
//! or by order) are the shop's choice, and the lines always add up to what is printed.

use super::share::{half_up, largest_remainder};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

crate::text_enum! {
    /// Whether prices already contain the tax.
    pub enum TaxMode {
        Inclusive = "inclusive",
        Exclusive = "exclusive",
    }
}

crate::text_enum! {
    /// Where tax is rounded: at each line, or once for each rate of the order.
    pub enum TaxBasis {
        Line = "line",
        Order = "order",
    }
}

/// Why a rate was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RateError {
    #[error("a rate is a percentage such as 13 or 8.25%")]
    NotARate,
    #[error("a rate has at most four decimals of a percent")]
    TooPrecise,
    #[error("a rate lies between 0 and 1000 %")]
    OutOfRange,
}

/// A rate in parts per million: 13 % is 130 000. From 0 to 10 000 000 (1000 %). A number on the wire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, specta::Type)]
#[serde(transparent)]
pub struct Rate(#[specta(type = specta_typescript::Number)] i64);

impl Rate {
    /// Untaxed.
    pub const ZERO: Rate = Rate(0);
    const ONE: i64 = 1_000_000;

    /// From parts per million, 0 ..= 10 000 000; else `OutOfRange`.
    pub const fn from_ppm(ppm: i64) -> Result<Self, RateError> {
        if ppm < 0 || ppm > 10 * Self::ONE {
            return Err(RateError::OutOfRange);
        }
        Ok(Rate(ppm))
    }

    /// From percent as written: `13`, `13%`, `８.25％`. Up to four decimals.
    pub fn parse_percent(text: &str) -> Result<Self, RateError> {
        let folded: String = text.chars().map(crate::text::half_width).collect();
        let number = folded.trim();
        let number = number.strip_suffix('%').unwrap_or(number).trim_end();
        if number.len() > 24 {
            return Err(RateError::NotARate);
        }
        let percent = Decimal::from_str_exact(number).map_err(|_| RateError::NotARate)?;
        let ppm = percent.checked_mul(Decimal::from(10_000)).ok_or(RateError::OutOfRange)?.normalize();
        if ppm.scale() > 0 {
            return Err(RateError::TooPrecise);
        }
        Self::from_ppm(i64::try_from(ppm).map_err(|_| RateError::OutOfRange)?)
    }

    /// Parts per million.
    pub const fn ppm(self) -> i64 {
        self.0
    }

    /// Percent without trailing zeros: `13`, `8.25`.
    pub fn percent(self) -> String {
        Decimal::new(self.0, 4).normalize().to_string()
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Rate::from_ppm(i64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// The tax contained in `net` (minor units): `half_up(net · r / (1 + r))`.
pub fn tax_inclusive(net: i64, rate: Rate) -> i64 {
    tax_of(net, rate, TaxMode::Inclusive)
}

/// The tax on top of `net` (minor units): `half_up(net · r)`.
pub fn tax_exclusive(net: i64, rate: Rate) -> i64 {
    tax_of(net, rate, TaxMode::Exclusive)
}

/// [`tax_inclusive`] or [`tax_exclusive`], by the shop's mode.
pub fn tax_of(net: i64, rate: Rate, mode: TaxMode) -> i64 {
    let (top, bottom) = fraction(rate, mode);
    half_up(i128::from(net) * top, bottom)
}

/// The tax of each line, in the order of `nets` (minor units after discounts). A line without a
/// rate of its own is untaxed.
///
/// By line each one is rounded by itself. By order the lines of equal rates are summed, rounded
/// once, and the difference goes to the lines by largest remainder.
pub fn tax_lines(nets: &[i64], rates: &[Rate], mode: TaxMode, basis: TaxBasis) -> Vec<i64> {
    let rate_of = |line: usize| rates.get(line).copied().unwrap_or(Rate::ZERO);
    if basis == TaxBasis::Line {
        return nets.iter().enumerate().map(|(line, net)| tax_of(*net, rate_of(line), mode)).collect();
    }
    let mut groups: BTreeMap<Rate, Vec<usize>> = BTreeMap::new();
    for line in 0..nets.len() {
        groups.entry(rate_of(line)).or_default().push(line);
    }
    let mut taxes = vec![0; nets.len()];
    for (rate, lines) in groups {
        let (top, bottom) = fraction(rate, mode);
        let sum: i128 = lines.iter().map(|line| i128::from(nets[*line])).sum();
        let exact = lines.iter().map(|line| (i128::from(nets[*line]) * top, bottom));
        let parts = largest_remainder(i128::from(half_up(sum * top, bottom)), exact);
        for (line, tax) in lines.into_iter().zip(parts) {
            taxes[line] = half_up(tax, 1);
        }
    }
    taxes
}

fn fraction(rate: Rate, mode: TaxMode) -> (i128, i128) {
    let ppm = i128::from(rate.0);
    let one = i128::from(Rate::ONE);
    match mode {
        TaxMode::Inclusive => (ppm, one + ppm),
        TaxMode::Exclusive => (ppm, one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(percent: &str) -> Rate {
        Rate::parse_percent(percent).unwrap()
    }

    #[test]
    fn rates_as_written() {
        assert_eq!(rate("13").ppm(), 130_000);
        assert_eq!(rate(" １３％ ").ppm(), 130_000);
        assert_eq!(rate("8.25%").percent(), "8.25");
        assert_eq!(rate("0").percent(), "0");
        assert_eq!(Rate::parse_percent("0.00001"), Err(RateError::TooPrecise));
        assert_eq!(Rate::parse_percent("-1"), Err(RateError::OutOfRange));
        assert_eq!(Rate::parse_percent("1000.0001"), Err(RateError::OutOfRange));
        for wrong in ["", "%", "x", "1,3", "NaN", "9999999999999999999999999999999999"] {
            assert_eq!(Rate::parse_percent(wrong), Err(RateError::NotARate), "{wrong}");
        }
        assert!(serde_json::from_str::<Rate>("-1").is_err());
    }

    #[test]
    fn by_line_and_by_order_differ_by_a_cent_as_configured() {
        let nets = [10565, 6537, 446];
        let rates = [rate("13"); 3];
        let by_line = tax_lines(&nets, &rates, TaxMode::Inclusive, TaxBasis::Line);
        assert_eq!(by_line, [1215, 752, 51]);
        assert_eq!(by_line.iter().sum::<i64>(), 2018);
        let by_order = tax_lines(&nets, &rates, TaxMode::Inclusive, TaxBasis::Order);
        assert_eq!(by_order, [1216, 752, 51]);
        assert_eq!(by_order.iter().sum::<i64>(), 2019);
    }

    #[test]
    fn two_lines_at_23_percent_on_top() {
        let sum = |basis| -> i64 { tax_lines(&[5555, 1111], &[rate("23"); 2], TaxMode::Exclusive, basis).iter().sum() };
        assert_eq!(sum(TaxBasis::Line), 1534);
        assert_eq!(sum(TaxBasis::Order), 1533);
    }

    #[test]
    fn rates_are_grouped_apart() {
        let taxes =
            tax_lines(&[1000, 1000, 1000], &[rate("13"), rate("6"), rate("13")], TaxMode::Exclusive, TaxBasis::Order);
        assert_eq!(taxes, [130, 60, 130]);
        assert_eq!(tax_lines(&[1000, 1000], &[rate("10")], TaxMode::Exclusive, TaxBasis::Order), [100, 0]);
    }

    proptest! {
        #[test]
        fn lines_add_up_to_the_rounded_group(
            nets in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 0..30),
            ppm in 0_i64..=10_000_000,
            inclusive in any::<bool>(),
        ) {
            let rate = Rate::from_ppm(ppm).unwrap();
            let mode = if inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
            let taxes = tax_lines(&nets, &vec![rate; nets.len()], mode, TaxBasis::Order);
            prop_assert_eq!(taxes.iter().sum::<i64>(), tax_of(nets.iter().sum(), rate, mode));
            for (tax, net) in taxes.iter().zip(&nets) {
                prop_assert!((tax - tax_of(*net, rate, mode)).abs() <= 1);
            }
        }

        #[test]
        fn never_panics(nets in prop::collection::vec(any::<i64>(), 0..9), ppm in 0_i64..=10_000_000, text in "\\PC*") {
            let _ = tax_lines(&nets, &vec![Rate::from_ppm(ppm).unwrap(); nets.len()], TaxMode::Exclusive, TaxBasis::Order);
            let _ = Rate::parse_percent(&text);
        }
    }
}
