//! `shopctl import`: the import wizard without the window.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use engine::{
    Engine, Error,
    commands::call,
    ctx::{Caller, Meta},
    imports::{
        ImportJob, ImportJobId, ImportJobList, ImportKind, ImportOptions, ImportState, InspectFile, MappedColumn,
        SaveRejects, StartImport,
    },
};

use crate::output::{Failure, print, say};

#[derive(clap::Args)]
pub struct Args {
    file: PathBuf,
    /// products, orders, customers, online_retail, barcodes, shopify_products,
    /// woocommerce_products or litemall; found out from the file when left out.
    #[arg(long)]
    kind: Option<String>,
    /// Column=field, once for each column; the guessed or remembered mapping when left out.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// Read and judge every row, and write nothing but the report.
    #[arg(long)]
    dry_run: bool,
    /// Only show what the file looks like and how its columns would be read.
    #[arg(long)]
    inspect: bool,
    /// utf-8, gb18030, utf-16le or utf-16be; found out when left out.
    #[arg(long)]
    encoding: Option<String>,
    #[arg(long)]
    sheet: Option<String>,
    /// ISO 4217, of the amounts in the file; the shop's when left out.
    #[arg(long)]
    currency: Option<String>,
    /// What one unit of that currency is in the shop's, such as 9.12; needed when they differ.
    #[arg(long)]
    rate: Option<String>,
    /// IANA zone of the times in the file; the shop's when left out.
    #[arg(long)]
    zone: Option<String>,
    /// Write the rows that were refused, with the reason on each, to this CSV file.
    #[arg(long)]
    rejects: Option<PathBuf>,
}

pub async fn run(shop: &Engine, caller: &Caller, args: Args, compact: bool) -> Result<ExitCode, Failure> {
    let path = std::path::absolute(&args.file).unwrap_or(args.file).to_string_lossy().into_owned();
    let kind = args
        .kind
        .map(|kind| {
            kind.parse::<ImportKind>().map_err(|_| Failure::Usage(Error::invalid_because("kind", "unknown", kind)))
        })
        .transpose()?;
    let options = ImportOptions {
        encoding: args.encoding,
        sheet: args.sheet,
        currency: args.currency,
        rate: args.rate,
        zone: args.zone,
        ..ImportOptions::default()
    };
    let look = InspectFile { path: path.clone(), kind, options: options.clone() };
    let found = call::imports_inspect(shop, caller, look).await?;
    if args.inspect {
        print(&found, compact);
        return Ok(ExitCode::SUCCESS);
    }
    let mapping = args
        .map
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((column, field)) => Ok(MappedColumn {
                column: column.to_owned(),
                field: Some(field.to_owned()).filter(|field| !field.is_empty()),
            }),
            None => Err(Failure::Usage(Error::invalid_because("map", "not_a_pair", pair))),
        })
        .collect::<Result<Vec<_>, _>>()?;

    // An import of this file that was cut goes on where it stopped.
    let unfinished = call::imports_list(shop, caller, ImportJobList { cursor: None, limit: 50 })
        .await?
        .items
        .into_iter()
        .find(|job| job.state == ImportState::Paused && job.file_path == path && job.dry_run == args.dry_run);
    let job = match unfinished {
        Some(job) => {
            say(&format!("Going on with the import that stopped after {} rows.", job.rows_read.0));
            call::imports_resume(shop, caller, Meta::new(), ImportJobId { id: job.id }).await?
        }
        None => {
            let start = StartImport { path, kind: kind.unwrap_or(found.kind), mapping, options, dry_run: args.dry_run };
            call::imports_start(shop, caller, Meta::new(), start).await?
        }
    };
    let job = watch(shop, caller, job).await?;
    if let (Some(file), true) = (args.rejects, job.rejected.0 > 0) {
        let path = std::path::absolute(&file).unwrap_or(file).to_string_lossy().into_owned();
        let saved =
            call::imports_save_rejects(shop, caller, SaveRejects { id: job.id, path, language: "en".into() }).await?;
        say(&format!("{} refused rows are in {}", saved.rows.0, saved.path));
    }
    let done = job.state == ImportState::Done;
    print(&job, compact);
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Shows how far it is until it ends; Ctrl+C stops at the next batch, and a later run goes on.
async fn watch(shop: &Engine, caller: &Caller, started: ImportJob) -> Result<ImportJob, Failure> {
    let id = ImportJobId { id: started.id };
    let mut shown = tokio::time::Instant::now();
    loop {
        let job = call::imports_get(shop, caller, id).await?;
        if job.state != ImportState::Running {
            return Ok(job);
        }
        if shown.elapsed() >= Duration::from_secs(2) {
            shown = tokio::time::Instant::now();
            let total = job.rows_total.map_or_else(String::new, |total| format!(" of about {}", total.0));
            let rate = job.rate.map_or_else(String::new, |rate| format!(", {rate} rows a second"));
            let left = job.seconds_left.map_or_else(String::new, |left| format!(", {left} s left"));
            say(&format!("{} rows{total}{rate}{left}", job.rows_read.0));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
