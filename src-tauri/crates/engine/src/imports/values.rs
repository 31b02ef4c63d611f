//! Single cells of foreign files, read with the tolerance each deserves.

use domain::catalog::{GtinError, check_gtin};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Trimmed, without the apostrophe that spreadsheets put before text that looks like a number.
pub fn clean(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('\'').map_or(text, str::trim_start)
}

/// A whole number; `6.0` counts, `6.5` and words do not.
pub fn whole(text: &str) -> Option<i64> {
    let text = clean(text);
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    let (whole, decimals) = text.split_once('.')?;
    if !decimals.bytes().all(|byte| byte == b'0') {
        return None;
    }
    whole.replace(',', "").parse().ok()
}

/// An amount as exact decimal, however many decimals it has; `1,234.50` and `£3` count.
pub fn exact(text: &str) -> Option<Decimal> {
    let text = clean(text);
    if let Ok(number) = text.parse::<Decimal>() {
        return Some(number);
    }
    // The domain knows what people write; nine decimals are more than any price list has.
    let minor = domain::money::parse_amount_rounded(text, 9).ok()?;
    Some(Decimal::new(minor, 9).normalize())
}

/// Minor units of an exact amount, half away from zero; `None` beyond what can be held.
pub fn minor(amount: Decimal, exponent: u32) -> Option<i64> {
    let scaled = amount.checked_mul(Decimal::from(10_i64.pow(exponent.min(4))))?;
    let rounded = scaled.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    rounded.to_i64().filter(|minor| minor.unsigned_abs() <= domain::money::MAX_MINOR as u64)
}

/// Grams from a number and the unit it is in.
pub fn grams(text: &str, unit: &str) -> Option<i64> {
    let text = clean(text).to_ascii_lowercase();
    let number = text.trim_end_matches(|c: char| c.is_alphabetic()).trim_end();
    let own = text[number.len()..].trim();
    let amount = exact(number)?;
    let factor = match if own.is_empty() { unit.trim() } else { own }.to_ascii_lowercase().as_str() {
        "" | "g" | "gram" | "grams" | "克" => Decimal::ONE,
        "kg" | "kilograms" | "千克" | "公斤" => Decimal::from(1000),
        "lb" | "lbs" | "pounds" => Decimal::new(45_359_237, 5),
        "oz" | "ounces" => Decimal::new(28_349_523_125, 9),
        "mg" => Decimal::new(1, 3),
        _ => return None,
    };
    let grams =
        amount.checked_mul(factor)?.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    grams.to_i64().filter(|grams| (0..=1_000_000_000).contains(grams))
}

pub fn yes(text: &str) -> bool {
    matches!(
        clean(text).to_ascii_lowercase().as_str(),
        "1" | "true" | "yes" | "y" | "active" | "published" | "listed" | "是" | "上架" | "在售"
    )
}

/// A barcode as it is kept, and whether its check digit stands. A shop's own short codes and codes
/// with letters are barcodes too: a scanner reads whatever is printed. They are kept and noted.
pub fn barcode(text: &str) -> (Option<String>, bool) {
    let folded: String = clean(text).chars().filter(|c| !c.is_whitespace()).collect();
    if folded.is_empty() {
        return (None, true);
    }
    match check_gtin(&folded) {
        Ok(gtin) => (Some(gtin.as_str().to_owned()), true),
        Err(GtinError::WrongCheckDigit { .. }) => (Some(folded), false),
        Err(_) => (Some(folded), false),
    }
}

/// `Home > Garden`, `Home/Garden` or `Home` as names from the root down. Of several paths separated
/// by commas (WooCommerce) the first.
pub fn category_path(text: &str) -> Vec<String> {
    let first = if text.contains('>') { text.split(',').next().unwrap_or(text) } else { text };
    first
        .split(['>', '/', '›', '|'])
        .map(|name| short(name.trim(), 80))
        .filter(|name| !name.is_empty())
        .take(6)
        .collect()
}

/// Words parted by commas, trimmed, each once.
pub fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', '，', ';', '；']) {
        let tag = short(tag.trim(), 60);
        if !tag.is_empty() && !tags.contains(&tag) && tags.len() < 50 {
            tags.push(tag);
        }
    }
    tags
}

/// At most so many characters.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => text[..at].trim_end().to_owned(),
        None => text.to_owned(),
    }
}

/// The text of a piece of HTML: blocks become lines, list items get a dash, the rest of the markup
/// goes, entities are read. Text without markup passes as it is.
pub fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (text, length) = entity(rest);
            out.push_str(&text);
            rest = &rest[length..];
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let after = rest[1..].chars().next().unwrap_or(' ');
        if !(after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?')) {
            // A lone "<" is text: "size < 40".
            out.push('<');
            rest = &rest[1..];
            continue;
        }
        let Some(end) = rest.find('>') else {
            rest = "";
            break;
        };
        let tag = rest[1..end].trim_start_matches('/');
        let closing = rest[1..end].starts_with('/');
        let name: String =
            tag.chars().take_while(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        rest = &rest[end + 1..];
        match name.as_str() {
            // What stands inside is not text, whatever signs it holds.
            "script" | "style" if !closing => rest = after_close(rest, &name),
            "li" if !closing => out.push_str("\n- "),
            "br" | "p" | "div" | "ul" | "ol" | "tr" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section"
            | "blockquote" | "hr" => out.push('\n'),
            "td" | "th" => out.push(' '),
            _ => {}
        }
    }
    out.push_str(rest);
    tidy(&out)
}

/// What follows `</name`, up to whose `>` the loop reads on; nothing when it is never closed.
fn after_close<'t>(text: &'t str, name: &str) -> &'t str {
    let close = format!("</{name}");
    text.match_indices('<')
        .map(|(at, _)| &text[at..])
        .find(|tail| tail.get(..close.len()).is_some_and(|head| head.eq_ignore_ascii_case(&close)))
        .unwrap_or("")
}

/// The addresses of the pictures in a piece of HTML.
pub fn pictures_in(html: &str) -> Vec<String> {
    html.split("<img")
        .skip(1)
        .filter_map(|tag| {
            let tag = tag.split('>').next()?;
            let after = tag.split_once("src=")?.1;
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let address = after[1..].split(quote).next()?.trim();
            (!address.is_empty()).then(|| address.to_owned())
        })
        .take(20)
        .collect()
}

fn entity(text: &str) -> (String, usize) {
    let Some(end) = text.char_indices().take(12).find(|(_, c)| *c == ';').map(|(at, _)| at) else {
        return ("&".into(), 1);
    };
    let name = &text[1..end];
    let found = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "hellip" => Some('…'),
        "eacute" => Some('é'),
        "copy" => Some('©'),
        "reg" => Some('®'),
        "trade" => Some('™'),
        "deg" => Some('°'),
        _ => name
            .strip_prefix('#')
            .and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            })
            .and_then(char::from_u32)
            .filter(|c| !c.is_control() || *c == '\n'),
    };
    match found {
        Some(c) => (c.to_string(), end + 1),
        None => ("&".into(), 1),
    }
}

/// One space between words, one empty line between paragraphs.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() || line == "-" {
            blank += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank > 1 { "\n\n" } else { "\n" });
        }
        blank = 0;
        out.push_str(&line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        assert_eq!(clean(" '0123 "), "0123");
        assert_eq!(
            ["6", "-6", "6.0", "1,234.00", "6.5", "x", ""].map(whole),
            [Some(6), Some(-6), Some(6), Some(1234), None, None, None]
        );
        assert_eq!(exact("£1,234.505").map(|d| d.to_string()).as_deref(), Some("1234.505"));
        assert_eq!(minor(Decimal::new(5, 3), 2), Some(1));
        assert_eq!(minor(Decimal::new(-5, 3), 2), Some(-1));
        assert_eq!(grams("1.5", "kg"), Some(1500));
        assert_eq!(grams("2 lb", ""), Some(907));
        assert_eq!(grams("heavy", "kg"), None);
        assert_eq!(barcode("'6901294176904"), (Some("6901294176904".into()), true));
        assert_eq!(barcode("02000003"), (Some("02000003".into()), false));
        assert_eq!(barcode(" "), (None, true));
        assert_eq!(category_path("Clothing > Tshirts, Sale"), ["Clothing", "Tshirts"]);
        assert_eq!(tags("a, b，a"), ["a", "b"]);
    }

    #[test]
    fn html() {
        let html =
            "<meta charset=\"utf-8\">\n<p>Lace &amp; trim.</p><ul><li>One<li>Two</ul><script>x<y</script>5 < 6 &#8217;";
        assert_eq!(plain_text(html), "Lace & trim.\n\n- One\n- Two\n5 < 6 ’");
        assert_eq!(plain_text("a < b & c"), "a < b & c");
        assert_eq!(pictures_in("<p><img src=\"//a/b.jpg\"><img alt=''></p>"), ["//a/b.jpg"]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC*", html in "[<>&;/!a-z# \\-\"='é]{0,80}") {
            let _ = (whole(&text), exact(&text), grams(&text, "kg"), barcode(&text), category_path(&text), tags(&text));
            let _ = (plain_text(&text), plain_text(&html), pictures_in(&html), grams(&html, ""));
        }
    }
}
