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

/// When a copy was made, by the clock of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub day: i32,
    /// Hours since the day began.
    pub hour: i64,
}

/// The newest copies stay, whenever they were made: one may turn out to be unreadable.
const NEWEST: usize = 2;

/// Of copies made at these moments, newest first: which stay. The newest two do, and of the latest day the last
/// of each hour; of further days, weeks (from Monday) and months the last copy of each. Days on which nothing was
/// copied do not count: whoever was away for a month finds what was there before.
pub fn kept(moments: &[Moment], keep: Keep) -> Vec<bool> {
    let (mut by_day, mut by_week, mut by_month) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut by_hour = BTreeSet::new();
    let latest = moments.first().map(|moment| moment.day);
    moments
        .iter()
        .enumerate()
        .map(|(at, Moment { day, hour })| {
            // 1970-01-01 was a Thursday.
            let week = (i64::from(*day) + 3).div_euclid(7);
            let date = iso_day(*day);
            let month = date.rsplit_once('-').map_or(date.as_str(), |(month, _)| month).to_owned();
            let of_day = last_of(&mut by_day, *day, keep.days);
            let of_week = last_of(&mut by_week, week, keep.weeks);
            let of_month = last_of(&mut by_month, month, keep.months);
            let of_hour = Some(*day) == latest && by_hour.insert(*hour);
            at < NEWEST || of_hour || of_day || of_week || of_month
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
        let noons: Vec<Moment> = (0..365).map(|back| Moment { day: 20_779 - back, hour: 12 }).collect();
        let left: Vec<i32> = left(&noons, KEEP).iter().map(|moment| 20_779 - moment.day).collect();
        // 2026-11-22 is a Sunday: seven days, Sundays of three weeks more, and ends of months.
        assert_eq!(left, [0, 1, 2, 3, 4, 5, 6, 7, 14, 21, 22, 53, 83, 114, 145, 175, 206, 236, 267, 295, 326]);
    }

    #[test]
    fn a_week_of_copies_every_five_minutes_leaves_few() {
        let twelve_a_day = |day: i32| (0..288).map(move |n| Moment { day, hour: (287 - n) / 12 });
        let week: Vec<Moment> = (0..7).flat_map(|back| twelve_a_day(20_779 - back)).collect();
        let left = left(&week, KEEP);
        // The hours of the latest day with the one before the newest, six more days; the Sunday before is not there.
        assert_eq!(left.len(), 24 + 1 + 6);
        assert!(left.starts_with(&[Moment { day: 20_779, hour: 23 }; 2]) && left[2].hour == 22);
    }

    fn left(moments: &[Moment], keep: Keep) -> Vec<Moment> {
        moments.iter().zip(kept(moments, keep)).filter(|(_, stays)| *stays).map(|(moment, _)| *moment).collect()
    }

    proptest! {
        #[test]
        fn the_newest_stays_and_no_more_than_asked_for(
            mut moments in proptest::collection::vec((18_000..21_000_i32, 0..24_i64), 1..200),
            (d, w, m) in (0..40_i32, 0..20_i32, 0..30_i32),
        ) {
            moments.sort_unstable_by(|a, b| b.cmp(a));
            let moments: Vec<Moment> = moments.into_iter().map(|(day, hour)| Moment { day, hour }).collect();
            let keep = Keep { days: d, weeks: w, months: m };
            prop_assert!(kept(&moments, keep)[0]);
            let some = left(&moments, keep);
            prop_assert!(some.len() <= 24 + NEWEST + usize::try_from(d + w + m).unwrap());
            // What stayed stays when nothing was added.
            prop_assert_eq!(left(&some, keep), some);
        }
    }
}
