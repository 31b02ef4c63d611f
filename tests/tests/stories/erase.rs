//! A person is erased, and the shop's books stand.

use std::time::Duration;

use domain::{orders::DeliveryMethod, units::Count};
use engine::{
    Error,
    app::{AuditSeal, DraftsInput, SaveDraft},
    ctx::Meta,
    customers::{
        CountOld, CustomerById, CustomerSort, Erase, ListCustomers, Merge, OpenCustomer, Save, SaveAddress,
        SearchCustomers,
    },
    db::Address,
    imports::{ImportKind, ImportOptions, StartImport},
    offline::{ListCases, Trouble},
    orders::{AddOrderNote, CancelOrder, ListOrders, OrderById, OrderFilter, PlaceOrder, ShipTo},
    payments::PaymentMethod,
    settings::{Nothing, SavePreferences},
};
use tests::{
    Shop, call,
    desks::{State, in_an_office},
    files::import,
    sales::{buyer, cash, line},
    story,
};
use uuid::Uuid;

const NAME: &str = "欧阳询安";
const PHONE: &str = "13777712345";
const MAIL: &str = "ou_yang@example.org";
const STREET: &str = "碑林路 77 号";
const SAID: &str = "rings twice";
/// By what somebody would look for them. The name stands in the search index as its hexadecimal pieces, which
/// [`everything`] finds in the documents they were made of.
const TRACES: [&str; 5] = [NAME, PHONE, "ou_yang@", STREET, SAID];

/// All that the shop's database says, as text.
async fn everything(shop: &Shop) -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("all.db");
    engine::backup::backup(&shop.engine, &file).await?;
    Ok(String::from_utf8_lossy(&std::fs::read(&file)?).into_owned())
}

fn traces(text: &str) -> Vec<&'static str> {
    TRACES.into_iter().filter(|trace| text.contains(trace)).collect()
}

async fn differences(shop: &Shop) -> anyhow::Result<Vec<String>> {
    let found = shop.ask(call::app_check, Nothing {}).await?.differences;
    Ok(found.into_iter().map(|found| found.what).collect())
}

fn because(id: Uuid) -> Erase {
    Erase { id, reason: "asked for it by letter".into() }
}

/// Somebody whom the shop knows well: the record, and an order that is open.
async fn known(shop: &Shop) -> anyhow::Result<(Uuid, Uuid)> {
    let tea = shop.goods("TEA", 1000, 20).await?;
    let address = SaveAddress {
        name: NAME.into(),
        phone: PHONE.into(),
        province: "陕西省".into(),
        city: "西安市".into(),
        street: STREET.into(),
        ..SaveAddress::default()
    };
    let save = Save { email: MAIL.into(), note: SAID.into(), addresses: vec![address], ..buyer(NAME, PHONE) };
    let id = shop.call(call::customers_save, save).await?.id;
    let twin = shop.call(call::customers_save, buyer(NAME, "029 8877 6655")).await?.id;
    shop.call(call::customers_merge, Merge { keep: id, drop: twin }).await?;
    let bought = PlaceOrder {
        customer_id: Some(id),
        buyer_name: NAME.into(),
        buyer_phone: PHONE.into(),
        buyer_note: SAID.into(),
        lines: vec![line(tea, 2)],
        payments: vec![cash(2000)],
        ..PlaceOrder::default()
    };
    let order_id = shop.call(call::orders_place, bought.clone()).await?.order_id;
    shop.call(call::orders_add_note, AddOrderNote { order_id, text: format!("{NAME}, {SAID}") }).await?;
    let ship_to = ShipTo {
        name: NAME.into(),
        phone: PHONE.into(),
        province: "陕西省".into(),
        city: "西安市".into(),
        street: STREET.into(),
        ..ShipTo::default()
    };
    let sent = PlaceOrder {
        delivery: DeliveryMethod::Ship,
        ship_to: Some(ship_to),
        payments: Vec::new(),
        pay_later: true,
        ..bought
    };
    let open = shop.call(call::orders_place, sent).await?.order_id;
    shop.call(call::customers_open, OpenCustomer { id, reason: format!("{NAME} called") }).await?;
    let written = MAIL.replace("example", "Example");
    for body in [
        format!(r#"{{"buyer_phone":"{PHONE}","buyer_name":"{NAME}"}}"#),
        format!(r#"{{"seller_note":"{SAID}, {written}"}}"#),
    ] {
        shop.call(call::app_save_draft, SaveDraft { id: Uuid::new_v4(), area: "orders".into(), body }).await?;
    }
    // A row that is turned away, and kept with what it says.
    let file = tempfile::Builder::new().suffix(".csv").tempfile()?;
    std::fs::write(file.path(), format!("name,phone,email\n,{PHONE},{MAIL}\n"))?;
    let options = ImportOptions { currency: Some("CNY".into()), ..ImportOptions::default() };
    let path = file.path().to_string_lossy().into_owned();
    let input = StartImport { path, kind: ImportKind::Customers, mapping: Vec::new(), options, dry_run: false };
    let job = import(shop, input).await?;
    assert_eq!(job.rejected, Count(1), "{job:?}");
    Ok((id, open))
}

story!(a_person_is_erased_and_the_books_stand, async |shop| {
    let (id, open) = known(&shop).await?;
    let others = shop.call(call::customers_save, buyer("Anna Bell", "13900001111")).await?.id;
    engine::clockwork::tick(&shop.engine).await?;
    assert_eq!(traces(&everything(&shop).await?), TRACES);
    let seal = shop.ask(call::app_check, Nothing {}).await?.seal;

    // Not while somebody has to do something for them, nor without a reason.
    let refused = shop.call(call::customers_erase, because(id)).await;
    assert!(matches!(&refused, Err(Error::WrongState { state, .. }) if state == "open_orders"), "{refused:?}");
    let version = shop.ask(call::orders_get, OrderById { order_id: open }).await?.version;
    let cancel = CancelOrder { order_id: open, version, reason: SAID.into(), refund: None };
    shop.call(call::orders_cancel, cancel).await?;
    let refused = shop.call(call::customers_erase, Erase { reason: " ".into(), ..because(id) }).await;
    assert!(matches!(&refused, Err(Error::Invalid { field, .. }) if field == "reason"), "{refused:?}");
    let revenue =
        shop.ask(call::orders_list, ListOrders::default()).await?.items.iter().map(|o| o.total.0).sum::<i64>();

    let meta = Meta::new();
    let done = shop.call_as(meta, call::customers_erase, because(id)).await?;
    assert_eq!(done.orders, Count(2));
    assert!(done.history.0 >= 7 && done.seals.len() == 1, "{done:?}");
    assert_eq!(shop.call_as(meta, call::customers_erase, because(id)).await?, done);

    // Nothing of them is left, and nothing else is missing.
    assert_eq!(traces(&everything(&shop).await?), [] as [&str; 0]);
    assert_eq!(differences(&shop).await?, [] as [&str; 0]);
    let now = shop.ask(call::orders_list, ListOrders::default()).await?.items;
    assert_eq!(now.iter().map(|o| o.total.0).sum::<i64>(), revenue);
    let sent = shop.ask(call::orders_get, OrderById { order_id: open }).await?;
    let to = sent.ship_to.expect("where it went");
    assert_eq!((to.city.as_str(), to.street.as_str(), to.name.as_str()), ("西安市", "", ""));
    let everybody = ListCustomers {
        query: String::new(),
        sort: CustomerSort::Created,
        ascending: false,
        cursor: None,
        limit: None,
    };
    let listed = shop.ask(call::customers_list, everybody).await?.items;
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [others]);
    for query in [NAME, "2345", "ou_yang"] {
        let found = shop.ask(call::customers_search, SearchCustomers { query: query.into(), limit: None }).await?.items;
        assert!(found.is_empty(), "{query}: {found:?}");
        let filter = OrderFilter { search: Some(query.into()), ..OrderFilter::default() };
        let found = shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?.items;
        assert!(found.is_empty(), "{query}: {found:?}");
    }
    assert!(shop.ask(call::app_drafts, DraftsInput { area: "orders".into() }).await?.items.is_empty());
    let record = shop.ask(call::customers_get, CustomerById { id }).await?;
    assert!(record.erased_at.is_some() && record.addresses.is_empty() && record.name.is_empty(), "{record:?}");
    assert_eq!(record.order_count, Count(1));

    // They can come again, as somebody new; the record of old says nothing any more, and cannot be brought back.
    let again = shop.call(call::customers_save, buyer(NAME, PHONE)).await?;
    assert_ne!(again.id, id);
    let save = Save { id: Some(id), version: Some(record.version), ..buyer("X", "") };
    let refused = shop.call(call::customers_save, save).await;
    assert!(matches!(&refused, Err(Error::WrongState { state, .. }) if state == "erased"), "{refused:?}");
    let refused = shop.call(call::customers_erase, because(id)).await;
    assert!(matches!(&refused, Err(Error::WrongState { state, .. }) if state == "erased"), "{refused:?}");
    let refused = shop.call(call::customers_merge, Merge { keep: again.id, drop: id }).await;
    assert!(matches!(&refused, Err(Error::WrongState { state, .. }) if state == "erased"), "{refused:?}");

    // The chain goes on from the seal that was written down, and a row that is changed under it is found all the same.
    engine::clockwork::tick(&shop.engine).await?;
    let later = shop.ask(call::app_check, Nothing {}).await?;
    assert_eq!(later.differences, []);
    let n = |seal: Option<AuditSeal>| seal.map(|seal| seal.n.0);
    assert!(n(later.seal) > n(seal));
    let kept = shop.sql("UPDATE audit_seal SET digest = digest WHERE redacted <> ''").await?;
    assert_eq!(kept, 1);
    for (change, back) in [
        (
            "UPDATE audit SET actor_name = actor_name || '!' WHERE command = 'customers.open'",
            "UPDATE audit SET actor_name = REPLACE(actor_name, '!', '') WHERE command = 'customers.open'",
        ),
        (
            "UPDATE audit_seal SET redacted = 'x' || redacted WHERE redacted <> ''",
            "UPDATE audit_seal SET redacted = SUBSTR(redacted, 2) WHERE redacted <> ''",
        ),
        (
            "UPDATE audit SET result = REPLACE(result, 'digest', 'Digest') WHERE command = 'customers.erase'",
            "UPDATE audit SET result = REPLACE(result, 'Digest', 'digest') WHERE command = 'customers.erase'",
        ),
    ] {
        assert_eq!(shop.sql(change).await?, 1, "{change}");
        assert!(differences(&shop).await?.contains(&"audit_content".to_owned()), "{change}");
        shop.sql(back).await?;
        assert_eq!(differences(&shop).await?, [] as [&str; 0], "{back}");
    }
    if let Address::Sqlite(path) = &shop.address {
        // Nor is anything of the first record in the file itself. Their new one is made after this look.
        shop.engine.close().await;
        let file = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        assert_eq!(traces(&file), [NAME, PHONE]);
    }
    Ok(())
});

story!(who_has_not_been_there_for_years_is_erased_by_itself, async |shop| {
    let (id, open) = known(&shop).await?;
    let years = async |years: i32| -> anyhow::Result<()> {
        let now = shop.ask(call::settings_shop, Nothing {}).await?.shop.expect("a shop");
        let (version, mut preferences) = (now.version, now.preferences);
        preferences.erase_years = years;
        shop.call(call::settings_save_preferences, SavePreferences { version, preferences }).await?;
        Ok(())
    };
    let is_erased = async || -> anyhow::Result<bool> {
        Ok(shop.ask(call::customers_get, CustomerById { id }).await?.erased_at.is_some())
    };
    shop.wait_minutes(60 * 24 * 365 * 3 + 60 * 24 * 2);
    engine::clockwork::tick(&shop.engine).await?;
    assert!(!is_erased().await?, "nobody asked for it");
    let would = async |years: i32| -> engine::Result<i64> {
        Ok(shop.ask(call::customers_count_old, CountOld { years }).await?.customers.0)
    };
    assert_eq!(would(3).await?, 0, "an order is open");
    years(3).await?;
    engine::clockwork::tick(&shop.engine).await?;
    assert!(!is_erased().await?, "an order is open");
    let version = shop.ask(call::orders_get, OrderById { order_id: open }).await?.version;
    let cancel = CancelOrder { order_id: open, version, reason: String::new(), refund: None };
    shop.call(call::orders_cancel, cancel).await?;
    let recent = shop.call(call::customers_save, buyer("Anna Bell", "13900001111")).await?.id;
    for (years, many) in [(3, 1), (4, 0), (0, 0), (-1, 0), (i32::MAX, 0)] {
        assert_eq!(would(years).await?, many, "{years} years");
    }
    engine::clockwork::tick(&shop.engine).await?;
    assert!(is_erased().await?);
    assert_eq!(would(3).await?, 0);
    assert!(shop.ask(call::customers_get, CustomerById { id: recent }).await?.erased_at.is_none());
    assert_eq!(traces(&everything(&shop).await?), [] as [&str; 0]);
    assert_eq!(differences(&shop).await?, [] as [&str; 0]);
    Ok(())
});

/// A desk's copy forgets them, too, and so does what it could not do.
#[test]
fn a_desk_forgets_whom_the_shop_forgot() {
    in_an_office(async |office| {
        let tea = office.server.goods("TEA", 1000, 5).await?;
        let id = office.server.call(call::customers_save, buyer(NAME, PHONE)).await?.id;
        let (desk, wire) = office.desk("till").await?;
        wire.set(State::Down);
        let sold = PlaceOrder {
            customer_id: Some(id),
            buyer_name: NAME.into(),
            buyer_phone: PHONE.into(),
            lines: vec![line(tea, 3)],
            payments: vec![cash(3000)],
            ..PlaceOrder::default()
        };
        let order_id = desk.call(call::orders_place, sold).await?.order_id;
        let first = PlaceOrder { lines: vec![line(tea, 4)], payments: vec![cash(4000)], ..PlaceOrder::default() };
        office.server.call(call::orders_place, first).await?;
        wire.set(State::Open);
        while desk.engine.is_offline() {
            desk.engine.sync().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(office.server.ask(call::offline_cases, ListCases::default()).await?.open, Count(1));
        assert!(traces(&everything(&office.server).await?).contains(&PHONE));
        let version = office.server.ask(call::orders_get, OrderById { order_id }).await?.version;
        let cancel = CancelOrder { order_id, version, reason: String::new(), refund: Some(PaymentMethod::Cash) };
        office.server.call(call::orders_cancel, cancel).await?;
        office.server.call(call::customers_erase, because(id)).await?;
        desk.engine.sync().await?;
        assert_eq!(traces(&everything(&office.server).await?), [] as [&str; 0]);
        assert_eq!(office.differences("till").await?, Vec::<String>::new());

        // A desk that has not heard of it yet sells to them: the order stands, and somebody is told.
        let id = office.server.call(call::customers_save, buyer("Anna Bell", "13900001111")).await?.id;
        desk.engine.sync().await?;
        wire.set(State::Down);
        let sold = PlaceOrder {
            customer_id: Some(id),
            lines: vec![line(tea, 1)],
            payments: vec![cash(1000)],
            ..PlaceOrder::default()
        };
        let order_id = desk.call(call::orders_place, sold).await?.order_id;
        office.server.call(call::customers_erase, because(id)).await?;
        wire.set(State::Open);
        while desk.engine.is_offline() {
            desk.engine.sync().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let order = office.server.ask(call::orders_get, OrderById { order_id }).await?;
        assert_eq!((order.customer_id, order.captured.0), (None, 1000));
        let cases = office.server.ask(call::offline_cases, ListCases::default()).await?.cases;
        let gone = |trouble: &Trouble| matches!(trouble, Trouble::CustomerGone { name } if name == "Anna Bell");
        assert!(cases.iter().any(|case| case.troubles.iter().any(gone)), "{cases:?}");
        assert_eq!(office.differences("till").await?, Vec::<String>::new());
        assert_eq!(differences(&office.server).await?, [] as [&str; 0]);
        Ok(())
    });
}
