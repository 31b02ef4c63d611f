//! The catalogue: states of a product, its SKU matrix, and barcodes.

mod gtin;
mod matrix;

pub use gtin::{Gtin, GtinError, check_gtin};
pub use matrix::{MAX_SKUS, MatrixError, OptionAxis, sku_code, sku_codes, sku_matrix};

crate::text_enum! {
    /// Whether a product is sold.
    pub enum ProductState {
        /// Being entered, never sold yet.
        Draft = "draft",
        /// On sale (上架).
        Listed = "listed",
        /// Taken off sale (下架).
        Unlisted = "unlisted",
        /// Put away: kept for old orders, hidden everywhere else.
        Archived = "archived",
    }
}

/// Every permitted change of state.
pub const PRODUCT_TRANSITIONS: &[(ProductState, ProductState)] = &[
    (ProductState::Draft, ProductState::Listed),
    (ProductState::Draft, ProductState::Archived),
    (ProductState::Listed, ProductState::Unlisted),
    (ProductState::Listed, ProductState::Archived),
    (ProductState::Unlisted, ProductState::Listed),
    (ProductState::Unlisted, ProductState::Archived),
    (ProductState::Archived, ProductState::Unlisted),
];

impl ProductState {
    /// Whether the table has this change. Staying is not a change.
    pub fn can_become(self, to: ProductState) -> bool {
        PRODUCT_TRANSITIONS.contains(&(self, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_decided() {
        use ProductState::*;
        for from in ProductState::ALL {
            for to in ProductState::ALL {
                let expected = match (from, to) {
                    (Draft, Listed) | (Listed, Unlisted) | (Unlisted, Listed) | (Archived, Unlisted) => true,
                    (from, Archived) => *from != Archived,
                    _ => false,
                };
                assert_eq!(from.can_become(*to), expected, "{from} > {to}");
            }
        }
    }
}
