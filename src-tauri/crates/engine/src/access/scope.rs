//! Whose orders somebody sees, and what of the shop hangs on them.
//!
//! A list is cut where it is read, by one more condition; what is asked for by its id, or changed, is refused
//! with the limit that hides it. A sum is made of what is seen or refused: none is of more than its reader
//! sees. Who sees all is asked nothing of this.

use std::collections::HashSet;

use domain::access::{Limit, Rights, Sees};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    fetch_dyn,
};

/// What is of the whole shop and of no order: it cannot be cut. The shop itself goes on with its timers.
const OF_THE_WHOLE: &[&str] = &[
    "analytics.recount",
    "analytics.rebuild",
    "app.check",
    "customers.erase_old",
    "imports.inspect",
    "imports.start",
    "imports.get",
    "imports.list",
    "imports.cancel",
    "imports.resume",
    "imports.rejects",
    "imports.save_rejects",
    "imports.forget_mapping",
    "orders.run_timers",
    "settings.try_backup",
];

/// The orders that whoever asks sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct Within {
    /// Only those that this person placed, or that are assigned to this name.
    pub own: Option<(Uuid, String)>,
    /// Only those of these channels; empty: of any.
    pub channels: Vec<String>,
}

impl Within {
    pub fn is_all(&self) -> bool {
        self.own.is_none() && self.channels.is_empty()
    }

    /// The same as a condition on the orders called `o`, with ` AND ` before it; nothing where all are seen.
    /// `plain` keeps SQLite from an index for it.
    pub fn condition(&self, o: &str, plain: &str, args: &mut Vec<Arg>) -> String {
        let mut condition = String::new();
        if let Some((person, name)) = &self.own {
            args.push(Arg::Uuid(*person));
            let placed = format!("{plain}{o}.placed_by = ${}", args.len());
            let assigned = match name.as_str() {
                // Of nobody's orders, who has no name.
                "" => String::new(),
                name => {
                    args.push(name.into());
                    format!(" OR {plain}{o}.assignee = ${}", args.len())
                }
            };
            condition.push_str(&format!(" AND ({placed}{assigned})"));
        }
        condition.push_str(&self.channels_as(&format!("{plain}{o}.channel"), args));
        condition
    }

    /// The limit by channel, of a table that knows its channel by this column.
    pub fn channels_as(&self, column: &str, args: &mut Vec<Arg>) -> String {
        if self.channels.is_empty() {
            return String::new();
        }
        let condition = format!(" AND {column} IN ({})", placeholders(args.len(), self.channels.len()));
        args.extend(self.channels.iter().map(Arg::from));
        condition
    }

    /// The ids of one's own orders, of whatever channel, each from its index; `None` where all are seen.
    pub fn own_ids(&self, args: &mut Vec<Arg>) -> Option<String> {
        let (person, name) = self.own.as_ref()?;
        args.extend([Arg::Uuid(*person), name.into()]);
        let (person, name) = (args.len() - 1, args.len());
        Some(format!(
            "SELECT id FROM orders WHERE placed_by = ${person}
             UNION SELECT id FROM orders WHERE archived IN (FALSE, TRUE) AND assignee = ${name} AND assignee <> ''"
        ))
    }

    /// As [`Within::condition`], where one's own orders are to be found first rather than compared.
    pub fn found_first(&self, o: &str, args: &mut Vec<Arg>) -> String {
        let own = match self.own_ids(args) {
            Some(ids) => format!(" AND {o}.id IN ({ids})"),
            None => String::new(),
        };
        own + &self.channels_as(&format!("{o}.channel"), args)
    }

    /// Payments `p` of the orders that are seen, or of returns without an order that came through a channel
    /// that is. Two joins come with it.
    pub fn payments(&self, args: &mut Vec<Arg>) -> String {
        let own = match self.own_ids(args) {
            Some(ids) => format!(" AND p.order_id IN ({ids})"),
            None => String::new(),
        };
        own + &self.channels_as("COALESCE(o.channel, r.channel)", args)
    }
}

/// Refuses what is of the whole shop to who sees a part of it.
pub(crate) fn check_whole(name: &str, rights: &Rights) -> Result<()> {
    match rights.sees.limit() {
        Some(limit) if OF_THE_WHOLE.contains(&name) => Err(Error::OutOfScope { limit }),
        _ => Ok(()),
    }
}

/// Refuses a role that shows more than `sees` does.
pub(super) fn check_within(sees: &Sees, role: &Sees) -> Result<()> {
    sees.lacks(role).map_or(Ok(()), |limit| Err(Error::OutOfScope { limit }))
}

type Whose = (Uuid, Option<Uuid>, String, String);

impl Ctx {
    pub(crate) fn within(&self) -> Within {
        let Sees { own_orders, channels } = &self.rights.sees;
        let own = own_orders.then(|| (self.caller.actor, self.caller.actor_name.clone()));
        Within { own, channels: channels.clone() }
    }

    /// Whether somebody sees a part of the orders only.
    pub(crate) fn sees_a_part(&self) -> bool {
        self.rights.sees.limit().is_some()
    }

    /// Refuses sums that know channels and no people to who sees only their own orders.
    pub(crate) fn sees_all_people(&self) -> Result<()> {
        if self.rights.sees.own_orders { Err(Error::OutOfScope { limit: Limit::Own }) } else { Ok(()) }
    }

    /// Refuses sums that know neither channels nor people to who sees a part.
    pub(crate) fn sees_all(&self) -> Result<()> {
        self.rights.sees.limit().map_or(Ok(()), |limit| Err(Error::OutOfScope { limit }))
    }

    /// Refuses an order through a channel of which somebody sees nothing.
    pub(crate) fn sees_channel(&self, channel: &str) -> Result<()> {
        if self.rights.sees.channel(channel) { Ok(()) } else { Err(Error::OutOfScope { limit: Limit::Channels }) }
    }

    fn hidden(&self, (_, placed_by, assignee, channel): &Whose) -> Option<Limit> {
        let name = &self.caller.actor_name;
        let own = *placed_by == Some(self.caller.actor) || (!name.is_empty() && assignee == name);
        self.rights.sees.hides(own, channel)
    }

    async fn whose(&mut self, ids: &[Uuid]) -> Result<Vec<Whose>> {
        let mut found = Vec::new();
        for ids in ids.chunks(1_000) {
            let sql = format!(
                "SELECT id, placed_by, assignee, channel FROM orders WHERE id IN ({})",
                placeholders(0, ids.len())
            );
            let args: Vec<Arg> = ids.iter().copied().map(Arg::Uuid).collect();
            found.extend(fetch_dyn!(self.tx, Whose, sql, &args)?);
        }
        Ok(found)
    }

    /// Refuses when one of these orders is not seen. Those that do not exist are for the command to name.
    pub(crate) async fn sees_orders(&mut self, ids: &[Uuid]) -> Result<()> {
        if !self.sees_a_part() {
            return Ok(());
        }
        let found = self.whose(ids).await?;
        found.iter().find_map(|order| self.hidden(order)).map_or(Ok(()), |limit| Err(Error::OutOfScope { limit }))
    }

    /// Those of these orders that are not seen.
    pub(crate) async fn hidden_of(&mut self, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
        if !self.sees_a_part() {
            return Ok(HashSet::new());
        }
        let found = self.whose(ids).await?;
        Ok(found.iter().filter(|order| self.hidden(order).is_some()).map(|order| order.0).collect())
    }

    /// Refuses to change what all orders of a customer share, where some of them are not seen.
    pub(crate) async fn sees_all_orders_of(&mut self, customer: Uuid) -> Result<()> {
        let Some(limit) = self.rights.sees.limit() else { return Ok(()) };
        let within = self.within();
        let mut args = vec![Arg::Uuid(customer)];
        let seen = within.condition("o", "", &mut args);
        // A return belongs to its order; one without belongs to nobody.
        let returns = within.channels_as("r.channel", &mut args);
        let nobodys = if within.own.is_some() { " AND r.order_id IS NOT NULL" } else { "" };
        let sql = format!(
            "SELECT 1 FROM orders o WHERE o.customer_id = $1 AND (1 = 1{seen}) IS NOT TRUE
             UNION ALL SELECT 1 FROM order_return r
             WHERE r.customer_id = $1 AND (1 = 1{nobodys}{returns}) IS NOT TRUE LIMIT 1"
        );
        let hidden: Vec<(i32,)> = fetch_dyn!(self.tx, (i32,), sql, &args)?;
        if hidden.is_empty() { Ok(()) } else { Err(Error::OutOfScope { limit }) }
    }
}
