//! A screen without a monitor: Xvfb with a window manager, and a session with a private bus and
//! an unlocked keyring, so that the app finds what it finds on a real desktop.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::process::{Background, mortal, output};

pub struct Desktop {
    pub display: String,
    _window_manager: Background,
    _screen: Background,
    // Private folders, so that a test finds no keyring and no shop of whoever runs it.
    home: tempfile::TempDir,
}

impl Desktop {
    pub fn start() -> Result<Self> {
        let mut screen = Background::start(
            mortal("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let stdout = screen.child().stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        if number.trim().is_empty() {
            anyhow::bail!("Xvfb did not start");
        }
        let display = format!(":{}", number.trim());
        let window_manager = Background::start(
            mortal("openbox").env("DISPLAY", &display).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()),
        )?;
        let home = tempfile::Builder::new().prefix("shopkeeper-session-").tempdir()?;
        for name in ["run", "data", "config", "cache", "state"] {
            fs::create_dir(home.path().join(name))?;
        }
        output(Command::new("chmod").arg("700").arg(home.path().join("run")))?;
        Ok(Self { display, _window_manager: window_manager, _screen: screen, home })
    }

    /// A command inside the session. Its bus and keyring end with it.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let folder = |name: &str| self.home.path().join(name);
        let mut command = mortal("dbus-run-session");
        command
            .args(["--", "bash", "-c"])
            .arg(
                // The daemon is waited for: asked too early, the bus would start a second one, locked,
                // which outlives the session and keeps its pipes open.
                "gnome-keyring-daemon --foreground --unlock --components=secrets \
                   < <(printf shopkeeper) >/dev/null 2>&1 & \
                 gdbus wait --session --timeout 20 org.freedesktop.secrets; exec \"$@\"",
            )
            .arg("session")
            .arg(program.as_ref())
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", folder("run"))
            .env("XDG_DATA_HOME", folder("data"))
            .env("XDG_CONFIG_HOME", folder("config"))
            .env("XDG_CACHE_HOME", folder("cache"))
            .env("XDG_STATE_HOME", folder("state"))
            // No accessibility bus is started here, and GTK waits for one otherwise.
            .env("NO_AT_BRIDGE", "1");
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::which;

    #[test]
    fn the_session_has_a_screen_a_bus_and_an_unlocked_keyring() -> Result<()> {
        let programs = ["Xvfb", "openbox", "dbus-run-session", "gdbus", "gnome-keyring-daemon"];
        if programs.iter().any(|program| which(&[program]).is_none()) {
            return Ok(());
        }
        let desktop = Desktop::start()?;
        assert!(desktop.display.starts_with(':'));
        let answer = output(desktop.command("gdbus").args([
            "call",
            "--session",
            "--dest=org.freedesktop.secrets",
            "--object-path=/org/freedesktop/secrets/collection/login",
            "--method=org.freedesktop.DBus.Properties.Get",
            "org.freedesktop.Secret.Collection",
            "Locked",
        ]))?;
        assert!(answer.contains("false"), "{answer}");
        Ok(())
    }
}
