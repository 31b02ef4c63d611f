//! The encryption of a shop's file (SQLCipher).
//!
//! An encrypted file begins with 16 random bytes, its salt, where a plain one says what it is. Under the salt
//! the keyring of the machine holds the key, so a file is opened wherever it is moved to; on another machine,
//! or on one without a keyring, the recovery code opens it. Copies made of an encrypted file by the database
//! itself have its key and its salt.

mod code;

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use code::Key;
pub use code::RecoveryCode;

use crate::{
    backup,
    commands::Answer,
    db::held::{Held, salt},
    error::{Error, Result},
    off_thread::off_thread,
    secrets,
};

/// Pages of this size are what is encrypted.
const PAGE: usize = 4096;
const PLAIN: &[u8] = b"SQLite format 3\0";

pub(crate) type Salt = [u8; 16];

/// Keys that were typed or found since the program was started.
static KNOWN: Mutex<BTreeMap<Salt, Key>> = Mutex::new(BTreeMap::new());

/// What opens one file.
#[derive(Clone, Copy)]
pub(crate) struct Lock {
    salt: Salt,
    key: Key,
}

/// What came of encrypting a shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Encrypted {
    /// The keyring has the key; otherwise the code is asked for at each start.
    pub kept: bool,
    /// Older copies beside the shop that could not be encrypted.
    pub left: Vec<String>,
}

impl Lock {
    fn new(key: Key) -> Result<Self> {
        let mut salt = Salt::default();
        getrandom::fill(&mut salt).map_err(Error::internal)?;
        Ok(Self { salt, key })
    }

    /// The key as SQLCipher reads it: raw, since it is none that a person thought up.
    fn raw(&self) -> String {
        format!("\"x'{}{}'\"", HEXLOWER.encode(&self.key), HEXLOWER.encode(&self.salt))
    }

    fn name(salt: &Salt) -> String {
        format!("shop file {}", HEXLOWER.encode(salt))
    }

    /// The key that the keyring has for a file with this salt. It may ask the person to open it.
    fn find(salt: Salt) -> Option<Self> {
        let text = secrets::load(&Self::name(&salt)).ok().flatten()?;
        let key = HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()?;
        Some(Self { salt, key })
    }

    /// For as long as the program runs, and in the keyring if there is one: whether there is.
    fn keep(&self) -> bool {
        known().insert(self.salt, self.key);
        let kept = secrets::save(&Self::name(&self.salt), &HEXLOWER.encode(&self.key));
        // A keyring may say that it did and have done nothing.
        kept.is_ok() && matches!(secrets::load(&Self::name(&self.salt)), Ok(Some(_)))
    }
}

fn known() -> std::sync::MutexGuard<'static, BTreeMap<Salt, Key>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The salt of an encrypted file. What is plain, empty or not there has none, and neither has what is no
/// database at all: such a file is not made of whole pages, or its first one is not as mixed as an encrypted one.
pub(crate) fn read_salt(path: &Path) -> Option<Salt> {
    let mut page = Vec::with_capacity(PAGE);
    let file = File::open(path).ok()?;
    let pages = file.metadata().ok()?.len().is_multiple_of(PAGE as u64);
    file.take(PAGE as u64).read_to_end(&mut page).ok()?;
    let mut seen = [false; 256];
    page.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let mixed = seen.iter().filter(|seen| **seen).count() > 200;
    if !pages || !mixed || page.len() < PAGE || page.starts_with(PLAIN) {
        return None;
    }
    page.first_chunk().copied()
}

pub fn is_encrypted(path: &Path) -> bool {
    salt(path).is_some()
}

/// What opens the file; `None` for one that is not encrypted.
pub(crate) async fn lock_of(path: &Path) -> Result<Option<Lock>> {
    let Some(salt) = salt(path) else { return Ok(None) };
    let found = known().get(&salt).map(|key| Lock { salt, key: *key });
    let lock = match found {
        Some(lock) => Some(lock),
        None => off_thread(move || Ok(Lock::find(salt))).await?,
    };
    let lock = lock.ok_or_else(|| Error::Encrypted { file: path.display().to_string() })?;
    known().insert(salt, lock.key);
    Ok(Some(lock))
}

/// How to open the file, with its key if it has one.
pub(crate) async fn options(path: &Path) -> Result<SqliteConnectOptions> {
    Ok(with(SqliteConnectOptions::new().filename(path), lock_of(path).await?.as_ref()))
}

/// No statement is logged where the first one is the key.
fn with(options: SqliteConnectOptions, lock: Option<&Lock>) -> SqliteConnectOptions {
    match lock {
        Some(lock) => options.pragma("key", lock.raw()).disable_statement_logging(),
        None => options,
    }
}

/// Opens an encrypted file with its recovery code, and lets the keyring keep the key: answers whether it does.
pub fn unlock(path: &Path, code: &str) -> Answer<bool> {
    let (path, code) = (path.to_owned(), code.parse::<RecoveryCode>());
    Box::pin(async move {
        let lock = lock_by(&path, &code?).await?;
        off_thread(move || Ok(lock.keep())).await
    })
}

/// The lock of an encrypted file that this code opens.
async fn lock_by(path: &Path, code: &RecoveryCode) -> Result<Lock> {
    let salt = salt(path).ok_or_else(|| backup::bad(path, "not_encrypted"))?;
    let lock = Lock { salt, key: code.key()? };
    match open(&with(SqliteConnectOptions::new().filename(path), Some(&lock))).await {
        Ok(connection) => connection.close().await?,
        Err(Error::Damaged) => return Err(Error::WrongRecoveryCode),
        Err(error) => return Err(error),
    }
    Ok(lock)
}

async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    sqlx::query("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&mut connection).await?;
    Ok(connection)
}

/// Opens a file that nobody else has open, nor can as long as this connection is.
pub(crate) async fn open_alone(path: &Path) -> Result<(SqliteConnection, Held)> {
    let held = Held::new(path);
    let mut connection = open(&options(path).await?.busy_timeout(std::time::Duration::from_secs(2))).await?;
    // Only whoever is alone with the file may end its log; another program would write on into the old one.
    let alone: Result<String, sqlx::Error> =
        sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await;
    if alone.as_deref().ok() != Some("delete") {
        return Err(Error::Busy);
    }
    sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut connection).await?;
    sqlx::query("BEGIN EXCLUSIVE; COMMIT").execute(&mut connection).await?;
    Ok((connection, held))
}

/// Encrypts the shop in this file, which nobody has open, and the copies that updates and mishaps left beside
/// it. A shop that is encrypted already gets the new code.
pub fn encrypt(path: &Path, code: &RecoveryCode) -> Answer<Encrypted> {
    let (path, key) = (path.to_owned(), code.key());
    Box::pin(async move {
        let key = key?;
        let lock = Lock::new(key)?;
        // First of all: what is encrypted must be opened again.
        let kept = off_thread(move || Ok(lock.keep())).await?;
        rewrite(&path, Some(&lock)).await?;
        let mut left = Vec::new();
        for copy in copies_of(&path) {
            let lock = Lock::new(key)?;
            off_thread(move || Ok(lock.keep())).await?;
            if let Err(error) = rewrite(&copy, Some(&lock)).await {
                tracing::warn!(%error, file = %copy.display(), "a copy stays as it is");
                left.push(copy.display().to_string());
            }
        }
        Ok(Encrypted { kept, left })
    })
}

/// Under this name the keyring knows by which salt it holds the key of backups that are made of a server's shop.
const BACKUPS: &str = "shop backups";

/// From now on the backups that this machine makes of a shop on a server are encrypted. It needs a keyring: they
/// are made while nobody is there to type a code.
pub fn encrypt_backups(code: &RecoveryCode) -> Answer<()> {
    let key = code.key();
    Box::pin(async move {
        let lock = Lock::new(key?)?;
        off_thread(move || keep_for_backups(&lock)).await
    })
}

/// The shop of this file is on a server from now on: backups of it are as encrypted as the file was, under the same
/// recovery code. Where there is no keyring they cannot be, and the settings say so.
pub(crate) async fn backups_like(path: &Path) -> Result<()> {
    let Some(Lock { key, .. }) = lock_of(path).await? else { return Ok(()) };
    let lock = Lock::new(key)?;
    off_thread(move || keep_for_backups(&lock)).await
}

fn keep_for_backups(lock: &Lock) -> Result<()> {
    match lock.keep() {
        true => secrets::save(BACKUPS, &HEXLOWER.encode(&lock.salt)),
        false => Err(Error::NoKeyring),
    }
}

/// Those that are there stay encrypted, and can be opened on.
pub fn decrypt_backups() -> Answer<()> {
    Box::pin(async { off_thread(|| secrets::delete(BACKUPS)).await })
}

/// Whether they are.
pub fn encrypts_backups() -> Answer<bool> {
    Box::pin(async { Ok(lock_of_backups().await?.is_some()) })
}

async fn lock_of_backups() -> Result<Option<Lock>> {
    let find = || -> Option<Lock> {
        // Without a keyring nothing was ever asked for.
        let text = secrets::load(BACKUPS).ok().flatten()?;
        let salt: Salt = HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()?;
        Lock::find(salt)
    };
    off_thread(move || Ok(find())).await
}

/// Makes the file that a server's shop is copied into, encrypted if backups are to be.
pub(crate) async fn begin_backup(part: &Path) -> Result<()> {
    match lock_of_backups().await? {
        Some(lock) => create(part, &lock).await,
        None => Ok(()),
    }
}

/// An empty database, which has its salt.
async fn create(path: &Path, lock: &Lock) -> Result<()> {
    known().insert(lock.salt, lock.key);
    let options = with(SqliteConnectOptions::new().filename(path).create_if_missing(true), Some(lock));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    // Something that is written on its first page.
    sqlx::query("PRAGMA user_version = 1").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Readies the file that a desk keeps its copy of a shared shop in: encrypted with a key of its own, which the
/// keyring keeps or, on a machine without one, a file beside it that `passphrase` opens. With neither there is no
/// copy: [`Error::NoKeyring`]. A copy whose key is lost is set aside, and the desk copies anew.
pub fn ready_copy(path: &Path, passphrase: Option<&str>) -> Answer<()> {
    let (path, passphrase) = (path.to_owned(), passphrase.filter(|text| !text.is_empty()).map(str::to_owned));
    Box::pin(async move {
        let beside = backup::beside(&path, KEY);
        if is_encrypted(&path) {
            let outcome = match (lock_of(&path).await, &passphrase) {
                (Err(Error::Encrypted { .. }), Some(passphrase)) => by_passphrase(&path, &beside, passphrase).await,
                (outcome, _) => outcome.map(drop),
            };
            match outcome {
                Err(error @ (Error::Encrypted { .. } | Error::WrongPassphrase | Error::WrongRecoveryCode)) => {
                    tracing::error!(file = %path.display(), %error, "the key of the copy is lost: it is set aside");
                    let end = backup::set_aside(&path, "locked").map_err(|error| backup::file_error(&path, &error))?;
                    // The key goes with it: whoever finds the passphrase again can open it.
                    if let Err(error) = std::fs::rename(&beside, backup::beside(&path, &format!("{end}{KEY}"))) {
                        tracing::debug!(%error, "there is no file with its key");
                    }
                }
                outcome => return outcome,
            }
        }
        let code = RecoveryCode::new()?;
        let lock = Lock::new(code.key()?)?;
        let kept = off_thread(move || -> Result<bool> {
            if secrets::available() && lock.keep() {
                return Ok(true);
            }
            let Some(passphrase) = passphrase else { return Ok(false) };
            secrets::save_file(&beside, &passphrase, &code.written()?)?;
            Ok(true)
        });
        if !kept.await? {
            return Err(Error::NoKeyring);
        }
        match path.metadata() {
            Ok(file) if file.len() > 0 => rewrite(&path, Some(&lock)).await,
            _ => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder).map_err(|error| backup::file_error(folder, &error))?;
                }
                create(&path, &lock).await
            }
        }
    })
}

/// What the file with the key of a copy ends in.
const KEY: &str = ".key";

/// Opens a copy whose key is in the file `beside` it.
async fn by_passphrase(path: &Path, beside: &Path, passphrase: &str) -> Result<()> {
    if !beside.exists() {
        return Err(Error::Encrypted { file: path.display().to_string() });
    }
    let (file, passphrase) = (beside.to_owned(), passphrase.to_owned());
    let code = off_thread(move || secrets::load_file(&file, &passphrase)).await?;
    let lock = lock_by(path, &code.parse()?).await?;
    known().insert(lock.salt, lock.key);
    Ok(())
}

/// Takes the encryption off again.
pub fn decrypt(path: &Path) -> Answer<()> {
    let path = path.to_owned();
    Box::pin(async move { rewrite(&path, None).await })
}

/// Copies of the same shop that were made beside it, and are not encrypted.
fn copies_of(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem().and_then(|stem| stem.to_str())) else {
        return Vec::new();
    };
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_copy = |name: &str| {
        name.starts_with(&format!("{stem}."))
            && [".before-", ".damaged-", ".locked-"].iter().any(|word| name.contains(word))
            && !["-wal", "-shm"].iter().any(|end| name.ends_with(end))
    };
    files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(is_copy) && !is_encrypted(file))
        .collect()
}

/// Writes the database anew with this lock or none, and puts it in its own place when it is whole.
async fn rewrite(path: &Path, lock: Option<&Lock>) -> Result<()> {
    let part = backup::beside(path, ".part");
    backup::forget(&part);
    let outcome = async {
        let (mut from, _held) = open_alone(path).await?;
        // This connection opens only files that are there.
        File::create(&part).map_err(|error| backup::file_error(&part, &error))?;
        let key = lock.map_or_else(|| "''".to_owned(), Lock::raw);
        let attach = format!("ATTACH '{}' AS part KEY {key}", part.display().to_string().replace('\'', "''"));
        sqlx::query(AssertSqlSafe(attach)).execute(&mut from).await?;
        sqlx::query("SELECT sqlcipher_export('part')").fetch_all(&mut from).await?;
        sqlx::query("DETACH part").execute(&mut from).await?;
        let before = backup::look_inside(&mut from, path).await?;
        let after = backup::look(&part, path).await?;
        if before.tables != after.tables || is_encrypted(&part) != lock.is_some() {
            return Err(Error::internal("what was encrypted is not what was there"));
        }
        from.close().await?;
        backup::settle(&part, path)
    }
    .await;
    if outcome.is_err() {
        backup::forget(&part);
    }
    outcome
}
