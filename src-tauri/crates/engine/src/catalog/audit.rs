//! Who changed a product, when, and what from and to.

use domain::units::Millis;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::product::ProductById;
use crate::{ctx::Ctx, error::Result};

/// One field that a command changed; values as text, `None` where there was or is nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductFieldChange {
    /// product | sku
    pub kind: String,
    pub id: String,
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductChange {
    pub command_id: Uuid,
    pub command: String,
    pub at: Millis,
    pub actor_name: String,
    /// Taken back since.
    pub undone: bool,
    pub fields: Vec<ProductFieldChange>,
}

/// Newest first, at most 200.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductHistory {
    pub items: Vec<ProductChange>,
}

pub async fn history(_ctx: &mut Ctx, _input: ProductById) -> Result<ProductHistory> {
    Err(crate::Error::internal("not yet"))
}
