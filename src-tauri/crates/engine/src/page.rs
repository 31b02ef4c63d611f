//! Pages of long lists: a page starts after the last row of the one before, so that page 10,000
//! costs what page 1 does.

use uuid::Uuid;

use crate::error::{Error, Result};

/// Where a page ended: the sort key and the id of its last row. Opaque to whoever asks.
pub(crate) struct Cursor {
    key: String,
    pub id: Uuid,
}

impl Cursor {
    pub fn of_number(key: i64, id: Uuid) -> String {
        Self::of_text(&key.to_string(), id)
    }

    pub fn of_text(key: &str, id: Uuid) -> String {
        format!("{}{key}", id.simple())
    }

    pub fn read(text: &str) -> Result<Self> {
        let (id, key) = text.split_at_checked(32).ok_or_else(|| Error::invalid("cursor", "malformed"))?;
        let id = Uuid::try_parse(id).map_err(|_| Error::invalid("cursor", "malformed"))?;
        // Postgres holds no NUL in a text, so no row ended with one.
        if key.contains('\0') {
            return Err(Error::invalid("cursor", "malformed"));
        }
        Ok(Self { key: key.to_owned(), id })
    }

    pub fn number(&self) -> Result<i64> {
        self.key.parse().map_err(|_| Error::invalid("cursor", "malformed"))
    }

    pub fn text(&self) -> &str {
        &self.key
    }
}

/// How many rows a page has: 50 unless asked for, never more than 200.
pub(crate) fn limit(wanted: Option<i32>) -> Result<usize> {
    match wanted {
        None => Ok(50),
        Some(n @ 1..=200) => Ok(n as usize),
        Some(n) if n < 1 => Err(Error::invalid("limit", "too_small")),
        Some(_) => Err(Error::invalid("limit", "too_large")),
    }
}

/// Cuts the one row more that was read to see whether there is a next page.
pub(crate) fn cut<T>(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(cursor) } else { None };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() -> Result<()> {
        let id = Uuid::now_v7();
        let number = Cursor::read(&Cursor::of_number(-7, id))?;
        assert_eq!((number.number()?, number.id), (-7, id));
        assert_eq!(Cursor::read(&Cursor::of_text("红 | x", id))?.text(), "红 | x");
        for bad in ["", "x", "红红红红红红红红红红红", &"z".repeat(40)] {
            assert!(Cursor::read(bad).is_err(), "{bad}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(201)).is_err());
        Ok(())
    }
}
