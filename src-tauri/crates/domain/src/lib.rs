//! The rules of the shop, and nothing else: no I/O, no clock, no SQL, no floating point.
//!
//! Every function here gives the same answer for the same arguments, and none panics: bad input is a
//! typed error. Amounts are `i64` minor units (cents), quantities `i64` base units, times `i64` epoch
//! milliseconds UTC, days `i32` days since 1970-01-01 in the shop's zone.

// A test that unwraps says all it has to say when it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod access;
pub mod backups;
pub mod catalog;
pub mod customers;
pub mod ids;
pub mod money;
pub mod numbering;
pub mod orders;
pub mod search;
pub mod shipping;
pub mod stock;
pub mod text;
pub mod time;
pub mod units;

pub use text::UnknownText;

/// A folder of real-world samples for tests: under `SHOPKEEPER_DATA`, or `data` beside the repository in
/// `shared`. `None`, and the test passes over it, where there is none.
#[cfg(test)]
fn test_data(path: &str) -> Option<std::path::PathBuf> {
    let mut folders: Vec<std::path::PathBuf> =
        std::env::var_os("SHOPKEEPER_DATA").map(Into::into).into_iter().collect();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    folders.extend(here.ancestors().map(|folder| folder.join("shared/data")));
    folders.into_iter().map(|folder| folder.join(path)).find(|found| found.exists())
}
