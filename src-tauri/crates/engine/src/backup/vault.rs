//! The secrets of the places that copies go to. Each is in the keyring of the system, or on a machine
//! without one in a file that a passphrase encrypts; the program itself remembers it until it ends.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use data_encoding::HEXLOWER;
use gateways::storage::Place;
use sha2::{Digest as _, Sha256};

use crate::{
    Engine,
    access::Secret,
    db::Db,
    error::{Error, Result},
    off_thread::off_thread,
    secrets,
};

/// A keyring may ask the person to unlock it. A command does not wait for that: who saves once more, having
/// unlocked it, is done.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Vault {
    known: Mutex<HashMap<String, Secret>>,
    /// For whichever place has none of its own: what a program without a person was started with.
    given: Mutex<Option<Secret>>,
    /// `None` on a program that has nothing of its own on this machine.
    folder: Option<PathBuf>,
}

impl Vault {
    /// `beside`: the database that this desk has in a file, be it the shop or a copy.
    pub fn new(beside: &Db) -> Self {
        let folder = match beside {
            Db::Sqlite { path, .. } => path.parent().map(Path::to_owned),
            Db::Postgres(_) => None,
        };
        Self { known: Mutex::default(), given: Mutex::default(), folder }
    }

    /// Where this desk may put what nobody else is to read.
    pub fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    pub fn give(&self, secret: Secret) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
    }

    /// Keeps a secret: with a passphrase in a file, otherwise in the keyring.
    pub async fn keep(&self, place: &Place, secret: &Secret, passphrase: Option<&Secret>) -> Result<()> {
        let (name, secret_text) = (place.secret_name(), secret.expose().to_owned());
        match passphrase {
            Some(passphrase) => {
                let (file, passphrase) = (self.file(place)?, passphrase.expose().to_owned());
                off_thread(move || secrets::save_file(&file, &passphrase, &secret_text)).await?;
            }
            None => {
                let name = name.clone();
                // A keyring may say that it did and have done nothing.
                let kept = move || {
                    secrets::save(&name, &secret_text)?;
                    Ok(secrets::load(&name)?.as_deref() == Some(secret_text.as_str()))
                };
                if !in_time(off_thread(kept)).await? {
                    return Err(Error::NoKeyring);
                }
            }
        }
        self.known().insert(name, secret.clone());
        Ok(())
    }

    /// Opens the file with its passphrase, for as long as the program runs.
    pub async fn unlock(&self, place: &Place, passphrase: &Secret) -> Result<()> {
        let (file, passphrase) = (self.file(place)?, passphrase.expose().to_owned());
        let secret = off_thread(move || secrets::load_file(&file, &passphrase)).await?;
        self.known().insert(place.secret_name(), secret.into());
        Ok(())
    }

    pub fn knows(&self, place: &Place) -> bool {
        self.known().contains_key(&place.secret_name()) || self.given().is_some()
    }

    /// The secret of a place; `None` when there is none, or it is in a file that nobody has opened yet.
    pub async fn secret(&self, place: &Place, in_file: bool) -> Result<Option<Secret>> {
        let name = place.secret_name();
        let known = self.known().get(&name).cloned().or_else(|| self.given());
        if known.is_some() || in_file {
            return Ok(known);
        }
        let asked = name.clone();
        let found = match in_time(off_thread(move || secrets::load(&asked))).await {
            // Whoever is told that it is missing enters it, and hears then of the keyring.
            Err(Error::NoKeyring) => None,
            found => found?.map(Secret::from),
        };
        if let Some(secret) = &found {
            self.known().insert(name, secret.clone());
        }
        Ok(found)
    }

    fn file(&self, place: &Place) -> Result<PathBuf> {
        let name = HEXLOWER.encode(&Sha256::digest(place.secret_name())[..6]);
        Ok(self.folder.as_ref().ok_or(Error::NoKeyring)?.join(format!("backup-{name}.age")))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn given(&self) -> Option<Secret> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Error::NoKeyring))
}

impl Engine {
    /// A secret for the places of backups, from whoever starts a program that no person sits at.
    pub fn give_backup_secret(&self, secret: Secret) {
        self.vault.give(secret);
    }
}
