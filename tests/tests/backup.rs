//! The whole shop in one file, and back: into the same kind of database and into the other.

use std::path::Path;

use domain::units::Count;
use engine::{
    Engine, Error,
    backup::{BackupReport, backup, restore},
    ctx::Door,
    customers::{Save, SaveAddress, SearchCustomers},
    db::Address,
    settings::Nothing,
};
use tests::{Shop, call, create_database, drop_database, postgres_server, story};

async fn fill(shop: &Shop) -> anyhow::Result<()> {
    for n in 0..25 {
        let addresses = vec![SaveAddress { street: format!("{n} First Road"), ..SaveAddress::default() }];
        let input =
            Save { name: format!("王小明 {n}"), phone: format!("1380013{n:04}"), addresses, ..Save::default() };
        shop.call(call::customers_save, input).await?;
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
    assert_eq!((rows("customer"), rows("customer_address")), (Some(Count(25)), Some(Count(25))));
    assert_eq!(rows("audit"), Some(Count(26)));
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
