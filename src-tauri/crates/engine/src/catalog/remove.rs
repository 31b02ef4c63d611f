//! Removing a product that no document names.

use super::product::ProductById;
use crate::{ctx::Ctx, error::Result, settings::Nothing};

pub async fn delete_product(_ctx: &mut Ctx, _input: ProductById) -> Result<Nothing> {
    Err(crate::Error::internal("not yet"))
}
