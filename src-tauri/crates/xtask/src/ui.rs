//! The screen's half of the build: npm in `ui/` (and in `tests/browser`).

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{
    install,
    process::{fingerprint, once, root, run, say},
};

pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

/// `npm ci`, only when the lock file is not the one installed last.
pub fn install_packages(folder: &str) -> Result<()> {
    install::node()?;
    let path = root().join(folder);
    let lock = path.join("package-lock.json");
    if !lock.is_file() {
        bail!("{folder}/package-lock.json is missing: run `npm install` in {folder}/ and commit it");
    }
    let stamp = format!("npm-ci-{}", folder.replace('/', "-"));
    once(&stamp, &fingerprint(&[lock], &[])?, &path.join("node_modules/.package-lock.json"), || {
        say(format!("Installing the JavaScript packages that {folder}/package-lock.json lists."));
        run(npm(&path).args(["ci", "--no-audit", "--no-fund"]))
    })
}

/// `npm run build`, only when a source changed since the last one.
pub fn build() -> Result<()> {
    install_packages("ui")?;
    let ui = root().join("ui");
    let sources = fingerprint(std::slice::from_ref(&ui), &["node_modules", "dist", ".vite"])?;
    // The page that stands in for a screen not yet built has no assets.
    once("ui-build", &sources, &ui.join("dist/assets"), || {
        say("Building the screen, whose sources changed since the last time.");
        run(npm(&ui).args(["run", "build"]))
    })
}
