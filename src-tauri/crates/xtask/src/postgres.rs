//! A Postgres for one run of the tests: its own folder, its own port, gone afterwards.

use std::{
    fs,
    io::Read,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    install::is_root,
    process::{Background, mortal, output, say, which},
};

/// The server, and the address of its superuser. Fields drop in order: first the server ends,
/// then its folder goes.
pub struct Postgres {
    pub url: String,
    _server: Option<Background>,
    _folder: Option<tempfile::TempDir>,
}

impl Postgres {
    /// The server that SHOPKEEPER_TEST_POSTGRES names, or else a throw-away one.
    pub fn start() -> Result<Self> {
        if let Some(url) = std::env::var("SHOPKEEPER_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
            say("Using the Postgres that SHOPKEEPER_TEST_POSTGRES names.");
            return Ok(Self { url, _server: None, _folder: None });
        }
        Self::throw_away()
    }

    fn throw_away() -> Result<Self> {
        let binaries = binaries()?;
        let folder = tempfile::Builder::new().prefix("shopkeeper-postgres-").tempdir()?;
        let data = folder.path().join("data");
        let password = random_password()?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;
        give_to_server_user(&[folder.path(), &password_file])?;

        output(
            as_server_user(&binaries.join("initdb"))
                .arg("--pgdata")
                .arg(&data)
                .arg("--pwfile")
                .arg(&password_file)
                .args(["--username=shop", "--auth=scram-sha-256", "--encoding=UTF8"])
                .args(["--no-locale", "--no-sync"])
                .current_dir(folder.path()),
        )
        .context("cannot create the throw-away Postgres")?;

        // A port that is free now; another program could take it before Postgres does, and then
        // Postgres says so and the run fails, which is rare enough.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = fs::File::create(folder.path().join("log"))?;
        let mut server = Background::start(
            as_server_user(&binaries.join("postgres"))
                .arg("-D")
                .arg(&data)
                .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
                .args(["-c", "unix_socket_directories="])
                // What is thrown away need not be durable.
                .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
                .args(["-c", "synchronous_commit=off", "-c", "max_connections=400"])
                .args(["-c", "timezone=UTC", "-c", "lc_messages=C"])
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        wait_until_ready(&mut server, port, &folder.path().join("log"))?;
        say(format!("A throw-away Postgres listens on port {port}."));
        Ok(Self {
            url: format!("postgres://shop:{password}@127.0.0.1:{port}/postgres"),
            _server: Some(server),
            _folder: Some(folder),
        })
    }
}

/// The folder with initdb and postgres. Debian keeps them off the PATH, a version to a folder.
pub fn binaries() -> Result<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
            (version, entry.path().join("bin"))
        })
        .collect();
    folders.sort();
    let mut candidates: Vec<PathBuf> = folders.into_iter().rev().map(|(_, path)| path).collect();
    if let Ok(path) = output(Command::new("pg_config").arg("--bindir")) {
        candidates.push(path.trim().into());
    }
    candidates.extend(which(&["initdb"]).and_then(|path| path.parent().map(Path::to_path_buf)));
    candidates
        .into_iter()
        .find(|path| ["initdb", "postgres"].iter().all(|name| path.join(name).is_file()))
        .context("Postgres is not installed; or name a server in SHOPKEEPER_TEST_POSTGRES")
}

/// Postgres refuses to run as root, so root hands it to the user `postgres`.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return mortal(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT", "--"]).arg(program);
    command
}

fn give_to_server_user(paths: &[&Path]) -> Result<()> {
    if is_root() {
        output(Command::new("chown").arg("postgres:postgres").args(paths))?;
    }
    Ok(())
}

fn random_password() -> Result<String> {
    let mut bytes = [0u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn wait_until_ready(server: &mut Background, port: u16, log: &Path) -> Result<()> {
    let start = Instant::now();
    // Postgres opens its port before it has finished starting; the log tells when it has.
    while !fs::read_to_string(log).is_ok_and(|text| text.contains("ready to accept connections"))
        || TcpStream::connect(("127.0.0.1", port)).is_err()
    {
        let ended = server.ended_within(Duration::from_millis(50))?.is_some();
        if ended || start.elapsed() > Duration::from_secs(60) {
            bail!("Postgres did not start:\n{}", fs::read_to_string(log).unwrap_or_default());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throw_away_server_leaves_nothing_behind() -> Result<()> {
        if binaries().is_err() {
            return Ok(());
        }
        let server = Postgres::throw_away()?;
        let folder = server._folder.as_ref().map(|folder| folder.path().to_path_buf()).context("no folder")?;
        let port: u16 =
            server.url.rsplit_once(':').and_then(|(_, end)| end.split('/').next()?.parse().ok()).unwrap_or(0);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(server);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the server still listens");
        assert!(!folder.exists(), "the folder is still there");
        Ok(())
    }
}
