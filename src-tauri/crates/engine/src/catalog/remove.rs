//! Removing a product that no document names.

use domain::units::{Count, Qty};
use uuid::Uuid;

use super::{
    audit,
    product::{self, ProductById},
    save::SaveProduct,
    skus::{delete_unused, used_skus},
};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
    execute, search,
    settings::Nothing,
};

/// A product that was sold or counted is archived instead: its documents keep naming it.
pub async fn delete_product(ctx: &mut Ctx, input: ProductById) -> Result<Nothing> {
    let product = product::load(&mut ctx.tx, input.id).await?.ok_or_else(|| Error::not_found("product", input.id))?;
    let skus: Vec<Uuid> = product.skus.iter().chain(&product.retired).map(|sku| sku.id).collect();
    let used = used_skus(ctx, &skus).await?;
    if !used.is_empty() {
        return Err(Error::InUse { kind: "product".into(), by: "document".into(), count: Count(used.len() as i64) });
    }
    delete_unused(ctx, &skus).await?;
    execute!(ctx.tx, "DELETE FROM product_tag WHERE product_id = $1", input.id)?;
    execute!(ctx.tx, "DELETE FROM product WHERE id = $1", input.id)?;
    search::remove(&mut ctx.tx, "sku", &skus).await?;
    search::remove(&mut ctx.tx, "product", &[input.id]).await?;
    audit::note_difference(ctx, Some(&product), None)?;
    audit::note(ctx, &[input.id]).await?;
    ctx.about(input.id);
    let mut again = SaveProduct::same_as(&product, None);
    for (save, sku) in again.skus.iter_mut().zip(&product.skus) {
        save.opening_stock = Some(sku.on_hand).filter(|qty| *qty > Qty::ZERO);
    }
    ctx.undo_with("catalog.save_product", &again)?;
    Ok(Nothing {})
}
