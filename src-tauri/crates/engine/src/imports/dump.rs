//! The INSERT statements of a MySQL dump, value by value, without reading the whole file at once.

use std::io::{BufRead, BufReader, Read};

use super::file::MAX_FIELD;

/// Why a dump cannot be read on. `Damaged` is a statement that does not end as it should.
#[derive(Debug, PartialEq, Eq)]
pub enum DumpError {
    Damaged,
    RowTooLong,
    Unreadable,
}

/// A value of a row: `None` for NULL. Numbers keep their text.
pub type Value = Option<String>;

const MAX_VALUES: usize = 200;

/// Hands on each row of each `INSERT INTO` with the table's name and the columns, where the
/// statement names them. Everything else in the dump is passed over.
pub fn rows(source: impl Read, mut each: impl FnMut(&str, &[String], Vec<Value>) -> bool) -> Result<(), DumpError> {
    let mut scan = Scan { input: BufReader::with_capacity(1 << 16, source), peeked: None };
    while let Some(byte) = scan.next()? {
        match byte {
            b'-' if scan.peek()? == Some(b'-') => scan.skip_line()?,
            b'#' => scan.skip_line()?,
            b'/' if scan.peek()? == Some(b'*') => scan.skip_comment()?,
            b'\'' | b'"' | b'`' => {
                scan.quoted(byte)?;
            }
            b'i' | b'I' => {
                let word = scan.word(byte)?;
                if word.eq_ignore_ascii_case("insert") && !insert(&mut scan, &mut each)? {
                    return Ok(());
                }
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                scan.word(byte)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// After the word INSERT. Answers whether to go on.
fn insert<R: Read>(
    scan: &mut Scan<R>,
    each: &mut impl FnMut(&str, &[String], Vec<Value>) -> bool,
) -> Result<bool, DumpError> {
    let mut table = None;
    let mut columns = Vec::new();
    loop {
        let byte = scan.solid()?.ok_or(DumpError::Damaged)?;
        match byte {
            b'`' | b'"' => {
                let name = scan.quoted(byte)?;
                // `schema`.`table`: the last one counts.
                table = Some(name);
            }
            b'.' => {}
            b'(' => columns = names(scan)?,
            b';' => return Ok(true),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word = scan.word(byte)?;
                match word.to_ascii_lowercase().as_str() {
                    "into" | "ignore" | "low_priority" | "delayed" => {}
                    "values" | "value" => break,
                    // INSERT … SELECT or SET brings no rows of its own.
                    "select" | "set" => return Ok(true),
                    _ => table = Some(word),
                }
            }
            _ => return Err(DumpError::Damaged),
        }
    }
    let table = table.ok_or(DumpError::Damaged)?;
    loop {
        match scan.solid()?.ok_or(DumpError::Damaged)? {
            b'(' => {
                let row = values(scan)?;
                if !each(&table, &columns, row) {
                    return Ok(false);
                }
            }
            b',' => {}
            b';' => return Ok(true),
            // ON DUPLICATE KEY UPDATE …: not ours.
            byte if byte.is_ascii_alphabetic() => {
                scan.skip_statement()?;
                return Ok(true);
            }
            _ => return Err(DumpError::Damaged),
        }
    }
}

fn names<R: Read>(scan: &mut Scan<R>) -> Result<Vec<String>, DumpError> {
    let mut names = Vec::new();
    loop {
        match scan.solid()?.ok_or(DumpError::Damaged)? {
            b')' => return Ok(names),
            b',' => {}
            quote @ (b'`' | b'"') => names.push(scan.quoted(quote)?),
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => names.push(scan.word(byte)?),
            _ => return Err(DumpError::Damaged),
        }
        if names.len() > MAX_VALUES {
            return Err(DumpError::Damaged);
        }
    }
}

fn values<R: Read>(scan: &mut Scan<R>) -> Result<Vec<Value>, DumpError> {
    let mut values = Vec::new();
    let mut current: Option<Value> = None;
    loop {
        let byte = scan.solid()?.ok_or(DumpError::Damaged)?;
        match byte {
            b')' | b',' => {
                match current.take() {
                    Some(value) => values.push(value),
                    None if byte == b')' && values.is_empty() => {}
                    None => return Err(DumpError::Damaged),
                }
                if byte == b')' {
                    return Ok(values);
                }
            }
            b'\'' | b'"' => {
                let text = scan.quoted(byte)?;
                // 'a' 'b' is one text in MySQL, and _utf8mb4'x' a text with its character set named.
                current = Some(Some(match current.take() {
                    Some(Some(before)) if !before.starts_with('_') => before + &text,
                    _ => text,
                }));
            }
            byte => {
                let mut text = scan.bare(byte)?;
                if text.eq_ignore_ascii_case("null") {
                    current = Some(None);
                } else {
                    if let Some(Some(before)) = current.take() {
                        text = before + " " + &text;
                    }
                    current = Some(Some(text));
                }
            }
        }
        if values.len() > MAX_VALUES {
            return Err(DumpError::RowTooLong);
        }
    }
}

struct Scan<R> {
    input: BufReader<R>,
    peeked: Option<u8>,
}

impl<R: Read> Scan<R> {
    fn next(&mut self) -> Result<Option<u8>, DumpError> {
        if let Some(byte) = self.peeked.take() {
            return Ok(Some(byte));
        }
        let buffer = self.input.fill_buf().map_err(|_| DumpError::Unreadable)?;
        let Some(byte) = buffer.first().copied() else { return Ok(None) };
        self.input.consume(1);
        Ok(Some(byte))
    }

    fn peek(&mut self) -> Result<Option<u8>, DumpError> {
        if self.peeked.is_none() {
            self.peeked = self.next()?;
        }
        Ok(self.peeked)
    }

    /// The next byte that is no space and in no comment.
    fn solid(&mut self) -> Result<Option<u8>, DumpError> {
        loop {
            match self.next()? {
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(b'/') if self.peek()? == Some(b'*') => self.skip_comment()?,
                other => return Ok(other),
            }
        }
    }

    fn word(&mut self, first: u8) -> Result<String, DumpError> {
        let mut word = String::from(char::from(first));
        while let Some(byte) = self.peek()? {
            if !(byte.is_ascii_alphanumeric() || byte == b'_') {
                break;
            }
            self.peeked = None;
            if word.len() < 256 {
                word.push(char::from(byte));
            }
        }
        Ok(word)
    }

    /// A number, NULL, 0xABCD, or a word: up to a comma, a bracket, a quote or a space.
    fn bare(&mut self, first: u8) -> Result<String, DumpError> {
        let mut bytes = vec![first];
        while let Some(byte) = self.peek()? {
            if matches!(byte, b',' | b')' | b'(' | b'\'' | b'"' | b';') || byte.is_ascii_whitespace() {
                break;
            }
            self.peeked = None;
            bytes.push(byte);
            if bytes.len() > MAX_FIELD {
                return Err(DumpError::RowTooLong);
            }
        }
        // An unquoted bracket is a function call, which a dump of data has not.
        if matches!(self.peek()?, Some(b'(' | b';')) {
            return Err(DumpError::Damaged);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The text up to the closing quote; a doubled quote stands for itself, a backslash escapes.
    fn quoted(&mut self, quote: u8) -> Result<String, DumpError> {
        let mut bytes = Vec::new();
        loop {
            match self.next()?.ok_or(DumpError::Damaged)? {
                b'\\' if quote != b'`' => {
                    let escaped = self.next()?.ok_or(DumpError::Damaged)?;
                    bytes.push(match escaped {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'Z' => 26,
                        b'0' => 0,
                        other => other,
                    });
                }
                byte if byte == quote => {
                    if self.peek()? != Some(quote) {
                        return Ok(String::from_utf8_lossy(&bytes).replace('\0', ""));
                    }
                    self.peeked = None;
                    bytes.push(quote);
                }
                byte => bytes.push(byte),
            }
            if bytes.len() > MAX_FIELD {
                return Err(DumpError::RowTooLong);
            }
        }
    }

    fn skip_line(&mut self) -> Result<(), DumpError> {
        while self.next()?.is_some_and(|byte| byte != b'\n') {}
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), DumpError> {
        self.next()?;
        let mut before = 0;
        while let Some(byte) = self.next()? {
            if before == b'*' && byte == b'/' {
                return Ok(());
            }
            before = byte;
        }
        Ok(())
    }

    fn skip_statement(&mut self) -> Result<(), DumpError> {
        while let Some(byte) = self.next()? {
            match byte {
                b';' => return Ok(()),
                b'\'' | b'"' | b'`' => {
                    self.quoted(byte)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Vec<Value>)>, DumpError> {
        let mut found = Vec::new();
        rows(text.as_bytes(), |table, _, row| {
            found.push((table.to_owned(), row));
            true
        })?;
        Ok(found)
    }

    #[test]
    fn reads_what_mysqldump_writes() {
        let text = "-- it's a dump\n/*!40101 SET x='y;' */;\nDROP TABLE `insert`;\n\
            INSERT INTO `a` VALUES (1,'it''s \\'q\\' \\\\ \\n',NULL,-2.50),(2,_utf8mb4'中;)',0x1F, 'a' 'b');\n\
            INSERT IGNORE INTO `s`.`b` (`x`, y) VALUES (3, 4) ON DUPLICATE KEY UPDATE x='(;';\nINSERT INTO c SELECT 1;";
        let found = read(text).unwrap();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], ("a".into(), vec![some("1"), some("it's 'q' \\ \n"), None, some("-2.50")]));
        assert_eq!(found[1].1, vec![some("2"), some("中;)"), some("0x1F"), some("ab")]);
        assert_eq!(found[2], ("b".into(), vec![some("3"), some("4")]));
    }

    #[test]
    fn refuses_what_is_cut_or_spoilt() {
        for text in
            ["INSERT INTO `a` VALUES (1,'x", "INSERT INTO a VALUES (1", "INSERT INTO", "INSERT INTO a VALUES (,)"]
        {
            assert_eq!(read(text), Err(DumpError::Damaged), "{text}");
        }
        assert_eq!(read(&format!("INSERT INTO a VALUES ('{}", "x".repeat(MAX_FIELD + 2))), Err(DumpError::RowTooLong));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), text in "(INSERT INTO `?a`? VALUES )?[(),'`;\\\\0-9a-z\\-/* ]{0,80}") {
            let _ = rows(&bytes[..], |_, _, _| true);
            let _ = read(&text);
        }
    }
}
