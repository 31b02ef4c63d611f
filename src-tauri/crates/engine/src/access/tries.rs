//! What is written down of a try to prove who one is: on the person's row, in the audit log, and at a desk
//! without its server for the server too. Otherwise a cut wire would forgive wrong PINs, and let a code be
//! used twice.

use domain::{
    access::{PIN_GUESSES, lockout_ms},
    units::Millis,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::watch::{told_of_alert, watch_try};
use crate::{
    ctx::{Caller, new_id},
    db::Tx,
    engine::{Changed, Engine},
    error::Result,
    execute, fetch_one,
    offline::{self, Entry, Made, Side},
};

/// How it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tried", rename_all = "snake_case")]
pub(crate) enum Tried {
    /// By password; with the step of the code that was taken, or the digest of the recovery code.
    SignedIn {
        step: Option<i64>,
        recovery: Option<String>,
    },
    /// By PIN, at a desk that was open.
    Switched,
    WrongPassword,
    WrongCode {
        used: bool,
    },
    WrongPin,
}

impl Tried {
    pub fn signed_in() -> Self {
        Self::SignedIn { step: None, recovery: None }
    }

    fn is_wrong(&self) -> bool {
        !matches!(self, Self::SignedIn { .. } | Self::Switched)
    }

    /// Whether this was the wrong one after which no further one is taken.
    fn locks(&self, failures: i64) -> bool {
        match self {
            Self::SignedIn { .. } | Self::Switched => false,
            Self::WrongPin => failures >= PIN_GUESSES,
            Self::WrongPassword | Self::WrongCode { .. } => lockout_ms(failures) > 0,
        }
    }

    /// Its name in the audit log.
    fn name(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "access.sign_in",
            Self::Switched => "access.switch",
            Self::WrongPassword => "access.wrong_password",
            Self::WrongCode { .. } => "access.wrong_code",
            Self::WrongPin => "access.wrong_pin",
        }
    }

    /// What the audit log says of it besides.
    fn told(&self, login: &str) -> Value {
        match self {
            Self::SignedIn { recovery: Some(_), .. } => json!({ "login": login, "with": "recovery_code" }),
            Self::SignedIn { step: Some(_), .. } => json!({ "login": login, "with": "code" }),
            _ => json!({ "login": login }),
        }
    }
}

/// A try that was written down, as it turned out, and how many wrong ones of its kind there are now.
pub(super) struct Noted {
    pub tried: Tried,
    pub failures: i64,
}

impl Engine {
    pub(super) async fn note(&self, side: &Side, caller: &Caller, tried: Tried) -> Result<Noted> {
        let (at, person) = (self.now(), caller.actor);
        let (mut tx, mut tried) = (side.db.begin().await?, tried);
        let failures = match apply(&mut tx, person, &tried, at).await? {
            Some(failures) => failures,
            // Another desk was quicker with the same code.
            None => {
                tx.rollback().await?;
                tx = side.db.begin().await?;
                tried = Tried::WrongCode { used: true };
                apply(&mut tx, person, &tried, at).await?.unwrap_or_default()
            }
        };
        let (login,): (String,) = fetch_one!(tx, (String,), "SELECT login FROM staff WHERE id = $1", person)?;
        let entry = Entry {
            command_id: new_id(),
            at,
            actor: person,
            actor_name: caller.actor_name.clone(),
            door: caller.door,
            command: tried.name().to_owned(),
            input: tried.told(&login),
            undoes: None,
            answer: Value::Null,
            made: Made { numbers: Vec::new(), facts: serde_json::to_value(&tried)? },
        };
        write(&mut tx, &entry, caller.device.id).await?;
        // Without the server it is looked at when the server hears of it.
        let raised = match side.local {
            Some(_) => {
                offline::keep_entry(&mut tx, &entry).await?;
                false
            }
            None => watch_try(&mut tx, &entry, tried.is_wrong(), tried.locks(failures)).await?,
        };
        tx.commit().await?;
        if raised {
            self.announce(told_of_alert());
        }
        if side.local.is_some() {
            self.tell_here(Changed { tags: vec!["connection".into()], command: String::new() });
        }
        Ok(Noted { tried, failures })
    }

    /// A wrong proof within a command, which was refused for it.
    pub(crate) async fn note_misproof(&self, caller: &Caller, tried: Tried) -> Result<()> {
        let side = self.side(true).await?;
        self.note(&side, caller, tried).await.map(drop)
    }
}

/// The try that this entry is, if it was kept for the server and is no command.
pub(crate) fn try_in(entry: &Entry) -> Option<Tried> {
    let tried: Tried = serde_json::from_value(entry.made.facts.clone()).ok()?;
    (entry.command == tried.name()).then_some(tried)
}

/// Gives the server a try of which it has not heard yet. It counts for what it was: nobody is asked again.
pub(crate) async fn relive(server: &Engine, entry: &Entry, tried: &Tried) -> Result<()> {
    let mut tx = server.db.begin().await?;
    let mut raised = false;
    if write(&mut tx, entry, server.device_id()).await? {
        let failures = apply(&mut tx, entry.actor, tried, entry.at).await?.unwrap_or_default();
        raised = watch_try(&mut tx, entry, tried.is_wrong(), tried.locks(failures)).await?;
    }
    tx.commit().await?;
    if raised {
        server.announce(told_of_alert());
    }
    Ok(())
}

/// The audit row; `false` when it is there already.
async fn write(tx: &mut Tx, entry: &Entry, device: Uuid) -> Result<bool> {
    let written = execute!(
        *tx,
        "INSERT INTO audit (command_id, at, actor, actor_name, door, device, command, subject, input, changes, result)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'[]','{}') ON CONFLICT (command_id) DO NOTHING",
        entry.command_id,
        entry.at.0,
        entry.actor,
        entry.actor_name.as_str(),
        entry.door.as_str(),
        device,
        entry.command.as_str(),
        entry.actor,
        entry.input.to_string()
    )?;
    Ok(written == 1)
}

/// What a try leaves on the person's row; answers the wrong ones of its kind, or `None` when the code was taken
/// already. Two desks may be at it at once: so it is counted and compared in the database.
async fn apply(tx: &mut Tx, person: Uuid, tried: &Tried, at: Millis) -> Result<Option<i64>> {
    match tried {
        Tried::SignedIn { step, recovery } => {
            let mut fresh = true;
            if let Some(step) = step {
                let sql = "UPDATE staff SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
                fresh &= execute!(*tx, sql, person, *step)? == 1;
            }
            if let Some(digest) = recovery {
                fresh &= spend(tx, person, digest).await?;
            }
            execute!(
                *tx,
                "UPDATE staff SET failures = 0, locked_until = 0, pin_failures = 0,
                        last_sign_in_at = CASE WHEN COALESCE(last_sign_in_at, 0) < $2 THEN $2 ELSE last_sign_in_at END
                 WHERE id = $1",
                person,
                at.0
            )?;
            Ok(fresh.then_some(0))
        }
        Tried::Switched => {
            // One that was blocked meanwhile, from another desk, stays so.
            execute!(
                *tx,
                "UPDATE staff SET pin_failures = CASE WHEN pin_failures < $3 THEN 0 ELSE pin_failures END,
                        last_sign_in_at = CASE WHEN COALESCE(last_sign_in_at, 0) < $2 THEN $2 ELSE last_sign_in_at END
                 WHERE id = $1",
                person,
                at.0,
                PIN_GUESSES
            )?;
            Ok(Some(0))
        }
        Tried::WrongPin => {
            let sql = "UPDATE staff SET pin_failures = pin_failures + 1 WHERE id = $1 RETURNING pin_failures";
            let (failures,): (i64,) = fetch_one!(*tx, (i64,), sql, person)?;
            Ok(Some(failures))
        }
        Tried::WrongPassword | Tried::WrongCode { .. } => {
            let sql = "UPDATE staff SET failures = failures + 1 WHERE id = $1 RETURNING failures";
            let (failures,): (i64,) = fetch_one!(*tx, (i64,), sql, person)?;
            let until = at.0 + lockout_ms(failures);
            if until > at.0 {
                let sql = "UPDATE staff SET locked_until = $2 WHERE id = $1 AND locked_until < $2";
                execute!(*tx, sql, person, until)?;
            }
            Ok(Some(failures))
        }
    }
}

/// Takes a recovery code out of those that are left.
async fn spend(tx: &mut Tx, person: Uuid, digest: &str) -> Result<bool> {
    let (before,): (String,) = fetch_one!(*tx, (String,), "SELECT totp_codes FROM staff WHERE id = $1", person)?;
    let all: Vec<String> = serde_json::from_str(&before)?;
    let left: Vec<&String> = all.iter().filter(|code| *code != digest).collect();
    if left.len() == all.len() {
        return Ok(false);
    }
    let sql = "UPDATE staff SET totp_codes = $2 WHERE id = $1 AND totp_codes = $3";
    Ok(execute!(*tx, sql, person, serde_json::to_string(&left)?, before)? == 1)
}
