//! Which copies of the shop stay and which make room.

use std::collections::BTreeSet;

use crate::time::iso_day;

/// How many of the latest days, weeks and months that have a copy keep one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    pub days: i32,
    pub weeks: i32,
    pub months: i32,
}

/// Of copies made on these days (of the shop), newest first: which stay. All of the latest day stay; of
/// further days, weeks (from Monday) and months the last copy of each. Days on which nothing was copied do
/// not count: whoever was away for a month finds what was there before.
pub fn kept(days: &[i32], keep: Keep) -> Vec<bool> {
    let (mut by_day, mut by_week, mut by_month) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let latest = days.first().copied();
    days.iter()
        .map(|day| {
            // 1970-01-01 was a Thursday.
            let week = (i64::from(*day) + 3).div_euclid(7);
            let date = iso_day(*day);
            let month = date.rsplit_once('-').map_or(date.as_str(), |(month, _)| month).to_owned();
            let of_day = last_of(&mut by_day, *day, keep.days);
            let of_week = last_of(&mut by_week, week, keep.weeks);
            let of_month = last_of(&mut by_month, month, keep.months);
            Some(*day) == latest || of_day || of_week || of_month
        })
        .collect()
}

/// Whether this is the first copy that is met of one of the latest `most` periods.
fn last_of<T: Ord>(seen: &mut BTreeSet<T>, period: T, most: i32) -> bool {
    let wanted = i64::try_from(seen.len()).is_ok_and(|count| count < i64::from(most));
    seen.insert(period) && wanted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEEP: Keep = Keep { days: 7, weeks: 4, months: 12 };

    #[test]
    fn a_year_of_daily_copies_leaves_few() {
        let days: Vec<i32> = (0..365).map(|back| 20_779 - back).collect();
        let left: Vec<i32> =
            days.iter().zip(kept(&days, KEEP)).filter(|(_, kept)| *kept).map(|(day, _)| 20_779 - day).collect();
        // 2026-11-22 is a Sunday: seven days, Sundays of three weeks more, and ends of months.
        assert_eq!(left, [0, 1, 2, 3, 4, 5, 6, 7, 14, 21, 22, 53, 83, 114, 145, 175, 206, 236, 267, 295, 326]);
    }

    proptest! {
        #[test]
        fn the_newest_stays_and_no_more_than_asked_for(
            mut days in proptest::collection::vec(18_000..21_000_i32, 1..200),
            (d, w, m) in (0..40_i32, 0..20_i32, 0..30_i32),
        ) {
            days.sort_unstable_by(|a, b| b.cmp(a));
            let keep = Keep { days: d, weeks: w, months: m };
            let stays = kept(&days, keep);
            prop_assert!(stays[0]);
            let of_latest = days.iter().filter(|day| **day == days[0]).count();
            let left = stays.iter().filter(|stays| **stays).count();
            prop_assert!(left <= of_latest + usize::try_from(d + w + m).unwrap());
            // What stayed stays when nothing was added.
            let again: Vec<i32> = days.iter().zip(&stays).filter(|(_, stays)| **stays).map(|(day, _)| *day).collect();
            prop_assert!(kept(&again, keep).iter().all(|stays| *stays));
        }
    }
}
