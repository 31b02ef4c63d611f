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

use super::Secret;
use crate::{
    commands::Answer,
    ctx::{Caller, Door, new_id},
    engine::Engine,
    error::{Error, Result},
    execute, fetch_optional,
};

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignIn {
    pub login: String,
    pub password: Secret,
}

/// One password is tried at a time, so that nobody has more guesses by guessing at once.
pub(crate) type Guard = Arc<Mutex<()>>;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    password: String,
    failures: i64,
    locked_until: i64,
}

impl Engine {
    /// Who is behind this name, if the password is theirs. Right and wrong tries are in the audit log.
    pub fn sign_in(&self, door: Door, input: SignIn) -> Answer<Caller> {
        let engine = self.clone();
        Box::pin(async move { engine.here_or_there(|| engine.prove(door, input.clone())).await })
    }

    async fn prove(&self, door: Door, SignIn { login, password }: SignIn) -> Result<Caller> {
        let _one = self.guard.lock().await;
        let login = login.trim().to_lowercase();
        let side = self.side(true).await?;
        let mut tx = side.db.begin_read().await?;
        let row: Option<Row> = fetch_optional!(
            tx,
            Row,
            "SELECT id, name, password, failures, locked_until FROM staff WHERE login = $1 AND active",
            login.as_str()
        )?;
        tx.rollback().await?;
        let Some(row) = row else {
            // As long as with a name that is known.
            hash(password.0).await?;
            return Err(Error::WrongPassword);
        };
        if row.locked_until > self.now().0 {
            return Err(Error::LockedOut { until: Millis(row.locked_until) });
        }
        let right = matches(password.0, row.password).await?;
        let now = self.now();
        let failures = if right { 0 } else { row.failures + 1 };
        let locked_until = match lockout_ms(failures) {
            0 => 0,
            wait => now.0 + wait,
        };
        let caller = Caller { actor: row.id, actor_name: row.name, ..self.owner(door) };
        let mut tx = side.db.begin().await?;
        execute!(
            tx,
            "UPDATE staff SET failures = $2, locked_until = $3,
                    last_sign_in_at = CASE WHEN $4 THEN $5 ELSE last_sign_in_at END
             WHERE id = $1",
            row.id,
            failures,
            locked_until,
            right,
            now.0
        )?;
        execute!(
            tx,
            "INSERT INTO audit (command_id, at, actor, actor_name, door, device, command, subject, input, changes,
                                result)
             VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'[]','{}')",
            new_id(),
            now.0,
            caller.actor,
            caller.actor_name.as_str(),
            door.as_str(),
            caller.device.id,
            if right { "access.sign_in" } else { "access.wrong_password" },
            caller.actor,
            serde_json::json!({ "login": login }).to_string()
        )?;
        tx.commit().await?;
        match right {
            true => Ok(caller),
            false if locked_until > 0 => Err(Error::LockedOut { until: Millis(locked_until) }),
            false => Err(Error::WrongPassword),
        }
    }
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

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
