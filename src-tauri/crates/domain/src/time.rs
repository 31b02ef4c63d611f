//! Shop-local days.

/// Days since 1970-01-01 in the zone.
pub fn day_of(epoch_ms: i64, zone: &str) -> Result<i32, jiff::Error> {
    let at = jiff::Timestamp::from_millisecond(epoch_ms)?.in_tz(zone)?;
    Ok((at.date() - jiff::civil::date(1970, 1, 1)).get_days())
}
