//! What changed, told between the desks of one Postgres, so that each sees the others' work within a
//! second.
//!
//! A desk tells after its commits, ten times a second at most and of all of them at once, and what is
//! left before it closes. Within the transactions `NOTIFY` would make all commits of the server wait for
//! each other. What a desk could not tell, since it fell silent or the line did, is covered by whoever
//! comes back: a line that was down makes everything old here, and a desk that begins to listen makes
//! everything old elsewhere.
//!
//! Through a pooler nobody can listen, since that takes a session: such a desk asks what the [feed of
//! changes](crate::offline) has that it had not before.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

use crate::{
    db::{Db, Server},
    engine::{Changed, Engine},
    error::Error,
    execute, fetch_one,
};

const CHANNEL: &str = "shopkeeper_changed";
/// What changes meanwhile is told in one.
const GATHER: Duration = Duration::from_millis(100);
/// When nothing was heard for so long a desk speaks to itself; hearing not even that a few times it takes
/// its line for dead.
const QUIET: Duration = Duration::from_secs(15);
const DEAD: u32 = 2;
const AGAIN: Duration = Duration::from_secs(1);
/// How often a desk asks that cannot listen.
const ASK: Duration = Duration::from_millis(700);
/// Postgres takes less than 8000 bytes.
const MOST_TAGS: usize = 100;

#[derive(Serialize, Deserialize)]
struct Told {
    /// Which running program tells: it has told its own screens itself.
    from: Uuid,
    tags: BTreeSet<String>,
}

/// What this program has to tell the other desks; nothing on SQLite, which one program at a time has open.
pub struct News {
    me: Uuid,
    db: Option<Db>,
    waiting: Mutex<BTreeSet<String>>,
    some: Notify,
    /// Held while something is being told, so that nobody closes the line meanwhile.
    telling: tokio::sync::Mutex<()>,
}

impl News {
    pub fn begin(db: &Db) -> Arc<Self> {
        let shared = db.is_postgres().then(|| db.clone());
        let news = Arc::new(Self {
            me: Uuid::new_v4(),
            db: shared,
            waiting: Mutex::default(),
            some: Notify::new(),
            telling: tokio::sync::Mutex::default(),
        });
        if let Some(db) = news.db.clone() {
            let news = news.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = news.keep_telling() => {}
                    () = db.closed() => {}
                }
            });
        }
        news
    }

    pub fn add(&self, tags: &[String]) {
        if self.db.is_some() {
            self.waiting().extend(tags.iter().cloned());
            self.some.notify_one();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what is left, for whoever is about to close the database.
    pub async fn last(&self) {
        // A server that does not answer keeps nobody from leaving.
        let _ = timeout(AGAIN, self.tell()).await;
    }

    async fn keep_telling(&self) {
        loop {
            self.some.notified().await;
            tokio::time::sleep(GATHER).await;
            while let Err(error) = self.tell().await {
                tracing::warn!(%error, "the other desks could not be told what changed");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    async fn tell(&self) -> Result<(), Error> {
        let _one = self.telling.lock().await;
        let mut tags = std::mem::take(&mut *self.waiting());
        if tags.is_empty() {
            return Ok(());
        }
        if tags.len() > MOST_TAGS {
            tags = Changed::all().tags.into_iter().collect();
        }
        let told = self.notify(&tags).await;
        if told.is_err() {
            self.waiting().extend(tags);
        }
        told
    }

    async fn notify(&self, tags: &BTreeSet<String>) -> Result<(), Error> {
        let Some(db) = &self.db else { return Ok(()) };
        let told = Told { from: self.me, tags: tags.clone() };
        let text = serde_json::to_string(&told).unwrap_or_default();
        let mut tx = db.begin().await?;
        execute!(tx, "SELECT pg_notify($1, $2)", CHANNEL, text)?;
        Ok(tx.commit().await?)
    }
}

/// Listens to the other desks until the database is closed: for programs that show something.
pub async fn listen(engine: &Engine) {
    let Db::Postgres(server) = &engine.db else { return };
    // Whatever this desk did last, before it fell silent.
    engine.news.add(&Changed::all().tags);
    tokio::select! {
        () = listen_on(server, engine) => {}
        () = server.closed() => {}
    }
}

async fn listen_on(server: &Server, engine: &Engine) {
    let mut missed = false;
    loop {
        let turn = server.turn();
        if server.is_pooled() {
            if missed {
                engine.tell_here(Changed::all());
            }
            let error = tokio::select! {
                Err(error) = ask(engine) => error.to_string(),
                () = server.moved(turn) => "another server has been promoted".to_owned(),
            };
            tracing::warn!(error, "the other desks cannot be heard");
            missed = true;
            tokio::time::sleep(AGAIN).await;
            continue;
        }
        let opened = async {
            let mut listener = PgListener::connect_with(&server.pool()).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        match opened.await {
            Ok(mut listener) => {
                if missed {
                    engine.tell_here(Changed::all());
                }
                tokio::select! {
                    () = hear(&mut listener, engine) => {}
                    () = server.moved(turn) => {}
                }
            }
            Err(error) => tracing::warn!(%error, "the other desks cannot be heard"),
        }
        missed = true;
        tokio::time::sleep(AGAIN).await;
    }
}

/// Until the server is lost: asks for changes of transactions that were not done when it asked before.
async fn ask(engine: &Engine) -> Result<std::convert::Infallible, Error> {
    let mut before: Option<String> = None;
    loop {
        let mut tx = engine.db.begin_read().await?;
        let (now, changed): (String, bool) = fetch_one!(
            tx,
            (String, bool),
            "SELECT CAST(pg_current_snapshot() AS TEXT), EXISTS (
                 SELECT FROM feed WHERE xid >= pg_snapshot_xmin(CAST($1 AS PG_SNAPSHOT))
                 AND NOT pg_visible_in_snapshot(xid, CAST($1 AS PG_SNAPSHOT)))",
            before.as_deref()
        )?;
        tx.rollback().await?;
        if before.replace(now).is_some() && changed {
            engine.tell_here(Changed::all());
        }
        tokio::time::sleep(ASK).await;
    }
}

/// Until the line is lost.
async fn hear(listener: &mut PgListener, engine: &Engine) {
    let mut quiet = 0;
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(heard))) => {
                quiet = 0;
                match serde_json::from_str::<Told>(heard.payload()) {
                    Ok(told) if told.from == engine.news.me => {}
                    Ok(told) => {
                        let tags: Vec<String> = told.tags.into_iter().collect();
                        if !tags.is_empty() {
                            engine.tell_here(Changed { tags, command: String::new() });
                        }
                    }
                    // A newer program may tell more than this one understands.
                    Err(_) => engine.tell_here(Changed::all()),
                }
            }
            Ok(_) => return,
            Err(_) if quiet == DEAD => return,
            Err(_) => {
                quiet += 1;
                // That it cannot be said is told by the silence that follows.
                let _ = timeout(AGAIN, engine.news.notify(&BTreeSet::new())).await;
            }
        }
    }
}
