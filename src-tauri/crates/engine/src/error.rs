//! What a command can answer instead of a result.
//!
//! A variant stands here because a screen or a program does something different for it. The
//! wire form is tagged by `code` and carries data; the words are the UI's, in its language.

use domain::{
    access::{Limit, Module, Switched},
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A line of an order that the shelf cannot serve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Shortage {
    pub sku: String,
    pub title: String,
    pub wanted: Qty,
    pub available: Qty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Error {
    /// The shop has not been set up: the first-run wizard comes first.
    #[error("the shop is not set up yet")]
    NoShop,
    #[error("{kind} {id} does not exist")]
    NotFound { kind: String, id: String },
    /// A field of the input. `rule` is a word the UI knows: required, too_long, not_a_number,
    /// negative, too_large, unknown, check_digit, too_many …
    #[error("{field}: {rule} {detail}")]
    Invalid { field: String, rule: String, detail: String },
    /// Somebody saved the row since it was read; `current` is its version now, 0 for what keeps none.
    #[error("{kind} {id} was changed meanwhile")]
    Stale { kind: String, id: String, current: Count },
    #[error("another {kind} has {field} {value}")]
    Duplicate { kind: String, field: String, value: String, existing: Option<String> },
    #[error("{kind} cannot {action} while {state}")]
    WrongState { kind: String, state: String, action: String },
    #[error("not enough stock")]
    InsufficientStock { lines: Vec<Shortage> },
    /// SKUs that may not enter a new order: unlisted or archived.
    #[error("not for sale: {skus:?}")]
    NotForSale { skus: Vec<String> },
    #[error("{kind} is in use by {count:?} {by}")]
    InUse { kind: String, by: String, count: Count },
    #[error("the refund is more than was paid")]
    OverRefund { wanted: Minor, available: Minor },
    #[error("permission {permission} is missing")]
    Forbidden { permission: String },
    /// More than the role of whoever asks allows at once.
    #[error("more than this role allows")]
    OverLimit { limit: Minor, wanted: Minor },
    /// An order, or a sum, of which the role of whoever asks sees nothing or a part.
    #[error("this role does not see that: {limit}")]
    OutOfScope { limit: Limit },
    /// The shop wants two people for this; somebody else must approve it.
    #[error("a second person is needed")]
    SecondPerson { from: Minor, wanted: Minor },
    /// Nobody approves what they asked for themselves.
    #[error("somebody else must approve this")]
    OwnRequest,
    /// The shop does without this module, or only looks at it.
    #[error("the module {module} is off")]
    ModuleOff { module: Module },
    #[error("nothing is changed in {module}")]
    ModuleReadOnly { module: Module },
    /// A module that is on cannot work without one that is not.
    #[error("{module} needs {needed}")]
    ModuleNeeded { module: Module, needed: Module },
    /// Whoever looks as another role does so to see, not to change.
    #[error("nothing is changed while looking as another role")]
    OnlyLooking,
    /// The shop has people, and this door does not know who is there.
    #[error("sign in first")]
    SignInRequired,
    #[error("name or password is wrong")]
    WrongPassword,
    /// The password is right, and the second step is on: the code comes next.
    #[error("the code of the second step is missing")]
    CodeNeeded,
    #[error("the code is wrong")]
    WrongCode,
    /// It is right, but opened once already: the next one is to be waited for.
    #[error("the code was used")]
    CodeUsed,
    /// `left`: how often another one may be tried.
    #[error("the PIN is wrong")]
    WrongPin { left: Count },
    /// After too many wrong PINs the password is asked for.
    #[error("the PIN is blocked until a sign-in by password")]
    PinBlocked,
    /// No PIN of this person is taken here: the desk was not opened by password, or too long ago.
    #[error("a PIN is not enough here")]
    PasswordNeeded,
    /// After too many wrong passwords.
    #[error("no password is taken before {until:?}")]
    LockedOut { until: Millis },
    #[error("no command is called {name}")]
    UnknownCommand { name: String },
    /// The same command id came with another input: the caller has a fault.
    #[error("this command id was used for something else")]
    CommandIdReused,
    #[error("this cannot be undone (any more)")]
    NotUndoable { reason: String },
    /// A file given for import or restore that cannot be read; `reason` is a word the UI knows.
    #[error("{file}: {reason}")]
    BadFile { file: String, reason: String },
    /// A place for copies, reached over the network; `kind` is a word the UI knows, `detail` what the other
    /// side calls it.
    #[error("the storage: {kind} {detail}")]
    Storage { kind: String, detail: String },
    #[error("the disk is full")]
    DiskFull,
    #[error("the database is read-only")]
    ReadOnly,
    #[error("the database is busy")]
    Busy,
    #[error("the database file is damaged")]
    Damaged,
    /// What this desk did without its server was done in another shop than the one that is there now.
    #[error("the server has another shop now")]
    AnotherShop,
    /// It was moved to another place, and is kept here as it was.
    #[error("the shop was moved elsewhere")]
    ShopMoved,
    /// Nobody has let this desk in yet.
    #[error("this desk waits to be let in")]
    DeskWaiting,
    #[error("this desk was shut out")]
    DeskRevoked,
    /// Neither this machine's keyring nor anybody who was here told the key: the recovery code is asked for.
    #[error("{file} is encrypted")]
    Encrypted { file: String },
    #[error("the recovery code is not of this file")]
    WrongRecoveryCode,
    /// This needs the server, and the desk works without it at the moment.
    #[error("the server is gone since {since:?}")]
    Offline { since: Millis },
    #[error("the database cannot be reached")]
    Unreachable { detail: String },
    /// The database was written by a newer version of the program.
    #[error("the database is newer than this program")]
    NewerDatabase,
    #[error("no keyring on this machine")]
    NoKeyring,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// All else; the log has the cause under this reference.
    #[error("internal error {reference}")]
    Internal { reference: String },
}

impl Error {
    pub fn invalid(field: impl Into<String>, rule: &str) -> Self {
        Self::Invalid { field: field.into(), rule: rule.into(), detail: String::new() }
    }

    pub fn invalid_because(field: impl Into<String>, rule: &str, detail: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), rule: rule.into(), detail: detail.into() }
    }

    pub fn not_found(kind: &str, id: impl ToString) -> Self {
        Self::NotFound { kind: kind.into(), id: id.to_string() }
    }

    /// Logs the cause in full and answers with a reference to find it by.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let reference = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        tracing::error!(%reference, "{cause}");
        Self::Internal { reference }
    }

    /// Worth trying the whole command again: the database chose another transaction.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl From<Switched> for Error {
    fn from(switched: Switched) -> Self {
        match switched {
            Switched::Off(module) => Self::ModuleOff { module },
            Switched::ReadOnly(module) => Self::ModuleReadOnly { module },
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error {
            let code = database.code().unwrap_or_default();
            // SQLite gives extended result codes: the low byte is the kind.
            if database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                match code.parse::<i32>().unwrap_or_default() & 0xff {
                    5 | 6 => return Self::Busy,
                    8 => return Self::ReadOnly,
                    13 => return Self::DiskFull,
                    // "Out of memory" is what SQLCipher says of a page that it cannot decrypt.
                    7 | 11 | 26 => return Self::Damaged,
                    14 => return Self::Unreachable { detail: database.message().into() },
                    _ => {}
                }
            } else {
                match code.as_ref() {
                    "40001" | "40P01" | "55P03" => return Self::Busy,
                    "53100" => return Self::DiskFull,
                    // What was the primary is a standby now.
                    "25006" => return Self::Unreachable { detail: database.message().into() },
                    "28P01" | "28000" => return Self::invalid("password", "refused"),
                    "3D000" => return Self::invalid("database", "unknown"),
                    code if is_farewell(code) => return Self::Unreachable { detail: database.message().into() },
                    _ => {}
                }
            }
        }
        if is_gone(&error) {
            return Self::Unreachable { detail: error.to_string() };
        }
        Self::internal(error)
    }
}

/// What Postgres, or a pooler in front of it, says when a connection ends or none can be had.
fn is_farewell(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03") || code.starts_with("08")
}

/// Whether the server is gone, or takes no changes any more.
pub(crate) fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => database.code().is_some_and(|code| code == "25006" || is_farewell(&code)),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed => true,
        _ => false,
    }
}

/// Whether this is a unique violation, on either database.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(e) if e.is_unique_violation())
}
