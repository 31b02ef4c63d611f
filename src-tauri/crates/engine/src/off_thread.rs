use crate::error::{Error, Result};

/// Work that takes its time without waiting for anything this runtime knows of: files, keyrings, password hashes.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
