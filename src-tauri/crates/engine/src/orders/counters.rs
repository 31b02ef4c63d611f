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
    fetch_all, fetch_dyn,
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

/// The board of the shop's orders, from the counters; of a part of them, counted.
pub async fn board(ctx: &mut Ctx, _: Nothing) -> Result<OrderBoard> {
    let counts: BTreeMap<String, i64> = if ctx.sees_a_part() {
        counted(ctx).await?.into_map()
    } else {
        fetch_all!(ctx.tx, (String, i64), "SELECT what, CAST(SUM(n) AS BIGINT) FROM order_counter GROUP BY what")?
            .into_iter()
            .collect()
    };
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

/// How many of the orders that somebody sees stand where.
async fn counted(ctx: &mut Ctx) -> Result<Deltas> {
    type Row = (bool, Stage, PaymentStatus, FulfilmentStatus, i64, i64);
    let mut args = Vec::new();
    let seen = ctx.within().found_first("o", &mut args);
    // In the order of the index of channels, which is read once and sorted by nothing else.
    let sql = format!(
        "SELECT o.archived, o.stage, o.payment_status, o.fulfilment_status, o.holds, COUNT(*) FROM orders o
         WHERE 1 = 1{seen} GROUP BY o.channel, o.archived, o.stage, o.payment_status, o.fulfilment_status, o.holds"
    );
    let mut counts = Deltas::default();
    for (archived, stage, payment, fulfilment, holds, n) in fetch_dyn!(ctx.tx, Row, sql, &args)? {
        counts.add(&Standing { stage, payment, fulfilment, held: holds > 0, archived }, n);
    }
    Ok(counts)
}

/// Through which orders came, and over the counter.
pub(crate) async fn channels(tx: &mut Tx) -> Result<Vec<String>> {
    // Steps from one to the next in the index.
    let rows: Vec<(String,)> = fetch_all!(
        *tx,
        (String,),
        "WITH RECURSIVE c(channel) AS (
             SELECT MIN(channel) FROM orders
             UNION ALL
             SELECT (SELECT MIN(o.channel) FROM orders o WHERE o.channel > c.channel) FROM c WHERE c.channel IS NOT NULL
         )
         SELECT channel FROM c WHERE channel IS NOT NULL LIMIT 200"
    )?;
    let mut channels: Vec<String> = rows.into_iter().map(|(channel,)| channel).collect();
    if !channels.iter().any(|channel| channel == "counter") {
        channels.insert(0, "counter".into());
    }
    Ok(channels)
}
