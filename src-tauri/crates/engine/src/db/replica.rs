//! A copy of the server that reports are read from, named by `replica=host:port` in the address.
//!
//! A report must know of whatever its reader has just done. So it is read there once the replica has all that the
//! server had when it was asked for, and on the server itself when that takes long, or the replica is away.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::time::timeout;

use super::{
    hosts::Place,
    server::{PgTx, READ},
};

/// How long a report waits for the replica before the server is asked.
const PATIENCE: Duration = Duration::from_millis(250);
const STEP: Duration = Duration::from_millis(20);
/// One that did not answer is left alone for so long.
const REST: Duration = Duration::from_secs(30);

pub(super) struct Replica {
    pool: PgPool,
    rests_until: Mutex<Option<Instant>>,
}

impl Replica {
    pub fn of(place: &Place) -> Self {
        let options = PgPoolOptions::new().max_connections(8).acquire_timeout(PATIENCE);
        Self { pool: options.connect_lazy_with(place.options.clone()), rests_until: Mutex::default() }
    }

    /// A transaction that sees all that `server` sees, if there can be one soon.
    pub async fn begin(&self, server: &mut PgTx) -> Option<PgTx> {
        if self.rests_until().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let outcome = timeout(PATIENCE, self.caught_up(server)).await;
        match outcome {
            Ok(Ok(tx)) => Some(tx),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the replica is away: reports are read on the server");
                *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
                None
            }
            // Behind, which passes.
            Err(_) => None,
        }
    }

    fn rests_until(&self) -> Option<Instant> {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn caught_up(&self, server: &mut PgTx) -> Result<PgTx, sqlx::Error> {
        let now: String = sqlx::query_scalar("SELECT CAST(pg_current_wal_lsn() AS TEXT)")
            .persistent(server.keeps)
            .fetch_one(&mut **server)
            .await?;
        loop {
            // A transaction sees what was there when it began to read: so each look is a new one.
            let mut tx = PgTx::of(self.pool.begin_with(READ).await?, true);
            let has: Option<bool> = sqlx::query_scalar("SELECT pg_last_wal_replay_lsn() >= CAST($1 AS PG_LSN)")
                .bind(&now)
                .fetch_one(&mut *tx)
                .await?;
            if has == Some(true) {
                return Ok(tx);
            }
            tx.rollback().await?;
            tokio::time::sleep(STEP).await;
        }
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}
