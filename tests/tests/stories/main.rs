//! What the shop does, told as stories: most of them on SQLite and on Postgres. One program, since each that stands
//! alone has to be linked with all of the engine; nextest runs every story in a process of its own all the same.

mod access;
mod analytics;
mod app;
mod approvals;
mod backup;
mod backup_places;
mod catalog;
mod customers;
mod desks;
mod encryption;
mod erase;
mod foreign_files;
mod frame;
#[cfg(target_os = "linux")]
mod hosts;
mod imports;
mod offline;
mod orders;
mod orders_list;
mod payments;
#[cfg(target_os = "linux")]
mod pooler;
mod proofs;
mod sample;
mod schema;
mod scopes;
mod search;
mod settings;
mod shipping;
mod sight;
mod stock;
mod watch;
