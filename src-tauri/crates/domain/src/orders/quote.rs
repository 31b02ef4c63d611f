//! What an order comes to.

use crate::money::{MAX_MINOR, Rate, TaxBasis, TaxMode, allocate, tax_lines};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most lines one order may have.
pub const MAX_LINES: usize = 10_000;

/// One line to be priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct QuoteLine {
    /// Units, > 0.
    #[specta(type = specta_typescript::Number)]
    pub qty: i64,
    /// Price of one unit in minor units, ≥ 0.
    #[specta(type = specta_typescript::Number)]
    pub unit_price_minor: i64,
    pub tax_rate: Rate,
    /// Weight of one unit in grams, ≥ 0; 0 when unknown.
    #[specta(type = specta_typescript::Number)]
    pub weight: i64,
}

/// One priced line, in minor units: `net = gross − discount`, and `tax` is the goods' tax on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct QuotedLine {
    #[specta(type = specta_typescript::Number)]
    pub gross: i64,
    #[specta(type = specta_typescript::Number)]
    pub discount: i64,
    #[specta(type = specta_typescript::Number)]
    pub net: i64,
    #[specta(type = specta_typescript::Number)]
    pub tax: i64,
}

/// A priced order, in minor units.
///
/// `total = goods − discount + freight`, and tax on top when prices exclude it. `tax` is the sum of
/// the lines' taxes and of `freight_tax`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Quote {
    pub lines: Vec<QuotedLine>,
    /// Σ gross.
    #[specta(type = specta_typescript::Number)]
    pub goods: i64,
    #[specta(type = specta_typescript::Number)]
    pub discount: i64,
    #[specta(type = specta_typescript::Number)]
    pub freight: i64,
    #[specta(type = specta_typescript::Number)]
    pub freight_tax: i64,
    #[specta(type = specta_typescript::Number)]
    pub tax: i64,
    #[specta(type = specta_typescript::Number)]
    pub total: i64,
    /// Grams, all units together.
    #[specta(type = specta_typescript::Number)]
    pub weight: i64,
}

/// Why an order cannot be priced. `line` counts from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum QuoteError {
    #[error("an order needs at least one line")]
    NoLines,
    #[error("an order has at most {max} lines")]
    TooManyLines { max: u32 },
    #[error("line {line}: the quantity must be above 0")]
    BadQty { line: u32 },
    #[error("line {line}: the price must not be negative")]
    NegativePrice { line: u32 },
    #[error("line {line}: the weight must not be negative")]
    NegativeWeight { line: u32 },
    #[error("the discount must not be negative")]
    NegativeDiscount,
    #[error("the discount is larger than the goods")]
    DiscountAboveGoods {
        #[specta(type = specta_typescript::Number)]
        goods: i64,
    },
    #[error("freight must not be negative")]
    NegativeFreight,
    #[error("the order is beyond what can be held exactly")]
    TooLarge,
}

/// Prices an order: gross by line, the order discount shared out by net (largest remainder), tax by
/// the shop's mode and basis.
///
/// Freight is taxed in proportion to the goods: it is shared over the tax rates by their nets, so a
/// shop with one rate taxes freight at that rate. `order_discount` and `freight` are minor units ≥ 0.
pub fn quote(
    lines: &[QuoteLine],
    order_discount: i64,
    freight: i64,
    mode: TaxMode,
    basis: TaxBasis,
) -> Result<Quote, QuoteError> {
    check(lines, order_discount, freight)?;
    let mut grosses = Vec::with_capacity(lines.len());
    let (mut goods, mut weight) = (0, 0);
    for line in lines {
        let gross = bounded(i128::from(line.qty) * i128::from(line.unit_price_minor))?;
        goods = bounded(i128::from(goods) + i128::from(gross))?;
        weight = bounded(i128::from(weight) + i128::from(line.qty) * i128::from(line.weight))?;
        grosses.push(gross);
    }
    if order_discount > goods {
        return Err(QuoteError::DiscountAboveGoods { goods });
    }
    // With a discount there are goods to carry it, and without one nothing is shared out.
    let discounts = allocate(order_discount, &grosses).map_err(|_| QuoteError::DiscountAboveGoods { goods })?;
    let nets: Vec<i64> = grosses.iter().zip(&discounts).map(|(gross, discount)| gross - discount).collect();

    let freights = freight_by_rate(lines, &nets, freight);
    let taxed: Vec<i64> = nets.iter().copied().chain(freights.iter().map(|(_, part)| *part)).collect();
    let rates: Vec<Rate> =
        lines.iter().map(|line| line.tax_rate).chain(freights.iter().map(|(rate, _)| *rate)).collect();
    let taxes = tax_lines(&taxed, &rates, mode, basis);
    let tax = bounded(taxes.iter().map(|tax| i128::from(*tax)).sum())?;
    let freight_tax = taxes[lines.len()..].iter().sum();

    let on_top = if mode == TaxMode::Exclusive { tax } else { 0 };
    let total = bounded(i128::from(goods) - i128::from(order_discount) + i128::from(freight) + i128::from(on_top))?;
    let lines = (0..lines.len())
        .map(|at| QuotedLine { gross: grosses[at], discount: discounts[at], net: nets[at], tax: taxes[at] })
        .collect();
    Ok(Quote { lines, goods, discount: order_discount, freight, freight_tax, tax, total, weight })
}

fn check(lines: &[QuoteLine], order_discount: i64, freight: i64) -> Result<(), QuoteError> {
    if lines.is_empty() {
        return Err(QuoteError::NoLines);
    }
    if lines.len() > MAX_LINES {
        return Err(QuoteError::TooManyLines { max: MAX_LINES as u32 });
    }
    for (at, line) in (0_u32..).zip(lines) {
        if line.qty <= 0 {
            return Err(QuoteError::BadQty { line: at });
        }
        if line.unit_price_minor < 0 {
            return Err(QuoteError::NegativePrice { line: at });
        }
        if line.weight < 0 {
            return Err(QuoteError::NegativeWeight { line: at });
        }
    }
    if order_discount < 0 {
        return Err(QuoteError::NegativeDiscount);
    }
    if freight < 0 {
        return Err(QuoteError::NegativeFreight);
    }
    bounded(i128::from(freight)).map(|_| ())
}

fn bounded(amount: i128) -> Result<i64, QuoteError> {
    match i64::try_from(amount) {
        Ok(amount) if amount <= MAX_MINOR => Ok(amount),
        _ => Err(QuoteError::TooLarge),
    }
}

/// Freight shared over the tax rates of the goods. When the goods cost nothing the highest rate
/// takes it all: a gift does not make its postage free of tax.
fn freight_by_rate(lines: &[QuoteLine], nets: &[i64], freight: i64) -> Vec<(Rate, i64)> {
    let mut groups: BTreeMap<Rate, i64> = BTreeMap::new();
    for (line, net) in lines.iter().zip(nets) {
        *groups.entry(line.tax_rate).or_default() += net;
    }
    let weights: Vec<i64> = groups.values().copied().collect();
    let parts = allocate(freight, &weights).unwrap_or_else(|_| {
        let mut parts = vec![0; weights.len()];
        if let Some(last) = parts.last_mut() {
            *last = freight;
        }
        parts
    });
    groups.into_keys().zip(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(qty: i64, unit_price_minor: i64, percent: &str) -> QuoteLine {
        QuoteLine { qty, unit_price_minor, tax_rate: Rate::parse_percent(percent).unwrap(), weight: 100 }
    }

    #[test]
    fn the_worked_order() {
        let lines = [line(1, 12900, "13"), line(2, 3990, "13"), line(1, 501, "13")];
        let quoted = quote(&lines, 2000, 800, TaxMode::Inclusive, TaxBasis::Line).unwrap();
        assert_eq!(quoted.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [1207, 746, 47]);
        assert_eq!((quoted.goods, quoted.discount, quoted.total, quoted.weight), (21381, 2000, 20181, 400));
    }

    #[test]
    fn an_entered_total_stays_when_tax_is_inside() {
        for basis in [TaxBasis::Line, TaxBasis::Order] {
            let lines = [line(1, 4500, "21"), line(1, 4900, "21")];
            let quoted = quote(&lines, 0, 496, TaxMode::Inclusive, basis).unwrap();
            assert_eq!(quoted.total, 9896);
            assert_eq!(quoted.lines.iter().map(|line| line.tax).sum::<i64>() + quoted.freight_tax, quoted.tax);
        }
    }

    #[test]
    fn tax_on_top_by_line_and_by_order() {
        let lines = [line(1, 5555, "23"), line(1, 1111, "23")];
        assert_eq!(quote(&lines, 0, 0, TaxMode::Exclusive, TaxBasis::Line).unwrap().total, 6666 + 1534);
        assert_eq!(quote(&lines, 0, 0, TaxMode::Exclusive, TaxBasis::Order).unwrap().total, 6666 + 1533);
    }

    #[test]
    fn freight_follows_the_goods_rates() {
        let lines = [line(1, 3000, "10"), line(1, 1000, "0")];
        let quoted = quote(&lines, 0, 400, TaxMode::Exclusive, TaxBasis::Line).unwrap();
        assert_eq!((quoted.freight_tax, quoted.tax, quoted.total), (30, 330, 4730));
        let gift = quote(&[line(1, 0, "10")], 0, 400, TaxMode::Exclusive, TaxBasis::Line).unwrap();
        assert_eq!((gift.freight_tax, gift.total), (40, 440));
    }

    #[test]
    fn limits() {
        let good = line(1, 100, "13");
        let ask = |lines: &[QuoteLine], discount, freight| {
            quote(lines, discount, freight, TaxMode::Exclusive, TaxBasis::Order).map(|quoted| quoted.total)
        };
        assert_eq!(ask(&[], 0, 0), Err(QuoteError::NoLines));
        assert_eq!(ask(&vec![good; MAX_LINES], 0, 0), Ok(1_130_000));
        assert_eq!(ask(&vec![good; MAX_LINES + 1], 0, 0), Err(QuoteError::TooManyLines { max: 10_000 }));
        assert_eq!(ask(&[good, line(0, 1, "0")], 0, 0), Err(QuoteError::BadQty { line: 1 }));
        assert_eq!(ask(&[line(-1, 1, "0")], 0, 0), Err(QuoteError::BadQty { line: 0 }));
        assert_eq!(ask(&[line(1, -1, "0")], 0, 0), Err(QuoteError::NegativePrice { line: 0 }));
        assert_eq!(ask(&[QuoteLine { weight: -1, ..good }], 0, 0), Err(QuoteError::NegativeWeight { line: 0 }));
        assert_eq!(ask(&[good], 101, 0), Err(QuoteError::DiscountAboveGoods { goods: 100 }));
        assert_eq!(ask(&[good], 100, 0), Ok(0));
        assert_eq!(ask(&[good], -1, 0), Err(QuoteError::NegativeDiscount));
        assert_eq!(ask(&[good], 0, -1), Err(QuoteError::NegativeFreight));
        assert_eq!(ask(&[line(i64::MAX, i64::MAX, "0")], 0, 0), Err(QuoteError::TooLarge));
        assert_eq!(ask(&[line(1, MAX_MINOR, "0"), line(1, 1, "0")], 0, 0), Err(QuoteError::TooLarge));
        assert_eq!(ask(&[line(1, MAX_MINOR, "1")], 0, 0), Err(QuoteError::TooLarge));
        assert_eq!(ask(&[good], 0, i64::MAX), Err(QuoteError::TooLarge));
    }

    proptest! {
        #[test]
        fn every_quote_adds_up(
            input in prop::collection::vec((1_i64..1000, 0_i64..1_000_000, 0_i64..300_000), 1..20),
            part in 0_i64..=1000, freight in 0_i64..100_000, inclusive in any::<bool>(), by_line in any::<bool>(),
        ) {
            let lines: Vec<QuoteLine> = input.iter().map(|(qty, price, ppm)| QuoteLine {
                qty: *qty, unit_price_minor: *price, tax_rate: Rate::from_ppm(*ppm).unwrap(), weight: 0,
            }).collect();
            let goods: i64 = input.iter().map(|(qty, price, _)| qty * price).sum();
            let mode = if inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
            let basis = if by_line { TaxBasis::Line } else { TaxBasis::Order };
            let quoted = quote(&lines, goods * part / 1000, freight, mode, basis).unwrap();
            prop_assert_eq!(quoted.goods, goods);
            prop_assert_eq!(quoted.lines.iter().map(|line| line.discount).sum::<i64>(), quoted.discount);
            prop_assert_eq!(quoted.lines.iter().map(|line| line.tax).sum::<i64>() + quoted.freight_tax, quoted.tax);
            for line in &quoted.lines {
                prop_assert!(line.net >= 0 && line.net == line.gross - line.discount);
            }
            let on_top = if inclusive { 0 } else { quoted.tax };
            prop_assert_eq!(quoted.total, goods - quoted.discount + freight + on_top);
        }

        #[test]
        fn never_panics(qty in any::<i64>(), price in any::<i64>(), discount in any::<i64>(), freight in any::<i64>()) {
            let lines = [QuoteLine { qty, unit_price_minor: price, tax_rate: Rate::ZERO, weight: qty }; 2];
            let _ = quote(&lines, discount, freight, TaxMode::Inclusive, TaxBasis::Order);
        }
    }
}
