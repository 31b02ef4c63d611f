use domain::units::Count;

use super::{CheckReport, Health, TableSize};
use crate::{
    access, analytics, ctx::Ctx, customers, db::Tx, error::Result, fetch_all, fetch_one, orders, settings::Nothing,
    stock,
};

/// Every ledger against its balances, every sum against its documents.
pub async fn check(ctx: &mut Ctx, _: Nothing) -> Result<CheckReport> {
    all(&mut ctx.tx).await
}

pub(crate) async fn all(tx: &mut Tx) -> Result<CheckReport> {
    let mut differences = Vec::new();
    differences.extend(orders::check(tx).await?);
    differences.extend(stock::check(tx).await?);
    differences.extend(customers::check(tx).await?);
    differences.extend(analytics::check(tx).await?);
    differences.extend(access::check_seals(tx).await?);
    let areas = ["orders", "stock", "customers", "analytics", "access"].map(str::to_owned).to_vec();
    Ok(CheckReport { areas, differences, seal: access::last_seal(tx).await? })
}

/// What the house is built of and how full it is.
pub async fn health(ctx: &mut Ctx, _: Nothing) -> Result<Health> {
    let postgres = ctx.tx.is_postgres();
    let (bytes,): (i64,) = match &mut ctx.tx {
        Tx::Sqlite(_) => {
            fetch_one!(ctx.tx, (i64,), "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")?
        }
        Tx::Postgres(_) => fetch_one!(ctx.tx, (i64,), "SELECT pg_database_size(current_database())")?,
    };
    let (schema_version,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")?;
    let mut tables = Vec::new();
    // A count of a large table takes a while; those that grow with every order are estimated from
    // what is kept anyway.
    let rows: Vec<(String, i64)> = fetch_all!(
        ctx.tx,
        (String, i64),
        "SELECT 'products', COUNT(*) FROM product
         UNION ALL SELECT 'skus', COUNT(*) FROM sku
         UNION ALL SELECT 'customers', COUNT(*) FROM customer
         UNION ALL SELECT 'orders', CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM sales_daily
         UNION ALL SELECT 'units', CAST(COALESCE(SUM(units), 0) AS BIGINT) FROM sales_daily
         UNION ALL SELECT 'drafts', COUNT(*) FROM draft"
    )?;
    // How much there is in all is not for who sees a part of it.
    let told = !ctx.sees_a_part();
    tables.extend(rows.into_iter().filter(|_| told).map(|(name, rows)| TableSize { name, rows: Count(rows) }));
    Ok(Health {
        database: if postgres { "postgres" } else { "sqlite" }.into(),
        bytes: Count(bytes),
        schema_version: Count(schema_version),
        tables,
        program: env!("CARGO_PKG_VERSION").into(),
    })
}
