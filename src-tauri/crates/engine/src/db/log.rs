//! The write-ahead log of SQLite, folded into the database beside the writer.
//!
//! Left to itself SQLite folds the log in at the end of the commit that made it long, and whoever
//! committed waits for it. Here another connection does it while the next transaction goes on.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::SqlitePool;

/// Bytes of log from which on it is folded in: a page that many rows go to is written once for all of
/// them. When the log starts anew its file is cut to this, so a longer one is one that has grown.
pub const KEPT: u64 = 32 << 20;
/// A writer that never rests keeps the log from starting anew. With so many pages, 128 MB, it waits
/// until they are folded in.
pub const MOST_PAGES: &str = "32000";

#[derive(Clone)]
pub struct Log {
    path: PathBuf,
    connections: SqlitePool,
    folding: Arc<AtomicBool>,
}

impl Log {
    pub fn new(database: &Path, connections: SqlitePool) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), connections, folding: Arc::default() }
    }

    pub fn fold_if_long(&self) {
        let long = std::fs::metadata(&self.path).is_ok_and(|log| log.len() > KEPT);
        if !long || self.folding.swap(true, Ordering::AcqRel) {
            return;
        }
        let Self { connections, folding, .. } = self.clone();
        tokio::spawn(async move {
            // Nothing is lost when it fails: the log stays as it is, and the next commit tries again.
            if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&connections).await {
                tracing::warn!(%error, "the log could not be folded into the database");
            }
            folding.store(false, Ordering::Release);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::db::{Address, Db};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_long_log_is_folded_in_while_others_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        let db = Db::open(&Address::Sqlite(path.clone())).await.unwrap();
        let length = || std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
        let write = async |statement: &'static str| {
            let mut tx = db.begin().await.unwrap();
            crate::execute!(tx, statement).unwrap();
            tx.commit().await.unwrap();
        };
        write("CREATE TABLE heap (bytes BLOB)").await;
        let mut written = 0;
        while length() <= KEPT {
            write("INSERT INTO heap VALUES (zeroblob(8000000))").await;
            written += 8_000_000;
        }
        for _ in 0..3000 {
            db.committed();
            write("INSERT INTO heap VALUES (x'00')").await;
            if length() <= KEPT {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(length(), KEPT, "it begins anew");
        assert!(std::fs::metadata(&path).unwrap().len() > written, "its pages stand in the database");
        db.close().await;
    }
}
