use super::{Address, AddressId, ParseAddress, Parsed, SaveAddress};
use crate::{
    app::Done,
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn save_address(_ctx: &mut Ctx, _input: SaveAddress) -> Result<Address> {
    Err(Error::internal("not yet"))
}

pub async fn delete_address(_ctx: &mut Ctx, _input: AddressId) -> Result<Done> {
    Err(Error::internal("not yet"))
}

pub async fn prefer_address(_ctx: &mut Ctx, _input: AddressId) -> Result<Address> {
    Err(Error::internal("not yet"))
}

pub async fn parse_address(_ctx: &mut Ctx, _input: ParseAddress) -> Result<Parsed> {
    Err(Error::internal("not yet"))
}
