//! `cargo xtask bundle`: what a merchant downloads; and, with `--verify`, a merchant's first
//! minute with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    desktop::Desktop,
    install::{self, For, is_root},
    process::{Background, output, root, run as shell, say, succeeds, target, which},
    ui,
};

/// A download must stay quick on a shop's line, and a larger one means that something slipped in.
const LARGEST_DEB: u64 = 15_000_000;

#[derive(clap::Args)]
pub struct Args {
    /// The installers to build; by default all that this system can build.
    #[arg(long = "target", value_name = "deb|rpm|nsis|app|dmg", value_delimiter = ',')]
    targets: Vec<String>,
    /// Install the .deb and unpack the .rpm, start each on an invisible screen, remove it again.
    #[arg(long)]
    verify: bool,
    /// Take the installers of the last build, do not build again.
    #[arg(long)]
    no_build: bool,
    /// A file that is merged into tauri.conf.json; the release workflow names the certificate so.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<()> {
    let targets = if args.targets.is_empty() { possible_here() } else { args.targets.clone() };
    if !args.no_build {
        build(&targets, args.config.as_deref())?;
    }
    let made = installers(&targets)?;
    for path in &made {
        let size = fs::metadata(path)?.len();
        say(format!("{}  {:.1} MB", path.display(), size as f64 / 1e6));
        if path.extension().is_some_and(|end| end == "deb") && size > LARGEST_DEB {
            bail!("the .deb is larger than {} MB", LARGEST_DEB / 1_000_000);
        }
    }
    if args.verify {
        install::packages(&[For::Screen, For::Packages])?;
        for path in &made {
            match path.extension().and_then(|end| end.to_str()) {
                Some("deb") => verify_deb(path)?,
                Some("rpm") => verify_rpm(path)?,
                _ => say(format!("{} is not verified on this system.", path.display())),
            }
        }
    }
    Ok(())
}

fn possible_here() -> Vec<String> {
    let names: &[&str] = if cfg!(windows) {
        &["nsis"]
    } else if cfg!(target_os = "macos") {
        &["app", "dmg"]
    } else {
        &["deb", "rpm"]
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn build(targets: &[String], config: Option<&Path>) -> Result<()> {
    install::packages(&[For::App])?;
    ui::install_packages("ui")?;
    // Installers of an earlier version would be taken for those of this one.
    for folder in targets.iter().map(|name| bundles().join(name)) {
        let _ = fs::remove_dir_all(folder);
    }
    say("Building as it is shipped; the first time takes a quarter of an hour on two cores.");
    let tauri = root().join("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut build = Command::new(tauri);
    build.current_dir(root().join("src-tauri"));
    build.args(["build", "--ci", "--bundles", &targets.join(",")]);
    if let Some(config) = config {
        build.arg("--config").arg(std::path::absolute(config)?);
    }
    shell(&mut build)?;
    for deb in installers(targets)?.iter().filter(|path| path.extension().is_some_and(|end| end == "deb")) {
        pack_tightly(deb)?;
    }
    Ok(())
}

/// Tauri packs with gzip. With xz, which Debian itself uses, the download is a quarter smaller.
fn pack_tightly(deb: &Path) -> Result<()> {
    if which(&["dpkg-deb"]).is_none() {
        say("dpkg-deb is not installed: the .deb stays as large as it is.");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let files = folder.path().join("files");
    shell(Command::new("dpkg-deb").arg("--raw-extract").arg(deb).arg(&files))?;
    shell(Command::new("dpkg-deb").args(["--root-owner-group", "-Zxz", "--build"]).arg(&files).arg(deb))
}

fn bundles() -> PathBuf {
    target().join("release/bundle")
}

fn installers(targets: &[String]) -> Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for name in targets {
        let end = if name == "nsis" { "exe" } else { name };
        let folder = bundles().join(name);
        let path = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == end))
            .with_context(|| format!("no .{end} in {}", folder.display()))?;
        made.push(path);
    }
    Ok(made)
}

fn verify_deb(deb: &Path) -> Result<()> {
    let name = output(Command::new("dpkg-deb").args(["--field"]).arg(deb).arg("Package"))?;
    let name = name.trim();
    say(format!("Installing {name} from the .deb, as a merchant would."));
    shell(
        install::apt()?
            .args(["install", "-y", "-qq", "--reinstall", "--no-install-recommends"])
            .args(["-o", "Dpkg::Use-Pty=0"])
            .arg(deb),
    )?;
    let installed = which(&["shopkeeper"]).context("the .deb put no shopkeeper on the PATH");
    let started = installed.and_then(|app| starts(&app));
    let removed = shell(install::apt()?.args(["remove", "-y", "-qq", name]));
    started?;
    removed?;
    if which(&["shopkeeper"]).is_some() {
        bail!("the .deb was removed, and its program stayed");
    }
    say("The .deb installs, starts and goes away.");
    Ok(())
}

/// Debian cannot install an .rpm into itself, so it goes into a folder and starts from there.
fn verify_rpm(rpm: &Path) -> Result<()> {
    if !is_root() {
        say("Only root can unpack the .rpm with rpm itself: not verified.");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    shell(Command::new("rpm").args(["--install", "--nodeps", "--noscripts", "--root"]).arg(folder.path()).arg(rpm))?;
    starts(&folder.path().join("usr/bin/shopkeeper"))?;
    say("The .rpm unpacks and starts.");
    Ok(())
}

/// Ten seconds of life and a window, in a session that has no shop yet.
fn starts(app: &Path) -> Result<()> {
    let desktop = Desktop::start()?;
    let mut running = Background::start(&mut desktop.command(app))?;
    if let Some(status) = running.ended_within(Duration::from_secs(10))? {
        bail!("{} ended by itself with {status}", app.display());
    }
    if which(&["xdotool"]).is_some()
        && !succeeds(Command::new("xdotool").env("DISPLAY", &desktop.display).args([
            "search",
            "--onlyvisible",
            "--name",
            "Shopkeeper",
        ]))
    {
        bail!("{} runs, but shows no window", app.display());
    }
    Ok(())
}
