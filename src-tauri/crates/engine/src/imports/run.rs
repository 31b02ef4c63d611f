//! A job at work: one thread reads the file and judges its rows, one task writes them.

use std::{collections::HashMap, fs::File, path::PathBuf, sync::Mutex};

use domain::{money::Currency, units::Millis};
use rust_decimal::Decimal;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    barcodes, customers,
    fields::Columns,
    file::{self, Flow, Opened},
    job::JobRow,
    litemall, online_retail, orders, products,
    report::Report,
    shopify,
    values::{clean, exact, minor},
    wire::{ImportKind, ImportOptions, ImportState},
    woocommerce,
};
use crate::{
    ctx::{Caller, Ctx},
    db::{
        Arg, Db,
        rows::{self, RowShape},
    },
    engine::{Changed, Engine},
    error::{Error, Result},
    execute, fetch_one, search,
};

/// The imports and exports now running in this process.
#[derive(Default)]
pub struct Jobs {
    live: Mutex<HashMap<Uuid, Live>>,
    /// Why jobs of this process stopped that could not even write it down: the disk is full, the
    /// database is gone.
    stopped: Mutex<HashMap<Uuid, Error>>,
    /// Locked while an import of a SQLite shop runs, by whichever process runs it: the system lets
    /// go of it when the process ends, however that comes.
    lock: Option<PathBuf>,
    pub(crate) exports: crate::exports::Exports,
}

/// How fast a job is since this process took it up.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    pub since: Millis,
    pub from_rows: i64,
    pub from_bytes: i64,
}

impl Jobs {
    pub(crate) fn new(db: &Db) -> Self {
        let lock = match db {
            Db::Sqlite { path, .. } => Some(path.with_extension("import-lock")),
            Db::Postgres(_) => None,
        };
        Self { lock, ..Self::default() }
    }

    /// Jobs that say they run and have not moved since this moment have lost their process; `None`
    /// when one of this shop is at work.
    pub fn dead_before(&self, now: Millis) -> Option<i64> {
        if self.live.lock().is_ok_and(|live| !live.is_empty()) {
            return None;
        }
        match &self.lock {
            Some(path) => match File::open(path) {
                Ok(file) => file.try_lock().is_ok().then_some(i64::MAX),
                Err(_) => Some(i64::MAX),
            },
            None => Some(now.0 - super::job::STILL),
        }
    }

    fn claim(&self) -> Option<File> {
        let file = File::create(self.lock.as_ref()?).ok()?;
        file.try_lock().ok().map(|()| file)
    }

    fn let_go(&self, claim: Option<File>) {
        if let (Some(claim), Some(path)) = (claim, &self.lock) {
            drop(claim);
            let _ = std::fs::remove_file(path);
        }
    }

    pub fn live(&self, id: Uuid) -> Option<Live> {
        self.live.lock().ok()?.get(&id).copied()
    }

    pub(super) fn stopped(&self, id: Uuid) -> Option<Error> {
        self.stopped.lock().ok()?.get(&id).cloned()
    }

    fn stop(&self, id: Uuid, why: Option<Error>) {
        if let Ok(mut stopped) = self.stopped.lock() {
            match why {
                Some(why) => stopped.insert(id, why),
                None => stopped.remove(&id),
            };
        }
    }

    fn set(&self, id: Uuid, live: Option<Live>) {
        if let Ok(mut jobs) = self.live.lock() {
            match live {
                Some(live) => jobs.insert(id, live),
                None => jobs.remove(&id),
            };
        }
    }
}

/// All a job needs to read and write its file.
#[derive(Clone, Debug)]
pub struct Plan {
    pub id: Uuid,
    pub kind: ImportKind,
    pub opened: Opened,
    pub header: Vec<String>,
    pub columns: Columns,
    pub options: ImportOptions,
    pub dry_run: bool,
    /// The shop's: what is written is in it.
    pub currency: Currency,
    /// Its decimals.
    pub exponent: u32,
    /// What one unit of the file's currency is in the shop's, where they differ.
    pub rate: Option<Decimal>,
    /// Of the times in the file.
    pub zone: String,
    pub shop_zone: String,
    /// Units (rows, or products of a file that is read in whole) that are done already.
    pub position: i64,
}

impl Plan {
    /// An amount of the file that may be missing, in minor units of the shop's currency.
    pub fn money(&self, text: &str, field: &'static str) -> Result<Option<i64>, (&'static str, &'static str)> {
        if clean(text).is_empty() {
            return Ok(None);
        }
        let amount = exact(text).ok_or(("not_a_number", field))?;
        let converted = match self.rate {
            Some(rate) => amount.checked_mul(rate).ok_or(("too_large", field))?,
            None => amount,
        };
        let minor = minor(converted, self.exponent).ok_or(("too_large", field))?;
        if minor < 0 { Err(("negative", field)) } else { Ok(Some(minor)) }
    }
}

/// A batch on its way from the reader to the writer.
pub struct Chunk {
    pub work: Work,
    /// What the reader decided alone: rejected rows, notes, sums.
    pub report: Report,
    pub position: i64,
    pub bytes: u64,
    pub rows_total: Option<i64>,
}

pub enum Work {
    Nothing,
    Retail(online_retail::Batch),
    Products(Vec<products::Draft>),
    Orders(Vec<orders::Draft>),
    Customers(Vec<customers::Draft>),
}

/// Where the reader puts its batches; stops the reader when nobody takes them any more.
pub type Send<'a> = &'a mut dyn FnMut(Chunk) -> Flow;

enum Writer {
    Retail(Box<online_retail::Writer>),
    Products(products::Writer),
    Orders(orders::Writer),
    Customers(customers::Writer),
}

/// Starts the job in the background; `opened` spares looking at its file once more.
pub fn spawn(engine: Engine, caller: Caller, id: Uuid, runner: Uuid, opened: Option<Opened>) {
    tokio::spawn(async move {
        let claim = engine.jobs.claim();
        engine.jobs.stop(id, None);
        let outcome = run(&engine, &caller, id, runner, opened).await;
        let (state, error) = match outcome {
            Ok(()) => (ImportState::Done, None),
            Err(Stop::Lost) => {
                engine.jobs.set(id, None);
                engine.jobs.let_go(claim);
                return;
            }
            // A fault of the file stays one. Anything else may pass: the job can be resumed.
            Err(Stop::Failed(error @ (Error::BadFile { .. } | Error::Invalid { .. }))) => {
                (ImportState::Failed, Some(error))
            }
            Err(Stop::Failed(error)) => (ImportState::Paused, Some(error)),
        };
        if let Err(unwritten) = end(&engine, id, runner, state, error.clone()).await {
            // The row says that the job runs; the next start, or a resume, finds it cut off.
            tracing::warn!(%id, error = %unwritten, "an import could not be closed");
            engine.jobs.stop(id, Some(error.unwrap_or(unwritten)));
        }
        engine.jobs.set(id, None);
        engine.jobs.let_go(claim);
        announce(&engine, &["imports", "catalog", "orders", "customers", "stock", "payments", "analytics"]);
    });
}

enum Stop {
    /// The job was cancelled or taken over.
    Lost,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

async fn run(engine: &Engine, caller: &Caller, id: Uuid, runner: Uuid, mut opened: Option<Opened>) -> Result<(), Stop> {
    let mut attempt = 0;
    loop {
        let outcome = go(engine, caller, id, runner, opened.take()).await;
        match outcome {
            // What the writer keeps in memory may be ahead of the database now: start over from it.
            Err(Stop::Failed(error)) if crate::engine::again(&error, attempt).await => attempt += 1,
            outcome => return outcome,
        }
    }
}

async fn go(engine: &Engine, caller: &Caller, id: Uuid, runner: Uuid, opened: Option<Opened>) -> Result<(), Stop> {
    let mut ctx = engine.begin_job(caller, id).await?;
    let row = JobRow::load(&mut ctx.tx, id).await?.ok_or(Stop::Lost)?;
    let plan = row.plan(&ctx, opened)?;
    ctx.tx.rollback().await?;
    if row.runner != runner || row.state != ImportState::Running {
        return Err(Stop::Lost);
    }
    engine.jobs.set(id, Some(Live { since: engine.now(), from_rows: row.rows_read(), from_bytes: row.bytes }));
    let mut ctx = engine.begin_job(caller, id).await?;
    let mut writer = Writer::new(&plan, &mut ctx).await?;
    ctx.tx.rollback().await?;
    let (send, mut take) = mpsc::channel::<Chunk>(2);
    let reading = plan.clone();
    let reader = tokio::task::spawn_blocking(move || {
        read(&reading, &mut |chunk| if send.blocking_send(chunk).is_ok() { Flow::On } else { Flow::Stop })
    });
    let written = loop {
        let Some(chunk) = take.recv().await else { break Ok(()) };
        if let Err(stop) = write(engine, caller, &plan, runner, &mut writer, chunk).await {
            break Err(stop);
        }
        engine.db.committed();
        announce(engine, &["imports"]);
    };
    drop(take);
    let read = reader.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "the reader of an import panicked");
        Err(plan.opened.bad("damaged"))
    });
    written?;
    Ok(read?)
}

fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    match plan.kind {
        ImportKind::OnlineRetail => online_retail::read(plan, send),
        ImportKind::Products => products::read(plan, send),
        ImportKind::Barcodes => barcodes::read(plan, send),
        ImportKind::ShopifyProducts => shopify::read(plan, send),
        ImportKind::WoocommerceProducts => woocommerce::read(plan, send),
        ImportKind::Litemall => litemall::read(plan, send),
        ImportKind::Orders => orders::read(plan, send),
        ImportKind::Customers => customers::read(plan, send),
    }
}

impl Writer {
    async fn new(plan: &Plan, ctx: &mut Ctx) -> Result<Self> {
        Ok(match plan.kind {
            ImportKind::OnlineRetail => Self::Retail(Box::new(online_retail::Writer::load(plan, ctx).await?)),
            ImportKind::Orders => Self::Orders(orders::Writer::new()),
            ImportKind::Customers => Self::Customers(customers::Writer::new()),
            _ => Self::Products(products::Writer::load(plan, ctx).await?),
        })
    }
}

/// One batch, one transaction: the rows, their rejects, and how far the job is.
async fn write(
    engine: &Engine,
    caller: &Caller,
    plan: &Plan,
    runner: Uuid,
    writer: &mut Writer,
    chunk: Chunk,
) -> Result<(), Stop> {
    let mut ctx = engine.begin_job(caller, plan.id).await?;
    let outcome = work(&mut ctx, plan, writer, chunk.work).await;
    let mut report = chunk.report;
    match outcome {
        Ok(more) if plan.dry_run => {
            ctx.tx.rollback().await?;
            ctx = engine.begin_job(caller, plan.id).await?;
            report.add(more);
        }
        Ok(more) => report.add(more),
        Err(error) => {
            let _ = ctx.tx.rollback().await;
            return Err(error.into());
        }
    }
    let kept = JobRow::advance(&mut ctx, plan.id, runner, &report, chunk.position, chunk.bytes, chunk.rows_total).await;
    match kept {
        Ok(true) => {
            save_rejects(&mut ctx, plan.id, &report).await?;
            ctx.tx.commit().await?;
            Ok(())
        }
        Ok(false) => {
            let _ = ctx.tx.rollback().await;
            Err(Stop::Lost)
        }
        Err(error) => {
            let _ = ctx.tx.rollback().await;
            Err(error.into())
        }
    }
}

async fn work(ctx: &mut Ctx, plan: &Plan, writer: &mut Writer, work: Work) -> Result<Report> {
    match (work, writer) {
        (Work::Nothing, _) => Ok(Report::default()),
        (Work::Retail(batch), Writer::Retail(writer)) => writer.write(ctx, plan, batch).await,
        (Work::Products(drafts), Writer::Products(writer)) => writer.write(ctx, plan, drafts).await,
        (Work::Orders(drafts), Writer::Orders(writer)) => writer.write(ctx, plan, drafts).await,
        (Work::Customers(drafts), Writer::Customers(writer)) => writer.write(ctx, plan, drafts).await,
        _ => Err(Error::internal("a batch of another kind")),
    }
}

async fn save_rejects(ctx: &mut Ctx, id: Uuid, report: &Report) -> Result<()> {
    let mut values = Vec::with_capacity(report.rejects.len() * 5);
    let mut seen = std::collections::HashSet::with_capacity(report.rejects.len());
    for refused in &report.rejects {
        if seen.insert(refused.row) {
            values.extend([
                Arg::Uuid(id),
                Arg::I64(refused.row),
                Arg::from(refused.reason),
                Arg::from(refused.field),
                // Postgres holds no NUL in a text.
                Arg::from(serde_json::to_string(&refused.raw)?.replace("\\u0000", "")),
            ]);
        }
    }
    rows::insert(&mut ctx.tx, &REJECT, values).await?;
    Ok(())
}

const REJECT: RowShape = RowShape {
    insert: "INSERT INTO import_reject (job_id, row_no, reason, field, raw)",
    row: "(?1,?2,?3,?4,?5)",
    values: 5,
    suffix: "",
};

/// So many rows change how common the pieces of the search index are.
const MANY: i64 = 1_000;

async fn end(engine: &Engine, id: Uuid, runner: Uuid, state: ImportState, error: Option<Error>) -> Result<()> {
    let mut tx = engine.db.begin().await?;
    let now = engine.now().0;
    let error = error.map(|error| serde_json::to_string(&error)).transpose()?.unwrap_or_default();
    execute!(
        tx,
        "UPDATE import_job SET state = $3, error = $4, updated_at = $5, finished_at = $6,
                rows_total = CASE WHEN $3 = 'done' THEN created + updated + unchanged + rejected ELSE rows_total END,
                bytes = CASE WHEN $3 = 'done' THEN file_size ELSE bytes END
         WHERE id = $1 AND runner = $2 AND state = 'running'",
        id,
        runner,
        state.as_str(),
        error.as_str(),
        now,
        (state != ImportState::Paused).then_some(now)
    )?;
    let (written,): (i64,) = fetch_one!(
        tx,
        (i64,),
        "SELECT CASE WHEN dry_run THEN 0 ELSE created + updated END FROM import_job WHERE id = $1",
        id
    )?;
    if state == ImportState::Done && written >= MANY {
        search::settle(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn announce(engine: &Engine, tags: &[&str]) {
    engine
        .announce(Changed { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), command: "imports.run".into() });
}

/// Reads the rows of a table below its header and sends batches of about `size` rows. `take` judges a
/// row; a batch ends only before a row that `starts` something new.
pub fn batches<T>(
    plan: &Plan,
    size: usize,
    send: Send<'_>,
    starts: impl Fn(&[T], &csv::StringRecord) -> bool,
    mut take: impl FnMut(&mut Vec<T>, &mut Report, i64, &csv::StringRecord),
    wrap: impl Fn(Vec<T>) -> Work,
) -> Result<()> {
    let mut items = Vec::new();
    let mut report = Report::default();
    let mut rows = 0;
    let (mut last, mut read_to) = (plan.position, 0);
    let (mut below_header, mut stopped) = (false, false);
    file::read(&plan.opened, &mut |reading| {
        if !std::mem::replace(&mut below_header, true) {
            return Ok(Flow::On);
        }
        let (number, bytes) = match &reading {
            file::Reading::Row { number, bytes, .. } | file::Reading::Bad { number, bytes, .. } => (*number, *bytes),
        };
        if number <= plan.position {
            // Done by an earlier run: judged again for what later rows are compared with.
            if let file::Reading::Row { cells, .. } = reading {
                take(&mut items, &mut Report::default(), number, cells);
                items.clear();
            }
            return Ok(Flow::On);
        }
        if let file::Reading::Row { cells, .. } = &reading
            && rows >= size
            && starts(&items, cells)
        {
            rows = 0;
            let chunk = Chunk {
                work: wrap(std::mem::take(&mut items)),
                report: std::mem::take(&mut report),
                position: last,
                bytes: read_to,
                rows_total: None,
            };
            if send(chunk) == Flow::Stop {
                stopped = true;
                return Ok(Flow::Stop);
            }
        }
        (last, read_to) = (number, bytes);
        rows += 1;
        match reading {
            file::Reading::Row { cells, .. } => take(&mut items, &mut report, number, cells),
            file::Reading::Bad { reason, .. } => report.refuse(number, reason, "", Vec::new()),
        }
        Ok(Flow::On)
    })?;
    if !stopped && rows > 0 {
        send(Chunk { work: wrap(items), report, position: last, bytes: read_to, rows_total: None });
    }
    Ok(())
}

/// Sends what a file that is read in whole came to. The position counts things, not rows.
pub fn whole<T>(
    plan: &Plan,
    size: usize,
    send: Send<'_>,
    items: Vec<T>,
    mut report: Report,
    rows_of: impl Fn(&T) -> i64,
    wrap: impl Fn(Vec<T>) -> Work,
) {
    let total = items.iter().map(&rows_of).sum::<i64>() + report.rejects.len() as i64;
    let count = items.len() as i64;
    if plan.position > 0 {
        // The rejects went with the first batch.
        report = Report::default();
    }
    let mut position = plan.position;
    let mut left = items.into_iter().skip(usize::try_from(position).unwrap_or(usize::MAX)).peekable();
    if left.peek().is_none() && position == 0 {
        send(Chunk { work: Work::Nothing, report, position: 0, bytes: plan.opened.size, rows_total: Some(total) });
        return;
    }
    while left.peek().is_some() {
        let batch: Vec<T> = left.by_ref().take(size).collect();
        position += batch.len() as i64;
        let bytes =
            u128::from(plan.opened.size) * position.unsigned_abs() as u128 / count.max(1).unsigned_abs() as u128;
        let chunk = Chunk {
            work: wrap(batch),
            report: std::mem::take(&mut report),
            position,
            bytes: u64::try_from(bytes).unwrap_or(plan.opened.size),
            rows_total: Some(total),
        };
        if send(chunk) == Flow::Stop {
            return;
        }
    }
}
