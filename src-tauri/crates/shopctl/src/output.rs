//! Answers for programs on standard output, words for people on standard error.

use std::{
    io::{Read as _, Write as _},
    process::ExitCode,
};

use engine::Error;
use serde::Serialize;

/// Why a call ended without a result; decides the exit code.
pub enum Failure {
    /// The shop refused.
    Shop(Error),
    Usage(Error),
    Database(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Shop(error)
    }
}

impl Failure {
    pub fn report(self, compact: bool) -> ExitCode {
        let (error, code) = match self {
            Self::Shop(error) => (error, 1),
            Self::Usage(error) => (error, 2),
            Self::Database(error) => (error, 3),
        };
        say(&format!("shopctl: {error}"));
        print(&error, compact);
        ExitCode::from(code)
    }
}

/// JSON on standard output. A reader that went away is no fault of ours.
pub fn print(value: &impl Serialize, compact: bool) {
    let text = if compact { serde_json::to_string(value) } else { serde_json::to_string_pretty(value) };
    let _ = writeln!(std::io::stdout().lock(), "{}", text.unwrap_or_default());
}

/// A line for people.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The argument as JSON; `-` reads standard input.
pub fn read_json(argument: &str) -> Result<serde_json::Value, Failure> {
    let mut text = argument.to_owned();
    if argument == "-" {
        text.clear();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| Failure::Usage(Error::invalid_because("input", "unreadable", e.to_string())))?;
    }
    serde_json::from_str(&text).map_err(|e| Failure::Usage(Error::invalid_because("input", "malformed", e.to_string())))
}
