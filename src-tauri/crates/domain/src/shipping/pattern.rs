//! Shapes of waybill numbers, in a notation small enough to read in a table.
//!
//! `#` a digit, `@` a letter, `*` either, `[ABC]` or `[0-8]` one of a set, anything else itself;
//! `{3}` or `{9,10}` repeats what stands before. `!` marks where the checked part begins, `=` where it
//! ends and the check character follows; both take no room.

use std::ops::Range;

/// Where the checked part of a fitting number lies; `end` is the index of the check character.
pub(super) type Checked = Range<usize>;

/// Fits the whole of `text` to the pattern. Without marks the checked part is empty. The patterns are
/// our own table's: one that cannot be read fits nothing.
pub(super) fn fit(pattern: &str, text: &[u8]) -> Option<Checked> {
    let mut span = Span::default();
    fits(pattern.as_bytes(), text, 0, &mut span).then_some(span.start..span.end)
}

#[derive(Default)]
struct Span {
    start: usize,
    end: usize,
}

fn fits(pattern: &[u8], text: &[u8], at: usize, span: &mut Span) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return at == text.len() };
    match first {
        b'!' => {
            span.start = at;
            return fits(rest, text, at, span);
        }
        b'=' => {
            span.end = at;
            return fits(rest, text, at, span);
        }
        _ => {}
    }
    let width = if *first == b'[' { pattern.iter().position(|b| *b == b']').map_or(1, |end| end + 1) } else { 1 };
    let (one, rest) = pattern.split_at(width);
    let (least, most, rest) = repetition(rest);
    let there = text.get(at..).unwrap_or_default().iter().take(most).take_while(|b| takes(one, **b)).count();
    // Longest first, so that what follows takes as little as it must.
    (least..=there).rev().any(|count| fits(rest, text, at + count, span))
}

fn takes(one: &[u8], b: u8) -> bool {
    match one {
        [b'#'] => b.is_ascii_digit(),
        [b'@'] => b.is_ascii_uppercase(),
        [b'*'] => b.is_ascii_digit() || b.is_ascii_uppercase(),
        [b'[', from, b'-', to, b']'] => (from..=to).contains(&&b),
        [b'[', set @ .., b']'] => set.contains(&b),
        [literal] => *literal == b,
        _ => false,
    }
}

fn repetition(pattern: &[u8]) -> (usize, usize, &[u8]) {
    let Some(end) = pattern.iter().position(|b| *b == b'}').filter(|_| pattern.starts_with(b"{")) else {
        return (1, 1, pattern);
    };
    let mut bounds = pattern[1..end].split(|b| *b == b',').map(|digits| {
        digits.iter().fold(0_usize, |sum, b| sum.saturating_mul(10).saturating_add(usize::from(b.wrapping_sub(b'0'))))
    });
    let least = bounds.next().unwrap_or(1);
    (least, bounds.next().unwrap_or(least), &pattern[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (pattern, text, expected) in [
            ("1Z!*{15}=#", "1Z5R89390357567127", Some(2..17)),
            ("!#{9,10}=#", "3318810025", Some(0..9)),
            ("!#{9,10}=#", "73891051146", Some(0..10)),
            ("!#{9,10}=#", "738910511461", None),
            ("[ACM]#", "C1", Some(0..0)),
            ("[ACM]#", "B1", None),
            ("9[0-8]", "99", None),
            ("9[0-8]", "98", Some(0..0)),
            ("@@", "A1", None),
            ("", "", Some(0..0)),
            ("", "1", None),
        ] {
            assert_eq!(fit(pattern, text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
