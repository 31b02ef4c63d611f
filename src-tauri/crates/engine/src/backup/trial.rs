//! A rehearsal of the day that a copy is needed.

use std::path::Path;

use domain::units::{Count, Millis};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{plan::BackupById, remote::Scratch, run};
use crate::{check::Difference, ctx::Ctx, db::Address, error::Result, fetch_one};

/// What came of opening a copy as a shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TriedBackup {
    pub file: String,
    pub orders: Count,
    pub products: Count,
    pub customers: Count,
    /// When the last order in it was placed.
    pub last_order_at: Option<Millis>,
    /// Of its ledgers against its balances.
    pub differences: Vec<Difference>,
}

/// Opens a copy as a shop of its own, beside this one, and checks its books: a rehearsal of the day it is
/// needed. The copy itself is only read; one that is elsewhere is fetched first.
pub async fn try_out(ctx: &mut Ctx, input: BackupById) -> Result<TriedBackup> {
    let device = ctx.caller.device.id;
    let copy = run::good_copy(&mut ctx.tx, device, input.id).await?;
    let vault = ctx.vault.clone();
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let named = copy.named();
    match copy.fetch(&vault).await? {
        Some(fetched) => open_and_check(&fetched.file, named, &scratch.file("shop.db")).await,
        None => open_and_check(Path::new(&copy.file), named, &scratch.file("shop.db")).await,
    }
}

async fn open_and_check(file: &Path, named: String, scratch: &Path) -> Result<TriedBackup> {
    let into = Address::Sqlite(scratch.to_owned());
    super::restore(file, &into, false).await?;
    let db = crate::db::Db::open(&into).await?;
    let outcome = async {
        let mut tx = db.begin_read().await?;
        let report = crate::app::check_all(&mut tx).await?;
        let (orders, products, customers, last): (i64, i64, i64, Option<i64>) = fetch_one!(
            tx,
            (i64, i64, i64, Option<i64>),
            "SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM product), (SELECT COUNT(*) FROM customer),
                    (SELECT MAX(placed_at) FROM orders)"
        )?;
        tx.rollback().await?;
        Ok(TriedBackup {
            file: named,
            orders: Count(orders),
            products: Count(products),
            customers: Count(customers),
            last_order_at: last.map(Millis),
            differences: report.differences,
        })
    }
    .await;
    db.close().await;
    outcome
}
