//! Files on their way into a shop.

use std::time::Duration;

use engine::{
    Error,
    imports::{ImportJob, ImportJobId, ImportState, StartImport},
};
use uuid::Uuid;

use crate::{Shop, call};

/// Waits until the job is no longer at work.
pub async fn finished(shop: &Shop, id: Uuid) -> engine::Result<ImportJob> {
    loop {
        let job = shop.ask(call::imports_get, ImportJobId { id }).await?;
        if job.state != ImportState::Running {
            return Ok(job);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Starts an import, once the one before has let go of the shop, and waits for its end.
pub async fn import(shop: &Shop, input: StartImport) -> engine::Result<ImportJob> {
    let mut tries = 0;
    loop {
        match shop.call(call::imports_start, input.clone()).await {
            Ok(job) => return finished(shop, job.id).await,
            // The runner lets go of the shop a moment after the job says it is done.
            Err(Error::WrongState { .. }) if tries < 500 => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error) => return Err(error),
        }
        tries += 1;
    }
}
