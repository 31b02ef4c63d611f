use super::{Done, Draft, DraftId, Drafts, DraftsInput, SaveDraft};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn save_draft(_ctx: &mut Ctx, _input: SaveDraft) -> Result<Draft> {
    Err(Error::internal("not yet"))
}

pub async fn drafts(_ctx: &mut Ctx, _input: DraftsInput) -> Result<Drafts> {
    Err(Error::internal("not yet"))
}

pub async fn discard_draft(_ctx: &mut Ctx, _input: DraftId) -> Result<Done> {
    Err(Error::internal("not yet"))
}
