//! The rules of the shop, and nothing else: no I/O, no clock, no SQL, no floating point.
//!
//! Every function here gives the same answer for the same arguments, and none panics: bad input is a
//! typed error. Amounts are `i64` minor units (cents), quantities `i64` base units, times `i64` epoch
//! milliseconds UTC, days `i32` days since 1970-01-01 in the shop's zone.

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
