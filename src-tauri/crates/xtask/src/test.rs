//! `cargo xtask test`: everything that can go wrong, the cheapest question first.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    check::{self, WORKSPACE},
    desktop::Desktop,
    install::{self, For},
    postgres::Postgres,
    process::{cargo, output, root, run as shell, say, succeeds, target, tools, which},
    ui,
};

#[derive(clap::Args)]
pub struct Args {
    /// Only these parts, by the names of the table at the end.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// Without the journeys through window and browser, and without what asks the network.
    #[arg(long)]
    quick: bool,
    /// Also build the slow tools that are missing (cargo-deny).
    #[arg(long)]
    full: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let parts = choose(args)?;
    let mut machine = Machine { full: args.full, postgres: None };
    let start = Instant::now();
    let mut rows = Vec::new();
    install_for(&parts)?;
    for part in parts {
        println!("\n━━ {}: {} ━━", part.name, part.what);
        let begin = Instant::now();
        let outcome = (part.run)(&mut machine);
        if let Err(error) = &outcome {
            eprintln!("{} failed: {error:#}", part.name);
        }
        rows.push(Row { part, outcome, took: begin.elapsed() });
    }
    // The server goes before the table comes, so that the table is the last thing on the screen.
    drop(machine);
    sum_up(&rows, start.elapsed())
}

struct Part {
    name: &'static str,
    what: &'static str,
    needs: &'static [For],
    quick: bool,
    run: fn(&mut Machine) -> Result<Outcome>,
}

enum Outcome {
    Passed,
    Skipped(String),
}

struct Row {
    part: &'static Part,
    outcome: Result<Outcome>,
    took: Duration,
}

/// What parts share: started by the first that needs it, ended with the run.
struct Machine {
    full: bool,
    postgres: Option<Postgres>,
}

#[rustfmt::skip]
const PARTS: &[Part] = &[
    part("fmt", "Rust is formatted", &[], QUICK, fmt),
    part("deny", "licences and sources of crates", &[], FULL, deny),
    part("ui-check", "types and texts of the screen", &[], QUICK, ui_check),
    part("ui-test", "components of the screen", &[], QUICK, ui_test),
    part("ui-build", "the screen builds", &[], QUICK, ui_build),
    part("audit", "known holes in JavaScript packages", &[], FULL, audit),
    part("clippy", "Rust without a warning", &[For::App], QUICK, clippy),
    part("rust", "rules, stories on both databases, tidy", &[For::App, For::Postgres, For::Pooler, For::Stores], QUICK, rust),
    part("bindings", "the screen's types are those of the commands", &[For::App], QUICK, bindings),
    part("app", "the app and shopctl build", &[For::App], FULL, app),
    part("browser", "journeys through the HTTP door", &[For::App, For::Postgres, For::Browser, For::Stores], FULL, browser),
    part("window", "journeys through the real window", &[For::App, For::Postgres, For::Screen, For::WindowDriver], FULL, window),
];
const QUICK: bool = true;
const FULL: bool = false;

const fn part(
    name: &'static str,
    what: &'static str,
    needs: &'static [For],
    quick: bool,
    run: fn(&mut Machine) -> Result<Outcome>,
) -> Part {
    Part { name, what, needs, quick, run }
}

fn choose(args: &Args) -> Result<Vec<&'static Part>> {
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    if let Some(unknown) = args.only.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("there is no part `{unknown}`; the parts are {}", names.join(", "));
    }
    Ok(PARTS
        .iter()
        .filter(|part| {
            if args.only.is_empty() {
                part.quick || !args.quick
            } else {
                args.only.iter().any(|name| name == part.name)
            }
        })
        .collect())
}

fn install_for(parts: &[&Part]) -> Result<()> {
    let mut reasons: Vec<For> = Vec::new();
    for need in parts.iter().flat_map(|part| part.needs) {
        if !reasons.contains(need) {
            reasons.push(*need);
        }
    }
    install::packages(&reasons)
}

fn sum_up(rows: &[Row], took: Duration) -> Result<()> {
    println!("\n{:─<72}", "");
    for row in rows {
        let (mark, note) = match &row.outcome {
            Ok(Outcome::Passed) => ("passed ", String::new()),
            Ok(Outcome::Skipped(why)) => ("skipped", why.clone()),
            Err(error) => ("FAILED ", first_line(&format!("{error:#}"))),
        };
        println!("{mark}  {:<9} {:>8}  {note}", row.part.name, clock(row.took));
    }
    println!("{:─<72}\nin all {}", "", clock(took));
    let failed = rows.iter().filter(|row| row.outcome.is_err()).count();
    let passed = rows.iter().filter(|row| matches!(row.outcome, Ok(Outcome::Passed))).count();
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        // The line above is the last word; main would add another.
        std::process::exit(1);
    }
    Ok(())
}

fn fmt(_: &mut Machine) -> Result<Outcome> {
    check::format()?;
    Ok(Outcome::Passed)
}

fn deny(machine: &mut Machine) -> Result<Outcome> {
    let there = which(&["cargo-deny"]).is_some() || tools().join("bin/cargo-deny").is_file();
    if !there && !machine.full {
        let why = "cargo-deny is not installed, and slow to build: --full builds it";
        return Ok(Outcome::Skipped(why.into()));
    }
    let program = install::cargo_tool("cargo-deny", "^0")?;
    // Not `advisories`: its database comes from a git host that a build machine may not reach.
    shell(Command::new(program).current_dir(root()).args(["check", "licenses", "bans", "sources"]))?;
    Ok(Outcome::Passed)
}

fn ui_check(_: &mut Machine) -> Result<Outcome> {
    ui::install_packages("ui")?;
    let folder = root().join("ui");
    shell(ui::npm(&folder).args(["run", "check"]))?;
    Ok(Outcome::Passed)
}

fn ui_test(_: &mut Machine) -> Result<Outcome> {
    ui::install_packages("ui")?;
    shell(ui::npm(&root().join("ui")).arg("test").env("CI", "true"))?;
    Ok(Outcome::Passed)
}

fn ui_build(_: &mut Machine) -> Result<Outcome> {
    ui::build()?;
    Ok(Outcome::Passed)
}

fn audit(_: &mut Machine) -> Result<Outcome> {
    ui::install_packages("ui")?;
    let answer =
        ui::npm(&root().join("ui")).args(["audit", "--json", "--omit=dev"]).output().context("cannot start npm")?;
    let report: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap_or_default();
    let counts = &report["metadata"]["vulnerabilities"];
    if !counts.is_object() {
        return Ok(Outcome::Skipped("the registry answers no audits".into()));
    }
    let grave = counts["high"].as_u64().unwrap_or(0) + counts["critical"].as_u64().unwrap_or(0);
    if grave > 0 {
        bail!("{grave} packages with grave holes; `npm audit` in ui/ names them");
    }
    Ok(Outcome::Passed)
}

fn clippy(_: &mut Machine) -> Result<Outcome> {
    check::lint()?;
    Ok(Outcome::Passed)
}

fn rust(machine: &mut Machine) -> Result<Outcome> {
    let s3 = install::s3_server()?;
    if succeeds(cargo().args(["nextest", "--version"])) {
        let mut tests = cargo();
        tests
            .args(["nextest", "run"])
            .args(WORKSPACE)
            .args(["--no-fail-fast", "--no-tests=pass"])
            .env("SHOPKEEPER_TEST_S3", s3);
        shell(machine.with_databases(&mut tests)?)?;
        shell(machine.with_databases(cargo().args(["test", "--doc"]).args(WORKSPACE))?)?;
    } else {
        let mut tests = cargo();
        tests.arg("test").args(WORKSPACE).arg("--no-fail-fast").env("SHOPKEEPER_TEST_S3", s3);
        shell(machine.with_databases(&mut tests)?)?;
    }
    Ok(Outcome::Passed)
}

/// The test of the shell that is named after them writes the bindings; git tells whether what it
/// wrote is what was committed.
fn bindings(_: &mut Machine) -> Result<Outcome> {
    // The second is written by the test `schema` of the part before.
    const FILES: [&str; 2] = ["ui/src/bindings.ts", "migrations/schema.md"];
    shell(cargo().arg("test").args(WORKSPACE).args(["--lib", "--bins", "--", "bindings"]))?;
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(root()).args(args).arg("--").args(FILES);
        git
    };
    if !root().join(".git").exists() {
        return Ok(Outcome::Skipped("not a git checkout".into()));
    }
    if output(&mut git(&["ls-files"]))?.lines().count() < FILES.len() {
        bail!("{} are not both committed", FILES.join(" and "));
    }
    shell(&mut git(&["--no-pager", "diff", "--exit-code", "--stat"]))
        .context("a generated file was stale: it is rewritten now, commit it")?;
    Ok(Outcome::Passed)
}

fn app(_: &mut Machine) -> Result<Outcome> {
    ui::build()?;
    shell(cargo().arg("build").args(WORKSPACE).arg("--bins"))?;
    Ok(Outcome::Passed)
}

fn browser(machine: &mut Machine) -> Result<Outcome> {
    let folder = root().join("tests/browser");
    if !folder.join("package.json").is_file() {
        return Ok(Outcome::Skipped("tests/browser does not exist".into()));
    }
    ui::install_packages("tests/browser")?;
    app(machine)?;
    let chromium = install::chromium().context("no Chromium was found")?;
    let mut journeys = ui::npm(&folder);
    journeys
        .args(["run", "browser"])
        .env("CI", "true")
        .env("SHOPKEEPER_CHROMIUM", chromium)
        .env("SHOPKEEPER_SHOPCTL", binary("shopctl"))
        .env("SHOPKEEPER_UI", root().join("ui/dist"));
    shell(machine.with_databases(&mut journeys)?)?;
    Ok(Outcome::Passed)
}

fn window(machine: &mut Machine) -> Result<Outcome> {
    if !root().join("tests/tests/window.rs").is_file() {
        return Ok(Outcome::Skipped("tests/tests/window.rs does not exist".into()));
    }
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("only driven on Linux".into()));
    }
    app(machine)?;
    let program = test_program("window")?;
    let desktop = Desktop::start()?;
    let mut journeys = desktop.command(program);
    journeys
        .current_dir(root().join("tests"))
        .args(["--ignored", "--test-threads=1"])
        .env("SHOPKEEPER_APP", binary("shopkeeper"))
        .env("SHOPKEEPER_SHOPCTL", binary("shopctl"));
    shell(machine.with_databases(&mut journeys)?)?;
    Ok(Outcome::Passed)
}

/// Builds a test of the `tests` crate and tells where its program is: cargo itself, started inside
/// the session, would find another environment there and compile half the tree again.
fn test_program(name: &str) -> Result<PathBuf> {
    let build = ["--test", name, "--no-run", "--message-format=json-render-diagnostics"];
    let messages = output(cargo().arg("test").args(WORKSPACE).args(build))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|message| message["target"]["name"] == name && message["executable"].is_string())
        .and_then(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no test called {name}"))
}

impl Machine {
    /// Where the tests find Postgres and, when this machine has it, the real data.
    fn with_databases<'c>(&mut self, command: &'c mut Command) -> Result<&'c mut Command> {
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start()?);
        }
        if let Some(postgres) = &self.postgres {
            command.env("SHOPKEEPER_TEST_POSTGRES", &postgres.url);
        }
        match real_data() {
            Some(folder) => {
                command.env("SHOPKEEPER_DATA", folder);
            }
            None => say("SHOPKEEPER_DATA names no folder: tests on whole real data sets are skipped."),
        }
        command.env("RUST_BACKTRACE", "1");
        Ok(command)
    }
}

/// The data sets that the licence keeps out of the repository: where SHOPKEEPER_DATA says, or
/// in `shared/data` beside or above the checkout.
pub fn real_data() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SHOPKEEPER_DATA") {
        return Some(folder.into());
    }
    root().ancestors().map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir())
}

fn binary(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(100).collect()
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f32())
    }
}
