//! The files of databases that this program has open, which nothing but SQLite may open as well.
//!
//! POSIX locks belong to the process: when it closes any descriptor of a file, all its locks on that file are
//! gone, those of SQLite too (sqlite.org/howtocorrupt.html, 2.2). The next program that looked at the shop then
//! goes away as the last one, and takes the write-ahead log along, with all that is written to it from then on.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::encryption::{Salt, read_salt};

/// What makes out a file, by whatever name: its device and its number there.
type Id = (u64, u64);

static HELD: Mutex<Vec<(Id, Option<Salt>)>> = Mutex::new(Vec::new());

/// An open database. Others may open its file when this is gone.
pub struct Held(Mutex<Option<Id>>);

impl Held {
    /// To be called before SQLite opens the file, which must be there to be told again.
    pub fn new(path: &Path) -> Self {
        let mut held = held();
        let id = id(path);
        if let Some(id) = id {
            let salt = known(&held, path).unwrap_or_else(|| read_salt(path));
            held.push((id, salt));
        }
        Self(Mutex::new(id))
    }

    /// Whether nobody else here has the file open, so that it may be looked at.
    pub fn is_only(&self) -> bool {
        let id = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held().iter().filter(|(other, _)| Some(*other) == id).count() <= 1
    }

    /// To be called when SQLite has closed the file.
    pub fn release(&self) {
        let Some(id) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let mut held = held();
        if let Some(at) = held.iter().position(|(other, _)| *other == id) {
            held.swap_remove(at);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

/// The salt of a file, read from it unless it is open here.
pub(crate) fn salt(path: &Path) -> Option<Salt> {
    // Nobody begins to open it while it is read.
    let held = held();
    known(&held, path).unwrap_or_else(|| read_salt(path))
}

/// Whether a database of this file is open here.
pub(crate) fn is_open(path: &Path) -> bool {
    known(&held(), path).is_some()
}

fn known(held: &[(Id, Option<Salt>)], path: &Path) -> Option<Option<Salt>> {
    let id = id(path)?;
    held.iter().find(|(other, _)| *other == id).map(|(_, salt)| *salt)
}

fn held() -> MutexGuard<'static, Vec<(Id, Option<Salt>)>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn id(path: &Path) -> Option<Id> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// On Windows a lock belongs to whoever opened the file.
#[cfg(not(unix))]
fn id(_: &Path) -> Option<Id> {
    None
}
