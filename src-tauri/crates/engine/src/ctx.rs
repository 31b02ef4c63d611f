//! What a command is given: its transaction, who asks, the time, and the shop.

use std::{cell::Cell, sync::Arc};

use domain::{access::Rights, units::Millis};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use specta::Type;
use tokio::sync::OwnedRwLockReadGuard;
use uuid::{Builder, Uuid};

use crate::{
    access::Tried,
    backup::Vault,
    commands::Spec,
    db::Tx,
    engine::Engine,
    error::{Error, Result},
    offline::{Entry, Made, Standby, Trouble},
    settings::Shop,
};

/// Who asks, and through which door.
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Uuid,
    pub actor_name: String,
    pub door: Door,
    /// Looks with the eyes of this role, and changes nothing meanwhile.
    pub view_as: Option<Uuid>,
    /// The desk: it marks documents made here, so that two desks never give the same number.
    pub device: Arc<Device>,
    /// What was given offline, and is given to the server now.
    pub given: Option<Arc<Entry>>,
    /// Who has proved by password who they are, at this very desk: only there a PIN is worth something. Empty at
    /// doors that take none.
    pub proofs: Vec<Proof>,
}

/// That somebody's password, and code if they want one, was right at this desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    pub person: Uuid,
    pub at: Millis,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    pub id: Uuid,
    /// Stands in document numbers: empty on the first desk, then `B`, `C` …
    pub mark: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    Window,
    Http,
    CommandLine,
    /// The program itself: a scheduled job.
    Clockwork,
}

impl Door {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Http => "http",
            Self::CommandLine => "command_line",
            Self::Clockwork => "clockwork",
        }
    }
}

/// What travels with every command: its id, made by whoever sends it before sending. A command
/// that comes twice is answered as before and done once.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct Meta {
    pub command_id: Uuid,
}

impl Meta {
    pub fn new() -> Self {
        Self { command_id: Uuid::now_v7() }
    }
}

impl Default for Meta {
    fn default() -> Self {
        Self::new()
    }
}

/// One change of one thing, for the audit log.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub kind: &'static str,
    pub id: String,
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub before: serde_json::Value,
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub after: serde_json::Value,
}

/// The command that takes another one back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inverse {
    pub command: String,
    pub input: serde_json::Value,
}

pub struct Ctx {
    pub tx: Tx,
    pub caller: Caller,
    pub now: Millis,
    pub command_id: Uuid,
    /// `None` until the shop is set up; most commands want [`Ctx::shop`].
    pub shop: Option<Arc<Shop>>,
    /// What whoever asks may do besides this command.
    pub rights: Rights,
    pub(crate) spec: &'static Spec,
    pub(crate) changes: Vec<Change>,
    pub(crate) subject: Option<Uuid>,
    pub(crate) inverse: Option<Inverse>,
    pub(crate) undoes: Option<Uuid>,
    pub(crate) input: String,
    pub(crate) extra_tags: Vec<&'static str>,
    pub(crate) after: Vec<AfterCommit>,
    /// Long work of this process, for those who tell how far it is.
    pub(crate) jobs: Arc<crate::imports::Jobs>,
    pub(crate) backing_up: Arc<tokio::sync::Mutex<()>>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) standby: Option<Arc<Standby>>,
    /// Held while this runs on the desk's copy, without the server.
    pub(crate) local: Option<OwnedRwLockReadGuard<()>>,
    /// What ids are made of, so that a command makes the same ones offline and when the server gets it.
    pub(crate) seed: Option<Uuid>,
    pub(crate) ids: Cell<u32>,
    /// When this runs; `now` is earlier for what was given offline.
    pub(crate) heard_at: Millis,
    /// What was made of this command offline, and how many of its numbers were given out again.
    pub(crate) given: Option<Made>,
    pub(crate) numbers: usize,
    /// What is made of it now, to be kept for the server.
    pub(crate) made: Made,
    pub(crate) troubles: Vec<Trouble>,
    /// A wrong password or code given within a command, which counts like one at the door. What the command did
    /// is taken back; this is noted all the same.
    pub(crate) misproved: Option<Tried>,
}

/// A new id, in the order of time.
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The `n`th id of a command: a UUIDv7 of its moment, whose counter is `n` and whose random part comes from the
/// command's own id, which is random. A command's id tells its moment if it is a UUIDv7 too; then the ids are
/// the same even if the server did it and the desk, which was not answered, did it again.
fn seeded(seed: Uuid, now: Millis, n: u32) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(seed.as_bytes());
    hash.update(n.to_be_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&hash.finalize()[..10]);
    // Twelve bits of counter; what is beyond them goes to the milliseconds.
    [random[0], random[1]] = ((n & 0xfff) as u16).to_be_bytes();
    let given = (seed.get_version_num() == 7).then(|| (seed.as_u128() >> 80) as u64);
    let millis = given.unwrap_or_else(|| u64::try_from(now.0).unwrap_or_default()) + u64::from(n >> 12);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Work that a command starts and that must not start when the command is rolled back.
pub(crate) type AfterCommit = Box<dyn FnOnce(Engine) + Send>;

impl Ctx {
    /// The shop and its settings.
    pub fn shop(&self) -> Result<Arc<Shop>> {
        self.shop.clone().ok_or(Error::NoShop)
    }

    /// A new id, in the order of time. The same command makes the same ids at the same time.
    pub fn new_id(&self) -> Uuid {
        let Some(seed) = self.seed else { return new_id() };
        let n = self.ids.get();
        self.ids.set(n + 1);
        seeded(seed, self.now, n)
    }

    /// Whether this runs on the desk's copy, without the server.
    pub(crate) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// The shop's local day of now (days since 1970-01-01).
    pub fn today(&self) -> Result<i32> {
        self.shop()?.day_of(self.now)
    }

    /// What this command is about: its audit row is found from there.
    pub fn about(&mut self, subject: impl Into<Uuid>) {
        self.subject = Some(subject.into());
    }

    /// Notes a change for the audit log: `before` and `after` hold what differs.
    pub fn changed(
        &mut self,
        kind: &'static str,
        id: impl ToString,
        before: serde_json::Value,
        after: serde_json::Value,
    ) {
        self.changes.push(Change { kind, id: id.to_string(), before, after });
    }

    /// Names the command that takes this one back; offered as "undo".
    pub fn undo_with(&mut self, command: &str, input: &impl Serialize) -> Result<()> {
        self.inverse = Some(Inverse { command: command.to_owned(), input: serde_json::to_value(input)? });
        Ok(())
    }

    /// Runs `work` once this command is committed; it must not block, only spawn.
    pub(crate) fn after_commit(&mut self, work: impl FnOnce(Engine) + Send + 'static) {
        self.after.push(Box::new(work));
    }

    /// Announces more than the command's own tags.
    pub fn also_changed(&mut self, tag: &'static str) {
        self.extra_tags.push(tag);
    }
}
