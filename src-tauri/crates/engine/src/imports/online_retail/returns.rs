//! Which earlier order a cancellation takes back.

use std::collections::HashMap;

use uuid::Uuid;

use super::CHANNEL;
use crate::{ctx::Ctx, error::Result, fetch_all};

/// The order lines that may still come back, by customer; and their orders.
#[derive(Default)]
pub struct Sold {
    /// Whether it holds everything the database has.
    ready: bool,
    orders: Vec<SoldOrder>,
    by_customer: HashMap<Uuid, Vec<SoldLine>>,
}

/// What of an order changes when goods come back.
#[derive(Clone, Debug)]
pub struct SoldOrder {
    pub id: Uuid,
    pub total: i64,
    pub captured: i64,
    pub refunded: i64,
    pub granted: i64,
    pub units: i64,
    pub returned: i64,
}

#[derive(Clone, Copy, Debug)]
struct SoldLine {
    sku: Uuid,
    line: Uuid,
    order: u32,
    left: i64,
    price: i64,
}

/// An earlier order line that a return line is tied to.
pub struct Tie {
    pub order: u32,
    pub line: Uuid,
}

impl Sold {
    /// With nothing of this channel in the database there is nothing to read.
    pub async fn new(ctx: &mut Ctx) -> Result<Self> {
        let any: Vec<(Uuid,)> =
            fetch_all!(ctx.tx, (Uuid,), "SELECT id FROM orders WHERE channel = $1 LIMIT 1", CHANNEL)?;
        Ok(Self { ready: any.is_empty(), ..Self::default() })
    }

    /// Reads what earlier runs wrote, once a return needs it.
    pub async fn load(&mut self, ctx: &mut Ctx) -> Result<()> {
        if self.ready {
            return Ok(());
        }
        *self = Self { ready: true, ..Self::default() };
        type Head = (Uuid, Uuid, i64, i64, i64, i64, i64);
        let heads: Vec<Head> = fetch_all!(
            ctx.tx,
            Head,
            "SELECT id, customer_id, total, captured, refunded, granted, units FROM orders
             WHERE channel = $1 AND customer_id IS NOT NULL AND stage <> 'cancelled' ORDER BY placed_at, id",
            CHANNEL
        )?;
        // Orders by the thousand, so that the lines of all of them never stand in memory twice.
        for heads in heads.chunks(1000) {
            let mut known: HashMap<Uuid, (u32, Uuid)> = HashMap::with_capacity(heads.len());
            for (id, customer, total, captured, refunded, granted, units) in heads {
                let order = self.order(SoldOrder {
                    id: *id,
                    total: *total,
                    captured: *captured,
                    refunded: *refunded,
                    granted: *granted,
                    units: *units,
                    returned: 0,
                });
                known.insert(*id, (order, *customer));
            }
            let sql = format!(
                "SELECT id, order_id, sku_id, qty - cancelled, returned, unit_price FROM order_line
                 WHERE order_id IN ({}) ORDER BY order_id, line_no",
                crate::db::placeholders(0, heads.len())
            );
            let args: Vec<crate::db::Arg> = heads.iter().map(|head| head.0.into()).collect();
            type Row = (Uuid, Uuid, Uuid, i64, i64, i64);
            let lines: Vec<Row> = crate::fetch_dyn!(ctx.tx, Row, sql, &args)?;
            for (line, order_id, sku, qty, returned, price) in lines {
                if let Some((order, customer)) = known.get(&order_id) {
                    self.orders[*order as usize].returned += returned;
                    self.line(*customer, *order, line, sku, qty - returned, price);
                }
            }
        }
        Ok(())
    }

    pub fn is_ready(&self) -> bool {
        self.ready
    }

    pub fn order(&mut self, order: SoldOrder) -> u32 {
        self.orders.push(order);
        u32::try_from(self.orders.len() - 1).unwrap_or(u32::MAX)
    }

    pub fn line(&mut self, customer: Uuid, order: u32, line: Uuid, sku: Uuid, left: i64, price: i64) {
        if left > 0 {
            self.by_customer.entry(customer).or_default().push(SoldLine { sku, line, order, left, price });
        }
    }

    pub fn get(&self, order: u32) -> &SoldOrder {
        &self.orders[order as usize]
    }

    /// Takes `qty` units for `amount` from the latest line that has them; of several the latest at
    /// this very price.
    pub fn tie(&mut self, customer: Uuid, sku: Uuid, qty: i64, price: i64, amount: i64) -> Option<Tie> {
        let lines = self.by_customer.get_mut(&customer)?;
        let orders = &self.orders;
        let fits = |line: &SoldLine| {
            let order = &orders[line.order as usize];
            line.sku == sku && line.left >= qty && order.captured - order.refunded >= amount
        };
        let at = lines
            .iter()
            .rposition(|line| line.price == price && fits(line))
            .or_else(|| lines.iter().rposition(fits))?;
        let line = &mut lines[at];
        line.left -= qty;
        let order = &mut self.orders[line.order as usize];
        order.refunded += amount;
        order.granted += amount;
        order.returned += qty;
        Some(Tie { order: line.order, line: line.line })
    }
}
