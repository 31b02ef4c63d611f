//! The tree products hang in.

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{ctx::Ctx, error::Result, settings::Nothing};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Category {
    pub id: Uuid,
    pub parent_id: Option<Uuid>,
    pub name: String,
    /// 0 at the root.
    pub depth: i32,
    pub position: Count,
    pub version: Count,
    /// Products hung here, not counting those below or archived.
    pub products: Count,
}

/// Parents before children, siblings in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CategoryTree {
    pub items: Vec<Category>,
}

/// Creates (no id) or renames.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveCategory {
    pub id: Option<Uuid>,
    pub version: Option<Count>,
    /// For a new one; to move an old one, `catalog.move_category`.
    pub parent_id: Option<Uuid>,
    pub name: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct MoveCategory {
    pub id: Uuid,
    pub parent_id: Option<Uuid>,
    /// Among its new siblings, from 0; beyond them is last.
    pub position: Count,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct DeleteCategory {
    pub id: Uuid,
    /// Where its products and child categories go; asked for when it has any.
    pub move_to: Option<Uuid>,
}

pub async fn categories(_ctx: &mut Ctx, _: Nothing) -> Result<CategoryTree> {
    Err(crate::Error::internal("not yet"))
}

pub async fn save_category(_ctx: &mut Ctx, _input: SaveCategory) -> Result<Category> {
    Err(crate::Error::internal("not yet"))
}

pub async fn move_category(_ctx: &mut Ctx, _input: MoveCategory) -> Result<Category> {
    Err(crate::Error::internal("not yet"))
}

pub async fn delete_category(_ctx: &mut Ctx, _input: DeleteCategory) -> Result<Nothing> {
    Err(crate::Error::internal("not yet"))
}
