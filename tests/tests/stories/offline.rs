//! Desks that lose their server, sell on, and come back.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;
use domain::{
    access::Preset,
    catalog::ProductState,
    orders::HoldKind,
    units::{Count, Millis, Minor, Qty},
};
use engine::{
    Error,
    catalog::{ProductById, SearchSkus, SetProductState},
    ctx::Meta,
    customers::CustomerById,
    offline::{CaseById, ListCases, Patience, Settle, SettleHow, Trouble},
    orders::{ListOrders, OrderById, PlaceOrder, Placed},
    payments::PaymentMethod,
    settings::{DeskById, DeskState, Nothing},
};
use sqlx::Connection as _;
use tests::{
    Shop, call,
    desks::{Office, State, in_an_office, open_file},
    from_env, on_sqlite, people,
    sales::{buyer, cash, line, payment},
};
use uuid::Uuid;

const HOUR: i64 = 3_600_000;

fn sale(sku_id: Uuid, qty: i64, paid: i64) -> PlaceOrder {
    PlaceOrder { lines: vec![line(sku_id, qty)], payments: vec![cash(paid)], ..PlaceOrder::default() }
}

async fn waiting(desk: &Shop) -> anyhow::Result<i64> {
    Ok(desk.ask(call::offline_connection, Nothing {}).await?.waiting.0)
}

/// All is well with the books, and the desks have what the server has.
async fn all_agree(office: &Office, desks: &[(&str, &Shop)]) -> anyhow::Result<()> {
    assert_eq!(office.server.ask(call::app_check, Nothing {}).await?.differences, []);
    for (name, desk) in desks {
        desk.engine.sync().await?;
        assert_eq!(waiting(desk).await?, 0, "{name}");
        assert_eq!(office.differences(name).await?, Vec::<String>::new(), "{name}");
    }
    Ok(())
}

#[test]
fn a_desk_sells_on_and_comes_back() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1990, 50).await?;
        let (till, wire) = office.desk("till").await?;
        let (back, _) = office.desk("back").await?;
        all_agree(&office, &[("till", &till), ("back", &back)]).await?;

        let before = till.call(call::orders_place, sale(tea, 1, 1990)).await?;
        assert!(before.number.contains("-B-") && !before.number.contains("-B0-"), "{}", before.number);
        till.engine.sync().await?;

        wire.set(State::Silent);
        let wang = till.call(call::customers_save, buyer("王小明", "13800138000")).await?;
        let now = till.ask(call::offline_connection, Nothing {}).await?;
        assert!(now.offline_since.is_some() && now.waiting == Count(1), "{now:?}");
        let offline = PlaceOrder { customer_id: Some(wang.id), payments: vec![], pay_later: true, ..sale(tea, 2, 0) };
        let meta = Meta::new();
        let placed = till.call_as(meta, call::orders_place, offline.clone()).await?;
        assert!(placed.number.contains("B0-0001"), "{}", placed.number);
        // Sent twice, done once.
        assert_eq!(till.call_as(meta, call::orders_place, offline).await?, placed);
        let pay = payment(placed.order_id, PaymentMethod::Cash, 1000);
        till.call(call::payments_capture, pay).await?;
        // What it sold is what it sees; what it cannot do is said.
        assert_eq!(till.ask(call::orders_list, ListOrders::default()).await?.items.len(), 2);
        assert!(matches!(till.ask(call::app_check, Nothing {}).await, Err(Error::Offline { .. })));

        let mut copy = open_file(&office.copy_of("till")).await?;
        let here: (i64, i64) =
            sqlx::query_as("SELECT on_hand, reserved FROM stock_balance").fetch_one(&mut copy).await?;
        copy.close().await?;
        let elsewhere = back.call(call::orders_place, sale(tea, 3, 5970)).await?;
        assert_eq!(office.server.shelf(tea).await?, (46, 0));

        wire.set(State::Open);
        assert!(till.engine.is_offline());
        till.engine.sync().await?;
        assert!(!till.engine.is_offline());

        let order = office.server.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!(
            (order.number.as_str(), order.total, order.captured),
            (placed.number.as_str(), Minor(3980), Minor(1000))
        );
        assert_eq!(order.customer_id, Some(wang.id));
        // The shelf is what it was here, without what was sold elsewhere.
        assert_eq!(office.server.shelf(tea).await?, (here.0 - 3, here.1));
        assert_eq!(office.server.ask(call::offline_cases, ListCases::default()).await?.open, Count(0));
        assert_eq!(till.ask(call::orders_list, ListOrders::default()).await?.items.len(), 3);
        assert_ne!(elsewhere.number, placed.number);
        all_agree(&office, &[("till", &till), ("back", &back)]).await
    });
}

#[test]
fn what_the_shop_cannot_honour_needs_attention() {
    in_an_office(async |office: Office| {
        let shop = &office.server;
        let (tea, mug) = (shop.goods("TEA", 1000, 5).await?, shop.goods("MUG", 3000, 5).await?);
        let (till, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let sold_out = till.call(call::orders_place, sale(tea, 4, 4000)).await?;
        let dearer = till.call(call::orders_place, sale(mug, 1, 3000)).await?;

        // Meanwhile the tea is sold, the mug costs more and is taken from the list.
        shop.call(call::orders_place, sale(tea, 3, 3000)).await?;
        let found = SearchSkus { query: "MUG".into(), limit: None, only_for_sale: true };
        let product_id = shop.ask(call::catalog_search_skus, found).await?.items[0].product_id;
        let mut product =
            tests::catalog::edit(&shop.ask(call::catalog_get_product, ProductById { id: product_id }).await?);
        product.skus[0].price = Minor(3500);
        shop.call(call::catalog_save_product, product).await?;
        shop.call(call::catalog_set_state, SetProductState { ids: vec![product_id], state: ProductState::Unlisted })
            .await?;

        wire.set(State::Open);
        till.engine.sync().await?;
        let cases = shop.ask(call::offline_cases, ListCases::default()).await?.cases;
        let of = |placed: &Placed| cases.iter().find(|case| case.order_id == Some(placed.order_id)).cloned();
        let (short, dear) = (of(&sold_out).expect("a case"), of(&dearer).expect("a case"));
        assert!(
            matches!(&short.troubles[..], [Trouble::SoldOut { lines }] if lines[0].available == Qty(2)),
            "{short:?}"
        );
        assert_eq!(short.number, sold_out.number);
        assert!(dear.troubles.contains(&Trouble::PriceChanged {
            sku: "MUG".into(),
            sold: Minor(3000),
            now: Minor(3500)
        }));
        assert!(dear.troubles.contains(&Trouble::NotForSale { skus: vec!["MUG".into()] }));
        assert_eq!(dear.lines[0].unit_price, Minor(3000));

        // The sale is an order, its money is taken, its number is as printed; it waits for the goods.
        let order = shop.ask(call::orders_get, OrderById { order_id: sold_out.order_id }).await?;
        assert_eq!((order.number, order.captured), (sold_out.number, Minor(4000)));
        assert!(order.holds.iter().any(|hold| hold.kind == HoldKind::Stock));
        let order = shop.ask(call::orders_get, OrderById { order_id: dearer.order_id }).await?;
        assert_eq!((order.total, order.due), (Minor(3000), Minor(0)));

        let seen = shop.call(call::offline_settle, Settle { id: dear.id, note: String::new() }).await?;
        assert_eq!(seen.settled_how, Some(SettleHow::Seen));
        let again = shop.call(call::offline_settle, Settle { id: dear.id, note: String::new() }).await;
        assert!(matches!(again, Err(Error::WrongState { .. })));
        assert_eq!(shop.ask(call::offline_cases, ListCases::default()).await?.open, Count(1));
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn a_right_taken_away_meanwhile_makes_a_case_that_somebody_else_carries_out() {
    in_an_office(async |mut office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        office.server = people::with_owner(office.server).await?;
        let shop = &office.server;
        let (mut till, wire) = office.desk("till").await?;
        shop.call(call::access_save_staff, people::person("mei", Preset::Manager.id())).await?;
        till.engine.sync().await?;
        wire.set(State::Down);
        // Signing in works offline too.
        till.caller = people::sign_in(&till, "mei", people::PASSWORD).await?;
        let placed = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        let lost = till.call(call::orders_place, sale(tea, 2, 2000)).await?;

        let staff = shop.ask(call::access_staff, Nothing {}).await?.staff;
        let mei = staff.iter().find(|person| person.login == "mei").expect("mei");
        let fewer = engine::access::SaveStaff {
            id: Some(mei.id),
            version: mei.version,
            password: None,
            ..people::person("mei", Preset::ReadOnly.id())
        };
        shop.call(call::access_save_staff, fewer).await?;
        wire.set(State::Open);
        till.engine.sync().await?;

        let cases = shop.ask(call::offline_cases, ListCases::default()).await?.cases;
        assert_eq!(cases.len(), 2);
        let of = |number: &str| cases.iter().find(|case| case.number == number).cloned().expect("a case");
        let (first, second) = (of(&placed.number), of(&lost.number));
        assert!(matches!(first.error, Some(Error::Forbidden { .. })), "{first:?}");
        assert_eq!((first.total, first.paid, first.order_id), (Some(Minor(1000)), Some(Minor(1000)), None));
        assert_eq!((first.lines[0].code.as_str(), first.actor_name.as_str()), ("TEA", "MEI"));
        all_agree(&office, &[("till", &till)]).await?;

        let done = shop.call(call::offline_carry_out, CaseById { id: first.id }).await?;
        assert_eq!((done.order_id, done.settled_how), (Some(placed.order_id), Some(SettleHow::CarriedOut)));
        let order = shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!((order.number, order.captured), (placed.number, Minor(1000)));
        assert!(matches!(
            shop.call(call::offline_carry_out, CaseById { id: first.id }).await,
            Err(Error::WrongState { .. })
        ));
        // What is dismissed says why.
        let silent = shop.call(call::offline_settle, Settle { id: second.id, note: " ".into() }).await;
        assert!(matches!(silent, Err(Error::Invalid { field, .. }) if field == "note"));
        let gone = Settle { id: second.id, note: "typed by mistake, nothing was paid".into() };
        assert_eq!(shop.call(call::offline_settle, gone).await?.settled_how, Some(SettleHow::Dismissed));
        assert_eq!(shop.shelf(tea).await?, (4, 0));
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn a_desk_waits_until_it_is_let_in_and_one_shut_out_gives_what_it_sold_and_keeps_nothing() {
    in_an_office(async |mut office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        office.server = people::with_owner(office.server).await?;
        let shop = &office.server;
        shop.call(call::access_save_staff, people::person("mei", Preset::Manager.id())).await?;
        shop.call(call::access_save_staff, people::person("zhou", Preset::Service.id())).await?;
        shop.call(call::customers_save, buyer("王小明", "13800138000")).await?;

        let wire = office.wire().await?;
        let mut till = office.open("till", &wire).await?;
        till.caller = people::sign_in(&till, "zhou", people::PASSWORD).await?;
        let placed = till.call(call::orders_place, sale(tea, 1, 1000)).await;
        assert!(matches!(placed, Err(Error::DeskWaiting)), "{placed:?}");
        // It gets no copy of anything.
        assert_eq!(till.engine.sync().await, Err(Error::DeskWaiting));
        let mut copy = open_file(&office.copy_of("till")).await?;
        let customers = "SELECT COUNT(*) FROM customer";
        assert_eq!(sqlx::query_scalar::<_, i64>(customers).fetch_one(&mut copy).await?, 0);
        copy.close().await?;
        let desks = shop.ask(call::settings_desks, Nothing {}).await?.items;
        let (first, new) = (&desks[0], &desks[1]);
        assert_eq!((new.name.as_str(), new.state, new.here), ("till", DeskState::Waiting, false));
        assert_eq!((first.state, first.here), (DeskState::Admitted, true));
        let id = DeskById { id: new.id };
        let by_service = till.call(call::settings_admit_desk, id).await;
        assert!(matches!(by_service, Err(Error::Forbidden { .. } | Error::DeskWaiting)), "{by_service:?}");
        // Whoever may let it in may do so at the desk itself.
        let mei = people::sign_in(&till, "lin", people::PASSWORD).await?;
        call::settings_admit_desk(&till.engine, &mei, Meta::new(), id).await?;
        till.engine.sync().await?;
        till.call(call::orders_place, sale(tea, 1, 1000)).await?;

        let own = shop.call(call::settings_revoke_desk, DeskById { id: first.id }).await;
        assert!(matches!(own, Err(Error::Invalid { field, .. }) if field == "id"));
        wire.set(State::Down);
        let placed = till.call(call::orders_place, sale(tea, 2, 2000)).await?;
        assert_eq!(shop.call(call::settings_revoke_desk, id).await?.state, DeskState::Revoked);
        wire.set(State::Open);
        assert_eq!(till.engine.sync().await, Err(Error::DeskRevoked));

        // What it sold is not lost: somebody else may do it in their own name.
        let cases = shop.ask(call::offline_cases, ListCases::default()).await?.cases;
        assert!(matches!(&cases[..], [case] if case.error == Some(Error::DeskRevoked)), "{cases:?}");
        shop.call(call::offline_carry_out, CaseById { id: cases[0].id }).await?;
        let order = shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!((order.number, order.captured), (placed.number, Minor(2000)));
        // Nothing is left on it, not even in deleted pages, and nothing is taken from it.
        let refused = till.call(call::orders_place, sale(tea, 1, 1000)).await;
        assert!(matches!(refused, Err(Error::DeskRevoked)), "{refused:?}");
        wire.set(State::Down);
        assert!(till.call(call::orders_place, sale(tea, 1, 1000)).await.is_err());
        till.engine.close().await;
        let bytes = std::fs::read(office.copy_of("till"))?;
        assert!(!bytes.windows(11).any(|part| part == b"13800138000"));
        Ok(())
    });
}

#[test]
fn a_customer_whom_the_shop_knew_already_stays_one() {
    in_an_office(async |mut office: Office| {
        let shop = &office.server;
        let tea = shop.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let here = till.call(call::customers_save, buyer("王小明", "13800138000")).await?;
        let order = PlaceOrder { customer_id: Some(here.id), ..sale(tea, 1, 1000) };
        let placed = till.call(call::orders_place, order).await?;
        let there = shop.call(call::customers_save, buyer("王晓明", "13800138000")).await?;
        wire.set(State::Open);
        till.engine.sync().await?;
        let order = shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!(order.customer_id, Some(there.id));
        let cases = shop.ask(call::offline_cases, ListCases::default()).await?.cases;
        assert!(matches!(&cases[..], [case] if matches!(case.error, Some(Error::Duplicate { .. }))), "{cases:?}");
        let gone = till.ask(call::customers_get, CustomerById { id: here.id }).await;
        assert!(matches!(gone, Err(Error::NotFound { .. })));
        all_agree(&office, &[("till", &till)]).await?;

        // Who may not see telephone numbers does not see them here either.
        office.server = people::with_owner(office.server).await?;
        let service = people::of(&office.server, "zhou", Preset::Service.id()).await?;
        let seen = call::offline_cases(&office.server.engine, &service, ListCases::default()).await?;
        assert!(!serde_json::to_string(&seen)?.contains("13800138000"), "{seen:?}");
        Ok(())
    });
}

#[test]
fn a_desk_starts_without_its_server_and_keeps_what_it_did() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let first = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        till.engine.close().await;
        let till = office.open("till", &wire).await?;
        assert!(till.engine.is_offline());
        let second = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        assert!(first.number < second.number);
        till.engine.close().await;
        // The server is there again: what waits goes first.
        wire.set(State::Open);
        let till = office.open("till", &wire).await?;
        assert_eq!(waiting(&till).await?, 2);
        till.engine.sync().await?;
        for placed in [&first, &second] {
            let order = office.server.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
            assert_eq!(order.number, placed.number);
        }
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn what_was_sold_is_not_given_to_another_shop_of_the_same_address() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let placed = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        // As when the database was dropped and made anew.
        let engine::db::Db::Postgres(server) = &office.server.engine.db else { anyhow::bail!("no Postgres") };
        let own: Uuid = sqlx::query_scalar("SELECT id FROM shop").fetch_one(&server.pool()).await?;
        let rename = "UPDATE shop SET id = $1";
        sqlx::query(rename).bind(Uuid::now_v7()).execute(&server.pool()).await?;
        wire.set(State::Open);
        assert_eq!(till.engine.sync().await, Err(Error::AnotherShop));
        let now = till.ask(call::offline_connection, Nothing {}).await?;
        assert_eq!((now.waiting, now.problem), (Count(1), Some(Error::AnotherShop)));
        // It sells on.
        till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        sqlx::query(rename).bind(own).execute(&server.pool()).await?;
        till.engine.sync().await?;
        let order = office.server.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
        assert_eq!(order.number, placed.number);
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn what_the_server_did_before_it_was_lost_is_done_once_and_keeps_the_printed_number() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        let meta = Meta::new();
        // The server has it; the answer never came, and the desk did it again on its own.
        let there = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        wire.set(State::Down);
        let here = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        assert_ne!(there.number, here.number);
        wire.set(State::Open);
        till.engine.sync().await?;
        assert_eq!(office.server.shelf(tea).await?, (4, 0));
        let order = office.server.ask(call::orders_get, OrderById { order_id: there.order_id }).await?;
        assert_eq!(order.number, here.number);
        // Whoever asks once more hears of no other number.
        let again = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        assert_eq!((again.order_id, again.number), (here.order_id, here.number));
        all_agree(&office, &[("till", &till)]).await
    });
}

/// A command whose commit to the copy was cut off is in the outbox only after that was given to the server.
#[test]
fn what_comes_to_the_outbox_late_is_given_before_the_desk_is_back() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 200).await?;
        let (till, wire) = office.desk("till").await?;
        let mut copy = open_file(&office.copy_of("till")).await?;
        // Sooner or later after all was given, before the copy is made equal to the server.
        let mut came = 0;
        for ms in (30..=110).step_by(20) {
            wire.set(State::Down);
            till.call(call::orders_place, sale(tea, 1, 1000)).await?;
            let late = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
            assert!(late.number.contains("-B0-"), "{}", late.number);
            type Row = (i64, Vec<u8>, String);
            let row: Row =
                sqlx::query_as("DELETE FROM desk_outbox WHERE n = (SELECT MAX(n) FROM desk_outbox) RETURNING *")
                    .fetch_one(&mut copy)
                    .await?;
            let pulled = "SELECT pulled_at FROM desk_state";
            let before: i64 = sqlx::query_scalar(pulled).fetch_one(&mut copy).await?;
            let comes = async {
                while sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM desk_outbox").fetch_one(&mut copy).await? > 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(Duration::from_millis(ms)).await;
                sqlx::query("BEGIN IMMEDIATE").execute(&mut copy).await?;
                let in_time = sqlx::query_scalar::<_, i64>(pulled).fetch_one(&mut copy).await? == before;
                sqlx::query("INSERT INTO desk_outbox (n, command_id, entry) VALUES (?, ?, ?)")
                    .bind(row.0)
                    .bind(row.1)
                    .bind(row.2)
                    .execute(&mut copy)
                    .await?;
                sqlx::query("COMMIT").execute(&mut copy).await?;
                anyhow::Ok(in_time)
            };
            wire.set(State::Slow);
            let returns = async {
                while till.engine.is_offline() {
                    till.engine.sync().await?;
                }
                anyhow::Ok(())
            };
            let (in_time, returned) = tokio::join!(comes, returns);
            returned?;
            wire.set(State::Open);
            // Else the desk was back already, and has it with the next.
            if in_time? {
                came += 1;
                assert_eq!(waiting(&till).await?, 0, "{ms} ms after the others");
                let order = office.server.ask(call::orders_get, OrderById { order_id: late.order_id }).await?;
                assert_eq!(order.number, late.number);
            }
        }
        ensure!(came > 0, "it never came in time");
        wire.set(State::Down);
        till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        wire.set(State::Open);
        while till.engine.is_offline() {
            till.engine.sync().await?;
        }
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn what_the_server_did_is_answered_from_the_copy_when_it_is_sent_again_offline() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        let meta = Meta::new();
        let there = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        till.engine.sync().await?;
        wire.set(State::Down);
        // The sender did not hear of it, and the copy has the order already.
        let here = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        assert_eq!((here.order_id, here.number), (there.order_id, there.number.clone()));
        assert!(till.engine.is_offline());
        assert_eq!(waiting(&till).await?, 0);
        // The id of one command is not another's, here as there.
        let reused = till.call_as(meta, call::orders_place, sale(tea, 2, 2000)).await;
        assert_eq!(reused, Err(Error::CommandIdReused));
        // Another program on the same machine knows it as well.
        till.engine.close().await;
        let till = office.open("till", &wire).await?;
        let again = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        assert_eq!(again.number, there.number);
        wire.set(State::Open);
        till.engine.sync().await?;
        assert_eq!(office.server.shelf(tea).await?, (4, 0));
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn what_a_desk_did_before_it_was_shut_out_is_no_case() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        let meta = Meta::new();
        till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        wire.set(State::Down);
        let here = till.call_as(meta, call::orders_place, sale(tea, 1, 1000)).await?;
        let desks = office.server.ask(call::settings_desks, Nothing {}).await?.items;
        let id = desks.iter().find(|desk| desk.name == "till").map(|desk| desk.id).expect("the till");
        office.server.call(call::settings_revoke_desk, DeskById { id }).await?;
        wire.set(State::Open);
        assert_eq!(till.engine.sync().await, Err(Error::DeskRevoked));
        assert_eq!(office.server.ask(call::offline_cases, ListCases::default()).await?.cases, []);
        let order = office.server.ask(call::orders_get, OrderById { order_id: here.order_id }).await?;
        assert_eq!((order.number, office.server.shelf(tea).await?), (here.number, (4, 0)));
        Ok(())
    });
}

/// `OFFLINE_ORDERS` says how many (105 when not set; the long run is 5000).
#[test]
fn a_desk_alone_for_a_week_with_a_wrong_clock_catches_up() {
    in_an_office(async |office: Office| {
        let orders = i64::try_from(from_env("OFFLINE_ORDERS", 105))?;
        let truth = || engine::system_clock().0;
        let tea = office.server.goods("TEA", 1000, orders + 10).await?;
        let begun = truth();
        // Two hours slow, and nobody has noticed: the server knows the time.
        let (till, wire) = office.desk_at("till", Millis(begun - 2 * HOUR)).await?;
        let first = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        let at = async |shop: &Shop, placed: &Placed| {
            anyhow::Ok(shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?.placed_at.0)
        };
        assert!((begun - 60_000..=truth()).contains(&at(&office.server, &first).await?));
        // Somebody may see it now.
        let behind = till.ask(call::offline_connection, Nothing {}).await?.clock_behind.expect("compared").0;
        assert!((2 * HOUR..2 * HOUR + 120_000).contains(&behind), "{behind}");

        wire.set(State::Down);
        let mut alone = Vec::new();
        for n in 0..orders {
            if n % (orders / 7).max(1) == 0 {
                till.wait_minutes(24 * 60);
            }
            alone.push(till.call(call::orders_place, sale(tea, 1, 1000)).await?);
        }
        // Somebody puts it right, and five hours wrong.
        till.set_clock(Millis(truth() - 5 * HOUR));
        alone.push(till.call(call::orders_place, sale(tea, 1, 1000)).await?);
        assert_eq!(waiting(&till).await?, orders + 1);

        wire.set(State::Open);
        till.engine.sync().await?;
        let ended = truth();
        for placed in &alone {
            let order = office.server.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
            assert_eq!(order.number, placed.number);
            // What the clock said of the past cannot be known better; nothing is of the future.
            assert!((begun - 6 * HOUR..=ended).contains(&order.placed_at.0), "{} {ended}", order.placed_at.0);
        }
        assert_eq!(office.server.shelf(tea).await?, (orders + 10 - orders - 2, 0));
        // From now on its orders are of the right time again.
        let last = till.call(call::orders_place, sale(tea, 1, 1000)).await?;
        assert!((ended - 60_000..=truth() + 1_000).contains(&at(&office.server, &last).await?));
        all_agree(&office, &[("till", &till)]).await
    });
}

#[test]
fn a_clock_that_stands_before_what_was_done_is_told_of() {
    on_sqlite(async |shop| {
        let behind = async |shop: &Shop| {
            anyhow::Ok(shop.ask(call::offline_connection, Nothing {}).await?.clock_behind.expect("something done").0)
        };
        let tea = shop.goods("TEA", 1000, 5).await?;
        assert_eq!(behind(&shop).await?, 0);
        shop.wait_minutes(-120);
        assert_eq!(behind(&shop).await?, 2 * HOUR);
        // It sells on, and what is done is the last in the history all the same once the clock is right.
        shop.call(call::orders_place, sale(tea, 1, 1000)).await?;
        assert_eq!(behind(&shop).await?, 2 * HOUR);
        shop.wait_minutes(120);
        assert_eq!(behind(&shop).await?, 0);
        assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
        Ok(())
    });
}

/// Drafts are kept by themselves: nobody waits for them.
#[test]
fn what_waits_is_what_somebody_did() {
    in_an_office(async |office: Office| {
        let (till, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let draft = engine::app::SaveDraft { id: Uuid::now_v7(), area: "orders".into(), body: "{}".into() };
        till.call(call::app_save_draft, draft).await?;
        assert_eq!(waiting(&till).await?, 0);
        till.call(call::customers_save, buyer("王小明", "13800138000")).await?;
        assert_eq!(waiting(&till).await?, 1);
        wire.set(State::Open);
        all_agree(&office, &[("till", &till)]).await
    });
}

/// A desk that loses its network in the middle of a transaction does not keep the goods for itself.
#[test]
fn a_desk_that_has_no_copy_yet_is_told_of_a_silent_server_and_finds_it_again() {
    in_an_office(async |office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let wire = office.wire().await?;
        let patience = Patience { without_copy: Duration::from_millis(500), ..Patience::default() };
        let desk = office.open_with("till", &wire, Arc::new(engine::system_clock), patience).await?;
        desk.call(call::orders_place, sale(tea, 1, 1000)).await?;
        for _ in 0..3 {
            wire.set(State::Silent);
            let placed = desk.call(call::orders_place, sale(tea, 1, 1000)).await;
            assert!(matches!(placed, Err(Error::Unreachable { .. })), "{placed:?}");
            assert!(!desk.engine.is_offline());
            wire.set(State::Open);
            // What was lost stays lost: new connections find the server.
            desk.call(call::orders_place, sale(tea, 1, 1000)).await?;
        }
        assert_eq!(office.server.shelf(tea).await?, (1, 0));
        Ok(())
    });
}

#[test]
fn who_falls_silent_holds_nobody_up_for_long() {
    in_an_office(async |office: Office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let (till, wire) = office.desk("till").await?;
        let mut tx = till.engine.db.begin().await?;
        engine::execute!(tx, "UPDATE stock_balance SET reserved = reserved + 1 WHERE sku_id = $1", tea)?;
        wire.set(State::Silent);
        // Postgres has heard of no end, and the desk goes on with what it has.
        office.server.call(call::orders_place, sale(tea, 1, 1000)).await?;
        assert_eq!(office.server.shelf(tea).await?, (4, 0));
        drop(tx);
        Ok(())
    });
}

#[test]
fn every_table_of_a_copy_is_watched() {
    in_an_office(async |office: Office| {
        let (_till, _wire) = office.desk("till").await?;
        let mut copy = open_file(&office.copy_of("till")).await?;
        let mut noted: Vec<String> =
            sqlx::query_scalar("SELECT tbl_name FROM sqlite_schema WHERE name LIKE 'desk_note_%_INSERT'")
                .fetch_all(&mut copy)
                .await?;
        let engine::db::Db::Postgres(server) = &office.server.engine.db else { anyhow::bail!("no Postgres") };
        let mut watched: Vec<String> = sqlx::query_scalar(
            "SELECT event_object_table::text FROM information_schema.triggers WHERE trigger_name = 'feed_insert'",
        )
        .fetch_all(&server.pool())
        .await?;
        let mut copied: Vec<String> = tests::desks::COPIED.iter().map(|table| (*table).to_owned()).collect();
        noted.sort();
        watched.sort();
        copied.sort();
        assert_eq!(noted, copied);
        assert_eq!(watched, copied);
        Ok(())
    });
}
