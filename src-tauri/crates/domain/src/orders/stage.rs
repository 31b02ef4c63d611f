//! The stage of an order: its table of moves, and where the facts alone carry it.

use super::status::LineCounts;

crate::text_enum! {
    /// The only stored main state of an order.
    pub enum Stage {
        /// Being entered (草稿).
        Draft = "draft",
        /// Accepted, awaiting payment (待付款).
        Placed = "placed",
        /// Payment satisfied, awaiting audit (待审核).
        Review = "review",
        /// Audited and allocated (待发货).
        Ready = "ready",
        /// At least one parcel out (待收货).
        Shipping = "shipping",
        /// Every live line received or picked up (已收货).
        Delivered = "delivered",
        /// The after-sale window is over or the buyer confirmed (已完成).
        Completed = "completed",
        /// Ended without live lines (已取消).
        Cancelled = "cancelled",
    }
}

/// Every permitted move. What is not here is refused, whoever asks.
pub const TRANSITIONS: &[(Stage, Stage)] = &[
    (Stage::Draft, Stage::Placed),
    (Stage::Draft, Stage::Cancelled),
    (Stage::Placed, Stage::Review),
    (Stage::Placed, Stage::Cancelled),
    (Stage::Review, Stage::Placed),
    (Stage::Review, Stage::Ready),
    (Stage::Review, Stage::Cancelled),
    (Stage::Ready, Stage::Review),
    (Stage::Ready, Stage::Shipping),
    (Stage::Ready, Stage::Cancelled),
    (Stage::Shipping, Stage::Delivered),
    (Stage::Shipping, Stage::Cancelled),
    (Stage::Delivered, Stage::Completed),
];

/// Whether the table has this move. Staying where one is, is not a move.
pub fn can_move(from: Stage, to: Stage) -> bool {
    TRANSITIONS.contains(&(from, to))
}

impl Stage {
    /// Completed and cancelled orders never move again.
    pub fn is_final(self) -> bool {
        !TRANSITIONS.iter().any(|(from, _)| *from == self)
    }

    /// Nothing has left the shop, so cancelling needs no return.
    pub fn before_shipping(self) -> bool {
        matches!(self, Stage::Draft | Stage::Placed | Stage::Review | Stage::Ready)
    }
}

/// What is known of an order, from which its stage follows. Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts<'a> {
    /// The stage stored now.
    pub stage: Stage,
    /// What the buyer owes for the order as it stands.
    pub total: i64,
    /// Payments received for good, before refunds.
    pub captured: i64,
    /// Refunds paid out.
    pub refunded: i64,
    /// Refunds agreed to, paid out or not; they lower what is due.
    pub granted_refund: i64,
    /// Cash on delivery or an accepted credit term: goods go before money.
    pub pay_later: bool,
    /// A clerk passed the order, or the shop's auto-audit rule does.
    pub audited: bool,
    /// Holds not yet released.
    pub open_holds: u32,
    /// The shop sells these goods before it has them.
    pub backorder: bool,
    /// The buyer confirmed, or the after-sale window is over, with no case open.
    pub may_complete: bool,
    /// One entry a line.
    pub lines: &'a [LineCounts],
}

impl OrderFacts<'_> {
    /// Payments cover what is due, or are not awaited. An order of zero is paid from the start.
    pub fn is_paid(&self) -> bool {
        let net = self.captured.saturating_sub(self.refunded);
        self.pay_later || net >= self.total.saturating_sub(self.granted_refund)
    }
}

/// The stage the order belongs in, following the table from where it is as far as the facts carry.
///
/// Leaving `draft` and deciding to cancel are a person's acts, never computed; but an order whose
/// lines have all been cancelled, or have all come back undelivered, ends as cancelled by itself.
pub fn next_stage(facts: &OrderFacts<'_>) -> Stage {
    let mut stage = facts.stage;
    // No fact can lead round in a circle, so an order passes each stage at most once.
    for _ in Stage::ALL {
        match step(facts, stage) {
            Some(next) => stage = next,
            None => break,
        }
    }
    stage
}

fn step(facts: &OrderFacts<'_>, stage: Stage) -> Option<Stage> {
    let sum = |count: fn(&LineCounts) -> i64| -> i64 {
        facts.lines.iter().map(count).fold(0, |sum, count| sum.saturating_add(count))
    };
    let live = sum(LineCounts::live);
    let shipped = sum(|line| line.shipped);
    let gone = !facts.lines.is_empty() && live == 0 && shipped == 0;
    let allocated = facts.backorder || facts.lines.iter().all(|line| line.allocated >= line.live());
    match stage {
        Stage::Placed | Stage::Review | Stage::Ready if gone => Some(Stage::Cancelled),
        Stage::Placed if facts.is_paid() => Some(Stage::Review),
        Stage::Review if !facts.is_paid() => Some(Stage::Placed),
        Stage::Review if facts.audited && facts.open_holds == 0 && allocated => Some(Stage::Ready),
        Stage::Ready if shipped > 0 => Some(Stage::Shipping),
        Stage::Ready if !(facts.is_paid() && facts.audited && allocated) => Some(Stage::Review),
        Stage::Shipping if live > 0 && sum(|line| line.delivered) >= live => Some(Stage::Delivered),
        Stage::Shipping if shipped > 0 && shipped == live && sum(LineCounts::come_back) >= shipped => {
            Some(Stage::Cancelled)
        }
        Stage::Delivered if facts.may_complete => Some(Stage::Completed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(ordered: i64) -> LineCounts {
        LineCounts { ordered, ..LineCounts::default() }
    }

    fn facts(stage: Stage, lines: &[LineCounts]) -> OrderFacts<'_> {
        OrderFacts {
            stage,
            total: 100,
            captured: 100,
            refunded: 0,
            granted_refund: 0,
            pay_later: false,
            audited: true,
            open_holds: 0,
            backorder: false,
            may_complete: false,
            lines,
        }
    }

    #[test]
    fn every_pair_is_decided() {
        let mut allowed = Vec::new();
        for from in Stage::ALL {
            for to in Stage::ALL {
                assert_eq!(can_move(*from, *to), TRANSITIONS.contains(&(*from, *to)));
                if can_move(*from, *to) {
                    assert_ne!(from, to);
                    assert!(!from.is_final(), "{from} is final");
                    allowed.push(format!("{from}>{to}"));
                }
            }
        }
        assert_eq!(
            allowed.join(" "),
            "draft>placed draft>cancelled placed>review placed>cancelled review>placed review>ready \
             review>cancelled ready>review ready>shipping ready>cancelled shipping>delivered \
             shipping>cancelled delivered>completed"
        );
        assert!(Stage::Completed.is_final() && Stage::Cancelled.is_final() && !Stage::Delivered.is_final());
    }

    #[test]
    fn money_carries_a_placed_order_to_ready() {
        let lines = [LineCounts { allocated: 2, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Placed, &lines)), Stage::Ready);
        assert_eq!(next_stage(&OrderFacts { captured: 99, ..facts(Stage::Placed, &lines) }), Stage::Placed);
        assert_eq!(
            next_stage(&OrderFacts { captured: 0, pay_later: true, ..facts(Stage::Placed, &lines) }),
            Stage::Ready
        );
        assert_eq!(next_stage(&OrderFacts { audited: false, ..facts(Stage::Placed, &lines) }), Stage::Review);
        assert_eq!(next_stage(&OrderFacts { open_holds: 1, ..facts(Stage::Placed, &lines) }), Stage::Review);
        assert_eq!(next_stage(&OrderFacts { captured: 0, total: 0, ..facts(Stage::Placed, &lines) }), Stage::Ready);
        assert_eq!(next_stage(&facts(Stage::Draft, &lines)), Stage::Draft);
    }

    #[test]
    fn short_stock_waits_unless_sold_ahead() {
        let lines = [LineCounts { allocated: 1, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Placed, &lines)), Stage::Review);
        assert_eq!(next_stage(&OrderFacts { backorder: true, ..facts(Stage::Placed, &lines) }), Stage::Ready);
    }

    #[test]
    fn a_reversed_payment_and_a_changed_line_go_back() {
        let lines = [LineCounts { allocated: 2, ..line(2) }];
        assert_eq!(next_stage(&OrderFacts { refunded: 100, ..facts(Stage::Ready, &lines) }), Stage::Placed);
        assert_eq!(next_stage(&OrderFacts { audited: false, ..facts(Stage::Ready, &lines) }), Stage::Review);
        // A hold alone blocks the label but does not undo the audit.
        assert_eq!(next_stage(&OrderFacts { open_holds: 1, ..facts(Stage::Ready, &lines) }), Stage::Ready);
    }

    #[test]
    fn parcels_carry_it_home() {
        let part = [LineCounts { allocated: 2, shipped: 1, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Ready, &part)), Stage::Shipping);
        let most = [LineCounts { allocated: 2, shipped: 2, delivered: 1, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Shipping, &most)), Stage::Shipping);
        let all = [LineCounts { allocated: 2, shipped: 2, delivered: 2, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Placed, &all)), Stage::Delivered);
        assert_eq!(next_stage(&OrderFacts { may_complete: true, ..facts(Stage::Shipping, &all) }), Stage::Completed);
    }

    #[test]
    fn an_order_with_nothing_left_ends_cancelled() {
        let none = [LineCounts { cancelled: 2, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Review, &none)), Stage::Cancelled);
        let back = [LineCounts { allocated: 2, shipped: 2, return_requested: 2, return_received: 2, ..line(2) }];
        assert_eq!(next_stage(&facts(Stage::Shipping, &back)), Stage::Cancelled);
        assert_eq!(next_stage(&facts(Stage::Shipping, &none)), Stage::Shipping);
    }

    proptest! {
        #[test]
        fn it_settles_and_only_by_permitted_moves(
            at in 0_usize..8, captured in 0_i64..3, refunded in 0_i64..3, bits in 0_u8..64,
            counts in prop::collection::vec((0_i64..3, 0_i64..3, 0_i64..3, 0_i64..3, 0_i64..3), 0..3),
        ) {
            let lines: Vec<LineCounts> = counts.iter().map(|(ordered, cancelled, allocated, shipped, delivered)| LineCounts {
                ordered: *ordered, cancelled: *cancelled, allocated: *allocated, shipped: *shipped,
                delivered: *delivered, ..LineCounts::default()
            }).collect();
            let facts = OrderFacts {
                stage: Stage::ALL[at], total: 1, captured, refunded, granted_refund: i64::from(bits & 1),
                pay_later: bits & 2 > 0, audited: bits & 4 > 0, open_holds: u32::from(bits & 8),
                backorder: bits & 16 > 0, may_complete: bits & 32 > 0, lines: &lines,
            };
            let end = next_stage(&facts);
            prop_assert_eq!(next_stage(&OrderFacts { stage: end, ..facts.clone() }), end);
            let mut stage = facts.stage;
            while let Some(next) = step(&facts, stage) {
                prop_assert!(can_move(stage, next), "{} > {}", stage, next);
                stage = next;
            }
            prop_assert_eq!(stage, end);
        }
    }
}
