//! The connections to a Postgres.

use std::sync::{Arc, PoisonError, RwLock};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio_util::sync::CancellationToken;

/// A pool that can be exchanged: connections that a network has lost without a word would never be given back.
#[derive(Clone)]
pub struct Server {
    pool: Arc<RwLock<PgPool>>,
    closed: CancellationToken,
}

impl Server {
    pub(super) async fn connect(options: PgConnectOptions) -> Result<Self, sqlx::Error> {
        Ok(Self::of(pool().connect_with(options).await?))
    }

    /// A server that need not be there yet.
    pub(super) fn later(options: PgConnectOptions) -> Self {
        Self::of(pool().connect_lazy_with(options))
    }

    fn of(pool: PgPool) -> Self {
        Self { pool: Arc::new(RwLock::new(pool)), closed: CancellationToken::new() }
    }

    pub fn pool(&self) -> PgPool {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with new connections.
    pub(crate) fn renew(&self) {
        let fresh = pool().connect_lazy_with(self.pool().connect_options().as_ref().clone());
        let old = std::mem::replace(&mut *self.pool.write().unwrap_or_else(PoisonError::into_inner), fresh);
        tokio::spawn(async move { old.close().await });
    }

    /// Ends when the database is being closed.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub async fn close(&self) {
        self.closed.cancel();
        self.pool().close().await;
    }
}

fn pool() -> PgPoolOptions {
    PgPoolOptions::new().max_connections(16).acquire_timeout(std::time::Duration::from_secs(15))
}
