//! Which shop this desk has open: its own file, the sample, or a shared Postgres.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{
    Changed, Engine, Error, Result,
    access::{SignIn, Switch},
    ctx::{Caller, Door},
    db::{Address, Host, parse_hosts},
    offline::Newcomer,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::{RwLock, watch};
use uuid::Uuid;

/// Where a shared shop is. The password is in the keyring or in an encrypted file, never here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Server {
    /// One machine, or several with commas between them of which one takes changes; each may have a port.
    pub host: String,
    /// Of those that have none of their own.
    pub port: u16,
    pub database: String,
    pub user: String,
    /// Off only for a server on this machine.
    pub tls: bool,
}

/// What the desk opens when it starts; kept in `desk.json` beside the databases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// The shop in this person's data folder.
    #[default]
    Own,
    Sample,
    Postgres {
        server: Server,
        /// The password is in a passphrase-encrypted file, since this machine has no keyring.
        in_file: bool,
    },
}

/// What somebody typed to get into a server.
pub struct Given {
    pub password: String,
    /// Of the files with the password and with the key of the copy, on a machine without a keyring.
    pub passphrase: Option<String>,
}

/// What is opened next.
pub struct Next {
    pub place: Place,
    /// When it is not stored yet, or came out of the password file.
    pub given: Option<Given>,
    /// The desk that this one was before the shop moved there.
    pub device: Option<Uuid>,
}

impl Next {
    pub fn at(place: Place) -> Self {
        Self { place, given: None, device: None }
    }
}

/// How far the opening has come. Commands that arrive early wait for it.
#[derive(Clone, Debug, PartialEq)]
enum Opening {
    Underway,
    Open,
    /// The password file wants its passphrase.
    Locked,
    Failed(Error),
}

#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    started: Instant,
    folder: PathBuf,
    place: RwLock<Place>,
    shop: RwLock<Option<Engine>>,
    /// Of the shop that is open.
    address: RwLock<Option<Address>>,
    /// Who has signed in to the open shop; without a name at a desk that is locked.
    person: RwLock<Option<Caller>>,
    opening: watch::Sender<Opening>,
    tell: Box<dyn Fn(Changed) + Send + Sync>,
}

impl Desk {
    pub fn new(folder: PathBuf, tell: impl Fn(Changed) + Send + Sync + 'static) -> Self {
        Self {
            inner: Arc::new(Inner {
                started: Instant::now(),
                folder,
                place: RwLock::default(),
                shop: RwLock::default(),
                address: RwLock::default(),
                person: RwLock::default(),
                opening: watch::channel(Opening::Underway).0,
                tell: Box::new(tell),
            }),
        }
    }

    pub fn folder(&self) -> &std::path::Path {
        &self.inner.folder
    }

    /// Since the program was started.
    pub fn age(&self) -> Duration {
        self.inner.started.elapsed()
    }

    /// The open shop; waits while it is being opened.
    pub async fn shop(&self) -> Result<Engine> {
        let mut opening = self.inner.opening.subscribe();
        let state = opening.wait_for(|state| *state != Opening::Underway).await.map_err(Error::internal)?.clone();
        match state {
            Opening::Failed(error) => Err(error),
            Opening::Locked => Err(Error::WrongPassphrase),
            _ => self.inner.shop.read().await.clone().ok_or(Error::NoShop),
        }
    }

    /// The open shop and who asks it.
    pub async fn shop_and_caller(&self) -> Result<(Engine, Caller)> {
        let shop = self.shop().await?;
        let person = self.inner.person.read().await.clone();
        let caller = person.unwrap_or_else(|| shop.owner(Door::Window));
        Ok((shop, caller))
    }

    pub async fn sign_in(&self, input: SignIn) -> Result<()> {
        let (shop, before) = self.shop_and_caller().await?;
        let caller = shop.sign_in(Door::Window, input).await?;
        self.enter(Some(caller.after(&before))).await;
        Ok(())
    }

    /// The next one at a desk that is open, by PIN.
    pub async fn switch(&self, input: Switch) -> Result<()> {
        let (shop, before) = self.shop_and_caller().await?;
        let caller = shop.switch(&before, input).await?;
        self.enter(Some(caller)).await;
        Ok(())
    }

    /// Nobody, until the next PIN or password.
    pub async fn lock(&self) -> Result<()> {
        let (shop, before) = self.shop_and_caller().await?;
        self.enter(Some(shop.lock(&before))).await;
        Ok(())
    }

    pub async fn sign_out(&self) {
        self.enter(None).await;
    }

    pub async fn view_as(&self, role: Option<Uuid>) -> Result<()> {
        let (shop, caller) = self.shop_and_caller().await?;
        let looking = shop.look_as(&caller, role).await?;
        self.enter(Some(looking)).await;
        Ok(())
    }

    /// Whoever asks from now on; all that the screen shows is for them.
    async fn enter(&self, person: Option<Caller>) {
        *self.inner.person.write().await = person;
        (self.inner.tell)(Changed::all());
    }

    pub async fn place(&self) -> Place {
        self.inner.place.read().await.clone()
    }

    /// Whether the desk waits for the passphrase of its password file.
    pub fn is_locked(&self) -> bool {
        *self.inner.opening.borrow() == Opening::Locked
    }

    /// Opens what was open last.
    pub async fn open_current(&self) {
        let place = match std::fs::read(self.inner.folder.join("desk.json")) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(%error, "desk.json cannot be read: opening the desk's own shop");
                Place::Own
            }),
            Err(_) => Place::Own,
        };
        let outcome = self.open(place, None).await;
        if let Err(error) = outcome {
            tracing::error!(%error, "the shop could not be opened");
        }
    }

    /// Opens `place` and stays there from now on.
    pub async fn open(&self, place: Place, given: Option<Given>) -> Result<()> {
        self.open_next(Next { given, ..Next::at(place) }).await
    }

    async fn open_next(&self, Next { place, given, device }: Next) -> Result<()> {
        self.inner.opening.send_replace(Opening::Underway);
        let outcome = self.try_open(&place, given, device).await;
        self.inner.opening.send_replace(match &outcome {
            Ok(()) => Opening::Open,
            Err(Error::WrongPassphrase) => Opening::Locked,
            Err(error) => Opening::Failed(error.clone()),
        });
        *self.inner.place.write().await = place;
        outcome
    }

    async fn try_open(&self, place: &Place, given: Option<Given>, device: Option<Uuid>) -> Result<()> {
        let (password, passphrase) = given.map_or((None, None), |given| (Some(given.password), given.passphrase));
        let address = self.address(place, password)?;
        let engine = match place {
            Place::Own | Place::Sample => Engine::open(&address).await?,
            Place::Postgres { server, .. } => {
                let copy = self.inner.folder.join(copy_name(server));
                engine::encryption::ready_copy(&copy, passphrase.as_deref()).await?;
                Engine::open_desk(&address, &copy, Newcomer { name: computer_name(), device }).await?
            }
        };
        tauri::async_runtime::spawn(engine::clockwork::keep(engine.clone()));
        let mut changes = engine.subscribe();
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(changed) => (desk.inner.tell)(changed),
                    // Too much happened at once to name it all.
                    Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                        (desk.inner.tell)(Changed::all());
                    }
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => break,
                }
            }
        });
        *self.inner.address.write().await = Some(address);
        if let Some(before) = self.inner.shop.write().await.replace(engine) {
            before.close().await;
        }
        self.enter(None).await;
        Ok(())
    }

    /// Does something for which nobody may have the shop's file open, and opens it again for whoever was there.
    pub async fn meanwhile<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let (place, person) = (self.place().await, self.inner.person.read().await.clone());
        let outcome = self.reopen(async { Ok((work.await?, Next::at(place))) }).await;
        self.enter(person).await;
        outcome
    }

    /// The same for work after which another shop is to be opened; when it fails, the one that was open.
    pub async fn reopen<T>(&self, work: impl Future<Output = Result<(T, Next)>>) -> Result<T> {
        let before = self.place().await;
        self.inner.opening.send_replace(Opening::Underway);
        self.clone().close().await;
        match work.await {
            Ok((done, next)) => {
                self.open_next(next).await?;
                Ok(done)
            }
            Err(error) => {
                // Who asks next hears what is the matter with that.
                let _ = self.open(before, None).await;
                Err(error)
            }
        }
    }

    /// Where the shop is that is open.
    pub async fn open_address(&self) -> Option<Address> {
        self.inner.address.read().await.clone()
    }

    /// The file that is open, or is to be opened.
    pub async fn file(&self) -> Option<PathBuf> {
        match self.place().await {
            Place::Own => Some(self.inner.folder.join("shop.db")),
            Place::Sample => Some(self.inner.folder.join("sample.db")),
            Place::Postgres { .. } => None,
        }
    }

    /// Remembers `place` for the next start.
    pub fn remember(&self, place: &Place) -> Result<()> {
        let path = self.inner.folder.join("desk.json");
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, serde_json::to_vec_pretty(place)?)
            .and_then(|()| std::fs::rename(&fresh, &path))
            .map_err(|error| Error::Unreachable { detail: format!("{}: {error}", path.display()) })
    }

    fn address(&self, place: &Place, password: Option<String>) -> Result<Address> {
        Ok(match place {
            Place::Own => Address::Sqlite(self.inner.folder.join("shop.db")),
            Place::Sample => Address::Sqlite(self.inner.folder.join("sample.db")),
            Place::Postgres { server, in_file } => {
                let password = match password {
                    Some(password) => password,
                    None if *in_file => return Err(Error::WrongPassphrase),
                    None => engine::secrets::load(&secret_name(server))?.unwrap_or_default(),
                };
                postgres(server, &password)?
            }
        })
    }

    pub async fn close(self) {
        if let Some(shop) = self.inner.shop.write().await.take() {
            shop.close().await;
        }
    }
}

/// Under which name the keyring holds the password.
pub fn secret_name(server: &Server) -> String {
    format!("postgres {}@{}:{}/{}", server.user, server.host, server.port, server.database)
}

/// The file that holds this desk's copy of a shared shop.
fn copy_name(server: &Server) -> String {
    let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    format!("desk-{}-{}-{}.db", plain(&server.host), server.port, plain(&server.database))
}

/// What a desk is called until somebody gives it a name.
fn computer_name() -> String {
    let name = std::env::var("COMPUTERNAME").or_else(|_| std::env::var("HOSTNAME"));
    name.or_else(|_| std::fs::read_to_string("/etc/hostname")).unwrap_or_default().trim().chars().take(60).collect()
}

/// The file that holds the password on a machine without a keyring.
pub fn secret_file(folder: &std::path::Path) -> PathBuf {
    folder.join("password.age")
}

pub fn postgres(server: &Server, password: &str) -> Result<Address> {
    let Server { host, port, database, user, tls } = server;
    let mut hosts = parse_hosts(host)?;
    // A password must not cross a network in the clear.
    if !tls && !hosts.iter().all(Host::is_here) {
        return Err(Error::invalid("tls", "plain"));
    }
    for host in &mut hosts {
        host.port = host.port.or(Some(*port));
    }
    let hosts = hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(",");
    let (user, password, database) = (encode(user), encode(password), encode(database));
    let mode = if *tls { "verify-full" } else { "disable" };
    Ok(Address::Postgres(format!("postgres://{user}:{password}@{hosts}/{database}?sslmode={mode}")))
}

/// Percent-encodes all that has a meaning in a URL.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, tls: bool) -> Server {
        Server { host: host.into(), port: 5432, database: "shop".into(), user: "li na".into(), tls }
    }

    #[test]
    fn several_machines_stand_in_one_address() {
        let of = |host: &str, tls| match postgres(&server(host, tls), "p@ss") {
            Ok(Address::Postgres(url)) => url,
            other => format!("{other:?}"),
        };
        assert_eq!(of("db1", true), "postgres://li%20na:p%40ss@db1:5432/shop?sslmode=verify-full");
        assert_eq!(
            of(" db1, db2:5433 ,::1", true),
            "postgres://li%20na:p%40ss@db1:5432,db2:5433,[::1]:5432/shop?sslmode=verify-full"
        );
        assert_eq!(
            of("localhost:1,127.0.0.1:2", false),
            "postgres://li%20na:p%40ss@localhost:1,127.0.0.1:2/shop?sslmode=disable"
        );
    }

    #[test]
    fn what_is_wrong_with_a_machine_is_said() {
        let refusal = |host: &str, tls| match postgres(&server(host, tls), "") {
            Err(Error::Invalid { field, rule, detail }) => format!("{field} {rule} {detail}"),
            other => format!("{other:?}"),
        };
        assert_eq!(refusal("localhost, db2", false), "tls plain ");
        assert_eq!(refusal("db1, db2:x", true), "host not_a_port db2:x");
        assert_eq!(refusal("db1, d b2", true), "host not_a_host d b2");
        assert_eq!(refusal("db1,db1", true), "host repeated db1");
    }
}
