//! Stock: goods move between two places and are never made or lost; a balance is a cache of the moves.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

crate::text_enum! {
    /// What kind of place it is. Only `internal` and `transit` hold goods of ours; the others are the
    /// other end of a move, so that the sum over all places is 0 for every SKU.
    pub enum LocationKind {
        Internal = "internal",
        Transit = "transit",
        Supplier = "supplier",
        Customer = "customer",
        Loss = "loss",
        Production = "production",
        Opening = "opening",
    }
}

impl LocationKind {
    /// Goods here belong to the shop and count in its stock.
    pub const fn is_owned(self) -> bool {
        matches!(self, LocationKind::Internal | LocationKind::Transit)
    }
}

crate::text_enum! {
    /// Why goods moved.
    pub enum MoveReason {
        Opening = "opening",
        AdjustmentFound = "adjustment_found",
        AdjustmentDamaged = "adjustment_damaged",
        AdjustmentLost = "adjustment_lost",
        AdjustmentCount = "adjustment_count",
        AdjustmentOther = "adjustment_other",
        Sale = "sale",
        SaleReturn = "sale_return",
        Cancel = "cancel",
        Purchase = "purchase",
        PurchaseReturn = "purchase_return",
        Transfer = "transfer",
        TransferLoss = "transfer_loss",
        Assembly = "assembly",
    }
}

impl MoveReason {
    /// The kind of place at the other end of a move in or out of a warehouse.
    pub const fn counterpart(self) -> LocationKind {
        match self {
            MoveReason::Opening => LocationKind::Opening,
            MoveReason::AdjustmentFound
            | MoveReason::AdjustmentDamaged
            | MoveReason::AdjustmentLost
            | MoveReason::AdjustmentCount
            | MoveReason::AdjustmentOther
            | MoveReason::TransferLoss => LocationKind::Loss,
            MoveReason::Sale | MoveReason::SaleReturn | MoveReason::Cancel => LocationKind::Customer,
            MoveReason::Purchase | MoveReason::PurchaseReturn => LocationKind::Supplier,
            MoveReason::Transfer => LocationKind::Transit,
            MoveReason::Assembly => LocationKind::Production,
        }
    }

    /// A reason a person may pick when correcting stock by hand.
    pub const fn is_adjustment(self) -> bool {
        matches!(
            self,
            MoveReason::AdjustmentFound
                | MoveReason::AdjustmentDamaged
                | MoveReason::AdjustmentLost
                | MoveReason::AdjustmentCount
                | MoveReason::AdjustmentOther
        )
    }
}

/// Units of one SKU at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Balance {
    #[specta(type = specta_typescript::Number)]
    pub on_hand: i64,
    /// Promised to orders and not yet gone out.
    #[specta(type = specta_typescript::Number)]
    pub reserved: i64,
}

impl Balance {
    /// What can still be promised; negative when sold ahead.
    pub const fn available(self) -> i64 {
        self.on_hand.saturating_sub(self.reserved)
    }
}

/// The sum of quantities left what can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the quantities add up beyond what can be held")]
pub struct QtyOverflow;

/// Sums the quantities of equal keys, sorted by key.
///
/// Stock is checked and reserved from this, never line by line: the same SKU on two lines must be
/// one demand, and taking SKUs in one order keeps two orders from waiting for each other.
pub fn aggregate<K: Ord>(lines: impl IntoIterator<Item = (K, i64)>) -> Result<BTreeMap<K, i64>, QtyOverflow> {
    let mut sums = BTreeMap::new();
    for (key, qty) in lines {
        let sum = sums.entry(key).or_insert(0_i64);
        *sum = sum.checked_add(qty).ok_or(QtyOverflow)?;
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_sku_on_two_lines_is_one_demand() {
        let sums = aggregate([("b", 1), ("a", 2), ("b", 3)]).unwrap();
        assert_eq!(sums.into_iter().collect::<Vec<_>>(), [("a", 2), ("b", 4)]);
        assert_eq!(aggregate([("a", i64::MAX), ("a", 1)]), Err(QtyOverflow));
        assert_eq!(aggregate(Vec::<(u8, i64)>::new()).unwrap().len(), 0);
    }

    #[test]
    fn available() {
        assert_eq!(Balance { on_hand: 5, reserved: 3 }.available(), 2);
        assert_eq!(Balance { on_hand: i64::MIN, reserved: 1 }.available(), i64::MIN);
        assert!(LocationKind::Transit.is_owned() && !LocationKind::Loss.is_owned());
    }
}
