//! Orders, from the counter or the file to the last parcel.
//!
//! Facts are stored: quantities per line, payments, parcels, holds. The stage follows from them by
//! the table in `domain`; nobody sets a status by hand.

pub(crate) mod buyers;
mod cancel;
mod check;
pub(crate) mod counters;
pub(crate) mod cursor;
pub(crate) mod facts;
mod get;
mod list;
mod marks;
mod place;
mod price;
mod quote;
mod seek;
mod timers;
mod wire;
mod work;

use uuid::Uuid;

pub use cancel::cancel;
pub(crate) use check::check;
pub use counters::board;
pub(crate) use counters::channels;
pub use get::{get, open_buyer};
pub use list::list;
pub use marks::{annotate, archive, tags, unarchive};
pub use place::place;
pub use quote::quote;
pub(crate) use timers::is_due;
pub use timers::run_timers;
pub use wire::*;
pub use work::{add_note, complete, deliver, hold, release_hold, reserve, review};

use crate::error::{Error, Result};

/// The most orders one bulk command takes.
const MAX_BULK: usize = 2000;

/// Text as it is stored: trimmed, and not longer than its place.
pub(crate) fn checked_text(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Error::invalid_because(field, "too_long", most.to_string()));
    }
    // Postgres cannot store it, and no screen can show it.
    if text.contains('\0') {
        return Err(Error::invalid(field, "malformed"));
    }
    Ok(text.to_owned())
}

/// How many rows a page has: 50 unless asked for another number, at most 200.
pub(crate) fn page_limit(limit: Option<i32>) -> Result<i64> {
    match limit.unwrap_or(50) {
        limit @ 1..=200 => Ok(i64::from(limit)),
        _ => Err(Error::invalid("limit", "out_of_range")),
    }
}

/// The orders of a bulk command, each once, in the order in which rows are locked.
fn checked_ids(ids: &[Uuid]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Err(Error::invalid("order_ids", "required"));
    }
    if ids.len() > MAX_BULK {
        return Err(Error::invalid_because("order_ids", "too_many", MAX_BULK.to_string()));
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
