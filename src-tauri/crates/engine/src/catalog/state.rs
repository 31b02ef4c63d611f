//! Listing, unlisting and archiving, one product or many.

use domain::{catalog::ProductState, units::Count};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{ctx::Ctx, error::Result};

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SetProductState {
    pub ids: Vec<Uuid>,
    pub state: ProductState,
}

/// One that cannot go there from where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RefusedState {
    pub id: Uuid,
    pub title: String,
    pub state: ProductState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductStatesSet {
    pub changed: Count,
    /// Already so.
    pub unchanged: Count,
    pub refused: Vec<RefusedState>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PriorState {
    pub id: Uuid,
    pub state: ProductState,
    /// What it was set to: restored only while it still is.
    pub now: ProductState,
}

/// The inverse of `catalog.set_state`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RestoreStates {
    pub items: Vec<PriorState>,
}

pub async fn set_state(_ctx: &mut Ctx, _input: SetProductState) -> Result<ProductStatesSet> {
    Err(crate::Error::internal("not yet"))
}

pub async fn restore_states(_ctx: &mut Ctx, _input: RestoreStates) -> Result<ProductStatesSet> {
    Err(crate::Error::internal("not yet"))
}
