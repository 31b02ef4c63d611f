//! A shop behind a real PgBouncer in transaction mode, with fewer connections than desks.

use std::{path::PathBuf, process::Child, time::Duration};

use anyhow::Context as _;
use engine::{
    Engine,
    connection::Found,
    ctx::Meta,
    db::Address,
    offline::Newcomer,
    orders::{ListOrders, PlaceOrder},
    settings::Nothing,
};
use tests::{
    Shop, call,
    cluster::{as_server_user, free_port, give_to_server_user},
    create_database, drop_database, postgres_server,
    sales::line,
};

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders.map(|folder| folder.join("pgbouncer")).find(|path| path.is_file());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "pgbouncer is missing: apt-get install pgbouncer");
    found
}

struct Bouncer {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Bouncer {
    /// In front of this server, with two connections to it for all.
    async fn start(program: PathBuf, server: &str, more: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (_, rest) = server.split_once("://").context("a URL")?;
        let (user, rest) = rest.split_once('@').context("a user")?;
        let (user, password) = user.split_once(':').context("a password")?;
        let (host, port) = rest.split('/').next().and_then(|at| at.split_once(':')).context("a host")?;
        let own = free_port()?;
        let settings = format!(
            "[databases]\n* = host={host} port={port} user={user} password={password}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\n{more}\n"
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings)?;
        give_to_server_user(folder.path())?;
        let mut command = as_server_user(&program);
        let child = command.arg("-q").arg(&file).current_dir(folder.path()).spawn()?;
        let bouncer = Self { port: own, child, _folder: folder };
        while tokio::net::TcpStream::connect(("127.0.0.1", own)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(bouncer)
    }

    fn address(&self, database: &str) -> Address {
        Address::Postgres(format!("postgres://shop:any@127.0.0.1:{}/{database}?sslmode=disable", self.port))
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a story behind a pooler with these settings.
fn behind(more: &'static str, story: impl AsyncFnOnce(&Bouncer, &str) -> anyhow::Result<()>) {
    let (Some(server), Some(program)) = (postgres_server(), program()) else { return };
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::ERROR).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome: anyhow::Result<()> = runtime.expect("a runtime").block_on(async {
        let (_, name) = create_database(&server).await?;
        let bouncer = Bouncer::start(program, &server, more).await?;
        let outcome = story(&bouncer, &name).await;
        drop(bouncer);
        drop_database(&server, &name).await?;
        outcome
    });
    outcome.unwrap_or_else(|error| panic!("{error:?}"));
}

#[test]
fn desks_share_a_shop_through_a_pooler() {
    behind("", async |bouncer, database| {
        let address = bouncer.address(database);
        let found = engine::connection::test(&address).await?;
        assert!(found.pooled && found.found == Found::Empty, "{found:?}");
        sell_and_tell(&address).await
    });
}

/// Some are set up to swallow what they do not pass on.
#[test]
fn a_pooler_that_hides_is_found_out() {
    behind("ignore_startup_parameters = extra_float_digits, options", async |bouncer, database| {
        let address = bouncer.address(database);
        let found = engine::connection::test(&address).await?;
        assert!(found.pooled && found.found == Found::Empty, "{found:?}");
        sell_and_tell(&address).await
    });
}

#[test]
fn no_pooler_is_seen_where_there_is_none() {
    behind("", async |_, database| {
        let server = postgres_server().context("a server")?;
        let (base, _) = server.rsplit_once('/').context("a database")?;
        assert!(!engine::connection::test(&Address::Postgres(format!("{base}/{database}"))).await?.pooled);
        Ok(())
    });
}

async fn sell_and_tell(address: &Address) -> anyhow::Result<()> {
    // All come at once to an empty database: one of them migrates it.
    let opened = tokio::join!(Engine::open(address), Engine::open(address), Engine::open(address));
    let shop = Shop::shared(opened.0?, address.clone()).await?;
    let (second, third) = (opened.1?, opened.2?);
    let tea = shop.goods("TEA", 1990, 1000).await?;

    // A desk with a copy, which keeps it up to date.
    let folder = tempfile::tempdir()?;
    let till = Engine::open_desk(address, &folder.path().join("till.db"), Newcomer::named("till")).await?;
    till.sync().await?;
    tokio::spawn(engine::clockwork::keep(till.clone()));
    let mut news = till.subscribe();

    let sale = || PlaceOrder { lines: vec![line(tea, 1)], pay_later: true, ..PlaceOrder::default() };
    // More at once than the pooler has connections, and more than once on each.
    let mut sellers = Vec::new();
    for engine in [&shop.engine, &second, &third, &till] {
        for _ in 0..4 {
            let (engine, sale) = (engine.clone(), sale());
            sellers.push(tokio::spawn(async move {
                let caller = engine.owner(engine::ctx::Door::CommandLine);
                for _ in 0..5 {
                    call::orders_place(&engine, &caller, Meta::new(), sale.clone()).await?;
                }
                Ok::<_, engine::Error>(())
            }));
        }
    }
    for seller in sellers {
        seller.await??;
    }
    // With so many at the pooler's few connections the till may have taken its server for gone.
    while till.is_offline() {
        till.sync().await?;
    }
    assert_eq!(
        shop.ask(call::orders_list, ListOrders { limit: Some(100), ..ListOrders::default() }).await?.items.len(),
        80
    );
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);

    // What comes again is answered as before.
    let meta = Meta::new();
    let placed = shop.call_as(meta, call::orders_place, sale()).await?;
    assert_eq!(shop.call_as(meta, call::orders_place, sale()).await?, placed);

    // What another desk does is heard, without a session to listen in.
    while news.try_recv().is_ok() {}
    tokio::time::sleep(Duration::from_secs(2)).await;
    while news.try_recv().is_ok() {}
    shop.call(call::orders_place, sale()).await?;
    let heard = news.recv().await?;
    assert_eq!(heard.tags, ["*"]);

    let caller = till.owner(engine::ctx::Door::CommandLine);
    till.sync().await?;
    let now = call::offline_connection(&till, &caller, Nothing {}).await?;
    assert!(now.ready && now.offline_since.is_none(), "{now:?}");
    for engine in [&till, &second, &third, &shop.engine] {
        engine.close().await;
    }
    Ok(())
}
