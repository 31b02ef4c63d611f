use domain::{access::Permission, units::Count};

use super::Attention;
use crate::{access, ctx::Ctx, error::Result, payments, settings::Nothing};

/// What waits for whoever asks: a few counts from small indexes, for a sign on every page.
pub async fn attention(ctx: &mut Ctx, _: Nothing) -> Result<Attention> {
    let refunds = match ctx.need(Permission::PaymentsRefund) {
        Ok(()) => payments::waiting(ctx).await?,
        Err(_) => Count(0),
    };
    let alerts = match ctx.need(Permission::AccessWrite) {
        Ok(()) => access::open_alerts(&mut ctx.tx).await?,
        Err(_) => Count(0),
    };
    Ok(Attention { refunds, alerts })
}
