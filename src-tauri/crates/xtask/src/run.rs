//! `cargo xtask run`: from a fresh clone to the open window.

use std::process::Command;

use anyhow::Result;

use crate::{
    desktop::Desktop,
    install::{self, For},
    process::{cargo, run as shell, say, target},
    ui,
};

#[derive(clap::Args)]
pub struct Args {
    /// Build as it is shipped: slower to build, faster to run.
    #[arg(long)]
    release: bool,
    /// Run on an invisible screen (Xvfb); for machines without a monitor.
    #[arg(long)]
    xvfb: bool,
    /// Build everything, but do not open the window.
    #[arg(long)]
    build_only: bool,
    /// What is passed on to the app.
    #[arg(last = true)]
    app: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    say("Looking for what the app needs on this system.");
    install::packages(&[For::App])?;
    if args.xvfb {
        install::packages(&[For::Screen])?;
    }
    ui::build()?;
    say("Building the app; the first time takes some minutes, afterwards seconds.");
    let mut build = cargo();
    build.args(["build", "--package", "shopkeeper", "--features", "custom-protocol"]);
    if args.release {
        build.arg("--release");
    }
    shell(&mut build)?;
    let profile = if args.release { "release" } else { "debug" };
    let app = target().join(profile).join(format!("shopkeeper{}", std::env::consts::EXE_SUFFIX));
    if args.build_only {
        say(format!("Built: {}", app.display()));
        return Ok(());
    }
    if args.xvfb {
        say("Opening the app on an invisible screen, with a shop that is gone afterwards; Ctrl+C ends it.");
        let desktop = Desktop::start()?;
        return shell(desktop.command(&app).args(&args.app));
    }
    let linux = cfg!(target_os = "linux");
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if linux && !screen {
        say(format!(
            "The app is built, but there is no screen to open it on (DISPLAY is not set).\n  \
             Open it on an invisible one:  cargo xtask run --xvfb\n  \
             or on a screen of your own:   DISPLAY=:0 {}",
            app.display()
        ));
        return Ok(());
    }
    say("Opening the app.");
    shell(Command::new(&app).args(&args.app))
}
