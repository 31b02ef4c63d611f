//! A Postgres of its own with a standby that has every commit before it is acknowledged; either can be killed,
//! and the standby promoted.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{
    desks::{State, Wire},
    netns::Namespaces,
};

const PASSWORD: &str = "only-for-this-run";

/// The folder with initdb and postgres: on Debian off the PATH, a version to a folder.
pub fn postgres_programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_basebackup").is_file())
}

/// A program that lives no longer than this one. Postgres and PgBouncer refuse to run as root.
pub fn as_server_user(program: &Path) -> Command {
    in_the_namespace(None, program)
}

fn in_the_namespace(namespace: Option<&str>, program: &Path) -> Command {
    let mut command = Command::new(if namespace.is_some() { "ip" } else { "setpriv" });
    if let Some(namespace) = namespace {
        command.args(["netns", "exec", namespace, "setpriv"]);
    }
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig=KILL", "--"]).arg(program);
    command.stdin(Stdio::null());
    command
}

pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Lets the server's user write there.
pub fn give_to_server_user(path: &Path) -> anyhow::Result<()> {
    if is_root() {
        done(Command::new("chown").arg("-R").arg("postgres:postgres").arg(path))?;
    }
    Ok(())
}

pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let out = command.output()?;
    anyhow::ensure!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(())
}

struct Node {
    data: PathBuf,
    /// Where desks and tests find it.
    host: String,
    port: u16,
    child: Option<Child>,
    /// By which the other one copies it.
    wire: Wire,
}

/// Two machines with Postgres, of which one is the primary.
pub struct Cluster {
    programs: PathBuf,
    nodes: [Node; 2],
    primary: usize,
    folder: tempfile::TempDir,
    /// Machines of their own; without them both are this one, and a wire is between them.
    namespaces: Option<Namespaces>,
}

impl Cluster {
    pub async fn start(programs: PathBuf) -> anyhow::Result<Self> {
        Self::start_in(programs, None).await
    }

    pub async fn start_in(programs: PathBuf, namespaces: Option<Namespaces>) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("shopkeeper-cluster-").tempdir()?;
        let mut nodes = Vec::new();
        for n in 0..2 {
            let port = free_port()?;
            let host = namespaces.as_ref().map_or_else(|| "127.0.0.1".into(), |spaces| spaces.to_desks(n));
            let wire = Wire::to(format!("{host}:{port}")).await?;
            nodes.push(Node { data: folder.path().join(format!("node{n}")), host, port, child: None, wire });
        }
        let Ok(nodes) = <[Node; 2]>::try_from(nodes) else { anyhow::bail!("two nodes") };
        let mut cluster = Self { programs, nodes, primary: 0, folder, namespaces };
        let password = cluster.folder.path().join("password");
        fs::write(&password, PASSWORD)?;
        give_to_server_user(cluster.folder.path())?;
        let mut initdb = as_server_user(&cluster.programs.join("initdb"));
        initdb.arg("--pgdata").arg(&cluster.nodes[0].data).arg("--pwfile").arg(&password);
        initdb.args(["--username=shop", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        done(initdb.current_dir(cluster.folder.path()))?;
        let hba = cluster.nodes[0].data.join("pg_hba.conf");
        let nets = ["127.0.0.1/32", "10.0.0.0/8"];
        let lines = nets.map(|net| format!("host all,replication all {net} scram-sha-256\n"));
        fs::write(&hba, lines.concat())?;
        give_to_server_user(&hba)?;
        cluster.start_node(0).await?;
        cluster.add_standby().await?;
        Ok(cluster)
    }

    /// Where a wire to this machine ends.
    pub fn at(&self, node: usize) -> String {
        format!("{}:{}", self.nodes[node].host, self.nodes[node].port)
    }

    pub fn primary(&self) -> usize {
        self.primary
    }

    /// Straight to the primary; from another machine through a wire that ends on this one, since nothing crosses a
    /// network in the clear.
    pub fn url(&self, database: &str) -> String {
        let node = &self.nodes[self.primary];
        match self.namespaces {
            Some(_) => address("127.0.0.1", node.wire.port(), database),
            None => address(&node.host, node.port, database),
        }
    }

    /// The primary has this certificate from now on, and takes connections with TLS besides others.
    pub async fn show(&self, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> anyhow::Result<()> {
        let data = &self.nodes[self.primary].data;
        fs::write(data.join("server.crt"), certificate.cert.pem())?;
        fs::write(data.join("server.key"), certificate.signing_key.serialize_pem())?;
        fs::set_permissions(data.join("server.key"), fs::Permissions::from_mode(0o600))?;
        give_to_server_user(data)?;
        self.on_primary("ALTER SYSTEM SET ssl = on").await?;
        self.on_primary("SELECT pg_reload_conf()").await?;
        loop {
            let mut connection = self.connect(self.primary, "postgres").await?;
            let on: String = sqlx::query_scalar("SHOW ssl").fetch_one(&mut connection).await?;
            connection.close().await?;
            if on == "on" {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The wire by which the standby follows.
    pub fn set_replication(&self, state: State) -> anyhow::Result<()> {
        match &self.namespaces {
            Some(spaces) => spaces.set(self.primary, "other", state == State::Open),
            None => {
                self.nodes[self.primary].wire.set(state);
                Ok(())
            }
        }
    }

    /// Pulls the cable between the primary and all desks, or puts it back; answers whether there is one.
    pub fn set_cable(&self, there: bool) -> anyhow::Result<bool> {
        match &self.namespaces {
            Some(spaces) => spaces.set(self.primary, "desks", there).map(|()| true),
            None => Ok(false),
        }
    }

    fn namespace(&self, n: usize) -> Option<String> {
        self.namespaces.as_ref().map(|spaces| spaces.name(n))
    }

    async fn start_node(&mut self, n: usize) -> anyhow::Result<()> {
        loop {
            let log = fs::File::options().create(true).append(true).open(self.folder.path().join(format!("log{n}")))?;
            let space = self.namespace(n);
            let mut command = in_the_namespace(space.as_deref(), &self.programs.join("postgres"));
            command.arg("-D").arg(&self.nodes[n].data).args(["-p", &self.nodes[n].port.to_string()]);
            for setting in [
                if space.is_some() { "listen_addresses=*" } else { "listen_addresses=127.0.0.1" },
                "unix_socket_directories=",
                "max_connections=200",
                "max_wal_senders=10",
                "wal_retrieve_retry_interval=200ms",
                "wal_receiver_timeout=5s",
                "wal_sender_timeout=5s",
                "timezone=UTC",
                "lc_messages=C",
                // Processes are killed, the machine is not: what the kernel was given is not lost.
                "fsync=off",
            ] {
                command.args(["-c", setting]);
            }
            command.current_dir(self.folder.path()).stdout(log.try_clone()?).stderr(log).process_group(0);
            self.nodes[n].child = Some(command.spawn().context("postgres starts")?);
            // What is left of a killed one may still hold its memory for a moment: then it is started again.
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                if self.connect(n, "postgres").await.is_ok() {
                    return Ok(());
                }
                let child = self.nodes[n].child.as_mut().context("a child")?;
                if child.try_wait()?.is_some() {
                    break;
                }
            }
        }
    }

    async fn connect(&self, n: usize, database: &str) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&address(&self.nodes[n].host, self.nodes[n].port, database)).await
    }

    /// Something to do on the primary.
    pub async fn on_primary(&self, sql: &str) -> anyhow::Result<()> {
        let mut connection = self.connect(self.primary, "postgres").await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    async fn add_standby(&mut self) -> anyhow::Result<()> {
        let (from, to) = (self.primary, 1 - self.primary);
        if self.nodes[to].data.exists() {
            fs::remove_dir_all(&self.nodes[to].data)?;
        }
        let (host, port) = match &self.namespaces {
            Some(spaces) => (spaces.to_other(from), self.nodes[from].port),
            None => ("127.0.0.1".to_owned(), self.nodes[from].wire.port()),
        };
        let space = self.namespace(to);
        let mut copy = in_the_namespace(space.as_deref(), &self.programs.join("pg_basebackup"));
        copy.arg("--pgdata").arg(&self.nodes[to].data);
        copy.args(["--username=shop", "--no-sync", "--checkpoint=fast", "--wal-method=stream"]);
        copy.args(["--write-recovery-conf", &format!("--host={host}"), &format!("--port={port}")]);
        let copy = copy.env("PGPASSWORD", PASSWORD).current_dir(self.folder.path()).output();
        let copy = copy.context("pg_basebackup starts")?;
        anyhow::ensure!(copy.status.success(), "{}", String::from_utf8_lossy(&copy.stderr));
        self.start_node(to).await?;
        self.on_primary("ALTER SYSTEM SET synchronous_standby_names = '*'").await?;
        self.on_primary("SELECT pg_reload_conf()").await?;
        self.until_followed().await
    }

    /// Until the standby has all that the primary has, and each further commit waits for it.
    pub async fn until_followed(&self) -> anyhow::Result<()> {
        loop {
            if let Ok(mut connection) = self.connect(self.primary, "postgres").await {
                let followed: Result<bool, _> = sqlx::query_scalar(
                    "SELECT current_setting('synchronous_standby_names') = '*' AND EXISTS (
                         SELECT FROM pg_stat_replication
                         WHERE sync_state = 'sync' AND replay_lsn >= pg_current_wal_lsn())",
                )
                .fetch_one(&mut connection)
                .await;
                if followed.is_ok_and(|followed| followed) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn kill(&mut self, n: usize) -> anyhow::Result<()> {
        if let Some(mut child) = self.nodes[n].child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    pub fn kill_primary(&mut self) -> anyhow::Result<()> {
        self.kill(self.primary)
    }

    pub async fn restart_primary(&mut self) -> anyhow::Result<()> {
        self.start_node(self.primary).await
    }

    pub fn kill_standby(&mut self) -> anyhow::Result<()> {
        self.kill(1 - self.primary)
    }

    pub async fn restart_standby(&mut self) -> anyhow::Result<()> {
        self.start_node(1 - self.primary).await
    }

    /// The standby becomes the primary; the one before is dead, or must be killed by whoever calls. It works
    /// alone until it is followed.
    pub async fn promote(&mut self) -> anyhow::Result<()> {
        self.primary = 1 - self.primary;
        self.on_primary("SELECT pg_promote()").await?;
        self.on_primary("ALTER SYSTEM SET synchronous_standby_names = ''").await?;
        self.on_primary("SELECT pg_reload_conf()").await
    }

    /// What was the primary before starts again as a copy of the present one.
    pub async fn follow_again(&mut self) -> anyhow::Result<()> {
        self.kill_standby()?;
        self.set_replication(State::Open)?;
        self.add_standby().await
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for n in 0..2 {
            let _ = self.kill(n);
        }
    }
}

fn address(host: &str, port: u16, database: &str) -> String {
    format!("postgres://shop:{PASSWORD}@{host}:{port}/{database}?sslmode=disable")
}

/// The address of both machines, through a wire to each.
pub fn address_of_both(wires: &[Wire; 2], database: &str) -> String {
    let [a, b] = wires.each_ref().map(|wire| format!("127.0.0.1:{}", wire.port()));
    format!("postgres://shop:{PASSWORD}@{a},{b}/{database}?sslmode=disable&target_session_attrs=read-write")
}
