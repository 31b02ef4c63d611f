//! How many orders stand where, kept in the transaction of each change.
//!
//! Counted are the orders a work list shows: those not archived, by stage, payment, goods and holds.

use std::collections::BTreeMap;

use domain::{
    orders::{FulfilmentStatus, PaymentStatus, Stage},
    units::Count,
};

use super::{FulfilmentCount, OrderBoard, PaymentCount, StageCount};
use crate::{
    analytics,
    ctx::Ctx,
    db::{Arg, Tx},
    error::Result,
    fetch_all,
    settings::Nothing,
};

/// What an order counts under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub stage: Stage,
    pub payment: PaymentStatus,
    pub fulfilment: FulfilmentStatus,
    pub held: bool,
    pub archived: bool,
}

/// Changes of counters, added up by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deltas(BTreeMap<String, i64>);

impl Standing {
    /// The counters this order is in.
    pub(crate) fn names(&self) -> Vec<String> {
        if self.archived {
            return vec!["archived".into()];
        }
        let mut names = vec![
            format!("stage:{}", self.stage),
            format!("payment:{}", self.payment),
            format!("fulfilment:{}", self.fulfilment),
        ];
        if self.held {
            names.push("held".into());
        }
        names
    }
}

impl Deltas {
    /// `n` orders more that stand so.
    pub(crate) fn add(&mut self, standing: &Standing, n: i64) {
        for name in standing.names() {
            *self.0.entry(name).or_default() += n;
        }
    }

    pub(crate) fn into_map(self) -> BTreeMap<String, i64> {
        self.0
    }

    pub(crate) fn moved(&mut self, before: &Standing, after: &Standing) {
        if before != after {
            self.add(before, -1);
            self.add(after, 1);
        }
    }
}

/// Writes changes of counters: sorted, so that two desks never wait for each other in a circle.
pub(crate) async fn moved(ctx: &mut Ctx, deltas: &Deltas) -> Result<()> {
    let shard = analytics::shard(ctx);
    moved_in(&mut ctx.tx, shard, deltas).await
}

/// [`moved`] for whoever has a transaction only.
pub(crate) async fn moved_in(tx: &mut Tx, shard: i64, deltas: &Deltas) -> Result<()> {
    let values: Vec<Arg> = deltas
        .0
        .iter()
        .filter(|(_, n)| **n != 0)
        .flat_map(|(what, n)| [what.into(), shard.into(), (*n).into()])
        .collect();
    if !values.is_empty() {
        tx.insert_many(
            "INSERT INTO order_counter (what, shard, n)",
            3,
            &values,
            "ON CONFLICT (what, shard) DO UPDATE SET n = order_counter.n + excluded.n",
        )
        .await?;
    }
    Ok(())
}

/// The board of the shop's orders, from the counters.
pub async fn board(ctx: &mut Ctx, _: Nothing) -> Result<OrderBoard> {
    let counts: BTreeMap<String, i64> =
        fetch_all!(ctx.tx, (String, i64), "SELECT what, CAST(SUM(n) AS BIGINT) FROM order_counter GROUP BY what")?
            .into_iter()
            .collect();
    let n = |name: &str| Count(counts.get(name).copied().unwrap_or(0));
    Ok(OrderBoard {
        stages: Stage::ALL.iter().map(|&stage| StageCount { stage, n: n(&format!("stage:{stage}")) }).collect(),
        payments: PaymentStatus::ALL
            .iter()
            .map(|&payment_status| PaymentCount { payment_status, n: n(&format!("payment:{payment_status}")) })
            .collect(),
        fulfilments: FulfilmentStatus::ALL
            .iter()
            .map(|&fulfilment_status| FulfilmentCount {
                fulfilment_status,
                n: n(&format!("fulfilment:{fulfilment_status}")),
            })
            .collect(),
        held: n("held"),
        archived: n("archived"),
    })
}
