//! A command that was given offline, given to the server: by the same code, as of the moment it was given,
//! with the ids and numbers it was given then. The command's id makes it happen once, whatever is cut off,
//! repeated or killed in between.

use std::sync::Arc;

use domain::units::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::cases::{self, Known};
use crate::{
    access, commands,
    ctx::{Caller, Door, Meta},
    db::Tx,
    engine::Engine,
    error::{Error, Result},
    execute, fetch_optional,
};

/// A command as it is kept until the server has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub command_id: Uuid,
    /// When it was given, by the server's clock as far as the desk knew it.
    pub at: Millis,
    pub actor: Uuid,
    pub actor_name: String,
    pub door: Door,
    pub command: String,
    pub input: Value,
    pub undoes: Option<Uuid>,
    pub answer: Value,
    pub made: Made,
}

/// What a command made of itself that it must not make otherwise a second time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Made {
    /// Document numbers, in their order: they may be printed already.
    pub numbers: Vec<String>,
    /// What else the command wants to know again; null when nothing.
    pub facts: Value,
}

/// Gives one command to the server. An error means that it is to be tried again later; what the shop refuses
/// for good is a case, and no error.
pub(super) async fn replay(server: &Engine, text: &str, known: &mut Known) -> Result<()> {
    let mut entry: Entry = serde_json::from_str(text)?;
    if known.refused(entry.command_id) {
        return Ok(());
    }
    for (given, real) in &known.customers {
        entry.input = renamed(entry.input, given, real);
    }
    entry.at = entry.at.min(server.now());
    if let Some(tried) = access::try_in(&entry) {
        return access::relive(server, &entry, &tried).await;
    }
    let caller = Caller {
        actor: entry.actor,
        actor_name: entry.actor_name.clone(),
        given: Some(Arc::new(entry.clone())),
        ..server.owner(entry.door)
    };
    let meta = Meta { command_id: entry.command_id };
    match commands::again_as(server, &caller, &entry.command, meta, entry.undoes, entry.input.clone()).await {
        Ok(answer) => as_printed(server, &entry, &answer).await,
        Err(
            error @ (Error::Unreachable { .. }
            | Error::Busy
            | Error::DiskFull
            | Error::ReadOnly
            | Error::NewerDatabase
            | Error::NoShop),
        ) => Err(error),
        Err(error) => {
            // Who may not do it any more may have done it before.
            if let Some(answer) = server.answer_of(entry.command_id).await? {
                return as_printed(server, &entry, &serde_json::from_str(&answer)?).await;
            }
            known.meet(&entry, &error);
            cases::refused(server, &entry, error).await
        }
    }
}

/// The server had carried the command out already, before its answer was lost, and the desk did so again and
/// gave the order another number: the one that is on paper stays.
async fn as_printed(server: &Engine, entry: &Entry, answer: &Value) -> Result<()> {
    let [Some(printed), Some(number)] =
        [&entry.answer, answer].map(|answer| answer.get("number").and_then(Value::as_str))
    else {
        return Ok(());
    };
    let order = answer.get("order_id").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
    let (false, Some(order)) = (printed == number, order) else { return Ok(()) };
    let mut tx = server.db.begin().await?;
    let taken: Option<(Uuid,)> =
        fetch_optional!(tx, (Uuid,), "SELECT id FROM orders WHERE number = $1 AND id <> $2", printed, order)?;
    if taken.is_none() {
        execute!(tx, "UPDATE orders SET number = $2, version = version + 1 WHERE id = $1", order, printed)?;
    }
    Ok(tx.commit().await?)
}

/// What a command answered before, with the number that [`as_printed`] gave its order since. The audit row is sealed,
/// and says what was answered then.
pub(crate) async fn as_numbered_since(tx: &mut Tx, answered: String) -> Result<String> {
    let mut answer: Value = serde_json::from_str(&answered)?;
    let order = answer.get("order_id").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
    let (Some(order), Some(number)) = (order, answer.get_mut("number")) else { return Ok(answered) };
    let now: Option<(String,)> = fetch_optional!(*tx, (String,), "SELECT number FROM orders WHERE id = $1", order)?;
    if let Some((now,)) = now {
        *number = Value::String(now);
    }
    Ok(answer.to_string())
}

/// The input with the customer's real id in the place of the one given offline.
fn renamed(input: Value, given: &Uuid, real: &Uuid) -> Value {
    match input {
        Value::String(text) if text.parse::<Uuid>().is_ok_and(|id| id == *given) => Value::String(real.to_string()),
        Value::Array(items) => items.into_iter().map(|item| renamed(item, given, real)).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, renamed(value, given, real))).collect(),
        other => other,
    }
}
