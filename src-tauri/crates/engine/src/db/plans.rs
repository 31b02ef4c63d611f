//! How SQLite would go about a statement: for tests that a list walks its index.

use uuid::Uuid;

use super::{Address, Arg, Db};
use crate::fetch_dyn;

/// An empty shop's database, gone with its last use.
pub(crate) struct Scratch {
    db: Db,
    path: std::path::PathBuf,
}

impl Scratch {
    pub async fn open() -> Self {
        let path = std::env::temp_dir().join(format!("shopkeeper-plans-{}.db", Uuid::new_v4()));
        Self { db: Db::open(&Address::Sqlite(path.clone())).await.unwrap(), path }
    }

    /// The lines of the plan, the outermost first.
    pub async fn plan(&self, sql: &str, args: &[Arg]) -> Vec<String> {
        let mut tx = self.db.begin_read().await.unwrap();
        type Line = (i64, i64, i64, String);
        let lines: Vec<Line> = fetch_dyn!(tx, Line, format!("EXPLAIN QUERY PLAN {sql}"), args).unwrap();
        lines.into_iter().map(|(.., line)| line).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.path.display()));
        }
    }
}
