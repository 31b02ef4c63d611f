//! What time does to orders: the unpaid close, the delivered complete.
//!
//! A run looks at what is due now, however long the program was not there: a missed tick is made up
//! for by the next.

use domain::{orders::Stage, units::Count};
use uuid::Uuid;

use super::{TimersRun, cancel, facts};
use crate::{ctx::Ctx, error::Result, fetch_all, settings::Nothing};

/// One transaction takes no more than this, so that the till never waits long for it.
const BATCH: i64 = 200;

pub async fn run_timers(ctx: &mut Ctx, _: Nothing) -> Result<TimersRun> {
    let preferences = ctx.shop()?.preferences.clone();
    let mut run = TimersRun { closed: Count(0), completed: Count(0), more: false };
    if preferences.unpaid_minutes > 0 {
        let before = ctx.now.0 - i64::from(preferences.unpaid_minutes) * 60_000;
        let due: Vec<(Uuid,)> = fetch_all!(
            ctx.tx,
            (Uuid,),
            "SELECT id FROM orders
             WHERE archived = FALSE AND stage = 'placed' AND placed_at <= $1 AND captured = 0 AND moves_stock
             ORDER BY placed_at, id LIMIT $2",
            before,
            BATCH
        )?;
        run.more |= due.len() as i64 == BATCH;
        for (id,) in due {
            let open = facts::open(ctx, id, None).await?;
            // On Postgres somebody may have paid since it was read.
            if open.head.stage == Stage::Placed && open.head.captured == 0 {
                cancel::close(ctx, open, "unpaid", None).await?;
                run.closed.0 += 1;
            }
        }
    }
    if preferences.complete_days > 0 {
        let before = ctx.now.0 - i64::from(preferences.complete_days) * 86_400_000;
        let due: Vec<(Uuid,)> = fetch_all!(
            ctx.tx,
            (Uuid,),
            "SELECT id FROM orders
             WHERE archived = FALSE AND stage = 'delivered' AND placed_at <= $1 AND delivered_at <= $1
               AND after_sale_status NOT IN ('open', 'partly') AND captured - refunded >= total - granted
             ORDER BY placed_at, id LIMIT $2",
            before,
            BATCH
        )?;
        run.more |= due.len() as i64 == BATCH;
        for (id,) in due {
            let mut open = facts::open(ctx, id, None).await?;
            if open.head.stage == Stage::Delivered && open.head.due() == 0 {
                open.may_complete = true;
                facts::settle(ctx, open).await?;
                run.completed.0 += 1;
            }
        }
    }
    Ok(run)
}
