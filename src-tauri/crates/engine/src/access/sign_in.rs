//! The proof of who somebody is. It is no row of the list of commands: a command that is sent again is
//! answered from its audit row, and a password must be tried each time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{access::lockout_ms, units::Millis};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    Secret, totp,
    tries::{Noted, Tried},
    watch,
};
use crate::{
    commands::Answer,
    ctx::{Caller, Ctx, Door, Proof},
    db::Tx,
    engine::Engine,
    error::{Error, Result},
    fetch_optional,
    off_thread::off_thread,
};

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignIn {
    pub login: String,
    pub password: Secret,
    /// Of the second step, or a recovery code; asked for by [`Error::CodeNeeded`] when the password was right.
    #[serde(default)]
    pub code: Option<Secret>,
}

/// One password is tried at a time, so that nobody has more guesses by guessing at once.
pub(crate) type Guard = Arc<Mutex<()>>;

/// What proves somebody.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub name: String,
    pub login: String,
    pub password: String,
    pub locked_until: i64,
    pub pin: Option<String>,
    pub pin_failures: i64,
    pub totp: Option<String>,
    pub totp_step: i64,
    pub totp_codes: String,
}

macro_rules! proof_columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, login, password, locked_until, pin, pin_failures, totp, totp_step, totp_codes
             FROM staff ",
            $rest
        )
    };
}

impl Row {
    pub async fn of_login(tx: &mut Tx, login: &str) -> Result<Option<Self>> {
        Ok(fetch_optional!(*tx, Self, proof_columns!("WHERE login = $1 AND active"), login)?)
    }

    pub fn refuse_locked(&self, now: Millis) -> Result<()> {
        if self.locked_until > now.0 { Err(Error::LockedOut { until: Millis(self.locked_until) }) } else { Ok(()) }
    }
}

impl Engine {
    /// Who is behind this name, if the password is theirs, and the code if they want one. Right and wrong tries
    /// are in the audit log.
    pub fn sign_in(&self, door: Door, input: SignIn) -> Answer<Caller> {
        let engine = self.clone();
        Box::pin(async move { engine.here_or_there(|| engine.prove(door, input.clone())).await })
    }

    async fn prove(&self, door: Door, SignIn { login, password, code }: SignIn) -> Result<Caller> {
        let _one = self.guard.lock().await;
        let login = login.trim().to_lowercase();
        let side = self.side(true).await?;
        let mut tx = side.db.begin_read().await?;
        let row = Row::of_login(&mut tx, &login).await?;
        tx.rollback().await?;
        let Some(row) = row else {
            // As long as with a name that is known.
            hash(password.0).await?;
            // Without the server only whoever sits at this machine can guess.
            if side.local.is_none() {
                watch::unknown_name(self, door).await?;
            }
            return Err(Error::WrongPassword);
        };
        row.refuse_locked(self.now())?;
        let caller = Caller { actor: row.id, actor_name: row.name.clone(), ..self.owner(door) };
        let tried = match (matches(password.0.clone(), row.password.clone()).await?, &code) {
            (false, _) => Tried::WrongPassword,
            // Not counted as anything: neither a wrong try, nor a right one that would forgive the wrong codes.
            (true, None) if row.totp.is_some() => return Err(Error::CodeNeeded),
            (true, Some(code)) if row.totp.is_some() => totp::judge(&row, &password, code, self.now()).await?,
            (true, _) => Tried::signed_in(),
        };
        self.settle(self.note(&side, &caller, tried).await?)?;
        // A command line proves itself each time.
        let keeps = matches!(door, Door::Window | Door::Http);
        let own = Proof { person: row.id, at: self.now() };
        Ok(Caller { proofs: if keeps { vec![own] } else { Vec::new() }, ..caller })
    }

    /// The answer to a try that was noted.
    pub(super) fn settle(&self, Noted { tried, failures }: Noted) -> Result<()> {
        let refused = match tried {
            Tried::SignedIn { .. } | Tried::Switched => return Ok(()),
            Tried::WrongPin => return Err(super::pin::refused(failures)),
            Tried::WrongPassword => Error::WrongPassword,
            Tried::WrongCode { used } => super::totp::refused(used),
        };
        match lockout_ms(failures) {
            0 => Err(refused),
            wait => Err(Error::LockedOut { until: Millis(self.now().0 + wait) }),
        }
    }
}

/// Whoever asks, once their password has proved it: a desk that stands open, or that a PIN opened, is not
/// enough to change what proves a person. A wrong one counts like one at the door.
pub(super) async fn oneself(ctx: &mut Ctx, password: &Secret, field: &str) -> Result<Row> {
    let id = ctx.caller.actor;
    let row: Option<Row> = fetch_optional!(ctx.tx, Row, proof_columns!("WHERE id = $1 AND active"), id)?;
    let row = row.ok_or_else(|| Error::not_found("staff", id))?;
    row.refuse_locked(ctx.now)?;
    if !matches(password.0.clone(), row.password.clone()).await? {
        ctx.misproved = Some(Tried::WrongPassword);
        return Err(Error::invalid(field, "wrong_password"));
    }
    Ok(row)
}

/// Argon2id with the crate's parameters (19 MiB, two passes), which are OWASP's; they stand in the hash,
/// so that later ones may be harder.
pub(super) async fn hash(password: String) -> Result<String> {
    off_thread(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)
    })
    .await
}

pub(super) async fn matches(password: String, stored: String) -> Result<bool> {
    off_thread(move || {
        let stored = PasswordHash::new(&stored).map_err(Error::internal)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
    })
    .await
}
