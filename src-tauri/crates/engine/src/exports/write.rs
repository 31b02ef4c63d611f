//! Rows on their way to a file.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use domain::units::Count;
use rust_xlsxwriter::{Workbook, Worksheet};
use uuid::Uuid;

use super::{
    Export, ExportFormat, ExportState,
    cells::{Cell, Source},
};
use crate::{
    access,
    ctx::Caller,
    engine::Engine,
    error::{Error, Result},
};

/// Excel holds no more rows than this.
const MAX_SHEET: u32 = 1_048_576;

/// Writes the file and answers how many rows it has; 0 when it was cancelled.
pub async fn file(engine: &Engine, caller: &Caller, id: Uuid, input: &Export) -> Result<i64> {
    let spec = crate::commands::spec("exports.get").ok_or_else(|| Error::internal("no exports.get"))?;
    let mut ctx = engine.begin_query(spec, caller).await?;
    let chinese = input.language.starts_with("zh");
    let mut source = Source::new(input.what, input.filter.as_deref(), chinese)?;
    let place = Path::new(&input.path);
    let mut out = Sheet::create(place, input.format)?;
    let header: Vec<Cell> = source.header().iter().map(|title| Cell::Text((*title).to_owned())).collect();
    out.row(&header)?;
    let mut rows = 0_i64;
    while let Some(page) = source.next(&mut ctx).await? {
        for row in &page {
            out.row(row)?;
        }
        rows += i64::try_from(page.len()).unwrap_or(0);
        let mut on = false;
        engine.jobs.exports.change(id, |job| {
            job.rows = Count(rows);
            on = job.state == ExportState::Running;
        });
        if !on {
            return Ok(0);
        }
    }
    // A file that cannot be written down in the history is not made.
    access::exported(engine, caller, id, input.what.as_str(), rows).await?;
    out.finish(place)?;
    Ok(rows)
}

/// A file being written, beside its place.
struct Sheet {
    part: Part,
    name: String,
    kind: Kind,
}

/// Goes away unless it is moved to its place: whatever stops an export leaves nothing behind.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

enum Kind {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx { book: Box<Workbook>, next: u32 },
}

impl Sheet {
    fn create(place: &Path, format: ExportFormat) -> Result<Self> {
        let name = place.file_name().ok_or_else(|| Error::invalid("path", "required"))?.to_string_lossy().into_owned();
        let part = Part(place.with_file_name(format!("{name}.part")));
        let fault = |error: std::io::Error| fault(&name, &error);
        let kind = match format {
            ExportFormat::Csv => {
                let mut out = BufWriter::new(File::create(&part.0).map_err(fault)?);
                // Spreadsheets take a file without the mark for one in the system's old encoding.
                out.write_all(b"\xef\xbb\xbf").map_err(fault)?;
                Kind::Csv(Box::new(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)))
            }
            ExportFormat::Xlsx => {
                // Fails early where nothing can be written.
                File::create(&part.0).map_err(fault)?;
                let mut book = Workbook::new();
                book.add_worksheet_with_constant_memory().map_err(Error::internal)?;
                Kind::Xlsx { book: Box::new(book), next: 0 }
            }
        };
        Ok(Self { part, name, kind })
    }

    fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let name = &self.name;
        match &mut self.kind {
            Kind::Csv(out) => out
                .write_record(cells.iter().map(|cell| cell.guarded().into_owned()))
                .map_err(|error| csv_fault(name, error)),
            Kind::Xlsx { book, next } => {
                if *next >= MAX_SHEET {
                    return Err(Error::BadFile { file: name.clone(), reason: "too_many_rows".into() });
                }
                let sheet = book.worksheet_from_index(0).map_err(Error::internal)?;
                for (column, cell) in (0_u16..).zip(cells) {
                    put(sheet, *next, column, cell)?;
                }
                *next += 1;
                Ok(())
            }
        }
    }

    fn finish(self, place: &Path) -> Result<()> {
        let name = self.name;
        match self.kind {
            Kind::Csv(mut out) => out.flush().map_err(|error| fault(&name, &error))?,
            Kind::Xlsx { mut book, .. } => book.save(&self.part.0).map_err(|error| match error {
                rust_xlsxwriter::XlsxError::IoError(error) => fault(&name, &error),
                other => Error::internal(other),
            })?,
        }
        std::fs::rename(&self.part.0, place).map_err(|error| fault(&name, &error))
    }
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<()> {
    let done = match cell {
        // A spreadsheet knows but one kind of number.
        Cell::Number(text) => match text.parse::<f64>() {
            Ok(number) => sheet.write_number(row, column, number),
            Err(_) => sheet.write_string(row, column, text),
        },
        Cell::Text(text) if text.is_empty() => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, text.chars().take(32_000).collect::<String>()),
    };
    done.map(|_| ()).map_err(Error::internal)
}

/// What stopped the writing of a file.
pub(crate) fn fault(name: &str, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Error::DiskFull;
    }
    Error::BadFile { file: name.to_owned(), reason: crate::imports::io_reason(error).to_owned() }
}

pub(crate) fn csv_fault(name: &str, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => fault(name, &error),
        other => Error::internal(format!("{other:?}")),
    }
}
