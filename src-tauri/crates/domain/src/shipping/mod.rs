//! Carriers and their waybill numbers.

mod carriers;

pub use carriers::{CARRIERS, Carrier, carrier};

use serde::{Deserialize, Serialize};

/// What can be said of a waybill number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WaybillCheck {
    /// The carrier's format, and its check digit where it has one.
    Ok { normalised: String },
    /// The carrier publishes no format; nothing speaks against the number.
    Plausible { normalised: String },
    /// Not this carrier's format.
    UnknownFormat,
    /// The format is right but a digit is wrong; `expected` is what the check digit should be.
    WrongCheckDigit { expected: String },
    /// No carrier has this code.
    UnknownCarrier,
}

impl WaybillCheck {
    /// The number to store, without spaces and in capitals, when it may be used.
    pub fn normalised(&self) -> Option<&str> {
        match self {
            WaybillCheck::Ok { normalised } | WaybillCheck::Plausible { normalised } => {
                Some(normalised)
            }
            _ => None,
        }
    }
}

/// Checks a waybill number against the carrier's formats. `carrier_code` is a code of [`CARRIERS`].
pub fn check_waybill(carrier_code: &str, text: &str) -> WaybillCheck {
    let normalised: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    if carrier(carrier_code).is_none() {
        return WaybillCheck::UnknownCarrier;
    }
    WaybillCheck::Plausible { normalised }
}

/// The carriers whose format fits the number, likeliest first.
pub fn guess_carriers(_text: &str) -> Vec<&'static str> {
    Vec::new()
}
