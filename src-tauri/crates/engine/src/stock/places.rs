//! Where goods are, and where they come from and go to.

use domain::stock::LocationKind;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Arg, Tx},
    error::{Error, Result},
    fetch_all, fetch_optional,
};

/// The places of the shop: one to serve orders from, and the other ends of its moves.
pub(super) struct Places {
    rows: Vec<(Uuid, LocationKind, bool)>,
}

impl Places {
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let rows = fetch_all!(*tx, (Uuid, LocationKind, bool), "SELECT id, kind, main FROM location")?;
        Ok(Self { rows })
    }

    pub fn main(&self) -> Result<Uuid> {
        self.rows.iter().find(|(_, _, main)| *main).map(|(id, ..)| *id).ok_or(Error::NoShop)
    }

    pub fn of_kind(&self, wanted: LocationKind) -> Result<Uuid> {
        self.rows.iter().find(|(_, kind, _)| *kind == wanted).map(|(id, ..)| *id).ok_or(Error::NoShop)
    }
}

/// Makes the places of a new shop. Their names are empty: the screen calls them by their kind, in
/// the reader's language, until somebody names them.
pub(crate) async fn create_locations(ctx: &mut Ctx) -> Result<()> {
    let mut rows = Vec::new();
    for kind in LocationKind::ALL {
        rows.extend([
            Arg::Uuid(ctx.new_id()),
            kind.as_str().into(),
            "".into(),
            (*kind == LocationKind::Internal).into(),
            ctx.now.into(),
        ]);
    }
    ctx.tx.insert_many("INSERT INTO location (id, kind, name, main, created_at)", 5, &rows, "").await?;
    Ok(())
}

/// The place orders are served from.
pub(crate) async fn main_location(ctx: &mut Ctx) -> Result<Uuid> {
    let row: Option<(Uuid,)> = fetch_optional!(ctx.tx, (Uuid,), "SELECT id FROM location WHERE main")?;
    row.map(|(id,)| id).ok_or(Error::NoShop)
}
