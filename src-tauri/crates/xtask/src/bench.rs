//! `cargo xtask bench`: the measurements of `tests/`, against limits measured in the same run.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    check::WORKSPACE,
    desktop::Desktop,
    install::{self, For},
    postgres::Postgres,
    process::{cargo, output, root, run as shell, say, target},
    test::real_data,
    ui,
};

#[derive(clap::Args)]
pub struct Args {
    /// What is passed on to the bench, such as the names of the measurements.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    install::packages(&[For::App, For::Postgres, For::Screen, For::Bench])?;
    ui::build()?;
    say("Building as it is shipped; the first time takes a quarter of an hour on two cores.");
    shell(cargo().args(["build", "--release"]).args(WORKSPACE).args(["--bins", "--examples"]))?;
    let folder = root().join("tests/bench");
    fs::create_dir_all(&folder)?;
    let date = output(Command::new("date").args(["-u", "+%F"])).context("cannot tell the date")?;
    // A run of some rows only is not the record of the day.
    let whole = args.bench.iter().all(|arg| arg.starts_with('-'));
    let result = folder.join(format!("{}.json", date.trim()));
    let postgres = Postgres::start()?;
    let desktop = Desktop::start()?;
    let mut bench = desktop.command(target().join("release/bench"));
    bench.current_dir(root()).arg("--folder").arg(target().join("bench"));
    if whole {
        bench.arg("--out").arg(&result);
    }
    bench.args(&args.bench).env("SHOPKEEPER_TEST_POSTGRES", &postgres.url);
    if let Some(data) = real_data() {
        bench.env("SHOPKEEPER_DATA", data);
    }
    shell(&mut bench)?;
    if whole {
        say(format!("The measurements are in {}.", result.display()));
    }
    Ok(())
}
