//! What time does to orders: the unpaid close, the delivered complete.
//!
//! A run looks at what is due now, however long the program was not there: a missed tick is made up
//! for by the next.

use domain::{
    orders::Stage,
    units::{Count, Millis},
};
use uuid::Uuid;

use super::{TimersRun, cancel, facts};
use crate::{
    ctx::Ctx,
    db::Tx,
    error::Result,
    fetch_all,
    settings::{Nothing, Preferences},
};

/// One transaction takes no more than this, so that the till never waits long for it.
const BATCH: i64 = 200;

pub async fn run_timers(ctx: &mut Ctx, _: Nothing) -> Result<TimersRun> {
    let preferences = ctx.shop()?.preferences.clone();
    let mut run = TimersRun { closed: Count(0), completed: Count(0), more: false };
    let unpaid = unpaid_too_long(&mut ctx.tx, ctx.now, &preferences, BATCH).await?;
    run.more |= unpaid.len() as i64 == BATCH;
    for id in unpaid {
        let open = facts::open(ctx, id, None).await?;
        // On Postgres somebody may have paid since it was read.
        if open.head.stage == Stage::Placed && open.head.captured == 0 {
            cancel::close(ctx, open, "unpaid", None).await?;
            run.closed.0 += 1;
        }
    }
    let delivered = delivered_long_ago(&mut ctx.tx, ctx.now, &preferences, BATCH).await?;
    run.more |= delivered.len() as i64 == BATCH;
    for id in delivered {
        let mut open = facts::open(ctx, id, None).await?;
        if open.head.stage == Stage::Delivered && open.head.due() <= 0 {
            open.may_complete = true;
            facts::settle(ctx, open).await?;
            run.completed.0 += 1;
        }
    }
    Ok(run)
}

/// Whether a run would find anything to do; asked every minute, so that idle minutes leave no
/// audit rows.
pub(crate) async fn is_due(tx: &mut Tx, now: Millis, preferences: &Preferences) -> Result<bool> {
    Ok(!unpaid_too_long(tx, now, preferences, 1).await?.is_empty()
        || !delivered_long_ago(tx, now, preferences, 1).await?.is_empty())
}

async fn unpaid_too_long(tx: &mut Tx, now: Millis, preferences: &Preferences, limit: i64) -> Result<Vec<Uuid>> {
    if preferences.unpaid_minutes == 0 {
        return Ok(Vec::new());
    }
    let before = now.0 - i64::from(preferences.unpaid_minutes) * 60_000;
    let due: Vec<(Uuid,)> = fetch_all!(
        *tx,
        (Uuid,),
        "SELECT id FROM orders
         WHERE archived = FALSE AND stage = 'placed' AND placed_at <= $1 AND captured = 0 AND moves_stock
         ORDER BY placed_at, id LIMIT $2",
        before,
        limit
    )?;
    Ok(due.into_iter().map(|(id,)| id).collect())
}

async fn delivered_long_ago(tx: &mut Tx, now: Millis, preferences: &Preferences, limit: i64) -> Result<Vec<Uuid>> {
    if preferences.complete_days == 0 {
        return Ok(Vec::new());
    }
    let before = now.0 - i64::from(preferences.complete_days) * 86_400_000;
    let due: Vec<(Uuid,)> = fetch_all!(
        *tx,
        (Uuid,),
        "SELECT id FROM orders
         WHERE archived = FALSE AND stage = 'delivered' AND placed_at <= $1 AND delivered_at <= $1
           AND after_sale_status NOT IN ('open', 'partly') AND captured - refunded >= total - granted
         ORDER BY placed_at, id LIMIT $2",
        before,
        limit
    )?;
    Ok(due.into_iter().map(|(id,)| id).collect())
}
