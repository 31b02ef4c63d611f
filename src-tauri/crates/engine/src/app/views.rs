use super::{Done, SaveView, View, ViewId, Views, ViewsInput};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn save_view(_ctx: &mut Ctx, _input: SaveView) -> Result<View> {
    Err(Error::internal("not yet"))
}

pub async fn views(_ctx: &mut Ctx, _input: ViewsInput) -> Result<Views> {
    Err(Error::internal("not yet"))
}

pub async fn delete_view(_ctx: &mut Ctx, _input: ViewId) -> Result<Done> {
    Err(Error::internal("not yet"))
}
