//! What the shop does by itself as time goes by: closing what nobody paid, completing what was
//! delivered. It sends the same commands as a person would, through the same checks.

use std::time::Duration;

use domain::units::Millis;
use uuid::Uuid;

use crate::{
    Engine, access, backup,
    commands::call,
    ctx::{Caller, Door, Meta},
    customers,
    db::Tx,
    error::Result,
    news, offline, orders,
    settings::{self, Nothing, Preferences},
};

const EVERY: Duration = Duration::from_secs(60);

/// What a program does that stays open: it looks every minute whether something is due, and listens to the
/// other desks, until the shop is closed.
pub async fn keep(shop: Engine) {
    tokio::join!(look(&shop), news::listen(&shop), offline::keep(&shop));
}

/// The first look is at once: it makes up for the time that the program was not there.
async fn look(shop: &Engine) {
    let mut minutes = tokio::time::interval(EVERY);
    minutes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = minutes.tick() => {}
            () = shop.db.closed() => return,
        }
        if shop.is_offline() {
            continue;
        }
        // A database that is away for a while is asked again a minute later.
        if let Err(error) = tick(shop).await {
            tracing::warn!(%error, "the shop could not look after what is due");
        }
    }
}

/// Does all that is due now, and seals what was done. Looking leaves no trace; only work is written down.
pub async fn tick(shop: &Engine) -> Result<()> {
    let caller = Caller { actor: Uuid::nil(), actor_name: "clockwork".into(), ..shop.owner(Door::Clockwork) };
    while is_due(shop, orders::is_due).await? {
        let run = call::orders_run_timers(shop, &caller, Meta::new(), Nothing {}).await?;
        // What refuses to move is tried again a minute later, not at once.
        if !run.more || run.closed.0 + run.completed.0 == 0 {
            break;
        }
    }
    while is_due(shop, customers::is_erasure_due).await? {
        let run = call::customers_erase_old(shop, &caller, Meta::new(), Nothing {}).await?;
        if !run.more || run.erased.0 == 0 {
            break;
        }
    }
    access::seal(shop).await?;
    offline::forget_changes(&shop.db).await?;
    // What else is due does not wait for it.
    backup::start(shop.clone());
    Ok(())
}

async fn is_due(shop: &Engine, look: impl AsyncFn(&mut Tx, Millis, &Preferences) -> Result<bool>) -> Result<bool> {
    let mut tx = shop.db.begin_read().await?;
    match settings::load(&mut tx).await? {
        Some(settings) => look(&mut tx, shop.now(), &settings.preferences).await,
        None => Ok(false),
    }
}
