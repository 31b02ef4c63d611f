//! An address with two hosts, of which one is the primary: what a promotion is like for a desk, step by step.

use std::time::Duration;

use engine::{
    Engine, Error,
    analytics::DashboardInput,
    connection::{self, Found},
    ctx::Meta,
    db::Address,
    offline::Newcomer,
    orders::{OrderById, PlaceOrder},
    settings::Nothing,
};
use sqlx::Connection as _;
use tests::{
    Shop, call,
    cluster::{Cluster, address_of_both, postgres_programs},
    desks::{State, Wire, open_file},
    sales::line,
};
use uuid::Uuid;

fn sale(sku_id: Uuid) -> PlaceOrder {
    let line = line(sku_id, 1);
    PlaceOrder { lines: vec![line], pay_later: true, ..PlaceOrder::default() }
}

/// A primary with its standby, and a wire to each.
struct Machines {
    cluster: Cluster,
    wires: [Wire; 2],
    folder: tempfile::TempDir,
}

impl Machines {
    fn address(&self) -> Address {
        Address::Postgres(address_of_both(&self.wires, "shop"))
    }

    async fn shop(&self) -> anyhow::Result<(Shop, Uuid)> {
        let shop = Shop::shared(Engine::open(&self.address()).await?, self.address()).await?;
        let tea = shop.goods("TEA", 1990, 100).await?;
        Ok((shop, tea))
    }
}

fn with_a_standby(story: impl AsyncFnOnce(Machines) -> anyhow::Result<()>) {
    let Some(programs) = postgres_programs() else {
        assert!(std::env::var_os("CI").is_none(), "initdb and pg_basebackup are missing: apt-get install postgresql");
        return;
    };
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::ERROR).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome: anyhow::Result<()> = runtime.expect("a runtime").block_on(async {
        let cluster = Cluster::start(programs).await?;
        cluster.on_primary("CREATE DATABASE shop").await?;
        let wire = |node| Wire::to(cluster.at(node));
        let wires = [wire(0).await?, wire(1).await?];
        story(Machines { cluster, wires, folder: tempfile::tempdir()? }).await
    });
    outcome.unwrap_or_else(|error| panic!("{error:?}"));
}

#[test]
fn a_desk_without_a_copy_goes_to_the_promoted_server() {
    with_a_standby(async |mut at: Machines| {
        let (shop, tea) = at.shop().await?;
        let meta = Meta::new();
        let before = shop.call_as(meta, call::orders_place, sale(tea)).await?;

        // The standby comes first in nobody's list, but takes no changes: it is passed over.
        at.cluster.until_followed().await?;
        at.cluster.kill_primary()?;
        // Whoever asks now waits for the promotion.
        let (placed, promoted) = tokio::join!(shop.call(call::orders_place, sale(tea)), async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            at.cluster.promote().await
        });
        promoted?;
        let placed = placed?;
        assert_ne!(placed.number, before.number);
        assert_eq!(shop.call_as(meta, call::orders_place, sale(tea)).await?, before);

        // Back again: what was the primary before has become a standby, and is promoted in turn.
        at.cluster.follow_again().await?;
        at.cluster.kill_primary()?;
        at.cluster.promote().await?;
        let after = shop.call(call::orders_place, sale(tea)).await?;
        for order in [&before, &placed, &after] {
            shop.ask(call::orders_get, OrderById { order_id: order.order_id }).await?;
        }
        assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
        shop.engine.close().await;
        Ok(())
    });
}

/// Nobody stopped the primary before; it answers still, and its commits wait for a standby that is none any more.
#[test]
fn a_primary_that_was_not_stopped_is_left() {
    with_a_standby(async |mut at: Machines| {
        let (shop, tea) = at.shop().await?;
        at.cluster.promote().await?;
        let placed = shop.call(call::orders_place, sale(tea)).await?;
        let there = Engine::open(&Address::Postgres(at.cluster.url("shop"))).await?;
        let caller = there.owner(engine::ctx::Door::CommandLine);
        call::orders_get(&there, &caller, OrderById { order_id: placed.order_id }).await?;
        there.close().await;
        shop.engine.close().await;
        Ok(())
    });
}

#[test]
fn a_desk_with_a_copy_sells_on_and_copies_anew_from_the_promoted_server() {
    with_a_standby(async |mut at: Machines| {
        let (shop, tea) = at.shop().await?;
        let copy = at.folder.path().join("till.db");
        let engine = Engine::open_desk(&at.address(), &copy, Newcomer::named("till")).await?;
        engine.sync().await?;
        let till = Shop::at(engine, at.address());
        let origin = async || {
            let mut file = open_file(&copy).await?;
            let origin: String = sqlx::query_scalar("SELECT origin FROM desk_state").fetch_one(&mut file).await?;
            file.close().await?;
            anyhow::Ok(origin)
        };
        let before = origin().await?;
        at.cluster.until_followed().await?;
        at.cluster.kill_primary()?;
        let placed = till.call(call::orders_place, sale(tea)).await?;
        assert!(placed.number.contains("B0-"), "{}", placed.number);
        assert!(till.engine.is_offline());
        // A standby is no server to come back to.
        assert!(matches!(till.engine.sync().await, Err(Error::Unreachable { .. })));

        at.cluster.promote().await?;
        till.engine.sync().await?;
        assert!(!till.engine.is_offline());
        // At once, and not with the next checkpoint.
        assert_ne!(origin().await?, before);
        let order = shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!(order.number, placed.number);
        till.engine.close().await;
        shop.engine.close().await;
        Ok(())
    });
}

/// A commit that the standby never had shows when the primary is back, and would be lost by a promotion then: who
/// sends the command again is answered when the standby has it, no sooner.
#[test]
fn what_the_standby_has_not_is_not_acknowledged_the_second_time_either() {
    with_a_standby(async |mut at: Machines| {
        let (shop, tea) = at.shop().await?;
        at.cluster.until_followed().await?;
        at.cluster.kill_standby()?;
        let meta = Meta::new();
        let unheard = tokio::time::timeout(Duration::from_secs(2), shop.call_as(meta, call::orders_place, sale(tea)));
        assert!(unheard.await.is_err(), "acknowledged without the standby");
        at.cluster.kill_primary()?;
        at.cluster.restart_primary().await?;
        let seen: i64 = {
            let mut connection = sqlx::PgConnection::connect(&at.cluster.url("shop")).await?;
            sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE command_id = $1")
                .bind(meta.command_id)
                .fetch_one(&mut connection)
                .await?
        };
        assert_eq!(seen, 1, "the commit is there after the crash");
        let again = tokio::time::timeout(Duration::from_secs(2), shop.call_as(meta, call::orders_place, sale(tea)));
        assert!(again.await.is_err(), "acknowledged without the standby");
        at.cluster.restart_standby().await?;
        let placed = shop.call_as(meta, call::orders_place, sale(tea)).await?;
        at.cluster.kill_primary()?;
        at.cluster.promote().await?;
        shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        shop.engine.close().await;
        Ok(())
    });
}

/// Reports are read from the replica when it has all there is, and from the server when not.
#[test]
fn a_report_knows_of_what_was_done_before_it() {
    with_a_standby(async |at: Machines| {
        let (shop, tea) = at.shop().await?;
        shop.engine.close().await;
        let replica = 1 - at.cluster.primary();
        let url = format!("{}&replica=127.0.0.1:{}", at.cluster.url("shop"), at.wires[replica].port());
        let address = Address::Postgres(url);
        let shop = Shop::at(Engine::open(&address).await?, address);
        let orders = async || {
            let since = std::time::SystemTime::UNIX_EPOCH.elapsed()?;
            let today = i32::try_from(since.as_secs() / 86_400)?;
            let days = DashboardInput { from_day: today - 2, to_day: today + 2, compare: false };
            anyhow::Ok(serde_json::to_value(shop.ask(call::analytics_dashboard, days).await?)?)
        };
        let mut before = orders().await?;
        assert!(at.wires[replica].is_used(), "the replica is never asked");
        for state in [State::Open, State::Silent, State::Down] {
            at.wires[replica].set(state);
            shop.call(call::orders_place, sale(tea)).await?;
            let after = orders().await?;
            assert_ne!(before, after, "{state:?}");
            before = after;
        }
        // One that does not follow any more has not what there is.
        at.wires[replica].set(State::Open);
        at.cluster.on_primary("ALTER SYSTEM SET synchronous_standby_names = ''").await?;
        at.cluster.on_primary("SELECT pg_reload_conf()").await?;
        at.cluster.set_replication(State::Down)?;
        shop.call(call::orders_place, sale(tea)).await?;
        assert_ne!(orders().await?, before);
        shop.engine.close().await;
        Ok(())
    });
}

/// TLS to a server that has a certificate, has none, has one of another name, or one that nobody vouches for.
#[test]
fn a_server_proves_that_it_is_the_one_that_was_named() {
    with_a_standby(async |at| {
        let found = async |host: &str, with: &str| {
            let url = at.cluster.url("shop").replace("127.0.0.1", host).replace("sslmode=disable", with);
            connection::test(&Address::Postgres(url)).await.map(|report| report.found)
        };
        let refused = |outcome: engine::Result<Found>| match outcome {
            Err(Error::Invalid { field, rule, .. }) => format!("{field} {rule}"),
            other => format!("{other:?}"),
        };
        assert_eq!(refused(found("localhost", "sslmode=verify-full").await), "tls not_offered");
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let known = at.folder.path().join("known.pem");
        std::fs::write(&known, certificate.cert.pem())?;
        at.cluster.show(&certificate).await?;
        let trusting = format!("sslmode=verify-full&sslrootcert={}", known.display());
        assert_eq!(found("localhost", &trusting).await?, Found::Empty);
        assert_eq!(refused(found("127.0.0.1", &trusting).await), "tls untrusted", "another name");
        assert_eq!(refused(found("localhost", "sslmode=verify-full").await), "tls untrusted", "nobody vouches");
        let other = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        std::fs::write(&known, other.cert.pem())?;
        assert_eq!(refused(found("localhost", &trusting).await), "tls untrusted", "another one of this name");
        // Not even asked: no packet goes there.
        assert_eq!(refused(found("db.example.com", "sslmode=require").await), "tls plain");
        Ok(())
    });
}
