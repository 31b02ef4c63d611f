use super::{Dashboard, DashboardInput};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn dashboard(_ctx: &mut Ctx, _input: DashboardInput) -> Result<Dashboard> {
    Err(Error::internal("not yet"))
}
