use super::{Customer, OpenCustomer, list};
use crate::{access::reason, ctx::Ctx, error::Result};

/// A customer in full, for somebody to whom they are shown masked. Who opened whom, when and why stays in
/// the history.
pub async fn open(ctx: &mut Ctx, input: OpenCustomer) -> Result<Customer> {
    reason(&input.reason)?;
    ctx.about(input.id);
    let customer = list::load(&mut ctx.tx, input.id).await?;
    list::cut(ctx, customer).await
}
