//! Running other programs: loudly, with their output shown, and never leaving one behind.

use std::{
    ffi::OsStr,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// The repository, wherever `cargo xtask` was typed.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap_or(Path::new("."))
}

/// Where cargo builds: `target/`, unless the user's configuration says otherwise.
pub fn target() -> &'static Path {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    TARGET.get_or_init(|| {
        output(cargo().args(["metadata", "--format-version=1", "--no-deps", "--offline"]))
            .ok()
            .and_then(|json| serde_json::from_str::<serde_json::Value>(&json).ok())
            .and_then(|all| all["target_directory"].as_str().map(PathBuf::from))
            .unwrap_or_else(|| root().join("target"))
    })
}

/// What xtask itself installs, out of the way of the system and of cargo's own folders.
pub fn tools() -> PathBuf {
    target().join("tools")
}

pub fn say(sentence: impl AsRef<str>) {
    println!("→ {}", sentence.as_ref());
}

/// Cargo in the repository, free of the variables `cargo run` set for xtask: some build scripts
/// watch them, and would rebuild half the tree each time.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Shows the command, runs it in the foreground, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("  $ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// The output of a command that is asked a question.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !out.status.success() {
        bail!("`{}`: {}", shown(command), String::from_utf8_lossy(&out.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Whether a command that is asked a question says yes.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first of these programs that is on the PATH.
pub fn which(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .flat_map(|dir| [dir.join(name), dir.join(format!("{name}.exe"))])
            .find(|file| file.is_file())
    })
}

/// A program that lives no longer than xtask: ended when dropped, and by the kernel when xtask
/// itself is killed.
pub struct Background {
    child: Child,
}

impl Background {
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
        Ok(Self { child })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The program's end, if it came before the time was up.
    pub fn ended_within(&mut self, time: Duration) -> Result<Option<std::process::ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if start.elapsed() >= time {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Politely first: Postgres removes its shared memory, dbus-run-session its bus.
        if cfg!(unix) {
            succeeds(Command::new("kill").args(["-INT", &self.child.id().to_string()]));
            if matches!(self.ended_within(Duration::from_secs(5)), Ok(Some(_))) {
                return;
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A command for `Background`: on Linux the kernel ends it with xtask, even on kill -9.
pub fn mortal(program: impl AsRef<OsStr>) -> Command {
    if cfg!(target_os = "linux") && which(&["setpriv"]).is_some() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT", "--"]).arg(program);
        return command;
    }
    Command::new(program)
}

/// A number for the content of files, to know whether a step has to be done again. Times will
/// not do: a checkout or a clone makes every file new.
pub fn fingerprint(paths: &[PathBuf], skip: &[&str]) -> Result<String> {
    let mut hash = DefaultHasher::new();
    for path in paths {
        hash_path(path, skip, &mut hash)?;
    }
    Ok(format!("{:016x}", hash.finish()))
}

/// Does a step unless its result is there, made from this same fingerprint.
pub fn once(name: &str, fingerprint: &str, result: &Path, step: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = target().join("xtask").join(name);
    if result.exists() && fs::read_to_string(&stamp).is_ok_and(|done| done == fingerprint) {
        return Ok(());
    }
    step()?;
    fs::create_dir_all(target().join("xtask"))?;
    fs::write(stamp, fingerprint)?;
    Ok(())
}

fn hash_path(path: &Path, skip: &[&str], hash: &mut DefaultHasher) -> Result<()> {
    let name = path.file_name().unwrap_or_default();
    if skip.iter().any(|skipped| name == *skipped) {
        return Ok(());
    }
    name.hash(hash);
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            hash_path(&entry, skip, hash)?;
        }
    } else if path.is_file() {
        fs::read(path)?.hash(hash);
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(command.get_program()))
        .chain(command.get_args())
        .map(|part| {
            let text = Path::new(part).strip_prefix(root()).unwrap_or(Path::new(part)).display().to_string();
            if text.contains([' ', '\n']) { format!("'{text}'") } else { text }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
