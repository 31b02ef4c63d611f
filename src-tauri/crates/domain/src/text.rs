//! Enums that are stored and sent as text, and the small text folding the other modules share.

use serde::{Deserialize, Serialize};

/// A stored or received word that names no variant of the enum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[error("`{text}` is not a {kind}")]
pub struct UnknownText {
    /// The name of the enum, for example `Stage`.
    pub kind: String,
    /// What was found instead.
    pub text: String,
}

/// Declares an enum whose wire form, database form and `as_str()` are one snake_case word.
///
/// The word is written out at each variant because it is a promise to every stored row: renaming a
/// variant must not change what the database holds. A test in this module compares it with serde's.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::specta::Type)]
        #[serde(rename_all = "snake_case")]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The snake_case word stored in the database and sent on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// Reads the word `as_str` writes; exact, no trimming. Fails with [`UnknownText`]($crate::UnknownText).
            pub fn parse(text: &str) -> Result<Self, $crate::UnknownText> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err($crate::UnknownText { kind: stringify!($name).to_owned(), text: text.to_owned() }),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Self::parse(text) }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.as_str()) }
        }

        $crate::__text_enum_sqlx!($name);
    };
}

/// Stores a text enum as TEXT on every database that stores strings.
#[cfg(feature = "sqlx")]
#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum_sqlx {
    ($name:ident) => {
        impl<DB: ::sqlx::Database> ::sqlx::Type<DB> for $name
        where
            String: ::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as ::sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as ::sqlx::Type<DB>>::compatible(ty)
            }
        }
        impl<'q, DB: ::sqlx::Database> ::sqlx::Encode<'q, DB> for $name
        where
            String: ::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut <DB as ::sqlx::Database>::ArgumentBuffer,
            ) -> Result<::sqlx::encode::IsNull, ::sqlx::error::BoxDynError> {
                <String as ::sqlx::Encode<'q, DB>>::encode(self.as_str().to_owned(), buf)
            }
        }
        impl<'r, DB: ::sqlx::Database> ::sqlx::Decode<'r, DB> for $name
        where
            String: ::sqlx::Decode<'r, DB>,
        {
            fn decode(value: <DB as ::sqlx::Database>::ValueRef<'r>) -> Result<Self, ::sqlx::error::BoxDynError> {
                let text = <String as ::sqlx::Decode<'r, DB>>::decode(value)?;
                Ok($name::parse(&text)?)
            }
        }
    };
}

#[cfg(not(feature = "sqlx"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum_sqlx {
    ($name:ident) => {};
}

/// Full-width forms to their half-width twins (`１２３ＡＢＣ￥` → `123ABC¥`), the ideographic space to a
/// plain one, and typographic minus signs to `-`. One character in, one character out.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
        '\u{ffe5}' => '\u{a5}',
        '\u{ffe1}' => '£',
        '\u{ffe0}' => '¢',
        '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{fe63}' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees<T: Serialize + Copy>(all: &[T], text: fn(T) -> &'static str) {
        for each in all {
            assert_eq!(serde_json::to_value(*each).unwrap(), text(*each));
        }
    }

    #[test]
    fn stored_words_are_the_wire_words() {
        use crate::{catalog::*, money::*, numbering::*, orders::*, stock::*};
        agrees(Stage::ALL, Stage::as_str);
        agrees(PaymentStatus::ALL, PaymentStatus::as_str);
        agrees(FulfilmentStatus::ALL, FulfilmentStatus::as_str);
        agrees(AfterSaleStatus::ALL, AfterSaleStatus::as_str);
        agrees(HoldKind::ALL, HoldKind::as_str);
        agrees(Flag::ALL, Flag::as_str);
        agrees(DeliveryMethod::ALL, DeliveryMethod::as_str);
        agrees(LocationKind::ALL, LocationKind::as_str);
        agrees(MoveReason::ALL, MoveReason::as_str);
        agrees(ProductState::ALL, ProductState::as_str);
        agrees(TaxMode::ALL, TaxMode::as_str);
        agrees(TaxBasis::ALL, TaxBasis::as_str);
        agrees(Rounding::ALL, Rounding::as_str);
        agrees(NumberDate::ALL, NumberDate::as_str);
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Ok(*stage));
        }
        assert!(Stage::parse("Draft").is_err());
    }
}
