//! The engine: an open shop, and the way every command takes through it.
//!
//! BEGIN → check permission → seen this command id? answer as before → the command → audit row
//! → COMMIT → announce. The doors (window, HTTP, command line) only carry who asks.

use std::{
    cell::Cell,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use domain::{
    access::{Permission, Rights},
    units::Millis,
};
use serde::{Serialize, de::DeserializeOwned};
use specta::Type;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    access::{self, Guard},
    backup::Vault,
    commands::{Answer, Spec},
    ctx::{Caller, Ctx, Device, Door, Inverse, Meta},
    db::{Address, Db, Tx},
    error::{Error, Result, is_unique_violation},
    execute, fetch_optional,
    news::News,
    offline::{self, Made, Newcomer, Patience, Side, Standby},
    settings::{self, Shop},
};

/// How often a command is tried when the database prefers another transaction.
const ATTEMPTS: u32 = 8;

pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// Announced after a commit: whose view of these areas is old now.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Changed {
    pub tags: Vec<String>,
    pub command: String,
}

impl Changed {
    /// Anything may have changed.
    pub fn all() -> Self {
        Self { tags: vec!["*".to_owned()], command: String::new() }
    }
}

#[derive(Clone)]
pub struct Engine {
    pub db: Db,
    pub(crate) clock: Clock,
    device: Arc<Device>,
    changes: broadcast::Sender<Changed>,
    pub(crate) news: Arc<News>,
    /// Imports and other long work now running here.
    pub jobs: Arc<crate::imports::Jobs>,
    pub(crate) guard: Guard,
    /// Held while the shop is being copied by itself.
    pub(crate) backing_up: Arc<tokio::sync::Mutex<()>>,
    pub(crate) vault: Arc<Vault>,
    /// What a desk of a shared shop goes on with when the server is gone.
    pub(crate) standby: Option<Arc<Standby>>,
}

/// How a command starts: afresh, or it was done before.
pub enum Begun {
    Fresh(Box<Ctx>),
    Done(String),
}

impl Engine {
    /// Opens the shop at this address, migrating it when needed.
    pub fn open(address: &Address) -> Answer<Self> {
        Self::open_with_clock(address, Arc::new(system_clock))
    }

    pub fn open_with_clock(address: &Address, clock: Clock) -> Answer<Self> {
        let address = address.clone();
        Box::pin(async move { Self::at(&address, clock).await })
    }

    async fn at(address: &Address, clock: Clock) -> Result<Self> {
        let db = Db::open(address).await?;
        let device = settings::this_device(&db, clock()).await?;
        Self::with(db, device, None, clock).await
    }

    /// Opens a shared shop at a desk, which goes on with its copy in the file `copy` when the server is gone.
    pub fn open_desk(address: &Address, copy: &Path, desk: Newcomer) -> Answer<Self> {
        Self::open_desk_with(address, copy, desk, Arc::new(system_clock), Patience::default())
    }

    pub fn open_desk_with(
        address: &Address,
        copy: &Path,
        desk: Newcomer,
        clock: Clock,
        patience: Patience,
    ) -> Answer<Self> {
        let (address, copy) = (address.clone(), copy.to_owned());
        Box::pin(async move {
            let (db, device, standby) = offline::open(&address, &copy, &desk, clock(), patience).await?;
            Self::with(db, device, Some(standby), clock).await
        })
    }

    async fn with(db: Db, device: Device, standby: Option<Arc<Standby>>, clock: Clock) -> Result<Self> {
        let jobs = Arc::new(crate::imports::Jobs::new(&db));
        let recover = || crate::imports::recover(&db, &jobs, clock());
        match &standby {
            None => recover().await?,
            Some(standby) if standby.is_online() => standby.at_start(&db, clock(), recover()).await?,
            Some(_) => {}
        }
        let (changes, _) = broadcast::channel(256);
        let news = News::begin(&db);
        let vault = Vault::new(standby.as_ref().map_or(&db, |standby| standby.copy()));
        Ok(Self {
            db,
            clock,
            device: Arc::new(device),
            changes,
            news,
            jobs,
            guard: Guard::default(),
            backing_up: Arc::default(),
            vault: Arc::new(vault),
            standby,
        })
    }

    /// By the server's clock, where there is one.
    pub fn now(&self) -> Millis {
        Millis((self.clock)().0 + self.standby.as_ref().map_or(0, |standby| standby.ahead_ms()))
    }

    /// Which desk of the shop this is.
    pub(crate) fn device_id(&self) -> Uuid {
        self.device.id
    }

    /// The same shop at another time: how a sample gets its past.
    pub(crate) fn with_clock(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// Somebody without a name: the owner, until the shop has people and asks who is there.
    pub fn owner(&self, door: Door) -> Caller {
        Caller {
            actor: Uuid::nil(),
            actor_name: "owner".into(),
            door,
            view_as: None,
            device: self.device.clone(),
            given: None,
            proofs: Vec::new(),
        }
    }

    /// The same shop without its copy: what it does is done on the server or not at all.
    pub(crate) fn on_server(&self) -> Self {
        let engine = self.clone();
        let clock: Clock = Arc::new(move || engine.now());
        Self { standby: None, clock, ..self.clone() }
    }

    /// Refuses whoever may not do this: for what a door does besides commands.
    pub fn need(&self, caller: &Caller, permission: Permission) -> Answer<()> {
        let (engine, caller) = (self.clone(), caller.clone());
        Box::pin(async move { engine.here_or_there(|| engine.looked(permission, &caller)).await })
    }

    async fn looked(&self, permission: Permission, caller: &Caller) -> Result<()> {
        let side = self.side(true).await?;
        let (tx, ..) = admitted(side.db.begin_read().await?, permission, caller).await?;
        Ok(tx.rollback().await?)
    }

    /// The caller with the eyes of this role, if they may have them; with their own again by `None`.
    pub fn look_as(&self, caller: &Caller, role: Option<Uuid>) -> Answer<Caller> {
        let (engine, looking) = (self.clone(), Caller { view_as: role, ..caller.clone() });
        Box::pin(async move {
            // Back to oneself is always possible.
            if role.is_some() {
                if looking.actor.is_nil() {
                    return Err(Error::SignInRequired);
                }
                engine.need(&looking, Permission::AppRead).await?;
            }
            Ok(looking)
        })
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Tells the screens of this desk, and the other desks, what is old now.
    pub fn announce(&self, changed: Changed) {
        self.news.add(&changed.tags);
        self.tell_here(changed);
    }

    pub(crate) fn tell_here(&self, changed: Changed) {
        // Nobody listening is no fault.
        let _ = self.changes.send(changed);
    }

    /// Closes the database; what is under way ends first.
    pub async fn close(&self) {
        self.news.last().await;
        match &self.standby {
            None => self.db.close().await,
            Some(standby) => {
                // A server that is gone takes no leave.
                let _ = tokio::time::timeout(standby.patience().parting, self.db.close()).await;
                standby.close().await;
            }
        }
    }

    /// Makes the index of orders by their buyers anew, for whoever wrote orders past the commands.
    pub async fn index_orders(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        crate::orders::buyers::rebuild(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn begin(
        &self,
        spec: &'static Spec,
        caller: &Caller,
        meta: Meta,
        undoes: Option<Uuid>,
        input: &impl Serialize,
    ) -> Result<Begun> {
        let Side { db, local } = self.side(spec.offline).await?;
        let (mut tx, shop, rights) = admitted(db.begin().await?, spec.permission, caller).await?;
        if let Err(refused) = access::check_whole(spec.name, &rights) {
            tx.rollback().await?;
            return Err(refused);
        }
        if caller.view_as.is_some() {
            tx.rollback().await?;
            return Err(Error::OnlyLooking);
        }
        let input = serde_json::to_string(input)?;
        let mut seen: Option<(String, String, String)> = fetch_optional!(
            tx,
            (String, String, String),
            "SELECT command, input, result FROM audit WHERE command_id = $1",
            meta.command_id
        )?;
        if seen.is_none() && local.is_some() {
            seen = offline::answered(&mut tx, meta.command_id).await?;
        }
        if let Some((command, before, result)) = seen {
            if command != spec.name || before != input {
                tx.rollback().await?;
                return Err(Error::CommandIdReused);
            }
            let result = offline::as_numbered_since(&mut tx, result).await?;
            tx.commit_as_lasting().await?;
            return Ok(Begun::Done(result));
        }
        let mut ctx = Box::new(Ctx {
            command_id: meta.command_id,
            undoes,
            input,
            local,
            seed: Some(meta.command_id),
            ..self.context(tx, spec, caller, shop, rights)
        });
        if let Some(entry) = &caller.given {
            ctx.relive(entry);
        }
        Ok(Begun::Fresh(ctx))
    }

    /// What a command or query is given, before anything is known of it but who asks.
    fn context(&self, tx: Tx, spec: &'static Spec, caller: &Caller, shop: Option<Arc<Shop>>, rights: Rights) -> Ctx {
        Ctx {
            tx,
            caller: caller.clone(),
            now: self.now(),
            command_id: Uuid::nil(),
            shop,
            rights,
            spec,
            changes: Vec::new(),
            subject: None,
            inverse: None,
            undoes: None,
            input: String::new(),
            extra_tags: Vec::new(),
            after: Vec::new(),
            jobs: self.jobs.clone(),
            backing_up: self.backing_up.clone(),
            vault: self.vault.clone(),
            standby: self.standby.clone(),
            local: None,
            seed: None,
            ids: Cell::new(0),
            heard_at: self.now(),
            given: None,
            numbers: 0,
            made: Made::default(),
            troubles: Vec::new(),
            misproved: None,
        }
    }

    /// Writes the audit row and commits, or rolls all back.
    pub(crate) async fn finish<T: Serialize>(&self, mut ctx: Box<Ctx>, outcome: Result<T>) -> Result<T> {
        let value = match outcome {
            Ok(value) => value,
            Err(error) => {
                // The connection may be the reason for the error: nothing more can be done.
                let _ = ctx.tx.rollback().await;
                if let Some(tried) = ctx.misproved {
                    self.note_misproof(&ctx.caller, tried).await?;
                }
                let done = ctx.local.is_none() && self.was_done(ctx.command_id, &error).await;
                return Err(if done { Error::Busy } else { error });
            }
        };
        let spec = ctx.spec;
        if spec.audited {
            if let Some(undone) = ctx.undoes {
                let marked = execute!(
                    ctx.tx,
                    "UPDATE audit SET undone_by = $1 WHERE command_id = $2 AND undone_by IS NULL",
                    ctx.command_id,
                    undone
                )?;
                if marked == 0 {
                    let _ = ctx.tx.rollback().await;
                    return Err(Error::NotUndoable { reason: "already_undone".into() });
                }
            }
            let inverse = ctx.inverse.as_ref().map(serde_json::to_string).transpose()?;
            let changes = serde_json::to_string(&ctx.changes)?;
            let result = serde_json::to_string(&value)?;
            let inserted = execute!(
                ctx.tx,
                "INSERT INTO audit (command_id, at, actor, actor_name, door, device, command, subject, input, changes,
                                    result, inverse, undoes)
                 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
                ctx.command_id,
                ctx.now.0,
                ctx.caller.actor,
                ctx.caller.actor_name.as_str(),
                ctx.caller.door.as_str(),
                ctx.caller.device.id,
                spec.name,
                ctx.subject,
                ctx.input.as_str(),
                changes.as_str(),
                result.as_str(),
                inverse.as_deref(),
                ctx.undoes
            );
            if let Err(error) = inserted {
                let _ = ctx.tx.rollback().await;
                // The same command arrived twice at once and the other one was first: try again,
                // and be answered as it was.
                return Err(if is_unique_violation(&error) { Error::Busy } else { error.into() });
            }
        }
        if spec.audited && !ctx.is_local() {
            access::watch(&mut ctx).await?;
        }
        if ctx.is_local() {
            offline::remember(&mut ctx, &value).await?;
            ctx.also_changed("connection");
        } else if let Some(entry) = ctx.caller.given.clone() {
            offline::write_case(&mut ctx, &entry).await?;
        }
        if let Some(standby) = self.standby.as_ref().filter(|_| !ctx.is_local() && spec.audited && spec.offline) {
            standby.gave(ctx.command_id);
        }
        let after = std::mem::take(&mut ctx.after);
        ctx.tx.commit().await?;
        self.db.committed();
        for work in after {
            work(self.clone());
        }
        let mut tags: Vec<String> = spec.tags.iter().chain(&ctx.extra_tags).map(|t| (*t).to_owned()).collect();
        tags.sort();
        tags.dedup();
        self.announce(Changed { tags, command: spec.name.to_owned() });
        Ok(value)
    }

    /// Whether the command that was refused is done by now. The same one may arrive twice at once, as when a desk
    /// sends again what its server had begun: then it was the first that stood in the way of the second, which
    /// tries again and is answered as the first was. On SQLite no two write at once.
    async fn was_done(&self, command_id: Uuid, error: &Error) -> bool {
        if !self.db.is_postgres() || matches!(error, Error::Busy | Error::Unreachable { .. }) {
            return false;
        }
        matches!(self.answer_of(command_id).await, Ok(Some(_)))
    }

    /// What this command was answered, if it is done.
    pub(crate) async fn answer_of(&self, command_id: Uuid) -> Result<Option<String>> {
        let mut tx = self.db.begin_read().await?;
        let row: Option<(String,)> =
            fetch_optional!(tx, (String,), "SELECT result FROM audit WHERE command_id = $1", command_id)?;
        tx.rollback().await?;
        Ok(row.map(|(result,)| result))
    }

    pub(crate) async fn begin_query(&self, spec: &'static Spec, caller: &Caller) -> Result<Box<Ctx>> {
        let Side { db, local } = self.side(spec.offline).await?;
        let (mut tx, shop, rights) = admitted(db.begin_read().await?, spec.permission, caller).await?;
        if let Err(refused) = access::check_whole(spec.name, &rights) {
            tx.rollback().await?;
            return Err(refused);
        }
        if spec.name.starts_with("analytics.") {
            tx = db.for_report(tx).await;
        }
        Ok(Box::new(Ctx { local, ..self.context(tx, spec, caller, shop, rights) }))
    }

    /// A step of long work that a command started: not audited again, and committed by whoever does the
    /// work. `command_id` is that of the command.
    pub(crate) async fn begin_job(&self, caller: &Caller, command_id: Uuid) -> Result<Box<Ctx>> {
        let spec = crate::commands::spec("imports.start").ok_or_else(|| Error::internal("no imports.start"))?;
        let mut tx = self.db.begin_step().await?;
        let shop = settings::load(&mut tx).await?.map(Arc::new);
        // What may be done was checked when the command started the work.
        Ok(Box::new(Ctx { command_id, ..self.context(tx, spec, caller, shop, Rights::all()) }))
    }

    /// The inverse a command recorded, for `app.undo`.
    pub(crate) async fn inverse_of(&self, command_id: Uuid) -> Result<Inverse> {
        let side = self.side(true).await?;
        let mut tx = side.db.begin_read().await?;
        let row: Option<(Option<String>, Option<Uuid>)> = fetch_optional!(
            tx,
            (Option<String>, Option<Uuid>),
            "SELECT inverse, undone_by FROM audit WHERE command_id = $1",
            command_id
        )?;
        match row {
            None => Err(Error::not_found("command", command_id)),
            Some((_, Some(_))) => Err(Error::NotUndoable { reason: "already_undone".into() }),
            Some((None, None)) => Err(Error::NotUndoable { reason: "irreversible".into() }),
            Some((Some(inverse), None)) => Ok(serde_json::from_str(&inverse)?),
        }
    }
}

/// Whether to try again after `error`, having waited a little longer each time.
pub(crate) async fn again(error: &Error, attempt: u32) -> bool {
    if !error.is_transient() || attempt >= ATTEMPTS {
        return false;
    }
    let jitter = u64::from(Uuid::new_v4().as_bytes()[0]);
    tokio::time::sleep(Duration::from_millis((4 << attempt) + jitter / 8)).await;
    true
}

pub(crate) fn answer<T: DeserializeOwned>(result: &str) -> Result<T> {
    Ok(serde_json::from_str(result)?)
}

/// Runs a command to its end even if whoever asked has gone, and turns a panic into an error.
pub(crate) async fn guarded<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(join) => Err(Error::internal(join)),
    }
}

/// The transaction of somebody who may do this, with the shop and all their rights.
async fn admitted(mut tx: Tx, permission: Permission, caller: &Caller) -> Result<(Tx, Option<Arc<Shop>>, Rights)> {
    let (shop, at_door) = settings::load_at_door(&mut tx, caller.device.id).await?;
    let mut rights = access::rights(&mut tx, caller, at_door.asks).await?;
    let mut allowed = access::check(&rights, permission);
    // Whoever may let a desk in may do so there.
    let lets_in = rights.permissions.has(Permission::SettingsWrite);
    if permission != Permission::Open && at_door.moved {
        allowed = Err(Error::ShopMoved);
    } else if permission != Permission::Open && at_door.revoked {
        allowed = Err(Error::DeskRevoked);
    } else if permission != Permission::Open && at_door.asks && at_door.waits && !lets_in {
        allowed = Err(Error::DeskWaiting);
    }
    // What the program does by itself goes on: the switches are for people.
    if let Some(shop) = shop.as_ref().filter(|_| caller.door != Door::Clockwork) {
        let switches = shop.preferences.switches();
        allowed = allowed.and(switches.forbid(permission).map_or(Ok(()), |switched| Err(switched.into())));
        rights.permissions = switches.leave(rights.permissions);
    }
    if let Err(refused) = allowed {
        let _ = tx.rollback().await;
        return Err(refused);
    }
    Ok((tx, shop.map(Arc::new), rights))
}

/// What this machine takes the time to be.
pub fn system_clock() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
