//! Selling on while the server is gone.
//!
//! A desk of a shared shop keeps a [`copy`] of what selling needs. When the server does not answer, commands
//! that may run offline run on the copy, by the same code; each is kept in the copy's outbox, in the
//! transaction that carried it out. When the server is back they are given to it in their order, each once:
//! see [`replay`]. What the shop can no longer take as it was is a [`case`](cases) for somebody to look at.

mod cases;
mod copy;
mod families;
mod replay;

use std::{
    path::Path,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::units::{Count, Millis};
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::PgConnection;
use tokio::{
    sync::{Mutex, OwnedRwLockReadGuard, RwLock, watch},
    time::timeout,
};
use uuid::Uuid;

pub(crate) use cases::write as write_case;
pub use cases::{CaseById, CaseList, ListCases, OfflineCase, Settle, SettleHow, Trouble, carry_out, list, settle};
pub(crate) use copy::{answered, forget_changes};
pub(crate) use replay::as_numbered_since;
pub use replay::{Entry, Made};

use crate::{
    ctx::{Ctx, Device},
    db::{Address, Db, Tx},
    engine::{Changed, Engine},
    error::{Error, Result},
    execute, fetch_one,
    settings::{self, Nothing},
};

/// How often a desk without its server looks whether it is back, and one with it whether it is there.
const LOOK: Duration = Duration::from_secs(2);
const BEAT: Duration = Duration::from_secs(5);
/// So many commands are given to the server before the outbox forgets them: each time it does costs a write to the disk.
const AT_ONCE: i64 = 20;
/// Changes that come together are copied together.
const GATHER: Duration = Duration::from_millis(200);

/// How long a desk waits for its server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A server that is silent for so long while it is asked something is looked after.
    pub answer: Duration,
    /// And one that does not answer a mere greeting for so long is gone.
    pub greeting: Duration,
    /// A desk without a copy has nothing to go on with, and waits so long for it.
    pub without_copy: Duration,
    /// How long a desk that starts, or comes back, waits before it goes on with its copy.
    pub start: Duration,
    /// And one that closes.
    pub parting: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_millis(300),
            greeting: Duration::from_millis(500),
            without_copy: Duration::from_secs(5),
            start: Duration::from_secs(3),
            parting: Duration::from_millis(500),
        }
    }
}

/// How the desk stands to its server.
#[derive(Clone, Debug, Default, PartialEq)]
struct Line {
    /// Without the server since.
    offline: Option<Millis>,
    /// The copy can be sold from.
    whole: bool,
    synced_at: Option<Millis>,
    /// What was done offline is being given to the server.
    catching_up: bool,
    /// Why the server, which answers, is not taken.
    problem: Option<Error>,
}

/// What the desk goes on with when its server is gone.
pub(crate) struct Standby {
    copy: Db,
    line: watch::Sender<Line>,
    /// Held by whatever runs on the copy, and by the desk while it goes back to the server.
    gate: Arc<RwLock<()>>,
    /// How far the server's clock is ahead of this machine's.
    ahead_ms: AtomicI64,
    watch: Watch,
    given: std::sync::Mutex<copy::Given>,
}

/// Looks whether the server is there while it is asked something.
struct Watch {
    pulse: Mutex<Pulse>,
    patience: Patience,
}

/// When the server was last heard of, and the connection that asked: one of its own, since those of the pool may
/// all be waiting.
struct Pulse {
    connection: Option<PgConnection>,
    /// The turn of the server that the connection leads to.
    turn: u64,
    answered: Instant,
}

/// Where a command runs.
pub(crate) struct Side {
    pub db: Db,
    /// Given while it runs on the copy.
    pub local: Option<OwnedRwLockReadGuard<()>>,
}

/// A desk that comes to a shared shop; one that has a copy of it is known by that.
#[derive(Clone, Debug, Default)]
pub struct Newcomer {
    /// What it is called until somebody gives it a name.
    pub name: String,
    /// The desk that it was before the shop was moved to this server.
    pub device: Option<Uuid>,
}

impl Newcomer {
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), device: None }
    }
}

/// What the screen shows of the connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Connection {
    /// The shop is on a server, and this desk keeps a copy for when that is gone.
    pub shared: bool,
    /// There is a copy that can be sold from.
    pub ready: bool,
    pub offline_since: Option<Millis>,
    pub catching_up: bool,
    /// Commands that the server has not heard of yet.
    pub waiting: Count,
    pub synced_at: Option<Millis>,
    /// Why the desk stays offline although the server answers.
    pub problem: Option<Error>,
    /// How far this machine's clock is behind (or, below 0, ahead of) the server's as of the last time they were
    /// compared; where there is no server, behind the last thing that was done. Milliseconds; unknown when empty.
    pub clock_behind: Option<Count>,
    /// Cases that wait for somebody; unknown while offline.
    pub open_cases: Count,
}

/// Opens the shop of a desk with its copy: on the server if that answers, else on the copy alone.
pub(crate) async fn open(
    address: &Address,
    copy: &Path,
    desk: &Newcomer,
    now: Millis,
    patience: Patience,
) -> Result<(Db, Device, Arc<Standby>)> {
    let copy = Db::open(&Address::Sqlite(copy.to_owned())).await?;
    let opened = opened(address, &copy, desk, now, patience).await;
    if opened.is_err() {
        copy.close().await;
    }
    opened
}

async fn opened(
    address: &Address,
    copy: &Db,
    desk: &Newcomer,
    now: Millis,
    patience: Patience,
) -> Result<(Db, Device, Arc<Standby>)> {
    copy::prepare(copy).await?;
    let known = copy::load(copy).await?;
    let watch = Watch::new(patience);
    let reached = async {
        let db = timeout(patience.start, Db::connect(address)).await.map_err(|_| no_answer())??;
        let device = known.as_ref().map(|state| state.device).or(desk.device);
        // A large shop is migrated for minutes.
        let ready = async {
            crate::db::migrate_shared(&db).await?;
            settings::enrol(&db, device, &desk.name, now).await
        };
        let device = watch.heard(&db, known.as_ref().is_some_and(copy::State::is_whole), ready).await?;
        Ok((db, device))
    };
    let (db, device, state, offline) = match (reached.await, known) {
        (Ok((db, device)), known) => {
            let state = match known {
                Some(state) if state.device == device.id => state,
                // A copy of no desk, or of one that the server does not know, is none.
                _ => copy::State::of(&device),
            };
            copy::save(copy, &state).await?;
            // What waits goes first.
            let offline = (copy::waiting(copy).await? > 0).then_some(now);
            (db, device, state, offline)
        }
        (Err(Error::Unreachable { .. }), Some(state)) if state.is_whole() => {
            let device = Device { id: state.device, mark: state.mark.clone() };
            (Db::later(address)?, device, state, Some(now))
        }
        (Err(error), _) => return Err(error),
    };
    let line = Line {
        offline,
        whole: state.is_whole(),
        synced_at: state.is_whole().then_some(Millis(state.pulled_at)),
        ..Line::default()
    };
    let standby = Standby {
        copy: copy.clone(),
        line: watch::channel(line).0,
        gate: Arc::default(),
        ahead_ms: AtomicI64::new(state.ahead_ms),
        watch,
        given: std::sync::Mutex::default(),
    };
    Ok((db, device, Arc::new(standby)))
}

impl Standby {
    pub fn copy(&self) -> &Db {
        &self.copy
    }

    pub fn ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    pub fn is_online(&self) -> bool {
        self.offline().is_none()
    }

    fn offline(&self) -> Option<Millis> {
        self.line.borrow().offline
    }

    /// The server is being given this command: with the next changes the copy hears whether it was done.
    pub fn gave(&self, command_id: Uuid) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).note(command_id);
    }

    /// Works without the server from now on, if it can.
    fn lose(&self, now: Millis) -> bool {
        self.line.send_if_modified(|line| {
            let may = line.whole && line.offline.is_none();
            if may {
                line.offline = Some(now);
            }
            may
        })
    }

    pub async fn close(&self) {
        self.copy.close().await;
    }

    pub fn patience(&self) -> Patience {
        self.watch.patience
    }

    /// Work on the server, given up when that does not answer any more.
    async fn heard<T>(&self, server: &Db, work: impl Future<Output = Result<T>>) -> Result<T> {
        let whole = self.line.borrow().whole;
        self.watch.heard(server, whole, work).await
    }

    /// Work on the server of a desk that starts. When it is lost meanwhile the desk goes on without it, if it can.
    pub async fn at_start(&self, server: &Db, now: Millis, work: impl Future<Output = Result<()>>) -> Result<()> {
        match self.heard(server, work).await {
            Err(Error::Unreachable { .. }) if self.lose(now) => Ok(()),
            outcome => outcome,
        }
    }
}

impl Watch {
    fn new(patience: Patience) -> Self {
        let pulse = Pulse { connection: None, turn: 0, answered: Instant::now() };
        Self { pulse: Mutex::new(pulse), patience }
    }

    /// Work on the server of a desk that has a whole copy, or not: given up when the server does not answer any more.
    async fn heard<T>(&self, db: &Db, whole: bool, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Db::Postgres(server) = db else { return work.await };
        let turn = server.turn();
        let greeting = if whole { self.patience.greeting } else { self.patience.without_copy };
        tokio::select! {
            outcome = work => outcome,
            () = self.gone(db, greeting) => Err(no_answer()),
            () = server.moved(turn) => Err(moved()),
        }
    }

    /// Ends when the server does not answer a greeting for so long.
    async fn gone(&self, server: &Db, greeting: Duration) {
        loop {
            tokio::time::sleep(self.patience.answer).await;
            let mut pulse = self.pulse.lock().await;
            if pulse.answered.elapsed() < self.patience.answer {
                continue;
            }
            if !matches!(timeout(greeting, pulse.greet(server)).await, Ok(Ok(()))) {
                pulse.connection = None;
                return;
            }
        }
    }
}

impl Pulse {
    async fn greet(&mut self, server: &Db) -> Result<()> {
        let Db::Postgres(server) = server else { return Ok(()) };
        if self.turn != server.turn() {
            self.connection = None;
            self.turn = server.turn();
        }
        // A connection that was lost meanwhile says nothing of the server.
        if self.connection.is_none() || server.greet(&mut self.connection).await.is_err() {
            self.connection = None;
            server.greet(&mut self.connection).await?;
        }
        self.answered = Instant::now();
        Ok(())
    }
}

fn moved() -> Error {
    Error::Unreachable { detail: "another server has been promoted".into() }
}

fn no_answer() -> Error {
    Error::Unreachable { detail: "no answer".into() }
}

impl Engine {
    /// Where a command or query runs now. What needs the server is refused without it.
    pub(crate) async fn side(&self, may_be_offline: bool) -> Result<Side> {
        let Some(standby) = &self.standby else { return Ok(Side { db: self.db.clone(), local: None }) };
        if standby.offline().is_none() {
            return Ok(Side { db: self.db.clone(), local: None });
        }
        let gate = standby.gate.clone().read_owned().await;
        match standby.offline() {
            None => Ok(Side { db: self.db.clone(), local: None }),
            Some(since) if !may_be_offline => Err(Error::Offline { since }),
            Some(_) => Ok(Side { db: standby.copy.clone(), local: Some(gate) }),
        }
    }

    /// Whether the desk works without its server at the moment.
    pub fn is_offline(&self) -> bool {
        self.standby.as_ref().is_some_and(|standby| !standby.is_online())
    }

    /// Work where the shop is now; when the server is lost meanwhile, once more on the copy. Whether the server
    /// did it before it was lost shows when it is back.
    pub(crate) async fn here_or_there<T, W: Future<Output = Result<T>>>(&self, work: impl Fn() -> W) -> Result<T> {
        match self.attended(work()).await {
            Err(error) if self.goes_offline(&error) => work().await,
            Err(error) if self.is_elsewhere(&error).await => self.attended(work()).await,
            outcome => outcome,
        }
    }

    /// Work where the shop is now, given up when its server does not answer any more, or another one takes changes.
    async fn attended<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match (&self.standby, &self.db) {
            (Some(standby), _) if standby.offline().is_some() => work.await,
            (Some(standby), Db::Postgres(server)) => {
                let outcome = standby.heard(&self.db, work).await;
                // One that comes back to its server does so with new connections, too.
                if !self.has_copy() && matches!(outcome, Err(Error::Unreachable { .. })) {
                    server.abandon();
                }
                outcome
            }
            (_, Db::Postgres(server)) if server.is_one_of_several() => {
                let turn = server.turn();
                tokio::select! {
                    outcome = work => outcome,
                    () = server.moved(turn) => Err(moved()),
                }
            }
            _ => work.await,
        }
    }

    /// After `error`: whether the work is worth trying again on another host, for a desk that cannot go on
    /// without a server. Whether the one before did it shows by the command's id.
    async fn is_elsewhere(&self, error: &Error) -> bool {
        match (&self.db, error) {
            (Db::Postgres(server), Error::Unreachable { .. }) if server.is_one_of_several() && !self.has_copy() => {
                // When none takes changes yet, the work waits for it where it begins.
                if let Err(error) = server.look().await {
                    tracing::warn!(%error, "no host takes changes");
                }
                true
            }
            _ => false,
        }
    }

    fn has_copy(&self) -> bool {
        self.standby.as_ref().is_some_and(|standby| standby.line.borrow().whole)
    }

    /// After `error`: whether the work is worth trying again, since the desk has gone offline.
    fn goes_offline(&self, error: &Error) -> bool {
        let (Some(standby), Error::Unreachable { .. }) = (&self.standby, error) else { return false };
        if standby.lose(self.now()) {
            tracing::warn!(%error, "the server is gone: going on with the copy");
            self.tell_here(Changed::all());
        }
        standby.offline().is_some()
    }

    /// Brings the copy up to date, now. Nothing to do for a desk without one, or without its server.
    pub async fn sync(&self) -> Result<()> {
        let Some(standby) = &self.standby else { return Ok(()) };
        if standby.offline().is_some() {
            return self.come_back(standby).await;
        }
        let outcome = self.attended(self.pull(standby)).await;
        if let Err(error) = &outcome
            && self.goes_offline(error)
        {
            return Ok(());
        }
        outcome
    }

    async fn pull(&self, standby: &Standby) -> Result<()> {
        let here = (self.clock)();
        let Some(before) = copy::load(&standby.copy).await? else { return Err(Error::internal("a copy of no desk")) };
        if let Err(error) = settings::check_desk(&self.db, before.device).await {
            if error == Error::DeskRevoked {
                copy::wipe(&standby.copy, &before).await?;
            }
            if matches!(error, Error::DeskRevoked | Error::DeskWaiting) {
                // There is nothing to go on with: whoever comes is told by the server.
                standby.line.send_modify(|line| *line = Line::default());
            }
            return Err(error);
        }
        let after = copy::pull(&self.db, &standby.copy, &before, here, &standby.given).await?;
        standby.ahead_ms.store(after.ahead_ms, Ordering::Relaxed);
        standby.line.send_modify(|line| {
            line.whole = true;
            line.synced_at = Some(Millis(after.pulled_at));
            line.problem = None;
        });
        Ok(())
    }

    /// Gives the server what was done without it, and goes back to it.
    async fn come_back(&self, standby: &Standby) -> Result<()> {
        let outcome = self.given_back(standby).await;
        standby.line.send_modify(|line| {
            line.catching_up = false;
            line.problem = match &outcome {
                Ok(()) | Err(Error::Unreachable { .. } | Error::Busy) => None,
                Err(error) => Some(error.clone()),
            };
        });
        self.tell_here(Changed::all());
        outcome
    }

    async fn given_back(&self, standby: &Standby) -> Result<()> {
        let answers = timeout(standby.watch.patience.start, async {
            if let Db::Postgres(server) = &self.db {
                server.renew().await?;
            }
            let mut pulse = standby.watch.pulse.lock().await;
            pulse.connection = None;
            pulse.greet(&self.db).await
        });
        answers.await.map_err(|_| no_answer())??;
        let asked = async {
            crate::db::migrate_shared(&self.db).await?;
            // This machine's clock may have been changed meanwhile: nothing is given as of the future.
            let there = copy::clock_of(&self.db).await?;
            standby.ahead_ms.store(there.0 - (self.clock)().0, Ordering::Relaxed);
            if copy::waiting(&standby.copy).await? > 0 {
                copy::same_shop(&self.db, &standby.copy).await?;
            }
            Ok(())
        };
        standby.heard(&self.db, asked).await?;
        standby.line.send_modify(|line| line.catching_up = true);
        self.tell_here(Changed::all());
        let server = self.on_server();
        // Selling goes on meanwhile; the last few are given while nothing else runs.
        self.give(standby, &server).await?;
        let _all = standby.gate.write().await;
        loop {
            self.give(standby, &server).await?;
            standby.heard(&self.db, self.pull(standby)).await?;
            // What was cut off in the middle of its commit to the copy may be there only now: nobody waited for it,
            // but it is written before the copy takes anything else. Online with something waiting, the server would
            // do it under another number when it is sent again.
            if copy::waiting(&standby.copy).await? == 0 {
                break;
            }
        }
        standby.line.send_modify(|line| line.offline = None);
        tracing::info!("back on the server");
        Ok(())
    }

    /// Gives the server all that waits.
    async fn give(&self, standby: &Standby, server: &Self) -> Result<()> {
        let mut known = standby.heard(&self.db, cases::Known::load(server)).await?;
        loop {
            let waiting = copy::first_waiting(&standby.copy, AT_ONCE).await?;
            let (mut last, mut outcome) = (None, Ok(()));
            for (n, command_id, entry) in &waiting {
                outcome = standby.heard(&self.db, replay::replay(server, entry, &mut known)).await;
                if outcome.is_err() {
                    break;
                }
                standby.gave(*command_id);
                last = Some(*n);
            }
            // Cut off before this they are given again, and answered as they were.
            if let Some(last) = last {
                copy::sent(&standby.copy, last).await?;
                self.tell_here(Changed { tags: vec!["connection".into()], command: String::new() });
            }
            outcome?;
            if waiting.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Keeps the copy, and brings the desk back to its server, until the shop is closed.
pub(crate) async fn keep(shop: &Engine) {
    let Some(standby) = shop.standby.clone() else { return };
    let mut changes = shop.subscribe();
    let mut line = standby.line.subscribe();
    loop {
        if let Err(error) = shop.sync().await {
            tracing::debug!(%error, "the copy is not up to date");
        }
        let offline = standby.offline().is_some();
        line.mark_unchanged();
        tokio::select! {
            () = tokio::time::sleep(if offline { LOOK } else { BEAT }) => {}
            _ = changes.recv(), if !offline => tokio::time::sleep(GATHER).await,
            _ = async { line.wait_for(|line| line.offline.is_some()).await.is_ok() }, if !offline => {
                tokio::time::sleep(LOOK).await;
            }
            () = standby.copy.closed() => return,
        }
        while changes.try_recv().is_ok() {}
    }
}

/// How the desk stands to its server.
pub async fn connection(ctx: &mut Ctx, _: Nothing) -> Result<Connection> {
    let Some(standby) = ctx.standby.clone() else {
        return Ok(Connection {
            shared: false,
            ready: false,
            offline_since: None,
            catching_up: false,
            waiting: Count(0),
            synced_at: None,
            problem: None,
            clock_behind: behind_the_last(ctx).await?,
            open_cases: cases::open(ctx).await?,
        });
    };
    let line = standby.line.borrow().clone();
    Ok(Connection {
        shared: true,
        ready: line.whole,
        offline_since: line.offline,
        catching_up: line.catching_up,
        waiting: Count(copy::waiting_of_people(&standby.copy).await?),
        clock_behind: line.whole.then(|| Count(standby.ahead_ms())),
        synced_at: line.synced_at,
        problem: line.problem,
        open_cases: if ctx.is_local() { Count(0) } else { cases::open(ctx).await? },
    })
}

/// A clock that stands before what was done already is wrong, or was.
async fn behind_the_last(ctx: &mut Ctx) -> Result<Option<Count>> {
    if ctx.tx.is_postgres() {
        return Ok(None);
    }
    let (last,): (Option<i64>,) = fetch_one!(ctx.tx, (Option<i64>,), "SELECT MAX(at) FROM audit")?;
    Ok(last.map(|at| Count((at - ctx.now.0).max(0))))
}

/// Keeps a command for the server, in the transaction that carried it out on the copy.
pub(crate) async fn remember(ctx: &mut Ctx, answer: &impl Serialize) -> Result<()> {
    let entry = Entry {
        command_id: ctx.command_id,
        at: ctx.now,
        actor: ctx.caller.actor,
        actor_name: ctx.caller.actor_name.clone(),
        door: ctx.caller.door,
        command: ctx.spec.name.to_owned(),
        input: serde_json::from_str(&ctx.input)?,
        undoes: ctx.undoes,
        answer: serde_json::to_value(answer)?,
        made: std::mem::take(&mut ctx.made),
    };
    keep_entry(&mut ctx.tx, &entry).await
}

/// Puts what was done on the copy where it waits for the server.
pub(crate) async fn keep_entry(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let text = serde_json::to_string(entry)?;
    execute!(*tx, "INSERT INTO desk_outbox (command_id, entry) VALUES ($1, $2)", entry.command_id, text)?;
    Ok(())
}
