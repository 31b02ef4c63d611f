//! Needs attention: what a desk did offline and the shop could not take as it was.
//!
//! A sale that happened is an order, whatever changed meanwhile: at the price that was asked, and on hold
//! where the goods are missing. What cannot be carried out at all is kept whole until somebody does so in
//! their own name, or dismisses it and says why.

use std::collections::{HashMap, HashSet};

use domain::units::{Count, Millis, Minor, Qty};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specta::Type;
use uuid::Uuid;

use super::{Entry, Made};
use crate::{
    access,
    ctx::Ctx,
    db::{Arg, Tx},
    engine::Engine,
    error::{Error, Result, Shortage},
    execute, fetch_all, fetch_dyn, fetch_optional, orders,
};

/// What is the matter with something that was done offline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// Sold elsewhere meanwhile: the order is on hold.
    SoldOut { lines: Vec<Shortage> },
    /// Unlisted or archived meanwhile; sold all the same.
    NotForSale { skus: Vec<String> },
    /// Sold at the price of then.
    PriceChanged { sku: String, sold: Minor, now: Minor },
    /// Whom it was sold to is not among the customers any more.
    CustomerGone { name: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OfflineCase {
    pub id: Uuid,
    pub command: String,
    /// The mark of the desk.
    pub desk: String,
    pub at: Millis,
    pub found_at: Millis,
    pub actor_name: String,
    pub troubles: Vec<Trouble>,
    /// The order that was made all the same.
    pub order_id: Option<Uuid>,
    /// As printed offline; empty for what has no number.
    pub number: String,
    /// What was sold, when it was a sale.
    pub lines: Vec<CaseLine>,
    /// What the desk told offline that it came to, and was paid.
    pub total: Option<Minor>,
    pub paid: Option<Minor>,
    /// Why nothing was made.
    pub error: Option<Error>,
    pub settled_at: Option<Millis>,
    pub settled_by: String,
    pub settled_how: Option<SettleHow>,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CaseLine {
    pub code: String,
    pub title: String,
    pub qty: Qty,
    pub unit_price: Minor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SettleHow {
    /// The order stands, and somebody has seen to it.
    Seen,
    /// It is not carried out.
    Dismissed,
    /// Somebody did it in their own name.
    CarriedOut,
}

impl SettleHow {
    const ALL: [Self; 3] = [Self::Seen, Self::Dismissed, Self::CarriedOut];

    fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Dismissed => "dismissed",
            Self::CarriedOut => "carried_out",
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct CaseById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Settle {
    pub id: Uuid,
    /// Why, or what was done; needed for what is dismissed.
    pub note: String,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListCases {
    /// Those too that are settled.
    pub settled: bool,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CaseList {
    pub cases: Vec<OfflineCase>,
    pub open: Count,
}

const MOST: i64 = 500;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    command: String,
    desk: Option<String>,
    at: i64,
    found_at: i64,
    actor: Uuid,
    actor_name: String,
    entry: String,
    troubles: String,
    order_id: Option<Uuid>,
    number: String,
    error: String,
    settled_at: Option<i64>,
    settled_by: String,
    settled_how: String,
    note: String,
}

impl Row {
    fn told(self) -> Result<OfflineCase> {
        let entry: Entry = serde_json::from_str(&self.entry)?;
        let amount = |value: Option<&Value>| value.and_then(Value::as_i64);
        let total = amount(entry.answer.get("total"));
        let due = amount(entry.answer.get("due"));
        Ok(OfflineCase {
            id: self.id,
            command: self.command,
            desk: self.desk.unwrap_or_default(),
            at: Millis(self.at),
            found_at: Millis(self.found_at),
            actor_name: self.actor_name,
            troubles: serde_json::from_str(&self.troubles)?,
            order_id: self.order_id,
            number: self.number,
            lines: serde_json::from_value(entry.made.facts.get("lines").cloned().unwrap_or_default())
                .unwrap_or_default(),
            total: total.map(Minor),
            paid: total.zip(due).map(|(total, due)| Minor(total - due)),
            error: if self.error.is_empty() { None } else { Some(serde_json::from_str(&self.error)?) },
            settled_at: self.settled_at.map(Millis),
            settled_by: self.settled_by,
            settled_how: SettleHow::ALL.into_iter().find(|how| how.as_str() == self.settled_how),
            note: self.note,
        })
    }
}

const COLUMNS: &str = "c.id, c.command, d.mark AS desk, c.at, c.found_at, c.actor, c.actor_name, c.entry, c.troubles,
    c.order_id, c.number, c.error, c.settled_at, c.settled_by, c.settled_how, c.note
    FROM offline_case c LEFT JOIN device d ON d.id = c.device";

/// What needs attention, and with `settled` what needed it.
pub async fn list(ctx: &mut Ctx, input: ListCases) -> Result<CaseList> {
    let only = if input.settled { "1 = 1" } else { "c.settled_at IS NULL" };
    let mut args = Vec::new();
    let seen = seen(ctx, &mut args);
    let sql = format!("SELECT {COLUMNS} WHERE {only}{seen} ORDER BY c.found_at DESC, c.id DESC LIMIT {MOST}");
    let rows = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let cases = rows.into_iter().map(Row::told).collect::<Result<Vec<_>>>()?;
    Ok(CaseList { cases: ctx.shown(cases), open: open(ctx).await? })
}

/// The cases of orders that are seen, and one's own where no order was made.
fn seen(ctx: &Ctx, args: &mut Vec<Arg>) -> String {
    if !ctx.sees_a_part() {
        return String::new();
    }
    let seen = ctx.within().condition("o", "", args);
    args.push(ctx.caller.actor.into());
    format!(
        " AND (EXISTS (SELECT 1 FROM orders o WHERE o.id = c.order_id{seen})
               OR c.order_id IS NULL AND c.actor = ${})",
        args.len()
    )
}

pub(super) async fn open(ctx: &mut Ctx) -> Result<Count> {
    let mut args = Vec::new();
    let seen = seen(ctx, &mut args);
    let sql = format!("SELECT COUNT(*) FROM offline_case c WHERE c.settled_at IS NULL{seen}");
    let rows = fetch_dyn!(ctx.tx, (i64,), sql, &args)?;
    Ok(Count(rows.first().map_or(0, |(n,)| *n)))
}

async fn one(ctx: &mut Ctx, id: Uuid) -> Result<OfflineCase> {
    let sql = format!("SELECT {COLUMNS} WHERE c.id = $1");
    let rows = fetch_dyn!(ctx.tx, Row, sql, [Arg::Uuid(id)])?;
    let row = rows.into_iter().next().ok_or_else(|| Error::not_found("case", id))?;
    match row.order_id {
        Some(order) => ctx.sees_orders(&[order]).await?,
        None if row.actor != ctx.caller.actor => ctx.sees_all()?,
        None => {}
    }
    let case = row.told()?;
    Ok(ctx.shown(case))
}

/// Puts a case away: the order that it is about has been seen to, or nothing will be made of it.
pub async fn settle(ctx: &mut Ctx, input: Settle) -> Result<OfflineCase> {
    let note = orders::checked_text("note", &input.note, 1000)?;
    let case = one(ctx, input.id).await?;
    let how = if case.error.is_some() { SettleHow::Dismissed } else { SettleHow::Seen };
    if how == SettleHow::Dismissed && note.is_empty() {
        return Err(Error::invalid("note", "required"));
    }
    close(ctx, &case, how, &note).await
}

async fn close(ctx: &mut Ctx, case: &OfflineCase, how: SettleHow, note: &str) -> Result<OfflineCase> {
    let touched = execute!(
        ctx.tx,
        "UPDATE offline_case SET settled_at = $2, settled_by = $3, settled_how = $4, note = $5
         WHERE id = $1 AND settled_at IS NULL",
        case.id,
        ctx.now.0,
        ctx.caller.actor_name.as_str(),
        how.as_str(),
        note
    )?;
    if touched == 0 {
        return Err(Error::WrongState { kind: "case".into(), state: "settled".into(), action: "settle".into() });
    }
    ctx.about(case.id);
    ctx.changed("offline_case", case.id, Value::Null, json!({ "how": how, "note": note }));
    one(ctx, case.id).await
}

/// Does what was refused in the name of whoever asks now, who must be allowed to: as of then, with the number
/// and the prices of then.
pub async fn carry_out(ctx: &mut Ctx, input: CaseById) -> Result<OfflineCase> {
    let case = one(ctx, input.id).await?;
    let row: Option<(String,)> =
        fetch_optional!(ctx.tx, (String,), "SELECT entry FROM offline_case WHERE id = $1", input.id)?;
    let (text,) = row.ok_or_else(|| Error::not_found("case", input.id))?;
    if case.settled_at.is_some() || case.error.is_none() {
        return Err(Error::WrongState { kind: "case".into(), state: "settled".into(), action: "settle".into() });
    }
    let entry: Entry = serde_json::from_str(&text)?;
    let spec =
        crate::commands::spec(&entry.command).ok_or_else(|| Error::UnknownCommand { name: entry.command.clone() })?;
    access::check(&ctx.rights, spec.permission)?;
    let now = ctx.now;
    ctx.relive(&entry);
    crate::commands::within(ctx, &entry.command, entry.input.clone()).await?;
    ctx.now = now;
    if let (Some(order), "orders.place") = (ctx.subject, entry.command.as_str()) {
        let troubles = serde_json::to_string(&std::mem::take(&mut ctx.troubles))?;
        execute!(
            ctx.tx,
            "UPDATE offline_case SET order_id = $2, troubles = $3 WHERE id = $1",
            case.id,
            order,
            troubles
        )?;
    }
    close(ctx, &case, SettleHow::CarriedOut, "").await
}

/// Writes down what was the matter with a command that was carried out all the same, in its transaction.
pub(crate) async fn write(ctx: &mut Ctx, entry: &Entry) -> Result<()> {
    if ctx.troubles.is_empty() {
        return Ok(());
    }
    let troubles = std::mem::take(&mut ctx.troubles);
    let (order, now) = (ctx.subject, ctx.heard_at);
    insert(&mut ctx.tx, ctx.caller.device.id, now, entry, &troubles, order, None).await
}

/// Writes down that a command was not carried out.
pub(super) async fn refused(server: &Engine, entry: &Entry, error: Error) -> Result<()> {
    let mut tx = server.db.begin().await?;
    insert(&mut tx, server.device_id(), server.now(), entry, &[], None, Some(&error)).await?;
    tx.commit().await?;
    server.announce(crate::Changed { tags: vec!["cases".into()], command: entry.command.clone() });
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    device: Uuid,
    now: Millis,
    entry: &Entry,
    troubles: &[Trouble],
    order: Option<Uuid>,
    error: Option<&Error>,
) -> Result<()> {
    let number = entry.made.numbers.first().map(String::as_str).unwrap_or_default();
    execute!(
        *tx,
        "INSERT INTO offline_case (id, command_id, command, device, at, found_at, actor, actor_name, entry, troubles,
                                   order_id, number, error, settled_by, settled_how, note)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,'','','') ON CONFLICT (command_id) DO NOTHING",
        Uuid::now_v7(),
        entry.command_id,
        entry.command.as_str(),
        device,
        entry.at.0,
        now.0,
        entry.actor,
        entry.actor_name.as_str(),
        serde_json::to_string(entry)?,
        serde_json::to_string(troubles)?,
        order,
        number,
        error.map(serde_json::to_string).transpose()?.unwrap_or_default()
    )?;
    Ok(())
}

/// What the shop refused before.
pub(super) struct Known {
    /// By the ids of the commands, of whatever desk.
    refused: HashSet<Uuid>,
    /// Customers who turned out to be known already: the id that this desk gave them offline, and the one they
    /// have.
    pub customers: HashMap<Uuid, Uuid>,
}

impl Known {
    pub async fn load(server: &Engine) -> Result<Self> {
        let mut tx = server.db.begin_read().await?;
        let refused: Vec<(Uuid,)> = fetch_all!(tx, (Uuid,), "SELECT command_id FROM offline_case WHERE error <> ''")?;
        let twins: Vec<(String, String)> = fetch_all!(
            tx,
            (String, String),
            "SELECT entry, error FROM offline_case WHERE device = $1 AND command = 'customers.save' AND error <> ''",
            server.device_id()
        )?;
        tx.rollback().await?;
        let mut known = Self { refused: refused.into_iter().map(|(id,)| id).collect(), customers: HashMap::new() };
        for (entry, error) in twins {
            known.meet(&serde_json::from_str(&entry)?, &serde_json::from_str(&error)?);
        }
        Ok(known)
    }

    pub fn refused(&self, command_id: Uuid) -> bool {
        self.refused.contains(&command_id)
    }

    /// After a command was refused: whether its customer has another id.
    pub fn meet(&mut self, entry: &Entry, error: &Error) {
        if let (Some(given), Error::Duplicate { existing: Some(existing), .. }) =
            (entry.answer.get("id").and_then(Value::as_str), error)
            && let (Ok(given), Ok(real)) = (given.parse(), existing.parse())
        {
            self.customers.insert(given, real);
        }
    }
}

impl Ctx {
    /// Goes on as the command that was given offline: at its time, with its ids and numbers.
    pub(crate) fn relive(&mut self, entry: &Entry) {
        self.now = entry.at;
        self.seed = Some(entry.command_id);
        self.given = Some(entry.made.clone());
    }

    /// Something that was done offline and is not as it should be; the command goes on.
    pub(crate) fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    /// What was made of this command when it was given offline.
    pub(crate) fn given(&self) -> Option<&Made> {
        self.given.as_ref()
    }
}
