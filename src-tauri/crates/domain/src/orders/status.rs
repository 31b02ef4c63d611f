//! Statuses that are never stored as truth: each is a pure function of counted facts.

use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// How far an order is paid.
    pub enum PaymentStatus {
        Unpaid = "unpaid",
        Partial = "partial",
        Paid = "paid",
        Overpaid = "overpaid",
        PartiallyRefunded = "partially_refunded",
        Refunded = "refunded",
    }
}

crate::text_enum! {
    /// How far the goods have got.
    pub enum FulfilmentStatus {
        None = "none",
        Allocated = "allocated",
        PartialShipped = "partial_shipped",
        Shipped = "shipped",
        PartialDelivered = "partial_delivered",
        Delivered = "delivered",
        ReturnedPart = "returned_part",
        Returned = "returned",
    }
}

crate::text_enum! {
    /// Whether after-sale cases are running.
    pub enum AfterSaleStatus {
        None = "none",
        Open = "open",
        Partly = "partly",
        Closed = "closed",
    }
}

/// From sums in minor units, compared as integers: `net = captured − refunded` against
/// `due = total − granted_refund`.
///
/// Money the shop still owes back (net above due) shows as overpaid, even after a first refund;
/// otherwise any refund shows as partially refunded while money is left, and refunded when none is.
/// An order of zero is paid.
pub fn payment_status(total: i64, captured: i64, refunded: i64, granted_refund: i64) -> PaymentStatus {
    let net = captured.saturating_sub(refunded);
    let due = total.saturating_sub(granted_refund);
    if captured <= 0 {
        return if total <= 0 { PaymentStatus::Paid } else { PaymentStatus::Unpaid };
    }
    if net > due.max(0) {
        return PaymentStatus::Overpaid;
    }
    if refunded > 0 {
        return match (net <= 0, net == total) {
            (true, _) => PaymentStatus::Refunded,
            // Only what was paid too much went back.
            (false, true) => PaymentStatus::Paid,
            (false, false) => PaymentStatus::PartiallyRefunded,
        };
    }
    if net < due { PaymentStatus::Partial } else { PaymentStatus::Paid }
}

/// From one entry a line. Returns outrank delivery, delivery outranks shipping; `allocated` means
/// every live unit is reserved or gone out.
pub fn fulfilment_status(lines: &[LineCounts]) -> FulfilmentStatus {
    let sum = |count: fn(&LineCounts) -> i64| -> i64 {
        lines.iter().map(count).fold(0, |sum, count| sum.saturating_add(count))
    };
    let live = sum(LineCounts::live);
    let shipped = sum(|line| line.shipped);
    let delivered = sum(|line| line.delivered);
    let returned = sum(LineCounts::come_back);
    if returned > 0 {
        return if returned >= live { FulfilmentStatus::Returned } else { FulfilmentStatus::ReturnedPart };
    }
    if delivered > 0 {
        return if delivered >= live { FulfilmentStatus::Delivered } else { FulfilmentStatus::PartialDelivered };
    }
    if shipped > 0 {
        return if shipped >= live { FulfilmentStatus::Shipped } else { FulfilmentStatus::PartialShipped };
    }
    if live > 0 && lines.iter().all(|line| line.allocated >= line.live()) {
        return FulfilmentStatus::Allocated;
    }
    FulfilmentStatus::None
}

/// From the numbers of open and of closed after-sale cases; withdrawn ones count as neither.
pub fn after_sale_status(open: u32, closed: u32) -> AfterSaleStatus {
    match (open > 0, closed > 0) {
        (false, false) => AfterSaleStatus::None,
        (true, false) => AfterSaleStatus::Open,
        (true, true) => AfterSaleStatus::Partly,
        (false, true) => AfterSaleStatus::Closed,
    }
}

/// What has happened to the units of one line, each counted since the order was placed.
///
/// `allocated` counts units reserved or already gone out; a withdrawn return lowers
/// `return_requested`, and a cancelled parcel lowers `shipped`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LineCounts {
    #[specta(type = specta_typescript::Number)]
    pub ordered: i64,
    #[specta(type = specta_typescript::Number)]
    pub added: i64,
    #[specta(type = specta_typescript::Number)]
    pub removed: i64,
    #[specta(type = specta_typescript::Number)]
    pub cancelled: i64,
    #[specta(type = specta_typescript::Number)]
    pub allocated: i64,
    #[specta(type = specta_typescript::Number)]
    pub shipped: i64,
    #[specta(type = specta_typescript::Number)]
    pub delivered: i64,
    #[specta(type = specta_typescript::Number)]
    pub return_requested: i64,
    #[specta(type = specta_typescript::Number)]
    pub return_received: i64,
    #[specta(type = specta_typescript::Number)]
    pub return_dismissed: i64,
    #[specta(type = specta_typescript::Number)]
    pub written_off: i64,
}

/// The first invariant a line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CountsError {
    #[error("a count is negative")]
    Negative,
    #[error("more was removed and cancelled than was ordered and added")]
    LiveBelowZero,
    #[error("fewer units are live than were shipped")]
    LiveBelowShipped,
    #[error("more is allocated than is live")]
    AllocatedAboveLive,
    #[error("more is shipped than is allocated")]
    ShippedAboveAllocated,
    #[error("more is delivered than is shipped")]
    DeliveredAboveShipped,
    #[error("more is asked back than was shipped")]
    ReturnAboveShipped,
    #[error("more came back than was asked back")]
    ReceivedAboveRequested,
}

impl LineCounts {
    /// Units the buyer is to get: ordered + added − removed − cancelled.
    pub fn live(&self) -> i64 {
        self.ordered.saturating_add(self.added).saturating_sub(self.removed).saturating_sub(self.cancelled)
    }

    /// Units whose return is settled: received, dismissed or written off.
    pub fn come_back(&self) -> i64 {
        self.return_received.saturating_add(self.return_dismissed).saturating_add(self.written_off)
    }

    /// `0 ≤ delivered ≤ shipped ≤ allocated ≤ live` and `come_back ≤ return_requested ≤ shipped`.
    pub fn check(&self) -> Result<(), CountsError> {
        let counts = [
            self.ordered,
            self.added,
            self.removed,
            self.cancelled,
            self.allocated,
            self.shipped,
            self.delivered,
            self.return_requested,
            self.return_received,
            self.return_dismissed,
            self.written_off,
        ];
        let live = self.live();
        let rules = [
            (counts.iter().any(|count| *count < 0), CountsError::Negative),
            (live < 0, CountsError::LiveBelowZero),
            (live < self.shipped, CountsError::LiveBelowShipped),
            (live < self.allocated, CountsError::AllocatedAboveLive),
            (self.allocated < self.shipped, CountsError::ShippedAboveAllocated),
            (self.shipped < self.delivered, CountsError::DeliveredAboveShipped),
            (self.shipped < self.return_requested, CountsError::ReturnAboveShipped),
            (self.return_requested < self.come_back(), CountsError::ReceivedAboveRequested),
        ];
        rules.into_iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, error)| Err(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn payments_against_what_is_due() {
        use PaymentStatus::*;
        for (total, captured, refunded, granted, expected) in [
            (100, 0, 0, 0, Unpaid),
            (100, 0, 0, 100, Unpaid),
            (0, 0, 0, 0, Paid),
            (100, 99, 0, 0, Partial),
            (100, 100, 0, 0, Paid),
            (100, 101, 0, 0, Overpaid),
            (100, 101, 1, 0, Paid),
            (100, 100, 0, 30, Overpaid),
            (100, 100, 10, 30, Overpaid),
            (100, 100, 30, 30, PartiallyRefunded),
            (100, 70, 0, 30, Paid),
            (100, 100, 100, 100, Refunded),
            (100, 100, 100, 0, Refunded),
            (100, 50, 50, 0, Refunded),
            (100, 100, 30, 0, PartiallyRefunded),
        ] {
            let found = payment_status(total, captured, refunded, granted);
            assert_eq!(found, expected, "{total} {captured} {refunded} {granted}");
        }
    }

    #[test]
    fn goods_from_nothing_to_returned() {
        use FulfilmentStatus::*;
        let line = |allocated, shipped, delivered, back| LineCounts {
            ordered: 2,
            allocated,
            shipped,
            delivered,
            return_requested: back,
            return_received: back,
            ..LineCounts::default()
        };
        for (counts, expected) in [
            (line(0, 0, 0, 0), None),
            (line(1, 0, 0, 0), None),
            (line(2, 0, 0, 0), Allocated),
            (line(2, 1, 0, 0), PartialShipped),
            (line(2, 2, 0, 0), Shipped),
            (line(2, 2, 1, 0), PartialDelivered),
            (line(2, 2, 2, 0), Delivered),
            (line(2, 2, 2, 1), ReturnedPart),
            (line(2, 2, 0, 2), Returned),
        ] {
            assert_eq!(counts.check(), Ok(()));
            assert_eq!(fulfilment_status(&[counts]), expected, "{counts:?}");
        }
        assert_eq!(fulfilment_status(&[]), None);
        assert_eq!(fulfilment_status(&[line(2, 2, 2, 0), line(2, 0, 0, 0)]), PartialDelivered);
        // A cancelled line no longer keeps the rest from being complete.
        let gone = LineCounts { ordered: 2, cancelled: 2, ..LineCounts::default() };
        assert_eq!(fulfilment_status(&[line(2, 2, 2, 0), gone]), Delivered);
    }

    #[test]
    fn cases() {
        let found = [(0, 0), (2, 0), (1, 1), (0, 3)].map(|(open, closed)| after_sale_status(open, closed).as_str());
        assert_eq!(found, ["none", "open", "partly", "closed"]);
    }

    #[test]
    fn each_invariant_has_its_error() {
        let good = LineCounts {
            ordered: 3,
            added: 1,
            removed: 1,
            allocated: 3,
            shipped: 2,
            delivered: 1,
            ..LineCounts::default()
        };
        assert_eq!(good.check(), Ok(()));
        let checks = [
            (LineCounts { shipped: -1, ..good }, CountsError::Negative),
            (LineCounts { cancelled: 9, ..good }, CountsError::LiveBelowZero),
            (LineCounts { cancelled: 2, ..good }, CountsError::LiveBelowShipped),
            (LineCounts { allocated: 4, ..good }, CountsError::AllocatedAboveLive),
            (LineCounts { allocated: 1, ..good }, CountsError::ShippedAboveAllocated),
            (LineCounts { delivered: 3, ..good }, CountsError::DeliveredAboveShipped),
            (LineCounts { return_requested: 3, ..good }, CountsError::ReturnAboveShipped),
            (
                LineCounts { return_requested: 1, return_received: 1, written_off: 1, ..good },
                CountsError::ReceivedAboveRequested,
            ),
        ];
        for (counts, error) in checks {
            assert_eq!(counts.check(), Err(error));
        }
    }

    proptest! {
        #[test]
        fn nothing_overflows(counts in prop::array::uniform11(any::<i64>()), money in prop::array::uniform4(any::<i64>())) {
            let [ordered, added, removed, cancelled, allocated, shipped, delivered, return_requested, return_received, return_dismissed, written_off] = counts;
            let line = LineCounts { ordered, added, removed, cancelled, allocated, shipped, delivered, return_requested, return_received, return_dismissed, written_off };
            let _ = (line.check(), fulfilment_status(&[line, line]));
            let _ = payment_status(money[0], money[1], money[2], money[3]);
        }
    }
}
