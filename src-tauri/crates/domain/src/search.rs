//! Search without a search engine: every row keeps a haystack and its grams of two and three characters,
//! so that a two-character Chinese word is found, by Han, by pinyin or by initials, on both databases
//! alike, and a longer one does not have to be picked from all rows that share its pairs.

use crate::text::half_width;
use pinyin::{ToPinyin, ToPinyinMulti};
use std::collections::BTreeSet;

/// Parts the fields of a haystack; no gram and no match reaches across it.
pub const FIELD_SEPARATOR: char = '\u{1f}';

/// Lower case, full width to half, every run of spaces and control characters to one space, trimmed.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(half_width).flat_map(char::to_lowercase) {
        if !c.is_whitespace() && !c.is_control() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// What a row is searched by: its non-empty fields, normalised, joined by [`FIELD_SEPARATOR`].
///
/// A field with Han is followed by its full pinyin and its initials (`重庆` → `chongqing`, `cq`). A
/// character of several readings gives several, up to four for a field; the first 64 characters of
/// a field are read so.
pub fn haystack(fields: &[&str]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for field in fields {
        let text = normalise(field);
        if text.is_empty() {
            continue;
        }
        let sounds = readings(&text);
        parts.push(text);
        for sound in sounds {
            if !parts.contains(&sound) {
                parts.push(sound);
            }
        }
    }
    parts.join(&FIELD_SEPARATOR.to_string())
}

/// The sorted, unique grams of a haystack: every two and every three neighbouring characters within a
/// word, and every Han character alone.
pub fn grams(text: &str) -> Vec<String> {
    let mut set = BTreeSet::new();
    for word in text.split(|c: char| c == FIELD_SEPARATOR || c.is_whitespace()) {
        let chars: Vec<char> = word.chars().map(half_width).flat_map(char::to_lowercase).collect();
        set.extend(chars.iter().filter(|c| is_han(**c)).map(char::to_string));
        for length in [2, 3] {
            set.extend(chars.windows(length).map(|gram| gram.iter().collect::<String>()));
        }
    }
    set.into_iter().collect()
}

/// The grams each word of a query must have, sorted and unique; unless it [`is_gram`], a row that has
/// them all is then compared with the word itself. A word of one Han character asks for that character;
/// a word of one other character narrows nothing and is left out. A longer word asks for as many grams
/// of three as cover it.
pub fn query_grams(query: &str) -> Vec<Vec<String>> {
    query_words(query).iter().map(|word| word_grams(word)).filter(|grams| !grams.is_empty()).collect()
}

/// The words of a query, normalised as a haystack is; each must occur in the haystack.
pub fn query_words(query: &str) -> Vec<String> {
    normalise(query).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Han characters, for which one alone is already a word.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' | '\u{f900}'..='\u{faff}' | '〇')
}

/// Whether a word is itself a gram: a row that has it needs no comparing.
pub fn is_gram(word: &str) -> bool {
    match word.chars().count() {
        1 => word.chars().all(is_han),
        2 | 3 => true,
        _ => false,
    }
}

fn word_grams(word: &str) -> Vec<String> {
    if is_gram(word) {
        return vec![word.to_owned()];
    }
    let chars: Vec<char> = word.chars().collect();
    let Some(last) = chars.len().checked_sub(3) else { return Vec::new() };
    let starts = (0..last).step_by(3).chain([last]);
    let grams: BTreeSet<String> = starts.map(|at| chars[at..at + 3].iter().collect()).collect();
    grams.into_iter().collect()
}

const MOST_READINGS: usize = 4;
const MOST_CHARACTERS: usize = 64;

/// Pinyin and initials of a normalised field: first the commonest reading, then up to three others.
/// Latin letters and digits between the Han stay as they are, spaces part words as in the field.
fn readings(text: &str) -> Vec<String> {
    if !text.chars().any(is_han) {
        return Vec::new();
    }
    let mut found: Vec<(String, String)> = vec![(String::new(), String::new())];
    for c in text.chars().take(MOST_CHARACTERS) {
        let sounds = sounds_of(c);
        if sounds.is_empty() {
            for (full, initials) in &mut found {
                full.push(c);
                initials.push(c);
            }
            continue;
        }
        let mut longer = Vec::with_capacity(found.len());
        // All with the commonest sound first, so that it survives the cut.
        for sound in &sounds {
            for (full, initials) in &found {
                if longer.len() < MOST_READINGS {
                    let initial = sound.chars().next().map(String::from).unwrap_or_default();
                    longer.push((format!("{full}{sound}"), format!("{initials}{initial}")));
                }
            }
        }
        found = longer;
    }
    let mut parts = Vec::new();
    for part in found.iter().map(|(full, _)| full).chain(found.iter().map(|(_, initials)| initials)) {
        if !parts.contains(part) {
            parts.push(part.clone());
        }
    }
    parts
}

/// The readings of one Han character without tones, commonest first; none for anything else.
fn sounds_of(c: char) -> Vec<String> {
    let mut sounds: Vec<String> = Vec::new();
    let first = c.to_pinyin().into_iter();
    let others = c.to_pinyin_multi().into_iter().flatten();
    for sound in first.chain(others) {
        // People type ü as v, as every input method does.
        let sound = sound.plain().replace('ü', "v");
        if !sounds.contains(&sound) {
            sounds.push(sound);
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the engine does it: all grams, then every word within the haystack.
    fn finds(query: &str, fields: &[&str]) -> bool {
        let hay = haystack(fields);
        let grams = grams(&hay);
        query_grams(query).iter().flatten().all(|gram| grams.contains(gram))
            && query_words(query).iter().all(|word| hay.contains(word.as_str()))
    }

    #[test]
    fn folds() {
        assert_eq!(normalise(" ＡＢＣ　１２３\t\u{1f} x "), "abc 123 x");
        assert_eq!(normalise(""), "");
    }

    #[test]
    fn two_character_words_are_found() {
        let fields = ["红富士苹果", "iPhone 手机壳", "SKU-1001"];
        for query in [
            "苹果",
            "富士",
            "果",
            "手机",
            "iphone",
            "pingguo",
            "hfs",
            "sjk",
            "1001",
            "SKU-1",
            "ＩＰＨＯＮＥ",
            "苹果 手机",
            "x1 手机",
        ] {
            assert_eq!(finds(query, &fields), !query.starts_with("x1"), "{query}");
        }
        assert!(!finds("果手", &fields));
        assert!(!finds("香蕉", &fields));
    }

    #[test]
    fn characters_of_several_readings() {
        for query in ["重庆", "chongqing", "zhongqing", "cq", "zq"] {
            assert!(finds(query, &["重庆火锅"]), "{query}");
        }
        assert!(finds("lvcha", &["绿茶"]));
        assert!(haystack(&["行行行行行行行行行行"]).split(FIELD_SEPARATOR).count() <= 9);
    }

    #[test]
    fn short_words_are_grams() {
        let gram = ["果", "苹果", "红苹果", "ab", "abc"];
        assert!(gram.iter().all(|word| is_gram(word)));
        assert!(!["", "a", "abcd", "红富士苹"].iter().any(|word| is_gram(word)));
    }

    #[test]
    fn grams_stay_within_a_word() {
        assert_eq!(grams("ab c\u{1f}de"), ["ab", "de"]);
        assert_eq!(grams("abcd"), ["ab", "abc", "bc", "bcd", "cd"]);
        assert_eq!(grams("苹果"), ["果", "苹", "苹果"]);
        assert_eq!(query_grams("a 果 abab"), vec![vec!["果".to_owned()], vec!["aba".to_owned(), "bab".to_owned()]]);
        assert_eq!(query_grams("shuibei"), vec![vec!["bei".to_owned(), "ibe".to_owned(), "shu".to_owned()]]);
        assert_eq!(query_grams("茶250"), vec![vec!["250".to_owned(), "茶25".to_owned()]]);
        assert_eq!(query_grams(" x "), Vec::<Vec<String>>::new());
    }

    proptest! {
        #[test]
        fn a_row_is_found_by_any_of_its_words(text in "[a-z0-9苹果手机壳重庆 ]{1,20}") {
            for word in query_words(&text) {
                prop_assert!(finds(&word, &["x", &text]), "{}", word);
            }
        }

        #[test]
        fn never_panics(text in "\\PC*", raw in any::<String>()) {
            for text in [text, raw] {
                let hay = haystack(&[&text, &text]);
                prop_assert_eq!(normalise(&normalise(&text)), normalise(&text));
                let _ = (grams(&hay), query_grams(&text));
            }
        }
    }
}
