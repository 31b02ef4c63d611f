//! Listing, unlisting and archiving, one product or many.

use std::collections::{BTreeMap, BTreeSet};

use domain::{catalog::ProductState, units::Count};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::audit;
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    fetch_dyn, stock,
};

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

/// Moves those that may go there; the others are named. One alone that may not is an error.
pub async fn set_state(ctx: &mut Ctx, input: SetProductState) -> Result<ProductStatesSet> {
    let found = states(ctx, &input.ids).await?;
    if let (Some(id), true) = (input.ids.iter().find(|id| !found.contains_key(id)), input.ids.len() == 1) {
        return Err(Error::not_found("product", id));
    }
    let wanted: Vec<Step> = input
        .ids
        .iter()
        .filter_map(|id| found.get(id).map(|(title, state)| (id, title, state)))
        .map(|(id, title, state)| Step { id: *id, title: title.clone(), from: *state, to: input.state })
        .collect();
    apply(ctx, wanted, |step| step.from.can_become(step.to)).await
}

/// Puts products back that nobody has moved since.
pub async fn restore_states(ctx: &mut Ctx, input: RestoreStates) -> Result<ProductStatesSet> {
    let ids: Vec<Uuid> = input.items.iter().map(|item| item.id).collect();
    let found = states(ctx, &ids).await?;
    let wanted: Vec<Step> = input
        .items
        .iter()
        .filter_map(|item| found.get(&item.id).map(|(title, state)| (item, title, *state)))
        .map(|(item, title, from)| Step { id: item.id, title: title.clone(), from, to: item.state })
        .collect();
    let expected: BTreeMap<Uuid, ProductState> = input.items.iter().map(|item| (item.id, item.now)).collect();
    apply(ctx, wanted, |step| expected.get(&step.id) == Some(&step.from)).await
}

struct Step {
    id: Uuid,
    title: String,
    from: ProductState,
    to: ProductState,
}

async fn states(ctx: &mut Ctx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, (String, ProductState)>> {
    if ids.is_empty() {
        return Err(Error::invalid("ids", "required"));
    }
    if ids.len() > MOST {
        return Err(Error::invalid("ids", "too_many"));
    }
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(500) {
        let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let sql = format!("SELECT id, title, state FROM product WHERE id IN ({})", placeholders(0, args.len()));
        let rows: Vec<(Uuid, String, ProductState)> = fetch_dyn!(ctx.tx, (Uuid, String, ProductState), sql, &args)?;
        found.extend(rows.into_iter().map(|(id, title, state)| (id, (title, state))));
    }
    Ok(found)
}

/// The most products of one command.
const MOST: usize = 10_000;

async fn apply(ctx: &mut Ctx, steps: Vec<Step>, may: impl Fn(&Step) -> bool) -> Result<ProductStatesSet> {
    let mut unchanged = 0;
    let (mut refused, mut prior) = (Vec::new(), Vec::new());
    let mut groups: BTreeMap<(ProductState, ProductState), BTreeSet<Uuid>> = BTreeMap::new();
    let alone = steps.len() == 1;
    for step in steps {
        if step.from == step.to {
            unchanged += 1;
        } else if may(&step) {
            // The same product named twice is moved once.
            if groups.entry((step.from, step.to)).or_default().insert(step.id) {
                prior.push(PriorState { id: step.id, state: step.from, now: step.to });
            }
        } else if alone {
            return Err(Error::WrongState {
                kind: "product".into(),
                state: step.from.as_str().into(),
                action: step.to.as_str().into(),
            });
        } else {
            refused.push(RefusedState { id: step.id, title: step.title, state: step.from });
        }
    }
    for ((from, to), ids) in &groups {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        for chunk in ids.chunks(500) {
            let mut args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
            let which = placeholders(0, args.len());
            args.extend([to.as_str().into(), from.as_str().into(), ctx.now.into()]);
            let n = args.len();
            let sql = format!(
                "UPDATE product SET state = ${}, updated_at = ${n}, version = version + 1
                 WHERE id IN ({which}) AND state = ${}",
                n - 2,
                n - 1
            );
            if ctx.tx.execute_dyn(sql, &args).await? != chunk.len() as u64 {
                return Err(Error::Busy);
            }
            if *from == ProductState::Archived || *to == ProductState::Archived {
                // Nobody watches the shelf of what is put away.
                let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
                let sql = format!("SELECT id FROM sku WHERE product_id IN ({which})");
                let skus: Vec<(Uuid,)> = fetch_dyn!(ctx.tx, (Uuid,), sql, &args)?;
                let skus: Vec<Uuid> = skus.into_iter().map(|(id,)| id).collect();
                stock::follow_skus(ctx, &skus).await?;
            }
        }
        for id in &ids {
            ctx.changed("product", id, serde_json::json!({ "state": from }), serde_json::json!({ "state": to }));
        }
        audit::note(ctx, &ids).await?;
    }
    if let [only] = prior.as_slice() {
        ctx.about(only.id);
    }
    let changed = Count(prior.len() as i64);
    if !prior.is_empty() {
        ctx.undo_with("catalog.restore_states", &RestoreStates { items: prior })?;
    }
    Ok(ProductStatesSet { changed, unchanged: Count(unchanged), refused })
}
