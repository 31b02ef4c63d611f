//! `cargo xtask …`: everything one does to this repository, in one place and in plain sentences.
//!
//! Each command is a file. What it needs from the machine it installs itself (`install`), so that
//! a newcomer types one line and nothing else. Nothing here is part of the product.

// It talks to people in a terminal; that is all it is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod bundle;
mod check;
mod cross;
mod desktop;
mod install;
mod postgres;
mod process;
mod run;
mod test;
mod ui;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run, test, check, bundle and measure Shopkeeper 掌柜")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what is missing and open the app.
    Run(run::Args),
    /// Install what is missing and run every test; the table at the end sums up.
    Test(test::Args),
    /// Format and lint; with --cross also build for Windows and type-check for macOS.
    Check(check::Args),
    /// Build the installers of this system, and with --verify install and start them.
    Bundle(bundle::Args),
    /// Measure, and write tests/bench/<date>.json.
    Bench(bench::Args),
}

fn main() -> std::process::ExitCode {
    let result = match Args::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Bundle(args) => bundle::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
