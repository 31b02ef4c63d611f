//! Rounding a quotient and sharing an amount out.

use super::Rounding;
use serde::{Deserialize, Serialize};

/// Why an amount could not be shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AllocateError {
    #[error("line {line} has a negative weight")]
    NegativeWeight { line: u32 },
    #[error("every line has weight 0, so nothing can be shared out")]
    NoWeight,
}

/// `numerator / denominator` to the nearest integer, an exact half away from zero (四舍五入).
/// A zero denominator gives 0; a quotient beyond i64 is held at the limit.
pub fn half_up(numerator: i128, denominator: i128) -> i64 {
    round_div(numerator, denominator, Rounding::HalfUp)
}

/// As [`half_up`], with the rule for an exact half as an argument.
pub fn round_div(numerator: i128, denominator: i128, rounding: Rounding) -> i64 {
    if denominator == 0 {
        return 0;
    }
    let negative = (numerator < 0) != (denominator < 0);
    let (top, bottom) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    let (whole, rest) = (top / bottom, top % bottom);
    // Compares the rest with what is missing to the next integer, since doubling it could overflow.
    let up = match rest.cmp(&(bottom - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => rounding == Rounding::HalfUp || whole % 2 == 1,
    };
    let size = whole.saturating_add(u128::from(up));
    match (i64::try_from(size), negative) {
        (Ok(size), false) => size,
        (Ok(size), true) => -size,
        (Err(_), false) => i64::MAX,
        (Err(_), true) => i64::MIN,
    }
}

/// Shares `amount` (minor units, either sign) over lines in proportion to `weights` (≥ 0).
///
/// Largest remainder, ties by line order. Σ parts = amount exactly; a weight of 0 gets 0; while
/// |amount| ≤ Σ weights no part exceeds its weight, so a discount never turns a line negative.
/// Fails on a negative weight, and with `NoWeight` when there is an amount but nothing to carry it.
pub fn allocate(amount: i64, weights: &[i64]) -> Result<Vec<i64>, AllocateError> {
    if let Some(line) = weights.iter().position(|weight| *weight < 0) {
        return Err(AllocateError::NegativeWeight { line: u32::try_from(line).unwrap_or(u32::MAX) });
    }
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if amount == 0 {
        return Ok(vec![0; weights.len()]);
    }
    if total == 0 {
        return Err(AllocateError::NoWeight);
    }
    let size = i128::from(amount).abs();
    let exact = weights.iter().map(|weight| (size * i128::from(*weight), total));
    let sign = if amount < 0 { -1 } else { 1 };
    Ok(largest_remainder(size, exact).into_iter().map(|part| half_up(part * sign, 1)).collect())
}

/// The amount for units `first+1 ..= first+count` of a line with `net` over `of` units:
/// `C(first+count) − C(first)` where `C(r) = half_up(net·r / of)`.
///
/// Whatever the order and size of the steps, all units together give exactly `net`: refunds, split
/// orders and costs of partial returns all use it. Units outside `0..=of` count as the nearest end;
/// `of ≤ 0` gives 0.
pub fn share(net: i64, of: i64, first: i64, count: i64) -> i64 {
    if of <= 0 {
        return 0;
    }
    let upto = |units: i64| half_up(i128::from(net) * i128::from(units.clamp(0, of)), i128::from(of));
    // C moves between 0 and net, so the difference cannot leave i64.
    upto(first.saturating_add(count)) - upto(first)
}

/// Floors each exact part (numerator, denominator > 0), then gives the missing units to the largest
/// remainders, ties by line order. `amount` must lie within one unit per line of the floors' sum.
pub(super) fn largest_remainder(amount: i128, exact: impl Iterator<Item = (i128, i128)>) -> Vec<i128> {
    let mut parts = Vec::new();
    let mut rests = Vec::new();
    for (line, (top, bottom)) in exact.enumerate() {
        parts.push(top.div_euclid(bottom));
        rests.push((top.rem_euclid(bottom), bottom, line));
    }
    let missing = amount - parts.iter().sum::<i128>();
    // All denominators of one call are equal, so the remainders compare as they are; a stable sort
    // keeps line order among equals.
    rests.sort_by_key(|(rest, _, _)| std::cmp::Reverse(*rest));
    for (_, _, line) in rests.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[line] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero_or_to_even() {
        for (top, bottom, up, even) in [(5, 2, 3, 2), (-5, 2, -3, -2), (5, -2, -3, -2), (7, 2, 4, 4), (1, 3, 0, 0)] {
            assert_eq!(half_up(top, bottom), up);
            assert_eq!(round_div(top, bottom, Rounding::HalfEven), even);
        }
        assert_eq!(half_up(1, 0), 0);
        assert_eq!(half_up(i128::MAX, 1), i64::MAX);
        assert_eq!(half_up(i128::MIN, 1), i64::MIN);
        assert_eq!(half_up(i128::MIN, -1), i64::MAX);
    }

    #[test]
    fn the_worked_order() {
        let gross = [12900, 7980, 501];
        let full_reduction = allocate(2000, &gross).unwrap();
        assert_eq!(full_reduction, [1207, 746, 47]);
        let net: Vec<i64> = gross.iter().zip(&full_reduction).map(|(g, d)| g - d).collect();
        let coupon = allocate(1500, &[net[0], net[1], 0]).unwrap();
        assert_eq!(coupon, [927, 573, 0]);
        let net: Vec<i64> = net.iter().zip(&coupon).map(|(g, d)| g - d).collect();
        let points = allocate(333, &net).unwrap();
        assert_eq!(points, [201, 124, 8]);
        let net: Vec<i64> = net.iter().zip(&points).map(|(g, d)| g - d).collect();
        assert_eq!(net, [10565, 6537, 446]);
        assert_eq!(net.iter().sum::<i64>(), 17548);
        assert_eq!([share(6537, 2, 0, 1), share(6537, 2, 1, 1)], [3269, 3268]);
    }

    #[test]
    fn thirds() {
        assert_eq!([share(1333, 3, 0, 1), share(1333, 3, 1, 1), share(1333, 3, 2, 1)], [444, 445, 444]);
        assert_eq!(allocate(1000, &[1000, 1000, 1000]).unwrap(), [334, 333, 333]);
        assert_eq!(allocate(-1000, &[1000, 1000, 1000]).unwrap(), [-334, -333, -333]);
    }

    #[test]
    fn the_remainder_never_lands_on_an_empty_line() {
        assert_eq!(allocate(100, &[0, 1, 1, 1, 0]).unwrap(), [0, 34, 33, 33, 0]);
        assert_eq!(allocate(0, &[0, 0]).unwrap(), [0, 0]);
        assert_eq!(allocate(1, &[0, 0]), Err(AllocateError::NoWeight));
        assert_eq!(allocate(1, &[]), Err(AllocateError::NoWeight));
        assert_eq!(allocate(1, &[5, -1]), Err(AllocateError::NegativeWeight { line: 1 }));
    }

    #[test]
    fn share_survives_odd_arguments() {
        assert_eq!(share(1000, 0, 0, 1), 0);
        assert_eq!(share(1000, -3, 0, 1), 0);
        assert_eq!(share(1000, 3, 3, 5), 0);
        assert_eq!(share(1000, 3, -9, i64::MAX), 1000);
        assert_eq!(share(i64::MIN, i64::MAX, 0, i64::MAX), i64::MIN);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_their_weights(
            weights in prop::collection::vec(0_i64..=9_007_199_254_740_991, 1..40),
            part in 0_u64..=1_000_000,
        ) {
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            let amount = i64::try_from(sum * i128::from(part) / 1_000_000).unwrap();
            let parts = match allocate(amount, &weights) {
                Ok(parts) => parts,
                Err(_) => { prop_assert_eq!(sum, 0); return Ok(()); }
            };
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(0 <= *part && part <= weight);
            }
        }

        #[test]
        fn any_amount_over_any_weights(amount in any::<i64>(), weights in prop::collection::vec(any::<i64>(), 0..20)) {
            if let Ok(parts) = allocate(amount, &weights) {
                prop_assert_eq!(parts.iter().map(|p| i128::from(*p)).sum::<i128>(), i128::from(amount));
            }
        }

        #[test]
        fn partial_refunds_in_any_steps_give_the_whole(net in any::<i64>(), steps in prop::collection::vec(1_i64..50, 1..30)) {
            let units: i64 = steps.iter().sum();
            let mut done = 0;
            let mut given = 0_i128;
            for step in steps {
                given += i128::from(share(net, units, done, step));
                done += step;
            }
            prop_assert_eq!(given, i128::from(net));
        }

        #[test]
        fn share_never_panics(net in any::<i64>(), of in any::<i64>(), first in any::<i64>(), count in any::<i64>()) {
            let _ = share(net, of, first, count);
        }
    }
}
