//! Days in the shop's zone, and times as files write them.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Why a time could not be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TimeError {
    #[error("`{zone}` is not a known time zone")]
    UnknownZone { zone: String },
    #[error("the time lies outside the years -9999 to 9999")]
    OutOfRange,
}

/// Whether `zone` is an IANA name such as `Asia/Shanghai`.
pub fn valid_zone(zone: &str) -> bool {
    zone_of(zone).is_ok()
}

/// The day (since 1970-01-01) on which `epoch_ms` (UTC) falls in `zone`.
pub fn day_of(epoch_ms: i64, zone: &str) -> Result<i32, TimeError> {
    let zone = zone_of(zone)?;
    let at = Timestamp::from_millisecond(epoch_ms).map_err(|_| TimeError::OutOfRange)?;
    Ok(day_number(zone.to_datetime(at).date()))
}

/// From the first millisecond of `day` in `zone` to the first of the next day, exclusive. 23 to 25
/// hours apart where clocks change.
pub fn day_bounds(day: i32, zone: &str) -> Result<(i64, i64), TimeError> {
    let zone = zone_of(zone)?;
    let start = |day: i32| -> Result<i64, TimeError> {
        let date = date_of(day).ok_or(TimeError::OutOfRange)?;
        // Where midnight is skipped by the clocks, the day starts at the first moment there is.
        let first = date.to_zoned(zone.clone()).map_err(|_| TimeError::OutOfRange)?;
        Ok(first.timestamp().as_millisecond())
    };
    let next = day.checked_add(1).ok_or(TimeError::OutOfRange)?;
    Ok((start(day)?, start(next)?))
}

/// How many minutes after midnight the clocks of `zone` show at `epoch_ms`.
pub fn minute_of_day(epoch_ms: i64, zone: &str) -> Result<i32, TimeError> {
    let at = Timestamp::from_millisecond(epoch_ms).map_err(|_| TimeError::OutOfRange)?;
    let time = zone_of(zone)?.to_datetime(at).time();
    Ok(i32::from(time.hour()) * 60 + i32::from(time.minute()))
}

/// `2026-11-21` for a day since 1970-01-01; the plain number for a day outside the years 0–9999.
pub fn iso_day(day: i32) -> String {
    match date_of(day) {
        Some(date) if date.year() >= 0 => {
            format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
        }
        _ => day.to_string(),
    }
}

/// `2026-11-21 14:05:00` as the clocks of `zone` show it; `None` outside the years jiff knows.
pub fn local_text(epoch_ms: i64, zone: &str) -> Option<String> {
    let at = Timestamp::from_millisecond(epoch_ms).ok()?;
    Some(zone_of(zone).ok()?.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// Reads a time into epoch milliseconds UTC; local forms are taken in `zone`, without a time of day
/// as the start of the day. `None` when it is no time, or the zone is unknown.
///
/// Reads ISO 8601 (with or without offset), `2010-12-01 08:26:00`, `2010/12/1 8:26`, `12/1/2010 8:26`
/// (month first, unless the first number cannot be a month), `2010年12月1日 8时26分`, with full-width
/// digits too. A time the clocks skip is moved forward; one they repeat means the first.
pub fn parse_time(text: &str, zone: &str) -> Option<i64> {
    let zone = zone_of(zone).ok()?;
    let folded: String = text.chars().map(crate::text::half_width).collect();
    let text = folded.trim();
    if text.len() > 64 {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let (numbers, afternoon) = numbers(text)?;
    let (date, clock) = numbers.split_at_checked(3)?;
    let [first, second, third] = date else {
        return None;
    };
    let (year, month, day) = match (first, second, third) {
        ((year, 4), (month, 1..=2), (day, 1..=2)) => (year, month, day),
        ((day, 1..=2), (month, 1..=2), (year, 4)) if *day > 12 => (year, month, day),
        ((month, 1..=2), (day, 1..=2), (year, 4)) => (year, month, day),
        _ => return None,
    };
    let date =
        civil::Date::new(i16::try_from(*year).ok()?, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()?;
    let part = |at: usize| i8::try_from(clock.get(at).map_or(0, |(value, _)| *value)).ok();
    let hour = match (afternoon, part(0)?) {
        (None, hour) => hour,
        (Some(afternoon), hour @ 1..=12) => hour % 12 + if afternoon { 12 } else { 0 },
        _ => return None,
    };
    let nanos = match clock.get(3) {
        None => 0,
        Some((value, digits @ 1..=9)) => value * 10_i32.pow(9 - *digits as u32),
        Some(_) => return None,
    };
    let time = civil::Time::new(hour, part(1)?, part(2)?, nanos).ok()?;
    Some(date.to_datetime(time).to_zoned(zone).ok()?.timestamp().as_millisecond())
}

/// A number and how many digits it was written with.
type Number = (i32, usize);

/// The numbers of a written time with their digit counts, and whether it says AM or PM; `None` when
/// anything else stands between them, or a time of day has an hour alone.
fn numbers(text: &str) -> Option<(Vec<Number>, Option<bool>)> {
    let upper = text.to_ascii_uppercase();
    let (text, mut afternoon) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(rest), _) => (rest.trim_end(), Some(false)),
        (_, Some(rest)) => (rest.trim_end(), Some(true)),
        _ => (upper.as_str(), None),
    };
    let mut text = text.to_owned();
    for (word, later) in [("上午", false), ("下午", true)] {
        if text.contains(word) {
            text = text.replacen(word, " ", 1);
            afternoon = Some(later);
        }
    }
    let mut found: Vec<Number> = Vec::new();
    let mut between = String::new();
    for c in text.chars() {
        let Some(digit) = c.to_digit(10) else {
            between.push(c);
            continue;
        };
        if !found.is_empty() && between.is_empty() {
            let (value, digits) = found.last_mut()?;
            *value = value.checked_mul(10)?.checked_add(i32::try_from(digit).ok()?)?;
            *digits += 1;
            continue;
        }
        let separator = between.trim();
        let fits = match found.len() {
            0 => between.is_empty(),
            1 => matches!(separator, "-" | "/" | "." | "年"),
            2 => matches!(separator, "-" | "/" | "." | "月"),
            3 => matches!(separator, "" | "T" | "日" | "号" | ","),
            4 => matches!(separator, ":" | "时" | "点"),
            5 => matches!(separator, ":" | "分"),
            6 => matches!(separator, "."),
            _ => false,
        };
        if !fits {
            return None;
        }
        between.clear();
        found.push((i32::try_from(digit).ok()?, 1));
    }
    let closed = match found.len() {
        3 => matches!(between.trim(), "" | "日" | "号"),
        5 => matches!(between.trim(), "" | "分"),
        6 => matches!(between.trim(), "" | "秒"),
        7 => between.trim().is_empty(),
        _ => false,
    };
    let lone_marker = found.len() == 3 && afternoon.is_some();
    (closed && !lone_marker).then_some((found, afternoon))
}

fn date_of(day: i32) -> Option<civil::Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

fn day_number(date: civil::Date) -> i32 {
    // jiff's years run from -9999 to 9999, some seven million days.
    (date.duration_since(EPOCH).as_hours() / 24) as i32
}

const EPOCH: civil::Date = civil::Date::constant(1970, 1, 1);

fn zone_of(zone: &str) -> Result<TimeZone, TimeError> {
    TimeZone::get(zone).map_err(|_| TimeError::UnknownZone { zone: zone.chars().take(64).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn days_turn_at_local_midnight() {
        // 2026-11-20T16:00:00Z is midnight in Shanghai.
        let midnight = 1_795_190_400_000;
        assert_eq!(day_of(midnight - 1, "Asia/Shanghai"), Ok(20_777));
        assert_eq!(day_of(midnight, "Asia/Shanghai"), Ok(20_778));
        assert_eq!(day_of(midnight, "UTC"), Ok(20_777));
        assert_eq!(iso_day(20_778), "2026-11-21");
        assert_eq!(day_bounds(20_778, "Asia/Shanghai"), Ok((midnight, midnight + 24 * HOUR)));
        assert_eq!(day_of(-1, "UTC"), Ok(-1));
        assert_eq!(iso_day(-1), "1969-12-31");
    }

    #[test]
    fn days_of_23_and_25_hours() {
        let length = |day: &str, zone: &str| {
            let day = day_of(parse_time(day, zone).unwrap(), zone).unwrap();
            let (from, to) = day_bounds(day, zone).unwrap();
            (day_of(from, zone), day_of(to - 1, zone), day_of(to, zone)) == (Ok(day), Ok(day), Ok(day + 1))
                && (to - from) % HOUR == 0
                && [23, 24, 25].contains(&((to - from) / HOUR))
        };
        let hours = |day: &str, zone: &str| {
            assert!(length(day, zone), "{day} {zone}");
            let day = day_of(parse_time(day, zone).unwrap(), zone).unwrap();
            day_bounds(day, zone).map(|(from, to)| (to - from) / HOUR)
        };
        assert_eq!(hours("2026-03-08", "America/New_York"), Ok(23));
        assert_eq!(hours("2026-11-01", "America/New_York"), Ok(25));
        assert_eq!(hours("2026-03-29", "Europe/Berlin"), Ok(23));
        // Clocks skipped midnight itself here.
        assert_eq!(hours("2018-11-04", "America/Sao_Paulo"), Ok(23));
        assert_eq!(hours("2026-11-21", "Asia/Shanghai"), Ok(24));
    }

    #[test]
    fn reads_what_files_hold() {
        let utc = |text: &str| parse_time(text, "UTC");
        let at = 1_291_191_960_000; // 2010-12-01T08:26:00Z
        for text in [
            "2010-12-01 08:26:00",
            "2010-12-01T08:26:00Z",
            "2010-12-01T16:26:00+08:00",
            "2010-12-01T08:26:00.000",
            "12/1/2010 8:26",
            "2010/12/1 8:26",
            "2010年12月1日 8时26分",
            "２０１０年１２月１日　８：２６",
            "2010.12.01 08:26",
            "12/1/2010 8:26 AM",
            " 2010-12-01 08:26 ",
        ] {
            assert_eq!(utc(text), Some(at), "{text}");
        }
        let day = at - 8 * HOUR - 26 * 60_000;
        for text in ["2010-12-01", "2010/12/1", "2010年12月1日", "12/1/2010"] {
            assert_eq!(utc(text), Some(day), "{text}");
            assert_eq!(parse_time(text, "Asia/Shanghai"), Some(day - 8 * HOUR), "{text}");
        }
        assert_eq!(utc("2010年12月1日下午1:05"), Some(day + 13 * HOUR + 5 * 60_000));
        assert_eq!(utc("12/1/2010 12:05 am"), Some(day + 5 * 60_000));
        assert_eq!(utc("2010-12-01 00:00:00.25"), Some(day + 250));
        assert_eq!(utc("13/12/2010"), utc("2010-12-13"));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "x",
            "2010",
            "2010-13-01",
            "2010-02-30",
            "2010-12-01 24:00",
            "2010-12-01 8",
            "2010-12-01 8:60",
            "12/1/10",
            "1/2/3",
            "2010-12-01 13:00 PM",
            "2010-12-01 PM",
            "2010--12-01",
            "2010-12-01x",
            "99999999999",
        ] {
            assert_eq!(parse_time(text, "UTC"), None, "{text}");
        }
        assert_eq!(parse_time("2010-12-01", "Mars/Base"), None);
        assert!(valid_zone("Asia/Shanghai") && !valid_zone("") && !valid_zone("Mars/Base"));
        assert!(matches!(day_of(0, "Mars/Base"), Err(TimeError::UnknownZone { .. })));
        assert_eq!(day_of(i64::MAX, "UTC"), Err(TimeError::OutOfRange));
        assert_eq!(day_bounds(i32::MAX, "UTC"), Err(TimeError::OutOfRange));
    }

    #[test]
    fn skipped_and_repeated_clocks() {
        let berlin = |text: &str| parse_time(text, "Europe/Berlin").unwrap();
        // 02:30 did not happen on 29 March; it means 03:30 by the new clocks.
        assert_eq!(berlin("2026-03-29 02:30"), berlin("2026-03-29T03:30:00"));
        assert_eq!(berlin("2026-10-25 02:30"), parse_time("2026-10-25T02:30:00+02:00", "UTC").unwrap());
    }

    proptest! {
        #[test]
        fn every_moment_lies_within_its_day(at in -60_000_000_000_000_i64..200_000_000_000_000) {
            for zone in ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"] {
                let day = day_of(at, zone).unwrap();
                let (from, to) = day_bounds(day, zone).unwrap();
                prop_assert!(from <= at && at < to, "{} {}", zone, day);
            }
        }

        #[test]
        fn never_panics(text in "\\PC*", near in "[0-9:/年月日 APMT.-]{0,30}", zone in "\\PC{0,9}", day in any::<i32>(), at in any::<i64>()) {
            let _ = (parse_time(&text, "UTC"), parse_time(&near, "Asia/Shanghai"), parse_time("2010-12-01", &zone));
            let _ = (day_of(at, "Asia/Shanghai"), day_bounds(day, "Asia/Shanghai"), iso_day(day));
        }
    }
}
