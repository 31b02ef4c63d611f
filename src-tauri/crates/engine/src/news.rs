//! What changed, told between the desks of one Postgres, so that each sees the others' work within a
//! second.
//!
//! A desk tells after its commits, ten times a second at most and of all of them at once. Within the
//! transactions `NOTIFY` would make all commits of the server wait for each other. What a desk could not
//! tell, since it fell silent or the line did, is covered by whoever comes back: a line that was down
//! makes everything old here, and a desk that starts makes everything old elsewhere.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};
use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::mpsc, time::timeout};
use uuid::Uuid;

use crate::{
    db::Db,
    engine::{Changed, Engine},
};

const CHANNEL: &str = "shopkeeper_changed";
/// What changes meanwhile is told in one.
const GATHER: Duration = Duration::from_millis(100);
/// A desk hears itself this often; hearing nothing for much longer it takes its line for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(40);
const AGAIN: Duration = Duration::from_secs(1);
/// Postgres takes less than 8000 bytes.
const MOST_TAGS: usize = 100;

#[derive(Serialize, Deserialize)]
struct News {
    /// Which running program tells: it has told its own screens itself.
    from: Uuid,
    tags: BTreeSet<String>,
}

/// The end where commands drop what they changed.
pub type Teller = mpsc::UnboundedSender<Vec<String>>;

/// Begins to tell the other desks, and to listen to them, until the database is closed. `None` on
/// SQLite, which one program at a time has open.
pub fn begin(db: &Db) -> Option<(Teller, impl FnOnce(Engine) + use<>)> {
    let Db::Postgres(pool) = db else { return None };
    let (teller, told) = mpsc::unbounded_channel();
    let pool = pool.clone();
    Some((teller, move |engine: Engine| {
        let me = Uuid::new_v4();
        tokio::spawn(async move {
            tokio::select! {
                () = tell(&pool, me, told) => {}
                () = listen(&pool, me, &engine) => {}
                () = engine.db.closed() => {}
            }
        });
    }))
}

async fn tell(pool: &PgPool, me: Uuid, mut told: mpsc::UnboundedReceiver<Vec<String>>) {
    // Whatever this desk did last and could not tell any more.
    let mut tags: BTreeSet<String> = ["*".to_owned()].into();
    loop {
        let news = News { from: me, tags: std::mem::take(&mut tags) };
        let text = serde_json::to_string(&news).unwrap_or_default();
        if let Err(error) = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(pool).await {
            tracing::warn!(%error, "the other desks could not be told what changed");
            tags = news.tags;
            tokio::time::sleep(AGAIN).await;
        }
        if tags.is_empty() {
            match timeout(HEARTBEAT, told.recv()).await {
                Ok(Some(changed)) => tags.extend(changed),
                Ok(None) => return,
                Err(_) => {}
            }
            tokio::time::sleep(GATHER).await;
        }
        while let Ok(changed) = told.try_recv() {
            tags.extend(changed);
        }
        if tags.len() > MOST_TAGS {
            tags = ["*".to_owned()].into();
        }
    }
}

async fn listen(pool: &PgPool, me: Uuid, engine: &Engine) {
    let mut missed = false;
    loop {
        let opened = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        match opened.await {
            Ok(mut listener) => {
                if missed {
                    engine.tell_here(Changed { tags: vec!["*".to_owned()], command: String::new() });
                }
                hear(&mut listener, me, engine).await;
            }
            Err(error) => tracing::warn!(%error, "the other desks cannot be heard"),
        }
        missed = true;
        tokio::time::sleep(AGAIN).await;
    }
}

/// Until the line is lost.
async fn hear(listener: &mut PgListener, me: Uuid, engine: &Engine) {
    while let Ok(Ok(Some(heard))) = timeout(SILENCE, listener.try_recv()).await {
        match serde_json::from_str::<News>(heard.payload()) {
            Ok(News { from, .. }) if from == me => {}
            Ok(News { tags, .. }) if tags.is_empty() => {}
            Ok(News { tags, .. }) => {
                engine.tell_here(Changed { tags: tags.into_iter().collect(), command: String::new() });
            }
            // A newer program may tell more than this one understands.
            Err(_) => engine.tell_here(Changed { tags: vec!["*".to_owned()], command: String::new() }),
        }
    }
}
