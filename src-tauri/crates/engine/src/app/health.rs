use super::{CheckReport, Health};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    settings::Nothing,
};

pub async fn check(_ctx: &mut Ctx, _: Nothing) -> Result<CheckReport> {
    Err(Error::internal("not yet"))
}

pub async fn health(_ctx: &mut Ctx, _: Nothing) -> Result<Health> {
    Err(Error::internal("not yet"))
}
