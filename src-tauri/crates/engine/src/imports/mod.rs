//! Bringing in data from files: look, map, judge, write, and say what became of every row.
//!
//! A job reads its file in batches of some thousand rows. Each batch is one transaction that also
//! stores how far the file is done, so a cut loses nothing and a resumed job goes on where the last
//! batch ended. Nothing vanishes: each row read is created, updated, unchanged or rejected, and a
//! rejected one is kept with its number and the reason.

mod wire;

pub use wire::*;

use crate::{
    ctx::Ctx,
    error::{Error, Result},
    settings::Nothing,
};

/// The imports and exports now running in this process.
#[derive(Default)]
pub struct Jobs {}

/// Reads the head of a file: what it is, how it is written, and what its columns may mean.
pub async fn inspect(_ctx: &mut Ctx, _input: InspectFile) -> Result<InspectedFile> {
    Err(Error::internal("coming"))
}

/// Starts an import in the background.
pub async fn start(_ctx: &mut Ctx, _input: StartImport) -> Result<ImportJob> {
    Err(Error::internal("coming"))
}

pub async fn get(_ctx: &mut Ctx, _input: ImportJobId) -> Result<ImportJob> {
    Err(Error::internal("coming"))
}

/// Imports, the newest first.
pub async fn list(_ctx: &mut Ctx, _input: ImportJobList) -> Result<ImportJobs> {
    Err(Error::internal("coming"))
}

/// Stops a job after the batch it is at; what was written stays.
pub async fn cancel(_ctx: &mut Ctx, _input: ImportJobId) -> Result<ImportJob> {
    Err(Error::internal("coming"))
}

/// Goes on with a job that was cut off.
pub async fn resume(_ctx: &mut Ctx, _input: ImportJobId) -> Result<ImportJob> {
    Err(Error::internal("coming"))
}

/// Rows that were refused, in the order of the file.
pub async fn rejects(_ctx: &mut Ctx, _input: ImportRejectList) -> Result<ImportRejects> {
    Err(Error::internal("coming"))
}

/// Writes the refused rows to a CSV file, the reason on each.
pub async fn save_rejects(_ctx: &mut Ctx, _input: SaveRejects) -> Result<SavedFile> {
    Err(Error::internal("coming"))
}

/// Forgets how the columns of such a file were mapped.
pub async fn forget_mapping(_ctx: &mut Ctx, _input: ForgetMapping) -> Result<Nothing> {
    Ok(Nothing {})
}
