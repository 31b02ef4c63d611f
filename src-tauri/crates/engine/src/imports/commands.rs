//! The commands of the wizard.

use std::io::Write as _;

use domain::units::{Count, Millis};
use uuid::Uuid;

use super::{
    fields, file,
    job::{JobRow, job_columns, places},
    reasons,
    report::Report,
    run::{self, Jobs},
    values::short,
    wire::*,
};
use crate::{
    ctx::Ctx,
    db::Db,
    error::{Error, Result},
    execute,
    exports::write,
    fetch_all, fetch_optional,
    off_thread::off_thread,
    settings::Nothing,
};

/// Rows of a file shown before it is taken.
const PREVIEW: usize = 20;

/// Reads the head of a file: what it is, how it is written, and what its columns may mean.
pub async fn inspect(ctx: &mut Ctx, input: InspectFile) -> Result<InspectedFile> {
    let head = off_thread(move || Head::read(&input.path, &input.options, input.kind)).await?;
    let remembered = remembered(ctx, head.kind, &head.header).await?;
    let before: Option<(i64,)> = fetch_optional!(
        ctx.tx,
        (i64,),
        "SELECT finished_at FROM import_job WHERE file_hash = $1 AND state = 'done' AND dry_run = $2
         ORDER BY finished_at DESC LIMIT 1",
        head.opened.hash.as_str(),
        false
    )?;
    let is_remembered = remembered.is_some();
    let mapping = remembered.unwrap_or_else(|| fields::guess_mapping(head.kind, &head.header));
    Ok(InspectedFile {
        file_name: head.opened.name.clone(),
        file_size: Count(i64::try_from(head.opened.size).unwrap_or(i64::MAX)),
        format: head.opened.format,
        encoding: head.opened.encoding.name().to_owned(),
        bom: head.opened.bom,
        delimiter: char::from(head.opened.delimiter).to_string(),
        sheets: head.opened.sheets.clone(),
        sheet: head.opened.sheet.clone(),
        rows: head.rows,
        missing: fields::missing(head.kind, &mapping),
        mapping,
        remembered: is_remembered,
        fields: fields::fields(head.kind),
        row_estimate: Count(head.estimate),
        imported_before: before.map(|(at,)| Millis(at)),
        currency: (head.kind == ImportKind::OnlineRetail).then(|| "GBP".to_owned()),
        header: head.header,
        kind: head.kind,
    })
}

/// Starts an import in the background.
pub async fn start(ctx: &mut Ctx, input: StartImport) -> Result<ImportJob> {
    let shop = ctx.shop()?;
    for permission in input.kind.permissions() {
        ctx.need(*permission)?;
    }
    places(input.kind, &input.options, &shop.currency, &shop.zone)?;
    let (path, options, kind) = (input.path.clone(), input.options.clone(), input.kind);
    let head = off_thread(move || Head::read(&path, &options, Some(kind))).await?;
    let mapping = if input.mapping.is_empty() {
        match remembered(ctx, input.kind, &head.header).await? {
            Some(mapping) => mapping,
            None => fields::guess_mapping(input.kind, &head.header),
        }
    } else {
        checked_mapping(input.kind, &head.header, input.mapping)?
    };
    if (head.opened.format == FileFormat::Sql) != (input.kind == ImportKind::Litemall) {
        return Err(head.opened.bad("other_kind"));
    }
    if let Some(field) = fields::missing(input.kind, &mapping).into_iter().next() {
        return Err(Error::invalid_because("mapping", "required", field));
    }
    pause_dead(ctx, "start").await?;
    // The command's own id, so that whatever the job writes is found from its audit row.
    let id = ctx.command_id;
    let runner = ctx.new_id();
    let mut report = Report::default();
    let before: Option<(Uuid,)> = fetch_optional!(
        ctx.tx,
        (Uuid,),
        "SELECT id FROM import_job WHERE file_hash = $1 AND state = 'done' AND dry_run = $2 LIMIT 1",
        head.opened.hash.as_str(),
        false
    )?;
    report.note("same_file", i64::from(before.is_some()));
    execute!(
        ctx.tx,
        "INSERT INTO import_job (id, kind, file_name, file_path, file_size, file_hash, encoding, header, mapping, options,
                                 dry_run, state, runner, device, position, bytes, rows_total, created, updated,
                                 unchanged, rejected, report, error, actor_name, started_at, updated_at, finished_at)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,'running',$12,$13,0,0,NULL,0,0,0,0,$14,'',$15,$16,$16,NULL)",
        id,
        input.kind.as_str(),
        head.opened.name.as_str(),
        input.path.as_str(),
        i64::try_from(head.opened.size).unwrap_or(i64::MAX),
        head.opened.hash.as_str(),
        head.opened.encoding.name(),
        serde_json::to_string(&head.header)?,
        serde_json::to_string(&mapping)?,
        serde_json::to_string(&input.options)?,
        input.dry_run,
        runner,
        ctx.caller.device.id,
        serde_json::to_string(&report)?,
        ctx.caller.actor_name.as_str(),
        ctx.now.0
    )?;
    if !head.header.is_empty() {
        execute!(
            ctx.tx,
            "INSERT INTO import_mapping (kind, header_hash, mapping, used_at) VALUES ($1,$2,$3,$4)
             ON CONFLICT (kind, header_hash) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
            input.kind.as_str(),
            fields::header_hash(&head.header),
            serde_json::to_string(&mapping)?,
            ctx.now.0
        )?;
    }
    ctx.about(id);
    run_after_commit(ctx, id, runner, Some(head.opened));
    told(ctx, id).await
}

pub async fn get(ctx: &mut Ctx, input: ImportJobId) -> Result<ImportJob> {
    told(ctx, input.id).await
}

/// Imports, the newest first.
pub async fn list(ctx: &mut Ctx, input: ImportJobList) -> Result<ImportJobs> {
    let limit = page(input.limit)?;
    let (at, id) = match &input.cursor {
        None => (i64::MAX, Uuid::max()),
        Some(cursor) => cursor
            .split_once('.')
            .and_then(|(at, id)| Some((at.parse().ok()?, Uuid::try_parse(id).ok()?)))
            .ok_or_else(|| Error::invalid("cursor", "malformed"))?,
    };
    let rows: Vec<JobRow> = fetch_all!(
        ctx.tx,
        JobRow,
        concat!(
            job_columns!(),
            " WHERE started_at < $1 OR started_at = $1 AND id < $2 ORDER BY started_at DESC, id DESC LIMIT $3"
        ),
        at,
        id,
        limit
    )?;
    let next = (rows.len() as i64 == limit)
        .then(|| rows.last().map(|row| format!("{}.{}", row.started_at, row.id.simple())))
        .flatten();
    let items = rows.into_iter().map(|row| row.told(ctx.now, &ctx.jobs)).collect::<Result<_>>()?;
    Ok(ImportJobs { items, next })
}

/// Stops a job after the batch it is at; what was written stays.
pub async fn cancel(ctx: &mut Ctx, input: ImportJobId) -> Result<ImportJob> {
    let touched = execute!(
        ctx.tx,
        "UPDATE import_job SET state = 'cancelled', updated_at = $2, finished_at = $2
         WHERE id = $1 AND state IN ('running', 'paused')",
        input.id,
        ctx.now.0
    )?;
    if touched == 0 {
        return Err(wrong_state(ctx, input.id, "cancel").await?);
    }
    ctx.about(input.id);
    told(ctx, input.id).await
}

/// Goes on with a job that was cut off, or that failed for a reason now gone.
pub async fn resume(ctx: &mut Ctx, input: ImportJobId) -> Result<ImportJob> {
    pause_dead(ctx, "resume").await?;
    let runner = ctx.new_id();
    let touched = execute!(
        ctx.tx,
        "UPDATE import_job SET state = 'running', runner = $2, error = '', updated_at = $3, finished_at = NULL
         WHERE id = $1 AND state IN ('paused', 'failed')",
        input.id,
        runner,
        ctx.now.0
    )?;
    if touched == 0 {
        return Err(wrong_state(ctx, input.id, "resume").await?);
    }
    ctx.about(input.id);
    run_after_commit(ctx, input.id, runner, None);
    told(ctx, input.id).await
}

/// Rows that were refused, in the order of the file.
pub async fn rejects(ctx: &mut Ctx, input: ImportRejectList) -> Result<ImportRejects> {
    let limit = page(input.limit)?;
    let after: i64 = match &input.cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| Error::invalid("cursor", "malformed"))?,
    };
    let job = JobRow::load(&mut ctx.tx, input.id).await?.ok_or_else(|| Error::not_found("import", input.id))?;
    let items = rejects_after(ctx, input.id, after, limit).await?;
    let next = (items.len() as i64 == limit).then(|| items.last().map(|item| item.row.0.to_string())).flatten();
    Ok(ImportRejects { header: serde_json::from_str(&job.header)?, items, next })
}

/// Writes the refused rows to a CSV file, the reason on each.
pub async fn save_rejects(ctx: &mut Ctx, input: SaveRejects) -> Result<SavedFile> {
    let job = JobRow::load(&mut ctx.tx, input.id).await?.ok_or_else(|| Error::not_found("import", input.id))?;
    let header: Vec<String> = serde_json::from_str(&job.header)?;
    let chinese = input.language.starts_with("zh");
    let name = std::path::Path::new(&input.path).file_name().map(|n| n.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Error::invalid("path", "required"))?;
    let fault = |error: std::io::Error| write::fault(&name, &error);
    let broken = |error: csv::Error| write::csv_fault(&name, error);
    let mut out = std::fs::File::create(&input.path).map_err(fault)?;
    // Spreadsheets take a file without the mark for one in the system's old encoding.
    out.write_all(b"\xef\xbb\xbf").map_err(fault)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    let titles = if chinese { ["行号", "原因", "字段"] } else { ["Row", "Reason", "Field"] };
    writer.write_record(titles.iter().copied().chain(header.iter().map(String::as_str))).map_err(broken)?;
    let (mut after, mut rows) = (0, 0);
    loop {
        let items = rejects_after(ctx, input.id, after, 500).await?;
        let Some(last) = items.last() else { break };
        after = last.row.0;
        for item in &items {
            let row = item.row.0.to_string();
            let reason = reasons::text(&item.reason, chinese);
            let start = [row.as_str(), reason, item.field.as_str()];
            writer.write_record(start.into_iter().chain(item.raw.iter().map(String::as_str))).map_err(broken)?;
            rows += 1;
        }
    }
    writer.flush().map_err(fault)?;
    Ok(SavedFile { path: input.path, rows: Count(rows) })
}

/// Forgets how the columns of such a file were mapped.
pub async fn forget_mapping(ctx: &mut Ctx, input: ForgetMapping) -> Result<Nothing> {
    execute!(
        ctx.tx,
        "DELETE FROM import_mapping WHERE kind = $1 AND header_hash = $2",
        input.kind.as_str(),
        fields::header_hash(&input.header)
    )?;
    Ok(Nothing {})
}

/// Jobs whose process has ended can be resumed: called when a database is opened.
pub(crate) async fn recover(db: &Db, jobs: &Jobs, now: Millis) -> Result<()> {
    let mut tx = db.begin_read().await?;
    let running: Vec<(Uuid,)> = fetch_all!(tx, (Uuid,), "SELECT id FROM import_job WHERE state = 'running'")?;
    tx.rollback().await?;
    let Some(before) = jobs.dead_before(now).filter(|_| !running.is_empty()) else { return Ok(()) };
    let mut tx = db.begin().await?;
    execute!(tx, PAUSE_DEAD, before)?;
    tx.commit().await?;
    Ok(())
}

const PAUSE_DEAD: &str = "UPDATE import_job SET state = 'paused' WHERE state = 'running' AND updated_at < $1";

/// One import at a time: refuses while one is at work, and pauses those that have lost their process.
async fn pause_dead(ctx: &mut Ctx, action: &str) -> Result<()> {
    let busy = || Error::WrongState { kind: "import".into(), state: "running".into(), action: action.into() };
    let before = ctx.jobs.dead_before(ctx.now).ok_or_else(busy)?;
    execute!(ctx.tx, PAUSE_DEAD, before)?;
    let running: Option<(Uuid,)> =
        fetch_optional!(ctx.tx, (Uuid,), "SELECT id FROM import_job WHERE state = 'running' LIMIT 1")?;
    if running.is_some() { Err(busy()) } else { Ok(()) }
}

/// The first rows of a file.
struct Head {
    opened: file::Opened,
    kind: ImportKind,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    estimate: i64,
}

impl Head {
    fn read(path: &str, options: &ImportOptions, kind: Option<ImportKind>) -> Result<Self> {
        let opened = file::open(path, options)?;
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut bytes = 0;
        if opened.format == FileFormat::Sql {
            rows = super::litemall::preview(&opened, PREVIEW + 1)?;
        } else {
            file::read(&opened, &mut |reading| {
                if let file::Reading::Row { cells, bytes: at, .. } = reading {
                    rows.push(cells.iter().map(|cell| short(cell.trim(), 300)).collect());
                    bytes = at;
                }
                Ok(if rows.len() > PREVIEW { file::Flow::Stop } else { file::Flow::On })
            })?;
        }
        if rows.is_empty() {
            return Err(opened.bad("empty"));
        }
        let read = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let header = rows.remove(0);
        let per_row = i64::try_from(bytes).unwrap_or(i64::MAX) / read.max(1);
        let size = i64::try_from(opened.size).unwrap_or(i64::MAX);
        let estimate = if rows.len() < PREVIEW || per_row == 0 { rows.len() as i64 } else { size / per_row };
        let kind = kind.unwrap_or_else(|| fields::guess_kind(opened.format, &header));
        Ok(Self { opened, kind, header, rows, estimate })
    }
}

fn checked_mapping(kind: ImportKind, header: &[String], mapping: Vec<MappedColumn>) -> Result<Vec<MappedColumn>> {
    let known = fields::fields(kind);
    let mut used = std::collections::HashSet::new();
    for column in &mapping {
        let Some(field) = column.field.as_deref().filter(|field| !field.is_empty()) else { continue };
        if !known.iter().any(|k| k.name == field) {
            return Err(Error::invalid_because("mapping", "unknown", field));
        }
        if !header.contains(&column.column) {
            return Err(Error::invalid_because("mapping", "no_such_column", &column.column));
        }
        if !used.insert(field.to_owned()) {
            return Err(Error::invalid_because("mapping", "twice", field));
        }
    }
    Ok(mapping)
}

async fn remembered(ctx: &mut Ctx, kind: ImportKind, header: &[String]) -> Result<Option<Vec<MappedColumn>>> {
    let row: Option<(String,)> = fetch_optional!(
        ctx.tx,
        (String,),
        "SELECT mapping FROM import_mapping WHERE kind = $1 AND header_hash = $2",
        kind.as_str(),
        fields::header_hash(header)
    )?;
    Ok(row.map(|(mapping,)| serde_json::from_str(&mapping)).transpose()?)
}

async fn rejects_after(ctx: &mut Ctx, id: Uuid, after: i64, limit: i64) -> Result<Vec<ImportReject>> {
    let rows: Vec<(i64, String, String, String)> = fetch_all!(
        ctx.tx,
        (i64, String, String, String),
        "SELECT row_no, reason, field, raw FROM import_reject WHERE job_id = $1 AND row_no > $2
         ORDER BY row_no LIMIT $3",
        id,
        after,
        limit
    )?;
    rows.into_iter()
        .map(|(row, reason, field, raw)| {
            Ok(ImportReject { row: Count(row), reason, field, raw: serde_json::from_str(&raw)? })
        })
        .collect()
}

async fn told(ctx: &mut Ctx, id: Uuid) -> Result<ImportJob> {
    let row = JobRow::load(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("import", id))?;
    row.told(ctx.now, &ctx.jobs)
}

async fn wrong_state(ctx: &mut Ctx, id: Uuid, action: &str) -> Result<Error> {
    let job = JobRow::load(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("import", id))?;
    Ok(Error::WrongState { kind: "import".into(), state: job.state.to_string(), action: action.into() })
}

fn run_after_commit(ctx: &mut Ctx, id: Uuid, runner: Uuid, opened: Option<file::Opened>) {
    let caller = ctx.caller.clone();
    ctx.after_commit(move |engine| run::spawn(engine, caller, id, runner, opened));
}

fn page(limit: i32) -> Result<i64> {
    if !(1..=200).contains(&limit) {
        return Err(Error::invalid("limit", "too_large"));
    }
    Ok(i64::from(limit))
}
