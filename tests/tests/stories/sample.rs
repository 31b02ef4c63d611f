//! The sample shop: made through the ordinary commands, so everything in it adds up.

use std::collections::BTreeSet;

use domain::units::Millis;
use engine::{
    Engine,
    analytics::DashboardInput,
    catalog::ListProducts,
    ctx::Door,
    customers::{CustomerSort, ListCustomers},
    db::Address,
    orders::ListOrders,
    sample,
    settings::Nothing,
};
use tests::{MONDAY, call, create_database, drop_database, postgres_server, sqlite_address};

async fn look_around(address: &Address) -> anyhow::Result<()> {
    let engine = Engine::open_with_clock(address, std::sync::Arc::new(|| Millis(MONDAY))).await?;
    sample::create(&engine).await?;
    let caller = engine.owner(Door::Window);
    let shop = call::settings_shop(&engine, &caller, Nothing {}).await?.shop.expect("a shop");
    assert!(shop.sample && shop.contact.contains("Online Retail"));
    let checked = call::app_check(&engine, &caller, Nothing {}).await?;
    assert_eq!(checked.differences, []);
    let orders = call::orders_list(&engine, &caller, ListOrders { limit: Some(200), ..ListOrders::default() }).await?;
    assert_eq!(orders.items.len(), 84);
    let stages: BTreeSet<&str> = orders.items.iter().map(|order| order.stage.as_str()).collect();
    assert_eq!(stages, BTreeSet::from(["cancelled", "completed", "delivered", "placed", "ready", "shipping"]));
    assert!(orders.items.iter().all(|order| order.placed_at <= Millis(MONDAY)));
    let list = ListCustomers {
        query: String::new(),
        sort: CustomerSort::Total,
        ascending: false,
        cursor: None,
        limit: Some(200),
    };
    let people = call::customers_list(&engine, &caller, list).await?;
    assert_eq!(people.items.len(), 25);
    let input = ListProducts { limit: Some(200), ..ListProducts::default() };
    assert_eq!(call::catalog_list_products(&engine, &caller, input).await?.items.len(), 60);
    let today = shop.day_of(engine.now())?;
    let month = DashboardInput { from_day: today - 29, to_day: today, compare: true };
    let dashboard = call::analytics_dashboard(&engine, &caller, month).await?;
    assert!(dashboard.period.kpis.captured.0 > 0 && dashboard.period.kpis.refunded.0 > 0);
    assert!(sample::create(&engine).await.is_err(), "a shop is set up once");
    engine.close().await;
    Ok(())
}

fn run(story: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(story)
}

#[test]
fn the_sample_adds_up_sqlite() -> anyhow::Result<()> {
    run(async {
        let (address, _folder) = sqlite_address()?;
        look_around(&address).await
    })
}

#[test]
fn the_sample_adds_up_postgres() -> anyhow::Result<()> {
    let Some(server) = postgres_server() else { return Ok(()) };
    run(async {
        let (url, name) = create_database(&server).await?;
        let outcome = look_around(&Address::Postgres(url)).await;
        drop_database(&server, &name).await?;
        outcome
    })
}
