//! Use cases and their SQL, a module per business area, below three doors.
//!
//! Absent on purpose: no clock, no environment variable, no connection is read below [`ctx::Ctx`];
//! no door knows SQL; no area knows a door.

pub mod access;
pub mod analytics;
pub mod app;
pub mod backup;
mod base32;
pub mod catalog;
pub mod check;
pub mod clockwork;
pub mod commands;
pub mod connection;
pub mod ctx;
pub mod customers;
pub mod db;
pub mod encryption;
mod engine;
pub mod error;
pub mod exports;
pub mod imports;
mod news;
mod off_thread;
pub mod offline;
pub mod orders;
mod page;
pub mod payments;
pub mod sample;
pub(crate) mod search;
pub mod secrets;
pub mod settings;
pub mod shipping;
pub mod stock;

pub use engine::{Changed, Clock, Engine, system_clock};
pub use error::{Error, Result};
