//! A PIN: how people take turns at a counter without typing their passwords all day.
//!
//! A PIN has ten thousand to a hundred million values, so by itself it opens nothing. It is taken at a desk only
//! (the window, or a browser on the machine that serves it), where somebody proved by password who they are since
//! the program was started and within twelve hours. From whoever has turned on the second step, that somebody must
//! have been themselves: a colleague's password is no second step of theirs. Five wrong PINs, counted for the
//! whole shop, block it until its owner signs in by password; so does a running lockout of the password.
//! Locking the desk keeps what was proved there, signing out ends it.

use domain::{
    access::{PIN_GUESSES, PIN_HOURS_MS, pin_weakness},
    units::{Count, Millis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;
use uuid::Uuid;

use super::{Secret, SignInName, StaffById, people, sign_in, tries::Tried};
use crate::{
    app::Done,
    commands::Answer,
    ctx::{Caller, Ctx, Door},
    db::Tx,
    engine::Engine,
    error::{Error, Result},
    execute, fetch_all,
};

/// A clock may be put right a little while somebody is at work.
const PUT_RIGHT_MS: i64 = 5 * 60_000;

/// One's own PIN, a new one or none; proved by one's password.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SetPin {
    pub pin: Option<Secret>,
    pub password: Secret,
}

/// Who takes over the desk.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Switch {
    pub login: String,
    pub pin: Secret,
}

pub async fn set_pin(ctx: &mut Ctx, input: SetPin) -> Result<Done> {
    let row = sign_in::oneself(ctx, &input.password, "password").await?;
    let hash = match input.pin {
        None => None,
        Some(Secret(pin)) => {
            if let Some(weakness) = pin_weakness(&pin) {
                return Err(Error::invalid("pin", weakness.as_str()));
            }
            Some(sign_in::hash(pin).await?)
        }
    };
    let has = hash.is_some();
    execute!(ctx.tx, "UPDATE staff SET pin = $2, pin_failures = 0 WHERE id = $1", row.id, hash)?;
    ctx.about(row.id);
    ctx.changed("staff", row.id, json!({ "pin": row.pin.is_some() }), json!({ "pin": has }));
    Ok(Done {})
}

/// Takes somebody's PIN away. Nobody sets one for somebody else: it would be known to two.
pub async fn remove_pin(ctx: &mut Ctx, input: StaffById) -> Result<Done> {
    let person = people::changeable(ctx, input.id).await?;
    execute!(ctx.tx, "UPDATE staff SET pin = NULL, pin_failures = 0 WHERE id = $1", input.id)?;
    ctx.about(input.id);
    ctx.changed("staff", input.id, json!({ "pin": person.pin }), json!({ "pin": false }));
    Ok(Done {})
}

/// Who may take over this desk by PIN.
pub(super) async fn takers(tx: &mut Tx, at: &Caller, now: Millis) -> Result<Vec<SignInName>> {
    if !at.takes_pins(now) {
        return Ok(Vec::new());
    }
    let people: Vec<(Uuid, String, String, bool)> = fetch_all!(
        *tx,
        (Uuid, String, String, bool),
        "SELECT id, login, name, totp IS NOT NULL FROM staff WHERE active AND pin IS NOT NULL ORDER BY name, login"
    )?;
    let may = |id: Uuid, two_steps: bool| !two_steps || at.proved(id, now);
    let people = people.into_iter().filter(|(id, .., two_steps)| may(*id, *two_steps));
    Ok(people.map(|(_, login, name, _)| SignInName { login, name }).collect())
}

/// What is said of so many wrong PINs.
pub(super) fn refused(failures: i64) -> Error {
    match PIN_GUESSES - failures {
        left @ 1.. => Error::WrongPin { left: Count(left) },
        _ => Error::PinBlocked,
    }
}

impl Caller {
    /// Whether somebody proved at this desk not long ago who they are.
    fn takes_pins(&self, now: Millis) -> bool {
        matches!(self.door, Door::Window | Door::Http) && self.proofs.iter().any(|proof| fresh(proof.at, now))
    }

    fn proved(&self, person: Uuid, now: Millis) -> bool {
        self.proofs.iter().any(|proof| proof.person == person && fresh(proof.at, now))
    }

    /// Somebody new at the desk of `before`: what was proved there is kept.
    pub fn after(mut self, before: &Self) -> Self {
        let known = before.proofs.iter().filter(|old| self.proofs.iter().all(|proof| proof.person != old.person));
        let known: Vec<_> = known.copied().collect();
        self.proofs.extend(known);
        self
    }
}

fn fresh(proved: Millis, now: Millis) -> bool {
    (-PUT_RIGHT_MS..PIN_HOURS_MS).contains(&(now.0 - proved.0))
}

impl Engine {
    /// Nobody at the same desk, which their PINs open again.
    pub fn lock(&self, at: &Caller) -> Caller {
        Caller { proofs: at.proofs.clone(), ..self.owner(at.door) }
    }

    /// Whoever's PIN this is, at the desk of `at`.
    pub fn switch(&self, at: &Caller, input: Switch) -> Answer<Caller> {
        let (engine, at) = (self.clone(), at.clone());
        Box::pin(async move { engine.here_or_there(|| engine.take_over(&at, input.clone())).await })
    }

    async fn take_over(&self, at: &Caller, Switch { login, pin }: Switch) -> Result<Caller> {
        let _one = self.guard.lock().await;
        let now = self.now();
        if !at.takes_pins(now) {
            return Err(Error::PasswordNeeded);
        }
        let side = self.side(true).await?;
        let mut tx = side.db.begin_read().await?;
        let row = sign_in::Row::of_login(&mut tx, login.trim().to_lowercase().as_str()).await?;
        tx.rollback().await?;
        // Who has a PIN is no secret at this desk: it shows their names.
        let Some(row) = row.filter(|row| row.totp.is_none() || at.proved(row.id, now)) else {
            return Err(Error::PasswordNeeded);
        };
        let Some(stored) = row.pin.clone() else { return Err(Error::PasswordNeeded) };
        row.refuse_locked(now)?;
        if row.pin_failures >= PIN_GUESSES {
            return Err(Error::PinBlocked);
        }
        let right = sign_in::matches(pin.0, stored).await?;
        let caller = Caller { actor: row.id, actor_name: row.name, ..self.lock(at) };
        self.settle(self.note(&side, &caller, if right { Tried::Switched } else { Tried::WrongPin }).await?)?;
        Ok(caller)
    }
}
