//! The whole shop in one file, and back: into the same kind of database and into the other.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use domain::units::Count;
use engine::{
    Engine, Error,
    backup::{
        BackupById, BackupReport, Backups, SaveBackupPlan, backup, if_due, move_from_server, move_to_server, replace,
        restore,
    },
    catalog::{MoveCategory, SaveCategory, SearchSkus},
    ctx::{Door, Meta},
    customers::{Save, SaveAddress, SearchCustomers},
    db::Address,
    offline::Newcomer,
    orders::{OrderById, PlaceOrder, Placed},
    payments::PaymentMethod,
    settings::Nothing,
};
use tests::{
    Shop, call, catalog, create_database, drop_database, postgres_server,
    sales::{line, payment},
    story,
};
use uuid::Uuid;

async fn fill(shop: &Shop) -> anyhow::Result<()> {
    for n in 0..25 {
        let addresses = vec![SaveAddress { street: format!("{n} First Road"), ..SaveAddress::default() }];
        let input =
            Save { name: format!("王小明 {n}"), phone: format!("1380013{n:04}"), addresses, ..Save::default() };
        shop.call(call::customers_save, input).await?;
    }
    // A tree whose child is older than its parent's place in the table, and documents of all kinds.
    let category = |name: &str, parent_id| SaveCategory { id: None, version: None, parent_id, name: name.into() };
    let lamps = shop.call(call::catalog_save_category, category("Lamps", None)).await?.id;
    let home = shop.call(call::catalog_save_category, category("Home", None)).await?.id;
    shop.call(call::catalog_move_category, MoveCategory { id: lamps, parent_id: Some(home), position: Count(0) })
        .await?;
    let sku_id = catalog::simple(shop, "LAMP", 1_000, 50).await?.skus[0].id;
    for n in 0..10 {
        let line = line(sku_id, n % 3 + 1);
        let input = PlaceOrder { buyer_name: format!("王小明 {n}"), lines: vec![line], ..PlaceOrder::default() };
        let placed = shop.call(call::orders_place, input).await?;
        if n % 2 == 0 {
            let capture = payment(placed.order_id, PaymentMethod::Cash, placed.total.0);
            shop.call(call::payments_capture, capture).await?;
        }
    }
    Ok(())
}

/// Opens what was restored and holds it against the backup it came from.
async fn the_same(address: &Address, report: &BackupReport, folder: &Path, again: &str) -> anyhow::Result<()> {
    let shop = Engine::open(address).await?;
    let caller = shop.owner(Door::CommandLine);
    let checked = call::app_check(&shop, &caller, Nothing {}).await?;
    assert_eq!(checked.differences, []);
    // Finding works: the index was made anew.
    let found = call::customers_search(&shop, &caller, SearchCustomers { query: "xm 7".into(), limit: None }).await?;
    assert!(found.items.iter().any(|row| row.name == "王小明 7"), "{found:?}");
    let second = backup(&shop, &folder.join(again)).await?;
    assert_eq!(second.tables, report.tables);
    shop.close().await;
    Ok(())
}

story!(a_shop_comes_back_on_either_database, async |shop| {
    fill(&shop).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("monday.db");
    let report = backup(&shop.engine, &file).await?;
    assert!(report.bytes.0 > 0 && file.is_file());
    let rows = |name: &str| report.tables.iter().find(|table| table.name == name).map(|table| table.rows);
    assert_eq!(
        (rows("orders"), rows("order_line"), rows("payment")),
        (Some(Count(10)), Some(Count(10)), Some(Count(5)))
    );
    assert_eq!(rows("customer_address"), Some(Count(25)));
    assert!(!folder.path().join("monday.db.part").exists());
    // An older backup is never overwritten.
    assert!(matches!(backup(&shop.engine, &file).await, Err(Error::BadFile { .. })));

    let address = Address::Sqlite(folder.path().join("new").join("shop.db"));
    restore(&file, &address, false).await?;
    the_same(&address, &report, folder.path(), "tuesday.db").await?;
    // What is there is kept, unless told otherwise.
    let refused = restore(&file, &address, false).await;
    assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
    restore(&file, &address, true).await?;
    the_same(&address, &report, folder.path(), "wednesday.db").await?;

    if let Some(server) = postgres_server() {
        let (url, name) = create_database(&server).await?;
        let address = Address::Postgres(url);
        let outcome = async {
            restore(&file, &address, false).await?;
            the_same(&address, &report, folder.path(), "thursday.db").await?;
            assert!(restore(&file, &address, false).await.is_err());
            restore(&file, &address, true).await?;
            the_same(&address, &report, folder.path(), "friday.db").await
        }
        .await;
        drop_database(&server, &name).await?;
        outcome?;
    }
    Ok(())
});

story!(a_damaged_shop_makes_room_for_its_backup, async |shop| {
    fill(&shop).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("monday.db");
    let report = backup(&shop.engine, &file).await?;
    for (place, length) in [(0, 100), (8 * 4096, 4096)] {
        // Its head, or a page in the middle, which is found only by who reads all.
        let own = folder.path().join(format!("desk-{place}")).join("shop.db");
        std::fs::create_dir_all(own.parent().context("a folder")?)?;
        let mut bytes = std::fs::read(&file)?;
        bytes[place..place + length].fill(0x5a);
        std::fs::write(&own, &bytes)?;
        let address = Address::Sqlite(own.clone());
        restore(&file, &address, false).await?;
        the_same(&address, &report, folder.path(), &format!("after-{place}.db")).await?;
        // What was there can still be looked at by somebody who knows how.
        let kept: Vec<_> = std::fs::read_dir(own.parent().context("a folder")?)?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.to_string_lossy().contains("shop.db.damaged-"))
            .collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(std::fs::read(&kept[0])?, bytes);
    }
    Ok(())
});

story!(what_is_no_backup_is_refused, async |shop| {
    let folder = tempfile::tempdir()?;
    let target = Address::Sqlite(folder.path().join("shop.db"));
    let missing = restore(&folder.path().join("nothing.db"), &target, false).await;
    assert!(matches!(missing, Err(Error::BadFile { .. })), "{missing:?}");
    let text = folder.path().join("letter.db");
    std::fs::write(&text, "Dear shop, this is a letter and no database at all. ".repeat(40))?;
    let refused = restore(&text, &target, false).await;
    assert!(matches!(refused, Err(Error::BadFile { .. })), "{refused:?}");
    // A file that was cut off.
    let file = folder.path().join("whole.db");
    fill(&shop).await?;
    backup(&shop.engine, &file).await?;
    let bytes = std::fs::read(&file)?;
    let half = folder.path().join("half.db");
    std::fs::write(&half, &bytes[..bytes.len() / 2])?;
    let refused = restore(&half, &target, false).await;
    assert!(refused.is_err(), "{refused:?}");
    assert!(!folder.path().join("shop.db").exists(), "nothing half-written is left");
    let nowhere = backup(&shop.engine, &folder.path().join("no such folder").join("x.db")).await;
    assert!(nowhere.is_err());
    Ok(())
});

/// What the plan of this desk came to, once the copy under way is made.
async fn copies(shop: &Shop) -> anyhow::Result<Backups> {
    for _ in 0..1000 {
        let found = shop.ask(call::settings_backups, Nothing {}).await?;
        if !found.running && !found.runs.is_empty() {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("no copy was made")
}

story!(the_shop_copies_itself_and_old_copies_make_room, async |shop| {
    fill(&shop).await?;
    let folder = tempfile::tempdir()?;
    let into = |name: &str| folder.path().join(name);
    let plan = SaveBackupPlan {
        version: Count(0),
        active: true,
        folder: into("copies").display().to_string(),
        remote: None,
        secret: None,
        passphrase: None,
        every_minutes: 24 * 60,
        keep_days: 3,
        keep_weeks: 2,
        keep_months: 2,
    };
    let refused = shop.call(call::settings_save_backup_plan, plan.clone()).await;
    assert_eq!(refused.err(), Some(Error::invalid("folder", "not_a_folder")));
    std::fs::create_dir(into("copies"))?;
    std::fs::write(into("copies").join("holiday.jpg"), "not ours")?;
    let wrong = SaveBackupPlan { every_minutes: 0, ..plan.clone() };
    let refused = shop.call(call::settings_save_backup_plan, wrong).await;
    assert_eq!(refused.err(), Some(Error::invalid("every_minutes", "too_small")));
    let saved = shop.call(call::settings_save_backup_plan, plan.clone()).await?;
    let refused = shop.call(call::settings_save_backup_plan, plan.clone()).await;
    assert!(matches!(refused, Err(Error::Stale { .. })), "somebody saved it meanwhile");

    // The first one at once, then one a day, however often is looked.
    assert_eq!(copies(&shop).await?.runs.len(), 1);
    for _ in 0..11 {
        shop.wait_minutes(12 * 60);
        if_due(&shop.engine).await?;
        shop.wait_minutes(12 * 60);
        if_due(&shop.engine).await?;
    }
    let found = copies(&shop).await?;
    assert_eq!(found.runs.len(), 12);
    assert!(found.runs.iter().all(|run| run.error.is_none()) && !found.late);
    // Three days, the Sunday before them, the end of the month.
    let left: Vec<_> = found.runs.iter().filter(|run| !run.removed).collect();
    assert!((4..=7).contains(&left.len()), "{left:?}");
    assert!(!found.runs[0].removed && found.runs[11].removed);
    let mut there: Vec<_> = std::fs::read_dir(into("copies"))?
        .map(|file| Ok(file?.path().display().to_string()))
        .collect::<std::io::Result<_>>()?;
    there.sort_unstable();
    let mut expected: Vec<_> = left.iter().map(|run| run.file.clone()).collect();
    expected.push(into("copies").join("holiday.jpg").display().to_string());
    expected.sort_unstable();
    assert_eq!(there, expected);

    // A rehearsal: it opens, and its books are right.
    let newest = found.runs[0].clone();
    let tried = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await?;
    assert_eq!((tried.orders, tried.differences.len()), (Count(10), 0));
    let removed = shop.ask(call::settings_try_backup, BackupById { id: found.runs[11].id }).await;
    assert!(matches!(removed, Err(Error::NotFound { .. })));
    std::fs::write(&newest.file, "spoilt by a disk")?;
    let spoilt = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await;
    assert!(matches!(&spoilt, Err(Error::BadFile { reason, .. }) if reason == "not_a_shop"), "{spoilt:?}");

    // The disk is pulled out: told, and tried again within the hour.
    std::fs::rename(into("copies"), into("elsewhere"))?;
    shop.wait_minutes(24 * 60);
    assert!(matches!(if_due(&shop.engine).await, Err(Error::BadFile { .. })));
    let found = copies(&shop).await?;
    assert!(matches!(&found.runs[0].error, Some(Error::BadFile { reason, .. }) if reason == "not_found"), "{found:?}");
    assert!(!found.late);
    shop.wait_minutes(59);
    if_due(&shop.engine).await?;
    assert_eq!(copies(&shop).await?.runs.len(), 13);
    shop.wait_minutes(30 * 60);
    assert!(if_due(&shop.engine).await.is_err());
    assert!(copies(&shop).await?.late, "more than two days without a copy");
    std::fs::rename(into("elsewhere"), into("copies"))?;
    shop.call(call::settings_run_backup, Nothing {}).await?;
    for _ in 0..1000 {
        if !copies(&shop).await?.late {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!copies(&shop).await?.late);

    // Turned off, nothing happens, and nothing is asked for.
    let off = SaveBackupPlan { version: saved.version, active: false, ..plan };
    shop.call(call::settings_save_backup_plan, off).await?;
    let runs = copies(&shop).await?.runs.len();
    shop.wait_minutes(7 * 24 * 60);
    if_due(&shop.engine).await?;
    let found = copies(&shop).await?;
    assert!(found.runs.len() == runs && !found.late);
    let refused = shop.call(call::settings_run_backup, Nothing {}).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
    Ok(())
});

story!(a_second_copy_is_minutes_old, async |shop| {
    fill(&shop).await?;
    let folder = tempfile::tempdir()?;
    let plan = SaveBackupPlan {
        version: Count(0),
        active: true,
        folder: folder.path().display().to_string(),
        remote: None,
        secret: None,
        passphrase: None,
        every_minutes: 5,
        keep_days: 2,
        keep_weeks: 0,
        keep_months: 0,
    };
    shop.call(call::settings_save_backup_plan, plan).await?;
    let made = async |minutes: i64| {
        shop.wait_minutes(minutes);
        engine::clockwork::tick(&shop.engine).await?;
        // What is due is done beside the tick.
        if_due(&shop.engine).await?;
        copies(&shop).await
    };
    let at = |found: &Backups| found.last_good.map(|at| at.0);
    let first = at(&made(0).await?);
    assert_eq!(at(&made(4).await?), first, "not yet");
    // The seals may be of after the first copy.
    let second = at(&made(1).await?);
    assert!(second > first);

    // Nothing is done: nothing is copied, and nobody is worried; once an hour it is, all the same.
    for _ in 0..11 {
        let found = made(5).await?;
        assert_eq!((at(&found), found.late), (second, false));
    }
    let hourly = made(5).await?;
    assert!(at(&hourly) > second && !hourly.late);

    // A machine is lost at any time: the copy has all that was done until five minutes before.
    made(20).await?;
    let mut sold = 10;
    for _ in 0..8 {
        let before = sold;
        sell(&shop.engine).await?;
        sold += 1;
        let found = made(3).await?;
        let newest = found.runs.iter().find(|run| run.error.is_none() && !run.removed).context("a copy")?;
        let tried = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await?;
        assert!(tried.orders.0 >= before - 1 && tried.differences.is_empty(), "{tried:?} of {sold}");
        let age = shop.engine.now().0 - newest.at.0;
        assert!(age < 5 * 60_000, "{age} ms old");
    }
    // Of one day stays one an hour, and the one before the newest.
    let there = made(0).await?.runs.iter().filter(|run| !run.removed).count();
    let files = std::fs::read_dir(folder.path())?.count();
    assert!(there == files && (2..=6).contains(&there), "{there} of {files}");
    Ok(())
});

#[tokio::test]
async fn a_shop_goes_back_to_a_copy_and_the_present_one_is_kept() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("shop.db");
    let copy = folder.path().join("monday.backup");
    let shop = Shop::open(Address::Sqlite(path.clone()), None).await?;
    fill(&shop).await?;
    backup(&shop.engine, &copy).await?;
    let sku_id = catalog::simple(&shop, "LATER", 1_000, 50).await?.skus[0].id;
    let line = line(sku_id, 1);
    shop.call(call::orders_place, PlaceOrder { lines: vec![line], ..PlaceOrder::default() }).await?;
    shop.engine.close().await;
    let orders = async |path: &Path| {
        let shop = Engine::open(&Address::Sqlite(path.to_owned())).await?;
        let caller = shop.owner(Door::CommandLine);
        let checked = call::app_check(&shop, &caller, Nothing {}).await?;
        assert_eq!(checked.differences, []);
        let counts = call::app_health(&shop, &caller, Nothing {}).await?.tables;
        shop.close().await;
        anyhow::Ok(counts.into_iter().find(|table| table.name == "orders").map(|table| table.rows))
    };

    // What is no backup changes nothing.
    let junk = folder.path().join("junk");
    std::fs::write(&junk, "no shop")?;
    assert!(replace(&junk, &path).await.is_err());
    assert_eq!(orders(&path).await?, Some(Count(11)));

    let (report, aside) = replace(&copy, &path).await?;
    assert_eq!(report.file, copy.display().to_string());
    assert_eq!(orders(&path).await?, Some(Count(10)));
    assert_eq!(orders(&aside).await?, Some(Count(11)), "nothing is lost");
    Ok(())
}

/// The desk at which `shop` is open.
async fn desk_of(shop: &Engine) -> anyhow::Result<Uuid> {
    let desks = call::settings_desks(shop, &shop.owner(Door::Window), Nothing {}).await?.items;
    Ok(desks.into_iter().find(|desk| desk.here).context("a desk")?.id)
}

async fn sell(shop: &Engine) -> Result<Placed, Error> {
    let caller = shop.owner(Door::Window);
    let input = SearchSkus { query: "LAMP".into(), limit: None, only_for_sale: true };
    let sku_id = call::catalog_search_skus(shop, &caller, input).await?.items[0].sku_id;
    let line = line(sku_id, 1);
    call::orders_place(shop, &caller, Meta::new(), PlaceOrder { lines: vec![line], ..PlaceOrder::default() }).await
}

#[test]
fn a_shop_moves_to_a_server_and_home_again() {
    tests::on_sqlite(async |shop| {
        let (Address::Sqlite(file), Some(server)) = (shop.address.clone(), postgres_server()) else { return Ok(()) };
        fill(&shop).await?;
        let (url, name) = create_database(&server).await?;
        let outcome = there_and_back(shop, &file, &Address::Postgres(url)).await;
        drop_database(&server, &name).await?;
        outcome
    });
}

#[test]
fn a_move_that_was_cut_off_is_done_again_from_the_file_that_went_on() {
    tests::on_sqlite(async |shop| {
        let (Address::Sqlite(file), Some(server)) = (shop.address.clone(), postgres_server()) else { return Ok(()) };
        fill(&shop).await?;
        shop.engine.close().await;
        let (url, name) = create_database(&server).await?;
        let server_address = Address::Postgres(url);
        let outcome = async {
            // As when the machine was switched off between the commit on the server and the new name of the file.
            let as_before = file.with_extension("as-before");
            std::fs::copy(&file, &as_before)?;
            move_to_server(&file, &server_address).await?;
            std::fs::rename(&as_before, &file)?;
            let on = Engine::open(&Address::Sqlite(file.clone())).await?;
            let sold = sell(&on).await?;
            on.close().await;
            move_to_server(&file, &server_address).await?;
            let there = Engine::open(&server_address).await?;
            let caller = there.owner(Door::Window);
            let order = call::orders_get(&there, &caller, OrderById { order_id: sold.order_id }).await?;
            assert_eq!(order.number, sold.number);

            // Once something was done there, nothing takes its place.
            sell(&there).await?;
            there.close().await;
            let kept =
                std::fs::read_dir(file.parent().expect("a folder"))?.filter_map(|entry| Some(entry.ok()?.path()));
            let former = kept.filter(|path| path.to_string_lossy().contains("before-move")).max().expect("the file");
            std::fs::rename(former, &file)?;
            let refused = move_to_server(&file, &server_address).await.err();
            assert!(
                matches!(refused, Some(Error::WrongState { ref state, .. }) if state == "not_empty"),
                "{refused:?}"
            );
            anyhow::Ok(())
        }
        .await;
        drop_database(&server, &name).await?;
        outcome
    });
}

async fn there_and_back(shop: Shop, file: &Path, server: &Address) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = desk_of(&shop.engine).await?;
    let board = shop.ask(call::orders_board, Nothing {}).await?;
    let before = backup(&shop.engine, &folder.path().join("before.db")).await?;

    // Not under the hands of whoever sells in it.
    assert_eq!(move_to_server(file, server).await.err(), Some(Error::Busy));
    shop.engine.close().await;
    let moved = move_to_server(file, server).await?;
    assert!(!file.exists() && moved.kept.as_ref().is_some_and(|kept| kept.is_file()), "{moved:?}");
    assert_eq!(moved.device, desk);
    the_same(server, &before, folder.path(), "there.db").await?;

    // The desk is the one that it was, and sells on.
    let newcomer = Newcomer { name: "till".into(), device: Some(moved.device) };
    let till = Engine::open_desk(server, &folder.path().join("till.db"), newcomer).await?;
    assert_eq!(desk_of(&till).await?, desk);
    let caller = till.owner(Door::Window);
    assert_eq!(call::orders_board(&till, &caller, Nothing {}).await?, board);
    let sold = sell(&till).await?;

    // No shop takes the place of another one.
    let others = folder.path().join("others.db");
    Shop::open(Address::Sqlite(others.clone()), None).await?.engine.close().await;
    let not_empty = Some(Error::WrongState { kind: "shop".into(), state: "not_empty".into(), action: "move".into() });
    assert_eq!(move_to_server(&others, server).await.err(), not_empty);
    assert_eq!(move_from_server(server, &others).await.err(), not_empty);

    // Home again; whoever is still on the server does nothing there any more.
    let moved = move_from_server(server, file).await?;
    assert_eq!((moved.device, moved.kept), (desk, None));
    assert_eq!(sell(&till).await.err(), Some(Error::ShopMoved));
    till.close().await;
    assert_eq!(move_from_server(server, file).await.err(), Some(Error::ShopMoved));
    let home = Engine::open(&Address::Sqlite(file.to_owned())).await?;
    let caller = home.owner(Door::Window);
    assert_eq!(desk_of(&home).await?, desk);
    let order = call::orders_get(&home, &caller, OrderById { order_id: sold.order_id }).await?;
    assert_eq!(order.number, sold.number);
    sell(&home).await?;
    assert_eq!(call::app_check(&home, &caller, Nothing {}).await?.differences, []);
    home.close().await;

    // And back to where it was moved away from.
    move_to_server(file, server).await?;
    let there = Engine::open(server).await?;
    sell(&there).await?;
    there.close().await;
    Ok(())
}
