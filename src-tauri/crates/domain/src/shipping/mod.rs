//! Carriers and their waybill numbers.

mod carriers;
mod formats;
mod pattern;

pub use carriers::{CARRIERS, Carrier, carrier, find_carrier};

use crate::text::half_width;
use formats::{COMPLETE, Check, FORMATS, Format, POSTAL, PREFIXES, S10_COUNTRIES};
use serde::{Deserialize, Serialize};

/// What can be said of a waybill number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WaybillCheck {
    /// The carrier's format, and its check digit where it has one.
    Ok { normalised: String },
    /// The carrier publishes no format; nothing speaks against the number.
    Plausible { normalised: String },
    /// Not this carrier's format.
    UnknownFormat,
    /// The shape is right but a character is wrong; `expected` is what the check character should be.
    WrongCheckDigit { expected: String },
    /// No carrier has this code.
    UnknownCarrier,
}

impl WaybillCheck {
    /// The number to store, without spaces and in capitals, when it may be used.
    pub fn normalised(&self) -> Option<&str> {
        match self {
            WaybillCheck::Ok { normalised } | WaybillCheck::Plausible { normalised } => Some(normalised),
            _ => None,
        }
    }
}

/// Checks a waybill number against the carrier's formats. `carrier_code` is a code of [`CARRIERS`].
///
/// Carriers that publish their formats are held to them. Of the others only obvious slips are
/// refused: another carrier's prefix, fewer than 6 or more than 30 characters, no digit at all.
pub fn check_waybill(carrier_code: &str, text: &str) -> WaybillCheck {
    if carrier(carrier_code).is_none() {
        return WaybillCheck::UnknownCarrier;
    }
    let number = normalise(text);
    match by_format(carrier_code, &number) {
        Verdict::Right => return WaybillCheck::Ok { normalised: number },
        Verdict::Wrong(expected) => return WaybillCheck::WrongCheckDigit { expected: expected.to_string() },
        Verdict::Other => {}
    }
    let complete = COMPLETE.contains(&carrier_code);
    if complete || !is_plausible(&number) || !prefix_allows(carrier_code, &number) {
        return WaybillCheck::UnknownFormat;
    }
    if PREFIXES.iter().any(|(prefix, _, code)| *code == carrier_code && number.starts_with(prefix)) {
        return WaybillCheck::Ok { normalised: number };
    }
    WaybillCheck::Plausible { normalised: number }
}

/// The carriers whose format fits the number, likeliest first; empty when none is known to. A plain run
/// of digits without any carrier's checksum says nothing and gives few or none.
pub fn guess_carriers(text: &str) -> Vec<&'static str> {
    let number = normalise(text);
    let mut found: Vec<&'static str> = Vec::new();
    let mut add = |code: &'static str| {
        if !found.contains(&code) {
            found.push(code);
        }
    };
    for (_, shape, code) in PREFIXES {
        if pattern::fit(shape, number.as_bytes()).is_some() {
            add(code);
        }
    }
    for format in FORMATS {
        if !matches!(judge(format, &number), Verdict::Right) {
            continue;
        }
        if format.check == Check::S10 {
            POSTAL
                .iter()
                .filter(|(_, country)| !country.is_empty() && number.ends_with(country))
                .for_each(|(code, _)| add(code));
        }
        add(format.carrier);
    }
    found
}

enum Verdict {
    Right,
    Wrong(char),
    Other,
}

fn normalise(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase()
}

fn by_format(carrier_code: &str, number: &str) -> Verdict {
    let postal = POSTAL.iter().any(|(code, _)| *code == carrier_code);
    // DHL's two codes at kuaidi100 are one carrier's domestic and world-wide queries.
    let family = if carrier_code == "dhlen" { "dhl" } else { carrier_code };
    let mut wrong = None;
    for format in FORMATS.iter().filter(|format| format.carrier == family || postal && format.carrier == "s10") {
        match judge(format, number) {
            Verdict::Right => return Verdict::Right,
            // Several formats may share a shape; the first one's digit is the likeliest meant.
            Verdict::Wrong(expected) => wrong = wrong.or(Some(expected)),
            Verdict::Other => {}
        }
    }
    wrong.map_or(Verdict::Other, Verdict::Wrong)
}

fn judge(format: &Format, number: &str) -> Verdict {
    let bytes = number.as_bytes();
    let Some(checked) = pattern::fit(format.pattern, bytes) else { return Verdict::Other };
    let country = bytes.get(bytes.len().saturating_sub(2)..).unwrap_or_default();
    if format.check == Check::S10 && !S10_COUNTRIES.split(' ').any(|known| known.as_bytes() == country) {
        return Verdict::Other;
    }
    let (Some(serial), Some(found)) = (bytes.get(checked.clone()), bytes.get(checked.end)) else {
        return Verdict::Right;
    };
    match check_character(format.check, serial) {
        Some(expected) if char::from(*found) != expected => Verdict::Wrong(expected),
        _ => Verdict::Right,
    }
}

fn check_character(check: Check, serial: &[u8]) -> Option<char> {
    let digit = |b: &u8| u32::from(b.wrapping_sub(b'0'));
    let to_ten = |sum: u32| (10 - sum % 10) % 10;
    let value = match check {
        Check::None => return None,
        Check::Mod10 { even, odd, prepend } => {
            let before = if serial.starts_with(prepend.as_bytes()) { "" } else { prepend };
            // A letter counts as its place in the table UPS prints: A is 2, B is 3, and so on.
            let value = |b: &u8| if b.is_ascii_digit() { digit(b) } else { (u32::from(*b) - 3) % 10 };
            let weighted = |(at, b): (usize, &u8)| value(b) * if at % 2 == 0 { even } else { odd };
            to_ten(before.as_bytes().iter().chain(serial).enumerate().map(weighted).sum())
        }
        Check::Mod7 => serial.iter().fold(0, |rest, b| (rest * 10 + digit(b)) % 7),
        Check::Luhn => {
            let doubled = |(at, b): (usize, &u8)| match (at % 2 == 0, digit(b) * 2) {
                (true, twice) if twice > 9 => twice - 9,
                (true, twice) => twice,
                (false, _) => digit(b),
            };
            to_ten(serial.iter().rev().enumerate().map(doubled).sum())
        }
        Check::Weighted(weights) => {
            serial.iter().zip(weights).map(|(b, weight)| digit(b) * weight).sum::<u32>() % 11 % 10
        }
        Check::S10 => {
            let sum: u32 = serial.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(b, weight)| digit(b) * weight).sum();
            match 11 - sum % 11 {
                10 => 0,
                11 => 5,
                rest => rest,
            }
        }
        Check::Mod37 => {
            let value = |b: &u8| if b.is_ascii_digit() { digit(b) } else { u32::from(b.wrapping_sub(b'A')) + 10 };
            let state = serial.iter().fold(36, |state, b| {
                let sum = state + value(b);
                let sum = if sum > 36 { sum - 36 } else { sum } * 2;
                if sum > 36 { sum - 37 } else { sum }
            });
            (37 - state) % 36
        }
    };
    char::from_digit(value, 36).map(|c| c.to_ascii_uppercase())
}

fn is_plausible(number: &str) -> bool {
    let plain = number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let ends = !number.starts_with('-');
    plain && ends && (6..=30).contains(&number.len()) && number.bytes().any(|b| b.is_ascii_digit())
}

/// Another carrier's prefix, or one's own with something impossible behind it, is a slip. A child parcel's
/// `-1-2-` behind the number is not.
fn prefix_allows(carrier_code: &str, number: &str) -> bool {
    let parent = number.split('-').next().unwrap_or(number);
    match PREFIXES.iter().find(|(prefix, _, _)| number.starts_with(prefix)) {
        Some((_, shape, code)) => *code == carrier_code && pattern::fit(shape, parent.as_bytes()).is_some(),
        None => true,
    }
}

#[cfg(test)]
mod tests;
