//! Where a secret is kept: the keyring of the system, or on a machine without one a file that a
//! passphrase encrypts. Never a table, a log or a plain file.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use age::secrecy::SecretString;
use keyring::Entry;

use crate::error::{Error, Result};

const SERVICE: &str = "cn.shopkeeper.desktop";

/// Whether this machine has a keyring that answers. May wait for the person to unlock it.
pub fn available() -> bool {
    // Reading a name that is not there asks the store itself; `NoEntry` is its healthy answer.
    Entry::new(SERVICE, "probe")
        .is_ok_and(|entry| matches!(entry.get_password(), Ok(_) | Err(keyring::Error::NoEntry)) && unlocked(&entry))
}

/// A locked keyring says `NoEntry` to a reader; only writing tells.
fn unlocked(entry: &Entry) -> bool {
    entry.set_password("probe").is_ok() && entry.delete_credential().is_ok()
}

pub fn save(name: &str, secret: &str) -> Result<()> {
    entry(name)?.set_password(secret).map_err(no_keyring)
}

/// `None` when nothing is kept under this name.
pub fn load(name: &str) -> Result<Option<String>> {
    match entry(name)?.get_password() {
        Ok(secret) => Ok(Some(secret)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(no_keyring(error)),
    }
}

/// Forgets the secret; that nothing was kept is fine.
pub fn delete(name: &str) -> Result<()> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(no_keyring(error)),
    }
}

/// Writes the secret to a file that only this passphrase opens.
///
/// The passphrase has at least 8 characters: a shorter one is refused as `too_short`.
pub fn save_file(path: &Path, passphrase: &str, secret: &str) -> Result<()> {
    if passphrase.chars().count() < 8 {
        return Err(Error::invalid("passphrase", "too_short"));
    }
    let recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    let sealed = age::encrypt(&recipient, secret.as_bytes()).map_err(Error::internal)?;
    write_private(path, &sealed)
        .map_err(|error| Error::BadFile { file: path.display().to_string(), reason: error.kind().to_string() })
}

pub fn load_file(path: &Path, passphrase: &str) -> Result<String> {
    let bad = |reason: &str| Error::BadFile { file: path.display().to_string(), reason: reason.into() };
    let sealed = fs::read(path).map_err(|error| bad(&error.kind().to_string()))?;
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    let secret = age::decrypt(&identity, &sealed).map_err(|error| match error {
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => Error::WrongPassphrase,
        _ => bad("damaged"),
    })?;
    String::from_utf8(secret).map_err(|_| bad("damaged"))
}

fn entry(name: &str) -> Result<Entry> {
    Entry::new(SERVICE, name).map_err(no_keyring)
}

fn no_keyring(error: keyring::Error) -> Error {
    tracing::warn!(%error, "the keyring cannot be used");
    Error::NoKeyring
}

/// Replaces the file as a whole; nobody but its owner may read it.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_opens_the_file() {
        let folder = std::env::temp_dir().join(format!("secrets-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).expect("a folder");
        let path = folder.join("password.age");
        assert!(matches!(save_file(&path, "short", "pg"), Err(Error::Invalid { .. })));
        save_file(&path, "correct horse", "pg-secret").expect("it is written");
        assert!(!String::from_utf8_lossy(&fs::read(&path).expect("it is there")).contains("pg-secret"));
        assert_eq!(load_file(&path, "correct horse"), Ok("pg-secret".into()));
        assert_eq!(load_file(&path, "wrong horse"), Err(Error::WrongPassphrase));
        fs::write(&path, b"age-encryption.org/v1\nnonsense").expect("it is overwritten");
        assert!(matches!(load_file(&path, "correct horse"), Err(Error::BadFile { .. })));
        fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
