//! The log: a file a day, the last seven kept. It never holds secrets, names or phone numbers;
//! errors stand there in full under the reference that the screen shows.

use std::{fs, io, path::Path, sync::OnceLock};

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

static WRITER: OnceLock<WorkerGuard> = OnceLock::new();

/// Starts the log in this folder and writes panics there, too.
pub fn start(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(folder)?;
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("shopkeeper")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let _ = WRITER.set(guard);
    let filter = EnvFilter::try_from_env("SHOPKEEPER_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        before(panic);
    }));
    Ok(())
}

/// The newest lines of the newest file.
pub fn tail(folder: &Path, lines: usize) -> io::Result<String> {
    let mut files: Vec<_> = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    let Some(newest) = files.last() else { return Ok(String::new()) };
    let text = String::from_utf8_lossy(&fs::read(newest)?).into_owned();
    let all: Vec<&str> = text.lines().collect();
    Ok(all[all.len().saturating_sub(lines)..].join("\n"))
}
