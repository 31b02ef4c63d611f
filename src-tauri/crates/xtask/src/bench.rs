//! `cargo xtask bench`: the measurements of `tests/`, against limits measured in the same run.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    install::{self, For},
    postgres::Postgres,
    process::{cargo, output, root, run as shell, say},
};

#[derive(clap::Args)]
pub struct Args {
    /// What is passed on to the bench, such as the names of the measurements.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    install::packages(&[For::App, For::Postgres, For::Bench])?;
    let folder = root().join("tests/bench");
    fs::create_dir_all(&folder)?;
    let date = output(Command::new("date").args(["-u", "+%F"])).context("cannot tell the date")?;
    let result = folder.join(format!("{}.json", date.trim()));
    let postgres = Postgres::start()?;
    shell(
        cargo()
            .args(["run", "--release", "--package", "tests", "--bin", "bench", "--", "--out"])
            .arg(&result)
            .args(&args.bench)
            .env("SHOPKEEPER_TEST_POSTGRES", &postgres.url),
    )?;
    say(format!("The measurements are in {}.", result.display()));
    Ok(())
}
