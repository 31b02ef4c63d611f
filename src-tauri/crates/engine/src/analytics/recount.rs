use super::Recount;
use crate::{
    check::Difference,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    settings::Nothing,
};

pub async fn recount(_ctx: &mut Ctx, _: Nothing) -> Result<Recount> {
    Err(Error::internal("not yet"))
}

pub async fn rebuild(_ctx: &mut Ctx, _: Nothing) -> Result<Recount> {
    Err(Error::internal("not yet"))
}

pub(crate) async fn check(_tx: &mut Tx) -> Result<Vec<Difference>> {
    Err(Error::internal("not yet"))
}
