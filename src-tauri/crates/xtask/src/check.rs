//! `cargo xtask check`: format and lint here; with `--cross`, the other two systems as well.

use anyhow::Result;

use crate::{
    cross,
    install::{self, For},
    process::{cargo, run as shell},
    ui,
};

/// One set of features for lint, tests and app, so that no dependency is compiled twice.
pub const WORKSPACE: [&str; 3] = ["--workspace", "--features", "shopkeeper/custom-protocol"];

#[derive(clap::Args)]
pub struct Args {
    /// Also build for Windows and type-check for macOS.
    #[arg(long)]
    cross: bool,
}

pub fn run(args: &Args) -> Result<()> {
    install::packages(&[For::App])?;
    format()?;
    ui::build()?;
    lint()?;
    if args.cross {
        cross::windows()?;
        cross::macos()?;
    }
    Ok(())
}

pub fn format() -> Result<()> {
    shell(cargo().args(["fmt", "--all", "--check"]))
}

pub fn lint() -> Result<()> {
    shell(cargo().arg("clippy").args(WORKSPACE).args(["--all-targets", "--", "-D", "warnings"]))
}
