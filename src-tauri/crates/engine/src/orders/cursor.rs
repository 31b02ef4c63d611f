//! Where a page of a list ends: the sort key of its last row, as text for whoever asks for the next.

use uuid::Uuid;

use crate::error::{Error, Result};

/// The cursor after a row with this key.
pub(crate) fn encode(key: i64, id: Uuid) -> String {
    format!("{key}_{}", id.simple())
}

pub(crate) fn decode(text: &str) -> Result<(i64, Uuid)> {
    text.split_once('_')
        .and_then(|(key, id)| Some((key.parse().ok()?, Uuid::try_parse(id).ok()?)))
        .ok_or_else(|| Error::invalid("cursor", "malformed"))
}

/// Cuts off the row that was fetched beyond the page to see whether there are more.
pub(crate) fn cut<T>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> (i64, Uuid)) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| {
        let (at, id) = key(row);
        encode(at, id)
    });
    (rows, next)
}
