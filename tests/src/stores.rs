//! Real servers that keep files: S3-compatible (`s3s-fs` from crates.io) and WebDAV (`rclone` from Debian),
//! each in a folder of its own, and a line to them that can be cut.

use std::{
    net::TcpListener as Free,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use engine::backup::Place;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub const USER: &str = "SHOPKEEPERTESTS";
pub const SECRET: &str = "correct-horse-battery-staple";
const BUCKET: &str = "copies";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    S3,
    Webdav,
}

/// A server that ends with the value, and the folder that it keeps files in.
pub struct Store {
    kind: Kind,
    port: u16,
    folder: tempfile::TempDir,
    tls: bool,
    server: Option<Child>,
}

impl Store {
    /// `None` where the program is not there, which is never so in CI.
    pub async fn start(kind: Kind) -> anyhow::Result<Option<Self>> {
        let Some(program) = program(kind) else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join(BUCKET))?;
        let port = Free::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut store = Self { kind, port, folder, tls: false, server: None };
        store.up_with(&program).await?;
        Ok(Some(store))
    }

    /// A WebDAV server with a certificate that it gave itself.
    pub async fn start_self_signed() -> anyhow::Result<Option<Self>> {
        let (Some(program), Some(openssl)) = (program(Kind::Webdav), on_the_path("openssl")) else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join(BUCKET))?;
        let made = Command::new(openssl)
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-keyout", "key.pem", "-out", "certificate.pem"])
            .current_dir(folder.path())
            .output()?;
        anyhow::ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = Free::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut store = Self { kind: Kind::Webdav, port, folder, tls: true, server: None };
        store.up_with(&program).await?;
        Ok(Some(store))
    }

    pub async fn up(&mut self) -> anyhow::Result<()> {
        let program = program(self.kind).context("it was there before")?;
        self.up_with(&program).await
    }

    async fn up_with(&mut self, program: &Path) -> anyhow::Result<()> {
        let mut command = Command::new(program);
        let address = format!("127.0.0.1:{}", self.port);
        match self.kind {
            Kind::S3 => command
                .args(["--host", "127.0.0.1", "--port", &self.port.to_string()])
                .args(["--access-key", USER, "--secret-key", SECRET])
                .arg(self.folder.path()),
            Kind::Webdav => command
                .args(["serve", "webdav", "--addr", &address, "--user", USER, "--pass", SECRET])
                // Nothing of the person who runs the tests.
                .args(["--config", "/dev/null", "--dir-cache-time", "0s"])
                .arg(self.folder.path()),
        };
        if self.tls {
            command.current_dir(self.folder.path()).args(["--cert", "certificate.pem", "--key", "key.pem"]);
        }
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(command.spawn()?);
        while TcpStream::connect(&address).await.is_err() {
            let ended = self.server.as_mut().and_then(|server| server.try_wait().transpose()).transpose()?;
            anyhow::ensure!(ended.is_none(), "the server ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// As when somebody pulls the plug.
    pub fn down(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    pub fn place(&self) -> Place {
        self.place_by(self.port)
    }

    /// The same place, reached by another port: that of a [`Line`].
    pub fn place_by(&self, port: u16) -> Place {
        match self.kind {
            Kind::S3 => Place::S3 {
                endpoint: format!("http://127.0.0.1:{port}"),
                region: "us-east-1".into(),
                bucket: BUCKET.into(),
                prefix: String::new(),
                access_key: USER.into(),
                path_style: true,
            },
            Kind::Webdav => {
                let scheme = if self.tls { "https" } else { "http" };
                Place::Webdav { url: format!("{scheme}://127.0.0.1:{port}/{BUCKET}"), user: USER.into() }
            }
        }
    }

    /// Where the files of the place are on this machine.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// The names of the files that people see there.
    pub fn names(&self) -> anyhow::Result<Vec<String>> {
        let mut names: Vec<String> = std::fs::read_dir(self.files())?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<_>>()?;
        names.retain(|name| !name.starts_with('.'));
        names.sort_unstable();
        Ok(names)
    }

    pub async fn line(&self) -> anyhow::Result<Line> {
        Line::to(self.port).await
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.down();
    }
}

fn program(kind: Kind) -> Option<PathBuf> {
    let found = match kind {
        Kind::S3 => std::env::var_os("SHOPKEEPER_TEST_S3").map(PathBuf::from).or_else(|| on_the_path("s3s-fs")),
        Kind::Webdav => on_the_path("rclone"),
    };
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "the server for {kind:?} is not there: run the tests with `cargo xtask test`"
    );
    found
}

fn on_the_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A line to a server that is cut when so many bytes have been sent over it.
pub struct Line {
    pub port: u16,
    left: Arc<AtomicI64>,
}

impl Line {
    async fn to(server: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let line = Self { port, left: left.clone() };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let left = left.clone();
                tokio::spawn(async move {
                    if left.load(Ordering::Relaxed) <= 0 {
                        return;
                    }
                    let Ok(far) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                    let ((near_in, mut near_out), (mut far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::select! {
                        () = carry(near_in, far_out, &left) => {}
                        _ = tokio::io::copy(&mut far_in, &mut near_out) => {}
                    }
                });
            }
        });
        Ok(line)
    }

    /// Lets this many bytes more through, and then nothing.
    pub fn cut_after(&self, bytes: i64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    pub fn mend(&self) {
        self.cut_after(i64::MAX);
    }
}

async fn carry(mut from: tokio::net::tcp::OwnedReadHalf, mut into: tokio::net::tcp::OwnedWriteHalf, left: &AtomicI64) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        let n_left = i64::try_from(n).unwrap_or(i64::MAX);
        if left.fetch_sub(n_left, Ordering::Relaxed) < n_left || into.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}
