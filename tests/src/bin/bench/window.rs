//! The app as a process: how long until the first page stands there with its data, and how much
//! memory all its processes take, both against an empty Tauri window in the same session.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};

use crate::{Bench, Measure, percentile};

const ROUNDS: usize = 7;
const IDENTIFIER: &str = "cn.shopkeeper.desktop";

/// Start and memory. Needs a display: `cargo xtask bench` brings one.
pub fn window(bench: &Bench) -> anyhow::Result<Vec<Measure>> {
    if std::env::var_os("DISPLAY").is_none() {
        println!("skipped window: there is no display");
        return Ok(Vec::new());
    }
    let programs = std::env::current_exe()?;
    let programs = programs.parent().context("a folder")?;
    let (ours, empty) = (programs.join("shopkeeper"), programs.join("examples/empty"));
    ensure!(ours.is_file() && empty.is_file(), "build {} and {} first", ours.display(), empty.display());
    let home = tempfile::tempdir_in(&bench.folder)?;
    let shop = home.path().join(IDENTIFIER).join("shop.db");
    fs::create_dir_all(shop.parent().context("a folder")?)?;
    std::os::unix::fs::symlink(fs::canonicalize(&bench.large_path)?, &shop)?;

    let (mut our_times, mut empty_times, mut our_memory, mut empty_memory) = (vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        // Turn by turn, so that a machine that slows down slows both.
        let (time, memory) = start(&empty, home.path(), Empty)?;
        let (our_time, our_pss) = start(&ours, home.path(), Log(home.path().join(IDENTIFIER).join("logs")))?;
        // The first round warms the caches of the system.
        if round > 0 {
            empty_times.push(time);
            our_times.push(our_time);
            empty_memory.push(memory);
            our_memory.push(our_pss);
        }
    }
    let (ours, empty) = (percentile(&mut our_times, 0.5), percentile(&mut empty_times, 0.5));
    let (our_pss, empty_pss) = (median(our_memory), median(empty_memory));
    Ok(vec![
        Measure::new(
            "process start to usable window / empty Tauri window",
            ours / empty,
            "×",
            1.5,
            format!("median {ours:.0} ms against {empty:.0} ms"),
        ),
        Measure::new(
            "memory of all processes, dashboard open / empty Tauri window",
            our_pss / empty_pss,
            "×",
            1.5,
            format!("PSS {our_pss:.0} MiB against {empty_pss:.0} MiB"),
        ),
    ])
}

/// How a program tells that it can be used.
trait Tells {
    fn wait(&self, child: &mut Child) -> anyhow::Result<()>;
}

/// The empty window prints it.
struct Empty;

impl Tells for Empty {
    fn wait(&self, child: &mut Child) -> anyhow::Result<()> {
        let said = child.stdout.take().context("its output")?;
        let found = BufReader::new(said).lines().map_while(Result::ok).any(|line| line == "usable");
        ensure!(found, "the empty window ended before it was painted");
        Ok(())
    }
}

/// Ours writes it to the log, once the dashboard stands there with its numbers.
struct Log(PathBuf);

impl Tells for Log {
    fn wait(&self, child: &mut Child) -> anyhow::Result<()> {
        let since = Instant::now();
        loop {
            let log: String = fs::read_dir(&self.0)
                .into_iter()
                .flatten()
                .filter_map(|file| fs::read_to_string(file.ok()?.path()).ok())
                .collect();
            if log.lines().any(|line| line.contains(" ready ")) {
                return Ok(());
            }
            ensure!(child.try_wait()?.is_none() && since.elapsed() < Duration::from_secs(120), "never ready:\n{log}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Starts a program, waits until it can be used, lets it settle, and ends it.
fn start(program: &Path, data: &Path, tells: impl Tells) -> anyhow::Result<(Duration, f64)> {
    let _ = fs::remove_dir_all(data.join(IDENTIFIER).join("logs"));
    let begun = Instant::now();
    let mut child = Command::new(program)
        .env("XDG_DATA_HOME", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| program.display().to_string())?;
    let outcome = tells.wait(&mut child);
    let took = begun.elapsed();
    std::thread::sleep(Duration::from_secs(3));
    let memory = pss_of_tree(child.id());
    // As the window manager would end it, so that its helpers go with it.
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    let _ = child.wait();
    std::thread::sleep(Duration::from_millis(300));
    outcome.map(|()| (took, memory))
}

/// The proportional memory of a process and all that it started, in MiB.
fn pss_of_tree(root: u32) -> f64 {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name stands in brackets and may hold anything; the parent is the second after it.
            Some((pid, stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?))
        })
        .collect();
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(parent) = tree.get(at).copied() {
        tree.extend(processes.iter().filter(|(_, p)| *p == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    tree.into_iter()
        .filter_map(|pid| {
            let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
            let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        })
        .sum::<f64>()
        / 1024.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The download, when `cargo xtask bundle` has built one.
pub fn package() -> anyhow::Result<Vec<Measure>> {
    let programs = std::env::current_exe()?;
    let folder = programs.parent().context("a folder")?.join("bundle/deb");
    let deb = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|end| end == "deb"));
    let Some(deb) = deb else {
        println!("skipped package: no .deb in {}; `cargo xtask bundle` builds it", folder.display());
        return Ok(Vec::new());
    };
    let size = fs::metadata(&deb)?.len() as f64 / 1e6;
    Ok(vec![Measure::new(".deb", size, "MB", 15.0, "")])
}
