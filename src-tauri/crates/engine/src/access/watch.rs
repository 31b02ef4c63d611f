//! What one person does out of the ordinary: many rows exported, many contacts opened, wrong passwords, work while
//! the shop is closed, many refunds. And what somebody does whom the shop does not know: guess names.
//!
//! It is noticed where it is done, from the history and in the same transaction, so that nobody has to go looking.
//! Taking orders is not counted, and costs no statement more. Whoever manages people is told once for an hour, or
//! for a day; more of the same adds to that. A shop without people has nobody to tell apart.

use domain::{
    time,
    units::{Count, Millis},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::{Caller, Ctx, Door, new_id},
    db::Tx,
    engine::{Changed, Engine},
    error::{Error, Result},
    execute, fetch_all, fetch_one, fetch_optional,
    offline::Entry,
    orders::checked_text,
    settings::{self, Preferences, Shop},
};

const HOUR_MS: i64 = 3_600_000;
const MOST: i64 = 200;

domain::text_enum! {
    /// What was noticed.
    pub enum AlertKind {
        /// Rows written into files within an hour.
        Exports = "exports",
        /// Masked customers and orders shown in full within an hour.
        Contacts = "contacts",
        /// Wrong passwords, codes and PINs for one name within an hour.
        SignIns = "sign_ins",
        /// Tries to sign in under names that nobody has, within an hour.
        Strangers = "strangers",
        /// What was done while the shop was closed, from closing to opening.
        Hours = "hours",
        /// Refunds and cancelled orders of one day.
        Refunds = "refunds",
    }
}

/// That somebody did more of something than is usual here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Alert {
    pub id: Uuid,
    pub kind: AlertKind,
    /// Who did it; of wrong passwords, under whose name.
    pub actor_name: String,
    pub how_many: Count,
    /// Beyond how many it is told.
    pub most: Count,
    pub from_at: Millis,
    pub to_at: Millis,
    pub raised_at: Millis,
    pub acknowledged_at: Option<Millis>,
    pub acknowledged_by: String,
    pub note: String,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListAlerts {
    /// Those too that somebody has acknowledged.
    pub acknowledged: bool,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Alerts {
    pub items: Vec<Alert>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AcknowledgeAlert {
    pub id: Uuid,
    /// What it was about.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: AlertKind,
    actor_name: String,
    how_many: i64,
    most: i64,
    from_at: i64,
    to_at: i64,
    raised_at: i64,
    acknowledged_at: Option<i64>,
    acknowledged_by: String,
    note: String,
}

impl From<Row> for Alert {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            actor_name: row.actor_name,
            how_many: Count(row.how_many),
            most: Count(row.most),
            from_at: Millis(row.from_at),
            to_at: Millis(row.to_at),
            raised_at: Millis(row.raised_at),
            acknowledged_at: row.acknowledged_at.map(Millis),
            acknowledged_by: row.acknowledged_by,
            note: row.note,
        }
    }
}

macro_rules! alerts {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, actor_name, how_many, most, from_at, to_at, raised_at, acknowledged_at, acknowledged_by,
                    note
             FROM alert ",
            $rest
        )
    };
}

/// What was noticed and nobody has seen to, and with `acknowledged` what was noticed before.
pub async fn alerts(ctx: &mut Ctx, input: ListAlerts) -> Result<Alerts> {
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        alerts!("WHERE $1 OR acknowledged_at IS NULL ORDER BY raised_at DESC, id DESC LIMIT $2"),
        input.acknowledged,
        MOST
    )?;
    Ok(Alerts { items: rows.into_iter().map(Alert::from).collect() })
}

/// Puts an alert away, with what it was about.
pub async fn acknowledge_alert(ctx: &mut Ctx, input: AcknowledgeAlert) -> Result<Alert> {
    let note = checked_text("note", &input.note, 1000)?;
    if note.is_empty() {
        return Err(Error::invalid("note", "required"));
    }
    let touched = execute!(
        ctx.tx,
        "UPDATE alert SET acknowledged_at = $2, acknowledged_by = $3, note = $4
         WHERE id = $1 AND acknowledged_at IS NULL",
        input.id,
        ctx.now.0,
        ctx.caller.actor_name.as_str(),
        note.as_str()
    )?;
    let row: Option<Row> = fetch_optional!(ctx.tx, Row, alerts!("WHERE id = $1"), input.id)?;
    let alert = row.map(Alert::from).ok_or_else(|| Error::not_found("alert", input.id))?;
    if touched == 0 {
        return Err(Error::WrongState {
            kind: "alert".into(),
            state: "acknowledged".into(),
            action: "acknowledge".into(),
        });
    }
    ctx.about(alert.id);
    // Not under `note`, which is hidden from who may not see contacts.
    ctx.changed("alert", alert.id, Value::Null, json!({ "alert": alert.kind, "about": note }));
    Ok(alert)
}

pub(crate) async fn open(tx: &mut Tx) -> Result<Count> {
    let (n,): (i64,) = fetch_one!(*tx, (i64,), "SELECT COUNT(*) FROM alert WHERE acknowledged_at IS NULL")?;
    Ok(Count(n))
}

/// Whoever is looked at, what they did last, and when.
struct Watch<'a> {
    tx: &'a mut Tx,
    shop: &'a Shop,
    actor: Uuid,
    actor_name: &'a str,
    now: i64,
}

/// Looks at a command that was just written into the history.
pub(crate) async fn watch(ctx: &mut Ctx) -> Result<()> {
    let Some(shop) = ctx.shop.clone() else { return Ok(()) };
    if ctx.caller.actor.is_nil() || ctx.caller.door == Door::Clockwork {
        return Ok(());
    }
    let mut watch = Watch {
        tx: &mut ctx.tx,
        shop: &shop,
        actor: ctx.caller.actor,
        actor_name: &ctx.caller.actor_name,
        now: ctx.now.0,
    };
    let mut raised = watch.hours().await?;
    raised |= match ctx.spec.name {
        "customers.open" | "orders.open_buyer" => watch.contacts().await?,
        "payments.refund" | "payments.approve_refund" | "orders.cancel" => watch.refunds().await?,
        _ => false,
    };
    if raised {
        ctx.also_changed("attention");
    }
    Ok(())
}

/// Looks at a try to sign in that was just written into the history. `locked`: the name takes no further one.
pub(super) async fn watch_try(tx: &mut Tx, entry: &Entry, wrong: bool, locked: bool) -> Result<bool> {
    let Some(shop) = settings::load(tx).await? else { return Ok(false) };
    let mut watch = Watch { tx, shop: &shop, actor: entry.actor, actor_name: &entry.actor_name, now: entry.at.0 };
    if wrong { watch.sign_ins(locked).await } else { watch.hours().await }
}

/// Writes down how many rows a file has, before there is one, and looks at how many it is with the others.
pub(crate) async fn exported(engine: &Engine, caller: &Caller, id: Uuid, what: &str, rows: i64) -> Result<()> {
    let mut tx = engine.db.begin().await?;
    let now = engine.now().0;
    write_down(&mut tx, caller, now, "exports.written", Some(id), &json!({ "what": what, "rows": rows })).await?;
    let mut raised = false;
    if let Some(shop) = settings::load(&mut tx).await?.filter(|_| !caller.actor.is_nil()) {
        let mut watch = Watch { tx: &mut tx, shop: &shop, actor: caller.actor, actor_name: &caller.actor_name, now };
        raised = watch.exports(rows).await?;
    }
    tx.commit().await?;
    if raised {
        engine.announce(told_of_alert());
    }
    Ok(())
}

/// Writes down that somebody tried to sign in under a name that nobody has, and looks at how often that was. What they
/// typed is not kept: it may be a password. Once it is told of it is only counted, so that nobody fills the history.
pub(super) async fn unknown_name(engine: &Engine, door: Door) -> Result<()> {
    let mut tx = engine.db.begin().await?;
    let Some(shop) = settings::load(&mut tx).await? else { return Ok(()) };
    let caller = Caller { actor: Uuid::nil(), actor_name: "stranger".into(), ..engine.owner(door) };
    let now = engine.now().0;
    let mut watch = Watch { tx: &mut tx, shop: &shop, actor: caller.actor, actor_name: &caller.actor_name, now };
    let raised = watch.strangers(&caller).await?;
    tx.commit().await?;
    if raised {
        engine.announce(told_of_alert());
    }
    Ok(())
}

pub(super) fn told_of_alert() -> Changed {
    Changed { tags: vec!["attention".into()], command: String::new() }
}

/// Puts what is no command into the history.
async fn write_down(
    tx: &mut Tx,
    caller: &Caller,
    now: i64,
    what: &str,
    subject: Option<Uuid>,
    input: &Value,
) -> Result<()> {
    execute!(
        *tx,
        "INSERT INTO audit (command_id, at, actor, actor_name, door, device, command, subject, input, changes, result)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'[]','{}')",
        new_id(),
        now,
        caller.actor,
        caller.actor_name.as_str(),
        caller.door.as_str(),
        caller.device.id,
        what,
        subject,
        input.to_string()
    )?;
    Ok(())
}

impl Watch<'_> {
    fn preferences(&self) -> &Preferences {
        &self.shop.preferences
    }

    async fn exports(&mut self, rows: i64) -> Result<bool> {
        let most = i64::from(self.preferences().watch_exports);
        let Some(from) = self.hour(AlertKind::Exports, most, rows).await? else { return Ok(false) };
        let written: Vec<(String,)> = fetch_all!(
            *self.tx,
            (String,),
            "SELECT input FROM audit WHERE command = 'exports.written' AND at >= $1 AND at <= $2 AND actor = $3",
            from,
            self.now,
            self.actor
        )?;
        let rows = |(input,): &(String,)| {
            serde_json::from_str::<Value>(input).ok().and_then(|input| input.get("rows")?.as_i64()).unwrap_or(0)
        };
        let all: i64 = written.iter().map(rows).sum();
        self.raise(AlertKind::Exports, self.now / HOUR_MS, most, all, from).await
    }

    async fn contacts(&mut self) -> Result<bool> {
        let most = i64::from(self.preferences().watch_contacts);
        let Some(from) = self.hour(AlertKind::Contacts, most, 1).await? else { return Ok(false) };
        let (opened,): (i64,) = fetch_one!(
            *self.tx,
            (i64,),
            "SELECT COUNT(*) FROM audit
             WHERE command IN ('customers.open', 'orders.open_buyer') AND at >= $1 AND at <= $2 AND actor = $3",
            from,
            self.now,
            self.actor
        )?;
        self.raise(AlertKind::Contacts, self.now / HOUR_MS, most, opened, from).await
    }

    async fn sign_ins(&mut self, locked: bool) -> Result<bool> {
        let most = i64::from(self.preferences().watch_sign_ins);
        let Some(from) = self.hour(AlertKind::SignIns, most, 1).await? else { return Ok(false) };
        let (wrong,): (i64,) = fetch_one!(
            *self.tx,
            (i64,),
            "SELECT COUNT(*) FROM audit
             WHERE command IN ('access.wrong_password', 'access.wrong_code', 'access.wrong_pin')
               AND at >= $1 AND at <= $2 AND actor = $3",
            from,
            self.now,
            self.actor
        )?;
        // Somebody patient is not within an hour, but locks the name all the same.
        let most = if locked { wrong.min(most + 1) - 1 } else { most };
        self.raise(AlertKind::SignIns, self.now / HOUR_MS, most, wrong, from).await
    }

    async fn strangers(&mut self, caller: &Caller) -> Result<bool> {
        let most = i64::from(self.preferences().watch_sign_ins);
        let Some(from) = self.hour(AlertKind::Strangers, most, 1).await? else { return Ok(false) };
        write_down(self.tx, caller, self.now, "access.unknown_name", None, &json!({})).await?;
        let (tries,): (i64,) = fetch_one!(
            *self.tx,
            (i64,),
            "SELECT COUNT(*) FROM audit
             WHERE command = 'access.unknown_name' AND at >= $1 AND at <= $2 AND actor = $3",
            from,
            self.now,
            self.actor
        )?;
        self.raise(AlertKind::Strangers, self.now / HOUR_MS, most, tries, from).await
    }

    async fn refunds(&mut self) -> Result<bool> {
        let most = i64::from(self.preferences().watch_refunds);
        if most == 0 {
            return Ok(false);
        }
        let day = self.shop.day_of(Millis(self.now))?;
        let (from, _) = time::day_bounds(day, &self.shop.zone).map_err(Error::internal)?;
        let (refunds,): (i64,) = fetch_one!(
            *self.tx,
            (i64,),
            "SELECT COUNT(*) FROM audit
             WHERE command IN ('payments.refund', 'payments.approve_refund', 'orders.cancel')
               AND at >= $1 AND at <= $2 AND actor = $3",
            from,
            self.now,
            self.actor
        )?;
        if refunds > most && self.add(AlertKind::Refunds, i64::from(day), 1).await? {
            return Ok(false);
        }
        self.raise(AlertKind::Refunds, i64::from(day), most, refunds, from).await
    }

    async fn hours(&mut self) -> Result<bool> {
        let Preferences { hours_from, hours_to, .. } = *self.preferences();
        if hours_from == hours_to {
            return Ok(false);
        }
        let minute = time::minute_of_day(self.now, &self.shop.zone).map_err(Error::internal)?;
        let open = match hours_from < hours_to {
            true => (hours_from..hours_to).contains(&minute),
            false => minute >= hours_from || minute < hours_to,
        };
        if open {
            return Ok(false);
        }
        // From closing to opening, across midnight, is one time.
        let closed_on = self.shop.day_of(Millis(self.now - i64::from(hours_to) * 60_000))?;
        if self.add(AlertKind::Hours, i64::from(closed_on), 1).await? {
            return Ok(false);
        }
        self.raise(AlertKind::Hours, i64::from(closed_on), 0, 1, self.now).await
    }

    /// From when on to count what is told by the hour; `None` when it is not watched, or told of in the last hour
    /// already: then that alert has `more`. What one has told the next does not tell again.
    async fn hour(&mut self, kind: AlertKind, most: i64, more: i64) -> Result<Option<i64>> {
        if most == 0 {
            return Ok(None);
        }
        let from = self.now - HOUR_MS + 1;
        let last: Option<(i64, i64, i64)> = fetch_optional!(
            *self.tx,
            (i64, i64, i64),
            "SELECT period, raised_at, to_at FROM alert
             WHERE actor = $1 AND kind = $2 ORDER BY period DESC LIMIT 1",
            self.actor,
            kind.as_str()
        )?;
        match last {
            Some((period, raised_at, _)) if raised_at >= from => {
                self.add(kind, period, more).await?;
                Ok(None)
            }
            Some((_, _, to_at)) => Ok(Some(from.max(to_at + 1))),
            None => Ok(Some(from)),
        }
    }

    /// Adds to an alert that there is; `false` when there is none.
    async fn add(&mut self, kind: AlertKind, period: i64, more: i64) -> Result<bool> {
        let touched = execute!(
            *self.tx,
            "UPDATE alert SET how_many = how_many + $4, to_at = $5 WHERE actor = $1 AND kind = $2 AND period = $3",
            self.actor,
            kind.as_str(),
            period,
            more,
            self.now
        )?;
        Ok(touched > 0)
    }

    /// Tells of it if it is more than `most`; `false` when it is not, or was told by another desk this moment.
    async fn raise(&mut self, kind: AlertKind, period: i64, most: i64, how_many: i64, from: i64) -> Result<bool> {
        if how_many <= most {
            return Ok(false);
        }
        let raised = execute!(
            *self.tx,
            "INSERT INTO alert (id, kind, period, actor, actor_name, how_many, most, from_at, to_at, raised_at,
                                acknowledged_by, note)
             VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$9,'','') ON CONFLICT (actor, kind, period) DO NOTHING",
            new_id(),
            kind.as_str(),
            period,
            self.actor,
            self.actor_name,
            how_many,
            most,
            from,
            self.now
        )?;
        Ok(raised > 0)
    }
}
