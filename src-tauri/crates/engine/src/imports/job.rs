//! A job's row: what it is about, how far it is, and what is told of it.

use domain::{money::Currency, units::Count, units::Millis};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    fields::Columns,
    file::{self, Opened},
    report::Report,
    run::{Jobs, Plan},
    wire::{ImportJob, ImportKind, ImportOptions, ImportState, MappedColumn},
};
use crate::{
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    execute, fetch_optional,
};

/// A running job whose row stood still so long has lost its process.
pub const STILL: i64 = 15_000;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct JobRow {
    pub id: Uuid,
    pub kind: ImportKind,
    pub file_name: String,
    pub file_path: String,
    pub file_size: i64,
    pub file_hash: String,
    pub encoding: String,
    pub header: String,
    pub mapping: String,
    pub options: String,
    pub dry_run: bool,
    pub state: ImportState,
    pub runner: Uuid,
    pub position: i64,
    pub bytes: i64,
    pub rows_total: Option<i64>,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
    pub report: String,
    pub error: String,
    pub started_at: i64,
    pub updated_at: i64,
    pub finished_at: Option<i64>,
}

macro_rules! job_columns {
    () => {
        "SELECT id, kind, file_name, file_path, file_size, file_hash, encoding, header, mapping, options, dry_run, state,
                runner, position, bytes, rows_total, created, updated, unchanged, rejected, report, error, started_at,
                updated_at, finished_at
         FROM import_job"
    };
}
pub(super) use job_columns;

impl JobRow {
    pub async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Self>> {
        Ok(fetch_optional!(*tx, JobRow, concat!(job_columns!(), " WHERE id = $1"), id)?)
    }

    pub fn rows_read(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.rejected
    }

    /// Opens the file again, unless it was opened just now; it must be the one the job was started with.
    pub fn plan(&self, ctx: &Ctx, opened: Option<Opened>) -> Result<Plan> {
        let options: ImportOptions = serde_json::from_str(&self.options)?;
        let header: Vec<String> = serde_json::from_str(&self.header)?;
        let mapping: Vec<MappedColumn> = serde_json::from_str(&self.mapping)?;
        let opened = opened.map_or_else(|| file::open(&self.file_path, &options), Ok)?;
        if opened.hash != self.file_hash {
            return Err(opened.bad("changed"));
        }
        let shop = ctx.shop()?;
        let Places { rate, zone } = places(self.kind, &options, &shop.currency, &shop.zone)?;
        let currency = Currency::parse(&shop.currency).map_err(Error::internal)?;
        Ok(Plan {
            id: self.id,
            kind: self.kind,
            columns: Columns::new(&header, &mapping),
            opened,
            header,
            dry_run: self.dry_run,
            currency,
            exponent: currency.exponent(),
            rate,
            zone,
            shop_zone: shop.zone.clone(),
            position: self.position,
            options,
        })
    }

    /// Stores how far the job is; `false` when it is no longer this runner's.
    pub async fn advance(
        ctx: &mut Ctx,
        id: Uuid,
        runner: Uuid,
        report: &Report,
        position: i64,
        bytes: u64,
        rows_total: Option<i64>,
    ) -> Result<bool> {
        let before: Option<(String,)> = fetch_optional!(
            ctx.tx,
            (String,),
            "SELECT report FROM import_job WHERE id = $1 AND runner = $2 AND state = 'running'",
            id,
            runner
        )?;
        let Some((before,)) = before else { return Ok(false) };
        let mut all: Report = serde_json::from_str(&before)?;
        let mut more = report.clone();
        more.rejects.clear();
        all.add(more);
        let touched = execute!(
            ctx.tx,
            "UPDATE import_job SET position = $3, bytes = $4, rows_total = COALESCE($5, rows_total),
                    created = created + $6, updated = updated + $7, unchanged = unchanged + $8,
                    rejected = rejected + $9, report = $10, updated_at = $11
             WHERE id = $1 AND runner = $2 AND state = 'running'",
            id,
            runner,
            position,
            i64::try_from(bytes).unwrap_or(i64::MAX),
            rows_total,
            report.created,
            report.updated,
            report.unchanged,
            i64::try_from(report.rejects.len()).unwrap_or(i64::MAX),
            serde_json::to_string(&all)?,
            ctx.now.0
        )?;
        Ok(touched == 1)
    }

    /// What is told of the job, with what this process knows of it beyond its row.
    pub fn told(self, now: Millis, jobs: &Jobs) -> Result<ImportJob> {
        let live = jobs.live(self.id);
        let stopped = jobs.stopped(self.id).filter(|_| self.state == ImportState::Running);
        let report: Report = serde_json::from_str(&self.report)?;
        let rows_read = self.rows_read();
        let mut state = self.state;
        if state == ImportState::Running && live.is_none() && (stopped.is_some() || self.updated_at < now.0 - STILL) {
            state = ImportState::Paused;
        }
        let total = self.rows_total.or_else(|| {
            // By how many bytes a row took so far.
            (self.bytes > 0 && rows_read > 0).then(|| {
                let estimate = i128::from(rows_read) * i128::from(self.file_size) / i128::from(self.bytes);
                i64::try_from(estimate).unwrap_or(rows_read)
            })
        });
        let pace = live.filter(|_| state == ImportState::Running).and_then(|live| {
            let (elapsed, rows) = (now.0 - live.since.0, rows_read - live.from_rows);
            (elapsed > 0 && rows > 0).then_some((elapsed, rows))
        });
        let rate = pace.and_then(|(elapsed, rows)| i32::try_from(rows.saturating_mul(1000) / elapsed).ok());
        let seconds_left = pace.zip(total).and_then(|((elapsed, rows), total)| {
            i32::try_from((total - rows_read).max(0).saturating_mul(elapsed) / rows / 1000).ok()
        });
        Ok(ImportJob {
            id: self.id,
            kind: self.kind,
            file_name: self.file_name,
            file_path: self.file_path,
            file_size: Count(self.file_size),
            encoding: self.encoding,
            dry_run: self.dry_run,
            state,
            rows_read: Count(rows_read),
            rows_total: total.map(Count),
            bytes: Count(self.bytes),
            created: Count(self.created),
            updated: Count(self.updated),
            unchanged: Count(self.unchanged),
            rejected: Count(self.rejected),
            reasons: Report::tallies(&report.reasons),
            made: Report::tallies(&report.made),
            notes: Report::tallies(&report.notes),
            sums: report.sums(),
            rate,
            seconds_left,
            error: match stopped {
                None if self.error.is_empty() => None,
                None => Some(serde_json::from_str(&self.error)?),
                stopped => stopped,
            },
            started_at: Millis(self.started_at),
            updated_at: Millis(self.updated_at),
            finished_at: self.finished_at.map(Millis),
        })
    }
}

/// What the amounts and times of a file mean.
pub struct Places {
    /// Shop currency for one unit of the file's; `None` when they are the same.
    pub rate: Option<Decimal>,
    /// Of the times in the file.
    pub zone: String,
}

/// As asked, or as the kind of file is known to be, or as the shop's.
pub fn places(kind: ImportKind, options: &ImportOptions, currency: &str, zone: &str) -> Result<Places> {
    let (usual_currency, usual_zone) = match kind {
        ImportKind::OnlineRetail => ("GBP", "Europe/London"),
        _ => (currency, zone),
    };
    let asked = |option: &Option<String>, usual: &str| match option.as_deref().map(str::trim) {
        Some(asked) if !asked.is_empty() => asked.to_owned(),
        _ => usual.to_owned(),
    };
    let file_currency = Currency::parse(&asked(&options.currency, usual_currency))
        .map_err(|_| Error::invalid("options.currency", "unknown"))?;
    let rate = if file_currency.code() == currency { None } else { Some(rate(options.rate.as_deref())?) };
    let zone = asked(&options.zone, usual_zone);
    if !domain::time::valid_zone(&zone) {
        return Err(Error::invalid("options.zone", "unknown"));
    }
    Ok(Places { rate, zone })
}

fn rate(text: Option<&str>) -> Result<Decimal> {
    let field = "options.rate";
    let text = text.map(str::trim).filter(|text| !text.is_empty()).ok_or_else(|| Error::invalid(field, "required"))?;
    let rate: Decimal = text.parse().map_err(|_| Error::invalid(field, "not_a_number"))?;
    if rate <= Decimal::ZERO {
        return Err(Error::invalid(field, "too_small"));
    }
    if rate > Decimal::from(1_000_000) {
        return Err(Error::invalid(field, "too_large"));
    }
    Ok(rate)
}
