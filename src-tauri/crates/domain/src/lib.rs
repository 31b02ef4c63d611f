//! The rules of the shop. Pure: no I/O, no clock, no SQL, no float.

pub mod units;
pub mod time;
