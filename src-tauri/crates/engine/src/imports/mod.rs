//! Bringing in data from files: look, map, judge, write, and say what became of every row.
//!
//! A job reads its file in batches of some thousand rows. Each batch is one transaction that also
//! stores how far the file is done, so a cut loses nothing and a resumed job goes on where the last
//! batch ended. Nothing vanishes: each row read is created, updated, unchanged or rejected, and a
//! rejected one is kept with its number and the reason. Taking the same file twice changes nothing.
//!
//! `file` opens anything, `fields` knows what columns may mean, `run` drives a job; the other
//! modules are one for each kind of file. Those for products differ in reading only and share the
//! writer in `products`.

mod barcodes;
mod commands;
mod customers;
mod dump;
mod fields;
mod file;
mod job;
mod litemall;
mod online_retail;
mod orders;
mod products;
mod reasons;
mod report;
mod run;
mod shopify;
mod values;
mod wire;
mod woocommerce;

pub(crate) use commands::recover;
pub use commands::{cancel, forget_mapping, get, inspect, list, rejects, resume, save_rejects, start};
pub(crate) use file::io_reason;
pub use run::Jobs;
pub use wire::*;
