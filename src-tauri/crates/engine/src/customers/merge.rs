use super::{Customer, Merge};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn merge(_ctx: &mut Ctx, _input: Merge) -> Result<Customer> {
    Err(Error::internal("not yet"))
}
