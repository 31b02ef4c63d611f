//! Opening a file that anybody may have made with anything: what it is, how it is encoded, and its
//! rows one after the other.
//!
//! Nothing here trusts the file. A row that cannot be read is handed on as bad, with the reason;
//! a file that cannot be read at all is [`Error::BadFile`].

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    rc::Rc,
};

use calamine::{Data, DataRef, Reader as _, Xlsx};
use csv::StringRecord;
use data_encoding::HEXLOWER;
use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::wire::{FileFormat, ImportOptions};
use crate::{
    db,
    error::{Error, Result},
};

pub const MAX_FILE: u64 = 2 << 30;
/// A workbook is unpacked before it is read, so it may not be as large as plain text.
const MAX_WORKBOOK: u64 = 256 << 20;
pub const MAX_FIELD: usize = 1 << 20;
pub const MAX_COLUMNS: usize = 500;
/// A quote that is never closed swallows the rest of the file into one row.
const MAX_RECORD: u64 = 16 << 20;
/// How much is looked at to tell the encoding and the delimiter.
const HEAD: u64 = 1 << 20;
/// Files up to this size are checked to their end for encoding, and hashed in whole.
const WHOLE: u64 = 64 << 20;

/// A file, known well enough to be read.
#[derive(Clone, Debug)]
pub struct Opened {
    pub path: PathBuf,
    pub name: String,
    pub size: u64,
    pub format: FileFormat,
    pub encoding: &'static Encoding,
    pub bom: bool,
    pub delimiter: u8,
    pub sheets: Vec<String>,
    pub sheet: Option<String>,
    /// SHA-256 of its bytes; of its size, head and tail when it is very large.
    pub hash: String,
}

/// One row of a table, or the reason why it is none.
pub enum Reading<'a> {
    Row { number: i64, bytes: u64, cells: &'a StringRecord },
    Bad { number: i64, bytes: u64, reason: &'static str },
}

/// Whether to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    On,
    Stop,
}

impl Opened {
    pub fn bad(&self, reason: &str) -> Error {
        bad(&self.name, reason)
    }
}

pub fn bad(file: &str, reason: &str) -> Error {
    Error::BadFile { file: file.to_owned(), reason: reason.to_owned() }
}

/// Finds out what the file is. Reads its head, and all of it when it is not large.
pub fn open(path: &str, options: &ImportOptions) -> Result<Opened> {
    let path = Path::new(path);
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let fault = |error: io::Error| bad(&name, io_reason(&error));
    if db::held::is_open(path) {
        return Err(bad(&name, "in_use"));
    }
    let mut file = File::open(path).map_err(fault)?;
    let meta = file.metadata().map_err(fault)?;
    if !meta.is_file() {
        return Err(bad(&name, "not_a_file"));
    }
    let size = meta.len();
    if size == 0 {
        return Err(bad(&name, "empty"));
    }
    if size > MAX_FILE {
        return Err(bad(&name, "too_large"));
    }
    let Survey { mut head, hash, utf8 } = Survey::of(&mut file, size).map_err(fault)?;
    let mut opened = Opened {
        path: path.to_owned(),
        size,
        format: FileFormat::Csv,
        encoding: encoding_rs::UTF_8,
        bom: false,
        delimiter: b',',
        sheets: Vec::new(),
        sheet: None,
        hash,
        name,
    };
    if head.starts_with(b"PK\x03\x04") {
        open_workbook(&mut opened, options)?;
        return Ok(opened);
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(opened.bad("old_excel"));
    }
    (opened.encoding, opened.bom) = match &options.encoding {
        Some(label) => {
            let encoding =
                Encoding::for_label(label.as_bytes()).ok_or_else(|| Error::invalid("options.encoding", "unknown"))?;
            (encoding, Encoding::for_bom(&head).is_some())
        }
        None => {
            if !utf8 && size <= WHOLE {
                // What else it may be is told by all of it.
                file.seek(SeekFrom::Start(HEAD))
                    .and_then(|_| file.read_to_end(&mut head))
                    .map_err(|error| opened.bad(io_reason(&error)))?;
            }
            let partial = (head.len() as u64) < size;
            encoding_of(&head, utf8, partial).ok_or_else(|| opened.bad("binary"))?
        }
    };
    let start = &head[..head.len().min(HEAD as usize)];
    let (text, _, _) = opened.encoding.decode(start);
    if text.trim().is_empty() {
        return Err(opened.bad("empty"));
    }
    if is_dump(&opened.path, &text) {
        opened.format = FileFormat::Sql;
        return Ok(opened);
    }
    opened.delimiter = match options.delimiter.as_deref() {
        None | Some("") => delimiter_of(&text),
        Some("\\t" | "tab") => b'\t',
        Some(one) if one.len() == 1 && one.is_ascii() && !one.starts_with(['"', '\n', '\r']) => one.as_bytes()[0],
        Some(_) => return Err(Error::invalid("options.delimiter", "unknown")),
    };
    Ok(opened)
}

/// Hands on every row of a table, the header first as number 1, until `each` has enough.
pub fn read(opened: &Opened, each: &mut dyn FnMut(Reading<'_>) -> Result<Flow>) -> Result<()> {
    match opened.format {
        FileFormat::Csv => read_csv(opened, each),
        FileFormat::Xlsx => read_workbook(opened, each),
        FileFormat::Sql => Err(opened.bad("not_a_table")),
    }
}

/// The text of a file, decoded to UTF-8 as it is read.
pub fn text_of(opened: &Opened) -> Result<impl Read + use<>> {
    let file = File::open(&opened.path).map_err(|error| opened.bad(io_reason(&error)))?;
    Ok(Decoded::new(BufReader::with_capacity(1 << 18, file), opened.encoding))
}

fn read_csv(opened: &Opened, each: &mut dyn FnMut(Reading<'_>) -> Result<Flow>) -> Result<()> {
    let since = Rc::new(Cell::new(0));
    let guarded = Guarded { inner: text_of(opened)?, since: since.clone() };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(opened.delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(guarded);
    let mut record = StringRecord::new();
    let mut number = 0;
    loop {
        since.set(0);
        let outcome = reader.read_record(&mut record);
        let bytes = reader.position().byte().min(opened.size);
        number += 1;
        let reading = match outcome {
            Ok(false) => return Ok(()),
            Ok(true) => judged(number, bytes, &record),
            Err(error) => match error.kind() {
                csv::ErrorKind::Utf8 { .. } => Reading::Bad { number, bytes, reason: "encoding" },
                csv::ErrorKind::Io(error) => return Err(opened.bad(io_reason(error))),
                _ => return Err(opened.bad("damaged")),
            },
        };
        if let Reading::Row { cells, .. } = &reading
            && cells.iter().all(|cell| cell.trim().is_empty())
        {
            continue;
        }
        if each(reading)? == Flow::Stop {
            return Ok(());
        }
    }
}

fn judged(number: i64, bytes: u64, cells: &StringRecord) -> Reading<'_> {
    if cells.len() > MAX_COLUMNS {
        return Reading::Bad { number, bytes, reason: "too_many_columns" };
    }
    if cells.as_slice().len() > MAX_FIELD && cells.iter().any(|cell| cell.len() > MAX_FIELD) {
        return Reading::Bad { number, bytes, reason: "field_too_long" };
    }
    if cells.as_slice().contains('\0') {
        return Reading::Bad { number, bytes, reason: "control_character" };
    }
    Reading::Row { number, bytes, cells }
}

type Workbook = Xlsx<BufReader<File>>;

fn workbook(opened: &Opened) -> Result<Workbook> {
    let file = File::open(&opened.path).map_err(|error| opened.bad(io_reason(&error)))?;
    Xlsx::new(BufReader::new(file)).map_err(|_| opened.bad("damaged"))
}

fn open_workbook(opened: &mut Opened, options: &ImportOptions) -> Result<()> {
    opened.format = FileFormat::Xlsx;
    if opened.size > MAX_WORKBOOK {
        return Err(opened.bad("too_large"));
    }
    check_unpacked_size(opened)?;
    opened.sheets = quietly(opened, |opened| Ok(workbook(opened)?.sheet_names()))?;
    let sheet = match &options.sheet {
        Some(wanted) if !wanted.is_empty() => opened.sheets.iter().find(|sheet| *sheet == wanted),
        _ => opened.sheets.first(),
    };
    opened.sheet = Some(sheet.ok_or_else(|| opened.bad("no_such_sheet"))?.clone());
    Ok(())
}

/// A damaged workbook must not take the program down, whatever the library makes of it.
fn quietly<T>(opened: &Opened, work: impl FnOnce(&Opened) -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(opened)))
        .unwrap_or_else(|_| Err(opened.bad("damaged")))
}

fn read_workbook(opened: &Opened, each: &mut dyn FnMut(Reading<'_>) -> Result<Flow>) -> Result<()> {
    quietly(opened, |opened| {
        let mut book = workbook(opened)?;
        let sheet = opened.sheet.clone().unwrap_or_default();
        let damaged = |_| opened.bad("damaged");
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
        let mut row: Vec<String> = Vec::new();
        let mut at: Option<u32> = None;
        let mut seen = 0_u64;
        let mut hand_on = |row: &mut Vec<String>, at: u32| -> Result<Flow> {
            if row.iter().all(|cell| cell.trim().is_empty()) {
                row.clear();
                return Ok(Flow::On);
            }
            let record = StringRecord::from(std::mem::take(row));
            seen += record.as_slice().len() as u64;
            each(judged(i64::from(at) + 1, seen.min(opened.size), &record))
        };
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (line, column) = cell.get_position();
            if let Some(before) = at.filter(|before| *before != line)
                && hand_on(&mut row, before)? == Flow::Stop
            {
                return Ok(());
            }
            at = Some(line);
            // Columns beyond the limit make the row bad; the text itself is not kept.
            let column = (column as usize).min(MAX_COLUMNS);
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            row[column] = cell_text(cell.get_value());
        }
        if let Some(at) = at {
            hand_on(&mut row, at)?;
        }
        Ok(())
    })
}

/// A cell as a person sees it, or nearly: whole numbers without decimals, times as ISO 8601.
fn cell_text(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        Data::Int(number) => number.to_string(),
        // The shortest text that reads back as this number is what stands in the cell.
        Data::Float(number) => number.to_string(),
        Data::String(text) => text,
        Data::Bool(value) => if value { "true" } else { "false" }.to_owned(),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// A workbook is a zip: what it says it unpacks to must fit in memory.
fn check_unpacked_size(opened: &Opened) -> Result<()> {
    let mut file = File::open(&opened.path).map_err(|error| opened.bad(io_reason(&error)))?;
    let tail = opened.size.min(66_000);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(opened.size - tail))
        .and_then(|_| file.read_to_end(&mut bytes))
        .map_err(|error| opened.bad(io_reason(&error)))?;
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or_else(|| opened.bad("damaged"))?;
    let number = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).map(|four| u64::from(u32::from_le_bytes([four[0], four[1], four[2], four[3]])))
    };
    let (Some(length), Some(start)) = (number(&bytes, end + 12), number(&bytes, end + 16)) else {
        return Err(opened.bad("damaged"));
    };
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(start))
        .and_then(|_| (&mut file).take(length.min(16 << 20)).read_to_end(&mut directory))
        .map_err(|error| opened.bad(io_reason(&error)))?;
    let mut total = 0_u64;
    let mut at = 0;
    while let Some(entry) = directory.get(at..).filter(|rest| rest.starts_with(b"PK\x01\x02")) {
        let short = |at: usize| entry.get(at..at + 2).map(|two| usize::from(u16::from_le_bytes([two[0], two[1]])));
        let (Some(size), Some(name), Some(extra), Some(comment)) = (number(entry, 24), short(28), short(30), short(32))
        else {
            break;
        };
        total += size;
        at += 46 + name + extra + comment;
    }
    if total > 1 << 30 {
        return Err(opened.bad("too_large"));
    }
    Ok(())
}

/// What a first look at a file tells, however large it is.
struct Survey {
    /// Its first [`HEAD`] bytes.
    head: Vec<u8>,
    hash: String,
    /// Whether what was looked at is UTF-8: all of it, or the head of a very large file.
    utf8: bool,
}

impl Survey {
    fn of(file: &mut File, size: u64) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let mut head = Vec::new();
        Read::by_ref(file).take(HEAD).read_to_end(&mut head)?;
        hasher.update(&head);
        let (mut utf8, mut cut) = utf8_so_far(&head);
        let mut block = Vec::new();
        if size > WHOLE {
            file.seek(SeekFrom::Start(size - HEAD))?;
            Read::by_ref(file).take(HEAD).read_to_end(&mut block)?;
            hasher.update(&block);
            hasher.update(size.to_le_bytes());
            cut = 0;
        } else {
            block.extend_from_slice(&head[head.len() - cut..]);
            while Read::by_ref(file).take(HEAD).read_to_end(&mut block)? > 0 {
                hasher.update(&block[cut..]);
                let fits = utf8_so_far(&block);
                utf8 &= fits.0;
                cut = fits.1;
                block.drain(..block.len() - cut);
            }
        }
        // A character that is cut in two at the very end is none.
        utf8 &= cut == 0;
        Ok(Self { head, hash: HEXLOWER.encode(&hasher.finalize()), utf8 })
    }
}

/// Whether these bytes may be UTF-8, and how many at their end begin a character that goes on.
fn utf8_so_far(bytes: &[u8]) -> (bool, usize) {
    match std::str::from_utf8(bytes) {
        Ok(_) => (true, 0),
        Err(error) => (error.error_len().is_none(), (bytes.len() - error.valid_up_to()).min(3)),
    }
}

/// The encoding and whether a byte order mark says so; `None` when this is no text.
fn encoding_of(head: &[u8], fits_utf8: bool, partial: bool) -> Option<(&'static Encoding, bool)> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some((encoding, true));
    }
    let nuls = |odd: usize| head.iter().skip(odd).step_by(2).take(4096).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    if even + odd > 0 {
        // UTF-16 without a mark: every second byte of a Latin letter or a digit is zero.
        let half = head.len().min(8192) / 2;
        return match (even * 4 > half, odd * 4 > half) {
            (false, true) => Some((encoding_rs::UTF_16LE, false)),
            (true, false) => Some((encoding_rs::UTF_16BE, false)),
            // A few stray zeros spoil their rows, not the file.
            _ if fits_utf8 && (even + odd) * 20 <= head.len() => Some((encoding_rs::UTF_8, false)),
            _ => None,
        };
    }
    if fits_utf8 {
        return Some((encoding_rs::UTF_8, false));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, !partial);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    // GB18030 holds all of GBK and more.
    let guess = if guess == encoding_rs::GBK { encoding_rs::GB18030 } else { guess };
    let fits = |encoding: &'static Encoding| {
        let cut = if partial { head.len().saturating_sub(4) } else { head.len() };
        encoding.decode_without_bom_handling_and_without_replacement(&head[..cut]).is_some()
    };
    // A table with a few damaged bytes is still mostly UTF-8: its bad rows are refused one by one.
    let (lossy, _) = encoding_rs::UTF_8.decode_without_bom_handling(head);
    let spoilt = lossy.chars().filter(|c| *c == '\u{fffd}').count();
    let foreign = lossy.chars().filter(|c| !c.is_ascii()).count() - spoilt;
    if foreign > spoilt * 20 {
        return Some((encoding_rs::UTF_8, false));
    }
    Some((
        if fits(guess) {
            guess
        } else if fits(encoding_rs::GB18030) {
            encoding_rs::GB18030
        } else {
            guess
        },
        false,
    ))
}

/// The delimiter that cuts the first rows into the most columns, evenly.
fn delimiter_of(head: &str) -> u8 {
    let mut best = (0, b',');
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(head.as_bytes());
        let widths: Vec<usize> = reader.records().take(20).map_while(|row| row.ok()).map(|row| row.len()).collect();
        let Some(first) = widths.first().copied().filter(|width| *width > 1) else { continue };
        // The last row may be cut; others may be ragged. The score is the columns of even rows.
        let even = widths.iter().filter(|width| **width == first).count();
        let score = even * 1000 / widths.len() * 1000 + first;
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

fn is_dump(path: &Path, head: &str) -> bool {
    let named = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
    let start = head.trim_start();
    named || start.starts_with("-- MySQL dump") || start.starts_with("INSERT INTO `")
}

/// The word the UI knows for a fault of the file system.
pub fn io_reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "not_found",
        io::ErrorKind::PermissionDenied => "no_permission",
        io::ErrorKind::FileTooLarge => "row_too_long",
        io::ErrorKind::StorageFull => "disk_full",
        io::ErrorKind::IsADirectory => "not_a_file",
        _ => "unreadable",
    }
}

/// Refuses to put more than [`MAX_RECORD`] bytes into one row.
struct Guarded<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > MAX_RECORD {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get() + read as u64);
        Ok(read)
    }
}

/// Turns any encoding into UTF-8 on the way, and drops the byte order mark.
struct Decoded<R> {
    inner: R,
    /// `None` for UTF-8, which passes as it is: a row that is not valid is refused on its own.
    decoder: Option<encoding_rs::Decoder>,
    start: bool,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    done: bool,
    /// The decoder has seen the end; it must not be asked again.
    ended: bool,
}

impl<R: Read> Decoded<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != encoding_rs::UTF_8).then(|| encoding.new_decoder_with_bom_removal());
        Self { inner, decoder, start: true, raw: vec![0; 1 << 16], raw_at: 0, raw_end: 0, done: false, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.raw.copy_within(self.raw_at..self.raw_end, 0);
        self.raw_end -= self.raw_at;
        self.raw_at = 0;
        let read = self.inner.read(&mut self.raw[self.raw_end..])?;
        self.raw_end += read;
        self.done = read == 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.decoder.is_none() {
            if self.start {
                self.start = false;
                while !self.done && self.raw_end < 3 {
                    self.refill()?;
                }
                if self.raw[..self.raw_end].starts_with(b"\xef\xbb\xbf") {
                    self.raw_at = 3;
                }
            }
            if self.raw_at == self.raw_end {
                self.refill()?;
            }
            let give = (self.raw_end - self.raw_at).min(buffer.len());
            buffer[..give].copy_from_slice(&self.raw[self.raw_at..self.raw_at + give]);
            self.raw_at += give;
            return Ok(give);
        }
        while !self.ended {
            if self.raw_at == self.raw_end && !self.done {
                self.refill()?;
            }
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            let (state, used, written, _) =
                decoder.decode_to_utf8(&self.raw[self.raw_at..self.raw_end], buffer, self.done);
            self.raw_at += used;
            self.ended = self.done && state == encoding_rs::CoderResult::InputEmpty;
            // A buffer too short for one character would never fill.
            if written > 0 || (used == 0 && state == encoding_rs::CoderResult::OutputFull) {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
