//! Document numbers: a prefix, the shop's date, a counter, and the device when it was offline.

use crate::time::iso_day;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// Which part of the date stands in the number, and so how often the counter starts again.
    pub enum NumberDate {
        None = "none",
        Year = "year",
        Month = "month",
        Day = "day",
    }
}

/// How documents of one kind are numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct NumberRule {
    /// For example `SO-`.
    pub prefix: String,
    pub date: NumberDate,
    /// The counter is padded to so many digits (1–18) and simply grows longer when it overflows them.
    pub digits: u8,
}

/// The number of a document: `SO-20261121-0007`, or `SO-20261121-A-0007` from offline device `A`.
///
/// `day` is in days since 1970-01-01 in the shop's zone. The device stands before the counter, as
/// each device counts for itself; without it two tills could give the same number while offline.
pub fn format_number(rule: &NumberRule, day: i32, sequence: u64, device: Option<&str>) -> String {
    let mut number = sequence_scope(rule, day);
    // A dash parts what would otherwise run together, unless the merchant's prefix already ends in one.
    let mut dash = rule.date != NumberDate::None;
    if let Some(device) = device {
        if dash {
            number.push('-');
        }
        number.push_str(device);
        dash = true;
    }
    if dash {
        number.push('-');
    }
    let width = usize::from(rule.digits.clamp(1, 18));
    number.push_str(&format!("{sequence:0width$}"));
    number
}

/// The key the counter is kept under: the prefix and the date part, for example `SO-20261121`.
pub fn sequence_scope(rule: &NumberRule, day: i32) -> String {
    let date = iso_day(day).replace('-', "");
    // A year before 1000 or after 9999 cannot be a document's; whatever `iso_day` gives is then kept whole.
    let length = match rule.date {
        NumberDate::None => 0,
        NumberDate::Year => 4,
        NumberDate::Month => 6,
        NumberDate::Day => date.len(),
    };
    format!("{}{}", rule.prefix, date.get(..length).unwrap_or(&date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(date: NumberDate) -> NumberRule {
        NumberRule { prefix: "SO-".to_owned(), date, digits: 4 }
    }

    #[test]
    fn numbers() {
        let day = 20_778; // 2026-11-21
        assert_eq!(sequence_scope(&rule(NumberDate::Day), day), "SO-20261121");
        assert_eq!(sequence_scope(&rule(NumberDate::Month), day), "SO-202611");
        assert_eq!(sequence_scope(&rule(NumberDate::Year), day), "SO-2026");
        assert_eq!(sequence_scope(&rule(NumberDate::None), day), "SO-");
        assert_eq!(format_number(&rule(NumberDate::Day), day, 7, None), "SO-20261121-0007");
        assert_eq!(format_number(&rule(NumberDate::Day), day, 7, Some("A")), "SO-20261121-A-0007");
        assert_eq!(format_number(&rule(NumberDate::None), day, 7, None), "SO-0007");
        assert_eq!(format_number(&rule(NumberDate::None), day, 7, Some("A")), "SO-A-0007");
        assert_eq!(format_number(&rule(NumberDate::Month), day, 123_456, None), "SO-202611-123456");
    }

    #[test]
    fn odd_arguments_still_give_a_number() {
        for day in [i32::MIN, -1, i32::MAX] {
            for date in NumberDate::ALL {
                let odd = NumberRule { prefix: String::new(), date: *date, digits: 255 };
                assert!(format_number(&odd, day, u64::MAX, Some("")).ends_with("18446744073709551615"));
            }
        }
    }
}
