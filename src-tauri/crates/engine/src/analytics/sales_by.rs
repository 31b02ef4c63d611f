use super::{SalesBy, SalesByInput};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn sales_by(_ctx: &mut Ctx, _input: SalesByInput) -> Result<SalesBy> {
    Err(Error::internal("not yet"))
}
