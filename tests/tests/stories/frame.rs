//! The way every command takes: asked once, done once, written down.

use std::time::Duration;

use engine::{
    Changed, Engine, Error,
    commands::call_json,
    connection::{self, Found},
    ctx::{Door, Meta},
    db::Address,
    settings::{Nothing, Setup},
};
use serde_json::json;
use sqlx::Connection as _;
use tests::{call, create_database, drop_database, postgres_server, sqlite_address, story};
use tokio::sync::broadcast::Receiver;

fn setup(name: &str) -> Setup {
    Setup {
        name: name.into(),
        currency: "CNY".into(),
        zone: "Asia/Shanghai".into(),
        country: "CN".into(),
        tax_inclusive: true,
    }
}

story!(a_shop_is_set_up_once, async |shop| {
    let state = shop.ask(call::settings_shop, Nothing {}).await?;
    assert_eq!(state.shop.map(|s| s.name), Some("Test shop 测试店".into()));
    let again = shop.call(call::settings_setup, setup("Other")).await;
    assert!(matches!(again, Err(engine::Error::Duplicate { .. })), "{again:?}");
    Ok(())
});

story!(a_command_sent_twice_is_done_once, async |shop| {
    let shop = shop.reopen().await?;
    let meta = Meta::new();
    let input = serde_json::json!({"name": "", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true});
    let refused = engine::commands::call_json(&shop.engine, &shop.caller, "settings.setup", meta, input).await;
    assert!(refused.is_err());
    let unknown = engine::commands::call_json(&shop.engine, &shop.caller, "no.such", meta, serde_json::json!({})).await;
    assert!(matches!(unknown, Err(engine::Error::UnknownCommand { .. })));
    Ok(())
});

/// "Test connection" tells what is there before a desk moves in, and changes nothing.
#[tokio::test]
async fn a_server_is_looked_at_before_moving_in() -> anyhow::Result<()> {
    let (file, _folder) = sqlite_address()?;
    assert!(matches!(connection::test(&file).await, Err(Error::Invalid { .. })));
    let Some(server) = postgres_server() else { return Ok(()) };
    let (url, name) = create_database(&server).await?;
    let address = Address::Postgres(url.clone());
    let found = async || connection::test(&address).await.map(|report| report.found);
    assert_eq!(found().await?, Found::Empty);
    assert_eq!(found().await?, Found::Empty);
    let first = Engine::open(&address).await?;
    assert_eq!(found().await?, Found::Empty, "looked into, and nobody set up a shop");
    call::settings_setup(&first, &first.owner(Door::Window), Meta::new(), setup("Shop")).await?;
    first.close().await;
    assert_eq!(found().await?, Found::Shop);

    let mut connection = sqlx::PgConnection::connect(&url).await?;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', true, '', 0)",
    )
    .execute(&mut connection)
    .await?;
    assert_eq!(found().await?, Found::Newer);
    assert_eq!(Engine::open(&address).await.err(), Some(Error::NewerDatabase));
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE theirs (id int)")
        .execute(&mut connection)
        .await?;
    assert_eq!(found().await?, Found::Foreign);
    connection.close().await?;
    drop_database(&server, &name).await?;
    assert_eq!(connection::test(&address).await, Err(Error::invalid("database", "unknown")));
    let nobody = Address::Postgres("postgres://shop:shop@127.0.0.1:1/shop".into());
    let silent = connection::test(&nobody).await;
    assert!(matches!(silent, Err(Error::Unreachable { .. })), "{silent:?}");
    Ok(())
}

async fn heard(news: &mut Receiver<Changed>, tag: &str, patience: Duration) -> bool {
    let wait = async {
        while let Ok(changed) = news.recv().await {
            if changed.tags.iter().any(|told| told == tag) {
                return true;
            }
        }
        false
    };
    tokio::time::timeout(patience, wait).await.unwrap_or(false)
}

/// A line may not stand yet, or not again: what is said before is covered by what it says when it does.
async fn said_until_heard(by: &Engine, news: &mut Receiver<Changed>, tag: &str) -> anyhow::Result<()> {
    for _ in 0..40 {
        by.announce(Changed { tags: vec![tag.to_owned()], command: String::new() });
        if heard(news, tag, Duration::from_millis(500)).await {
            return Ok(());
        }
    }
    anyhow::bail!("{tag} is not heard")
}

/// Two desks on one Postgres, as two programs have it open.
#[tokio::test(flavor = "multi_thread")]
async fn desks_hear_of_each_other() -> anyhow::Result<()> {
    let Some(server) = postgres_server() else { return Ok(()) };
    let (url, name) = create_database(&server).await?;
    let address = Address::Postgres(url.clone());
    let here = Engine::open(&address).await?;
    let there = Engine::open(&address).await?;
    for desk in [&here, &there] {
        tokio::spawn(engine::clockwork::keep(desk.clone()));
    }
    let mut news = there.subscribe();
    let caller = here.owner(Door::Window);
    call::settings_setup(&here, &caller, Meta::new(), setup("Shop")).await?;
    said_until_heard(&here, &mut news, "settings").await?;
    let state = call::settings_shop(&there, &there.owner(Door::Window), Nothing {}).await?;
    assert!(state.shop.is_some());

    // A program that does one thing and goes tells it before it goes.
    while news.try_recv().is_ok() {}
    let short = Engine::open(&address).await?;
    let draft = json!({ "area": "orders", "name": "mine", "body": "{}" });
    call_json(&short, &short.owner(Door::CommandLine), "app.save_view", Meta::new(), draft).await?;
    short.close().await;
    assert!(heard(&mut news, "views", Duration::from_secs(20)).await);

    // The server drops the lines: what was missed is made good, and later news are heard again.
    while news.try_recv().is_ok() {}
    let mut connection = sqlx::PgConnection::connect(&url).await?;
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'",
    )
    .execute(&mut connection)
    .await?;
    assert!(heard(&mut news, "*", Duration::from_secs(20)).await, "all is old after a silence");
    said_until_heard(&here, &mut news, "orders").await?;

    // A closed desk lets go of every connection.
    here.close().await;
    there.close().await;
    connection.close().await?;
    drop_database(&server, &name).await
}
