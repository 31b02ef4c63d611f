//! The few integers that cross the wire and the database: amounts, quantities, moments.
//!
//! JavaScript holds integers exactly only up to 2^53 − 1, so nothing larger may enter: a value
//! that silently lost its last digit on the screen would be worse than a refusal.

use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;
use specta_typescript::Number;

/// The largest absolute value every part of the product can hold exactly.
pub const MAX_EXACT: i64 = (1 << 53) - 1;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Type)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(#[specta(type = Number)] pub i64);

        impl $name {
            pub const ZERO: Self = Self(0);
            /// `None` when the value is beyond what the screen can show exactly.
            pub fn new(value: i64) -> Option<Self> {
                (value.unsigned_abs() <= MAX_EXACT as u64).then_some(Self(value))
            }
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = i64::deserialize(deserializer)?;
                Self::new(value).ok_or_else(|| serde::de::Error::custom("beyond ±(2^53 − 1)"))
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.0
            }
        }
    };
}

unit!(
    /// An amount in the minor unit of its document's currency (cents, 分).
    Minor
);
unit!(
    /// A quantity in the SKU's base unit.
    Qty
);
unit!(
    /// A moment: milliseconds since 1970-01-01T00:00:00Z.
    Millis
);
unit!(
    /// A number of things, or the version of a row.
    Count
);
