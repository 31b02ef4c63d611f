//! What the machine must have. On Debian and Ubuntu the missing packages are installed; on other
//! systems xtask says exactly what to type.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{output, run, say, succeeds, tools, which};

/// A reason to need packages of the system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Compiling and running the app.
    App,
    /// The throw-away Postgres of the tests.
    Postgres,
    /// The servers that backups are sent to in the tests.
    Stores,
    /// What stands between desks and Postgres in some shops.
    Pooler,
    /// A screen without a monitor: Xvfb, a window manager, a bus, a keyring.
    Screen,
    /// Driving the real window.
    WindowDriver,
    /// Driving a browser.
    Browser,
    /// Looking into the packages that were built.
    Packages,
    /// Building for Windows from here.
    Windows,
    /// Measuring against the sqlite3 command line.
    Bench,
}

pub fn packages(reasons: &[For]) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        if !succeeds(Command::new("xcode-select").arg("-p")) {
            bail!("Apple's command line tools are missing. Run: xcode-select --install");
        }
        return Ok(());
    }
    if which(&["apt-get"]).is_none() || which(&["dpkg-query"]).is_none() {
        return other_linux(reasons);
    }
    let mut wanted: Vec<&str> = reasons.iter().flat_map(|reason| debian(*reason)).copied().collect();
    // A browser or a server from elsewhere is as good as Debian's.
    wanted.retain(|package| match *package {
        "chromium" => chromium().is_none(),
        "postgresql" => crate::postgres::binaries().is_err(),
        "pgbouncer" => which(&["pgbouncer"]).is_none(),
        _ => true,
    });
    apt_install(&wanted)
}

/// Node 20.19 is the oldest that the UI's build tools run on.
pub fn node() -> Result<()> {
    if node_version().is_none() && which(&["apt-get"]).is_some() {
        let offered = output(Command::new("apt-cache").args(["policy", "nodejs"])).unwrap_or_default();
        let major = offered
            .lines()
            .find_map(|line| line.trim().strip_prefix("Candidate: "))
            .and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        if major.is_some_and(|major| major >= 20) {
            apt_install(&["nodejs", "npm"])?;
        }
    }
    match node_version() {
        Some(version) if version >= (20, 19) => Ok(()),
        Some((major, minor)) => {
            bail!("Node {major}.{minor} is too old: 20.19 or newer is needed. Get it at https://nodejs.org")
        }
        None => bail!("Node is missing: 20.19 or newer is needed. Get it at https://nodejs.org"),
    }
}

/// The browser that the journeys drive.
pub fn chromium() -> Option<std::path::PathBuf> {
    which(&["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"])
}

/// A program from crates.io, built once into target/tools.
pub fn cargo_tool(name: &str, version: &str) -> Result<std::path::PathBuf> {
    cargo_tool_with(name, version, &[])
}

/// The same with more words for `cargo install`.
fn cargo_tool_with(name: &str, version: &str, more: &[&str]) -> Result<std::path::PathBuf> {
    if let Some(path) = which(&[name]) {
        return Ok(path);
    }
    let path = tools().join("bin").join(name);
    if !path.is_file() {
        say(format!("{name} is missing: building it from crates.io, which takes a minute or two."));
        let install = ["install", name, "--locked", "--version", version, "--root"];
        run(crate::process::cargo().args(install).arg(tools()).args(more))?;
    }
    Ok(path)
}

/// The S3-compatible server of the tests. Not optimised: it takes a third of the time to build, and serves
/// but a few files.
pub fn s3_server() -> Result<std::path::PathBuf> {
    cargo_tool_with("s3s-fs", "=0.14.1", &["--features", "binary", "--debug"])
}

/// The installed ones are asked for by name and skipped, so that a machine that has everything
/// needs neither the network nor root.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say(format!("These system packages are missing and will be installed: {}.", missing.join(" ")));
    run(apt()?.args(["update", "-qq"])).context("cannot refresh the list of packages")?;
    run(apt()?.args(["install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]).args(&missing))
}

/// apt-get as root, asking nothing.
pub fn apt() -> Result<Command> {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else if which(&["sudo"]).is_some() {
        let mut sudo = Command::new("sudo");
        // On a build machine nobody is there to type a password.
        if std::env::var_os("CI").is_some() {
            sudo.arg("-n");
        }
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        bail!("system packages are missing, and there is neither root nor sudo to install them");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "Acquire::Retries=3"]);
    Ok(command)
}

pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn installed(package: &str) -> bool {
    output(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]))
        .is_ok_and(|status| status.trim() == "installed")
}

fn node_version() -> Option<(u32, u32)> {
    which(&["npm"])?;
    let text = output(Command::new("node").arg("--version")).ok()?;
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn debian(reason: For) -> &'static [&'static str] {
    match reason {
        For::App => &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "libsoup-3.0-dev", "librsvg2-dev"],
        For::Postgres => &["postgresql"],
        // WebDAV; what speaks S3 comes from crates.io.
        For::Stores => &["rclone"],
        For::Pooler => &["pgbouncer"],
        For::Screen => &["xvfb", "openbox", "dbus-x11", "libglib2.0-bin", "gnome-keyring", "fonts-noto-cjk"],
        For::WindowDriver => &["webkit2gtk-driver"],
        For::Browser => &["chromium", "fonts-noto-cjk"],
        For::Packages => &["rpm"],
        For::Windows => &["gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64"],
        For::Bench => &["sqlite3", "time"],
    }
}

fn other_linux(reasons: &[For]) -> Result<()> {
    let libraries = ["webkit2gtk-4.1", "libsoup-3.0", "librsvg-2.0"];
    if reasons.contains(&For::App) && !succeeds(Command::new("pkg-config").arg("--exists").args(libraries)) {
        bail!(
            "the libraries of the window are missing. Install them, then start again:\n\
             \x20 Fedora:   sudo dnf install webkit2gtk4.1-devel libsoup3-devel librsvg2-devel gcc gcc-c++ pkgconf\n\
             \x20 Arch:     sudo pacman -S --needed webkit2gtk-4.1 libsoup3 librsvg base-devel\n\
             \x20 openSUSE: sudo zypper install webkit2gtk3-devel libsoup-devel librsvg-devel gcc gcc-c++ pkgconf\n\
             \x20 others:   what provides {} to pkg-config",
            libraries.join(", ")
        );
    }
    let programs: &[(For, &str)] = &[
        (For::Stores, "rclone"),
        (For::Screen, "Xvfb"),
        (For::Screen, "openbox"),
        (For::Screen, "dbus-run-session"),
        (For::Screen, "gdbus"),
        (For::Screen, "gnome-keyring-daemon"),
        (For::WindowDriver, "WebKitWebDriver"),
        (For::Packages, "rpm"),
        (For::Windows, "x86_64-w64-mingw32-gcc"),
        (For::Bench, "sqlite3"),
    ];
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(reason, program)| reasons.contains(reason) && which(&[program]).is_none())
        .map(|(_, program)| *program)
        .collect();
    if !missing.is_empty() {
        bail!("these programs are missing, install them and start again: {}", missing.join(", "));
    }
    Ok(())
}
