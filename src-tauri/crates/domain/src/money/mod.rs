//! Money: integer minor units and their currency. Rounding happens at named points only, and one
//! implementation of "share an amount out" serves promotions, refunds, freight, tax and cost.

mod amount;
mod currencies;
mod share;
mod tax;

pub use amount::{AmountError, format_minor, parse_amount, parse_amount_rounded};
pub use share::{AllocateError, allocate, half_up, round_div, share};
pub use tax::{Rate, RateError, TaxBasis, TaxMode, tax_exclusive, tax_inclusive, tax_lines, tax_of};

use currencies::CURRENCIES;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest amount in minor units, 2^53−1: what JavaScript still holds exactly.
pub const MAX_MINOR: i64 = (1 << 53) - 1;

crate::text_enum! {
    /// What happens to an exact half. Documents use `HalfUp` (四舍五入, away from zero); an accounting
    /// export may ask for `HalfEven`.
    pub enum Rounding {
        HalfUp = "half_up",
        HalfEven = "half_even",
    }
}

/// Why two amounts could not become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MoneyError {
    #[error("the amount is beyond what can be held exactly")]
    OutOfRange,
    #[error("{left} and {right} cannot be added")]
    MixedCurrencies { left: Currency, right: Currency },
    #[error("`{text}` is not an active ISO 4217 currency")]
    UnknownCurrency { text: String },
}

/// An active ISO 4217 currency. A string of three capitals on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, specta::Type)]
#[specta(transparent)]
pub struct Currency(#[specta(type = String)] &'static str);

impl Currency {
    /// Chinese yuan, the currency a new shop starts with.
    pub const CNY: Currency = Currency("CNY");

    /// Looks the code up, in either case and with surrounding spaces; fails with `UnknownCurrency`.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let code = text.trim().to_ascii_uppercase();
        CURRENCIES
            .binary_search_by(|(known, _)| (*known).cmp(code.as_str()))
            .map(|at| Currency(CURRENCIES[at].0))
            .map_err(|_| MoneyError::UnknownCurrency { text: text.to_owned() })
    }

    /// The three letters.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// How many decimals one unit has: JPY 0, CNY 2, KWD 3, CLF 4.
    pub fn exponent(self) -> u32 {
        CURRENCIES.binary_search_by(|(known, _)| (*known).cmp(self.0)).map_or(2, |at| CURRENCIES[at].1)
    }

    /// Every currency, sorted by code.
    pub fn all() -> impl Iterator<Item = Currency> {
        CURRENCIES.iter().map(|(code, _)| Currency(code))
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::str::FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// An amount in minor units with its currency; never beyond ±[`MAX_MINOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, specta::Type)]
pub struct Money {
    #[specta(type = specta_typescript::Number)]
    minor: i64,
    currency: Currency,
}

impl Money {
    /// Fails with `OutOfRange` when |minor| > 2^53−1.
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        check_minor(minor).map(|minor| Money { minor, currency })
    }

    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Money { minor: 0, currency }
    }

    /// Minor units (cents).
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency the amount is in.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Fails with `MixedCurrencies` or `OutOfRange`.
    pub fn checked_add(self, other: Money) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        // Both are within 2^53, so the sum cannot wrap an i64.
        Money::new(self.minor + other.minor, self.currency)
    }

    /// Fails with `MixedCurrencies` or `OutOfRange`.
    pub fn checked_sub(self, other: Money) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Money::new(self.minor - other.minor, self.currency)
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::MixedCurrencies { left: self.currency, right: other.currency })
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            minor: i64,
            currency: Currency,
        }
        let raw = Raw::deserialize(from)?;
        Money::new(raw.minor, raw.currency).map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.currency, format_minor(self.minor, self.currency.exponent()))
    }
}

/// Passes an amount in minor units through when JavaScript can hold it, |minor| ≤ 2^53−1; else `OutOfRange`.
pub fn check_minor(minor: i64) -> Result<i64, MoneyError> {
    if minor.unsigned_abs() > MAX_MINOR as u64 {
        return Err(MoneyError::OutOfRange);
    }
    Ok(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_knows_the_odd_ones() {
        assert!(CURRENCIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (code, exponent) in [("JPY", 0), ("CNY", 2), ("KWD", 3), ("CLF", 4), (" usd ", 2)] {
            assert_eq!(Currency::parse(code).unwrap().exponent(), exponent);
        }
        for wrong in ["", "CN", "RMB", "XXX", "CNYY", "¥"] {
            assert!(matches!(Currency::parse(wrong), Err(MoneyError::UnknownCurrency { .. })), "{wrong}");
        }
    }

    #[test]
    fn what_javascript_cannot_hold_is_refused() {
        let cny = Currency::CNY;
        let most = Money::new(MAX_MINOR, cny).unwrap();
        let one = Money::new(1, cny).unwrap();
        assert_eq!(Money::new(MAX_MINOR + 1, cny), Err(MoneyError::OutOfRange));
        assert_eq!(Money::new(i64::MIN, cny), Err(MoneyError::OutOfRange));
        assert_eq!(most.checked_add(one), Err(MoneyError::OutOfRange));
        assert_eq!(most.checked_sub(one).unwrap().minor(), MAX_MINOR - 1);
        assert!(serde_json::from_str::<Money>(r#"{"minor":9007199254740992,"currency":"CNY"}"#).is_err());
    }

    #[test]
    fn currencies_do_not_mix() {
        let yuan = Money::new(100, Currency::CNY).unwrap();
        let yen = Money::new(100, Currency::parse("JPY").unwrap()).unwrap();
        assert!(matches!(yuan.checked_add(yen), Err(MoneyError::MixedCurrencies { .. })));
        assert_eq!(yuan.to_string(), "CNY 1.00");
        assert_eq!(yen.to_string(), "JPY 100");
        let wire = serde_json::to_string(&yuan).unwrap();
        assert_eq!(wire, r#"{"minor":100,"currency":"CNY"}"#);
        assert_eq!(serde_json::from_str::<Money>(&wire).unwrap(), yuan);
    }
}
