//! Copies of the shop that go elsewhere: to real servers, over lines that are cut, and back.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use domain::units::Count;
use engine::{
    Engine, Error,
    backup::{
        BackupById, BackupReport, Backups, Place, SaveBackupPlan, TestBackupPlace, UnlockBackups, backup, copies_in,
        fetch_copy, if_due, parse_place, restore,
    },
    ctx::Door,
    db::Address,
    orders::PlaceOrder,
    settings::Nothing,
};
use gateways::storage::{Storage, content_of};
use tests::{
    Shop, call, catalog,
    sales::line,
    stores::{Kind, SECRET, Store, USER},
    story,
};

const DAY: i64 = 24 * 60;

async fn sell(shop: &Shop) -> anyhow::Result<()> {
    let sku_id = catalog::simple(shop, "LAMP", 1_000, 50).await?.skus[0].id;
    for _ in 0..3 {
        let line = line(sku_id, 2);
        shop.call(call::orders_place, PlaceOrder { lines: vec![line], ..PlaceOrder::default() }).await?;
    }
    Ok(())
}

fn plan(remote: Place) -> SaveBackupPlan {
    SaveBackupPlan {
        version: Count(0),
        active: true,
        folder: String::new(),
        remote: Some(remote),
        secret: None,
        passphrase: None,
        every_minutes: 24 * 60,
        keep_days: 3,
        keep_weeks: 2,
        keep_months: 2,
    }
}

/// What the plan came to, once there are so many tries and none is under way.
async fn after(shop: &Shop, tries: usize) -> anyhow::Result<Backups> {
    for _ in 0..3000 {
        let found = shop.ask(call::settings_backups, Nothing {}).await?;
        if !found.running && found.runs.len() >= tries {
            assert_eq!(found.runs.len(), tries, "{found:#?}");
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("no copy was made")
}

fn is_storage(error: Option<&Error>, wanted: &str) -> bool {
    matches!(error, Some(Error::Storage { kind, .. }) if kind == wanted)
}

/// A secret that a program without a person is started with: these stories leave the keyring alone.
fn give(shop: &Shop, secret: &str) {
    shop.engine.give_backup_secret(secret.to_owned().into());
}

async fn old_copies_make_room(shop: Shop, kind: Kind) -> anyhow::Result<()> {
    let Some(store) = Store::start(kind).await? else { return Ok(()) };
    sell(&shop).await?;
    std::fs::write(store.files().join("holiday.jpg"), "not ours")?;
    std::fs::write(store.files().join("shopkeeper-2020-01-01-1000.backup"), "of another shop")?;
    give(&shop, SECRET);
    shop.call(call::settings_save_backup_plan, plan(store.place())).await?;
    assert_eq!(after(&shop, 1).await?.runs[0].error, None);
    for _ in 0..9 {
        shop.wait_minutes(DAY / 2);
        if_due(&shop.engine).await?;
        shop.wait_minutes(DAY / 2);
        if_due(&shop.engine).await?;
    }
    let found = after(&shop, 10).await?;
    assert!(found.runs.iter().all(|run| run.error.is_none() && run.remote) && !found.late, "{found:#?}");
    let left: Vec<_> = found.runs.iter().filter(|run| !run.removed).collect();
    assert!((4..=7).contains(&left.len()) && !found.runs[0].removed && found.runs[9].removed, "{left:?}");
    let mut expected: Vec<_> = left.iter().filter_map(|run| Some(run.file.rsplit_once('/')?.1.to_owned())).collect();
    expected.extend(["holiday.jpg".to_owned(), "shopkeeper-2020-01-01-1000.backup".to_owned()]);
    expected.sort_unstable();
    assert_eq!(store.names()?, expected);

    // A rehearsal with what is there; a copy that is not what was sent is told.
    let newest = found.runs[0].clone();
    let tried = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await?;
    assert_eq!((tried.orders, tried.differences.len(), tried.file), (Count(3), 0, newest.file.clone()));
    let (_, name) = newest.file.rsplit_once('/').context("a place and a name")?;
    let mut bytes = std::fs::read(store.files().join(name))?;
    bytes[5_000] ^= 1;
    std::fs::write(store.files().join(name), &bytes)?;
    let spoilt = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await;
    assert!(is_storage(spoilt.as_ref().err(), "altered"), "{spoilt:?}");
    std::fs::remove_file(store.files().join(name))?;
    let gone = shop.ask(call::settings_try_backup, BackupById { id: newest.id }).await;
    assert!(is_storage(gone.as_ref().err(), "missing"), "{gone:?}");
    Ok(())
}

story!(old_copies_make_room_in_a_bucket, async |shop| { old_copies_make_room(shop, Kind::S3).await });
story!(old_copies_make_room_in_a_webdav_folder, async |shop| { old_copies_make_room(shop, Kind::Webdav).await });

async fn what_goes_wrong_is_told(shop: Shop, kind: Kind) -> anyhow::Result<()> {
    let Some(mut store) = Store::start(kind).await? else { return Ok(()) };
    sell(&shop).await?;
    let test = async |place: Place, secret: &str| {
        let input = TestBackupPlace { place, secret: Some(secret.to_owned().into()) };
        shop.ask(call::settings_test_backup_place, input).await.map(drop)
    };
    test(store.place(), SECRET).await?;
    assert_eq!(store.names()?, Vec::<String>::new(), "nothing is left of a test");
    let refused = test(store.place(), "guessed").await.err();
    assert!(is_storage(refused.as_ref(), "wrong_secret"), "{refused:?}");
    let (elsewhere, missing) = match store.place() {
        Place::S3 { endpoint, region, prefix, access_key, path_style, .. } => {
            let bucket = "nowhere".into();
            (Place::S3 { endpoint, region, bucket, prefix, access_key, path_style }, "no_bucket")
        }
        Place::Webdav { url, user } => (Place::Webdav { url: format!("{url}/nowhere"), user }, "no_folder"),
    };
    let refused = test(elsewhere, SECRET).await.err();
    assert!(is_storage(refused.as_ref(), missing), "{refused:?}");
    // No secret at all is asked for before anything is saved.
    let refused =
        shop.call(call::settings_save_backup_plan, SaveBackupPlan { active: true, ..plan(store.place()) }).await;
    assert!(is_storage(refused.as_ref().err(), "no_secret"), "{refused:?}");

    // A good copy, and then a password that was changed there.
    give(&shop, SECRET);
    shop.call(call::settings_save_backup_plan, plan(store.place())).await?;
    let good = after(&shop, 1).await?;
    assert_eq!(good.runs[0].error, None);
    let there = store.names()?;
    give(&shop, "changed");
    shop.wait_minutes(DAY);
    assert!(is_storage(if_due(&shop.engine).await.err().as_ref(), "wrong_secret"));
    let found = after(&shop, 2).await?;
    assert!(is_storage(found.runs[0].error.as_ref(), "wrong_secret") && !found.late, "{found:?}");
    assert_eq!(store.names()?, there, "the good one stays");

    // The server is away; within the hour after it is back there is a copy.
    give(&shop, SECRET);
    store.down();
    shop.wait_minutes(60);
    assert!(is_storage(if_due(&shop.engine).await.err().as_ref(), "unreachable"));
    shop.wait_minutes(2 * DAY);
    assert!(if_due(&shop.engine).await.is_err());
    let late = shop.ask(call::settings_late_backups, Nothing {}).await?.desks;
    assert_eq!(late.len(), 1);
    assert!(late[0].here && late[0].last_good == good.last_good && after(&shop, 4).await?.late);
    store.up().await?;
    shop.wait_minutes(59);
    if_due(&shop.engine).await?;
    assert_eq!(after(&shop, 4).await?.runs.len(), 4);
    shop.wait_minutes(1);
    if_due(&shop.engine).await?;
    let found = after(&shop, 5).await?;
    assert!(found.runs[0].error.is_none() && !found.late);
    assert_eq!(shop.ask(call::settings_late_backups, Nothing {}).await?.desks, []);
    assert_eq!(store.names()?.len(), 2);
    Ok(())
}

story!(what_goes_wrong_with_a_bucket_is_told, async |shop| { what_goes_wrong_is_told(shop, Kind::S3).await });
story!(what_goes_wrong_with_webdav_is_told, async |shop| { what_goes_wrong_is_told(shop, Kind::Webdav).await });

async fn a_cut_leaves_no_half_copy(kind: Kind) -> anyhow::Result<()> {
    let Some(store) = Store::start(kind).await? else { return Ok(()) };
    let line = store.line().await?;
    let place = store.place_by(line.port);
    let folder = tempfile::tempdir()?;
    // In one piece, and in three parts on S3.
    for (n, bytes) in [3_000_000_usize, 40_000_000].into_iter().enumerate() {
        let file = folder.path().join("copy");
        let noise: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 31 % 251).unwrap_or(0)).collect();
        std::fs::write(&file, &noise)?;
        let content = content_of(&file).await?;
        let before = store.names()?;
        for cut in [200_000, i64::try_from(bytes)? * 9 / 10] {
            let storage = Storage::open(&place, SECRET)?;
            line.cut_after(cut);
            let cut = storage.put("monday.backup", &file, &content).await;
            assert!(cut.is_err(), "{cut:?}");
            line.mend();
            let listed = storage.list().await?;
            assert!(listed.iter().all(|file| file.name != "monday.backup"), "{listed:?}");
            assert!(!store.files().join("monday.backup").exists());
        }
        // What the cut hindered from being removed is not taken for a copy, and does not stand in the way.
        let name = format!("tuesday-{n}.backup");
        let storage = Storage::open(&place, SECRET)?;
        storage.put(&name, &file, &content).await?;
        assert!(std::fs::read(store.files().join(&name))? == noise);
        let fetched = folder.path().join(format!("fetched-{n}"));
        assert_eq!(storage.get(&name, &fetched).await?, content);
        assert!(std::fs::read(&fetched)? == noise);
        let new: Vec<_> = storage.list().await?.into_iter().filter(|file| !before.contains(&file.name)).collect();
        assert!(new.iter().any(|file| file.name == name && file.bytes == content.bytes), "{new:?}");
        storage.delete(&name).await?;
        storage.delete(&name).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_cut_leaves_no_half_copy_in_a_bucket() -> anyhow::Result<()> {
    a_cut_leaves_no_half_copy(Kind::S3).await
}

#[tokio::test]
async fn a_cut_leaves_no_half_copy_on_webdav() -> anyhow::Result<()> {
    a_cut_leaves_no_half_copy(Kind::Webdav).await
}

story!(a_folder_and_a_bucket_do_not_wait_for_each_other, async |shop| {
    let Some(mut store) = Store::start(Kind::S3).await? else { return Ok(()) };
    sell(&shop).await?;
    let folder = tempfile::tempdir()?;
    let copies = folder.path().join("copies");
    std::fs::create_dir(&copies)?;
    give(&shop, SECRET);
    let both = SaveBackupPlan { folder: copies.display().to_string(), ..plan(store.place()) };
    shop.call(call::settings_save_backup_plan, both).await?;
    after(&shop, 2).await?;
    let here = || anyhow::Ok(std::fs::read_dir(&copies)?.count());
    assert_eq!((here()?, store.names()?.len()), (1, 1));
    // The very file that stands in the folder was sent.
    let first = std::fs::read_dir(&copies)?.next().context("a copy")??.path();
    assert!(std::fs::read(&first)? == std::fs::read(store.files().join(&store.names()?[0]))?);

    // The server is away: the folder has its copy, once; the server gets its own an hour later.
    store.down();
    shop.wait_minutes(DAY);
    assert!(if_due(&shop.engine).await.is_err());
    after(&shop, 4).await?;
    store.up().await?;
    shop.wait_minutes(60);
    if_due(&shop.engine).await?;
    let found = after(&shop, 5).await?;
    assert_eq!((here()?, store.names()?.len()), (2, 2));
    assert!(found.runs[0].remote && found.runs[0].error.is_none());

    // The disk is pulled out: the bucket has its copy all the same.
    std::fs::rename(&copies, folder.path().join("elsewhere"))?;
    shop.wait_minutes(DAY);
    assert!(matches!(if_due(&shop.engine).await, Err(Error::BadFile { .. })));
    after(&shop, 7).await?;
    assert_eq!(store.names()?.len(), 3);
    Ok(())
});

#[test]
fn what_a_cut_left_behind_is_removed_by_the_next_copy() {
    tests::on_sqlite(async |shop| {
        let Some(store) = Store::start(Kind::Webdav).await? else { return Ok(()) };
        let line = store.line().await?;
        give(&shop, SECRET);
        line.cut_after(300_000);
        shop.call(call::settings_save_backup_plan, plan(store.place_by(line.port))).await?;
        let found = after(&shop, 1).await?;
        assert!(is_storage(found.runs[0].error.as_ref(), "unreachable"), "{found:?}");
        // As when the server itself went away in the middle.
        let (_, name) = found.runs[0].file.rsplit_once('/').context("a name")?;
        std::fs::write(store.files().join(format!("{name}.part")), "half")?;
        line.mend();
        shop.wait_minutes(60);
        if_due(&shop.engine).await?;
        let found = after(&shop, 2).await?;
        let (_, whole) = found.runs[0].file.rsplit_once('/').context("a name")?;
        assert_eq!(store.names()?, [whole]);
        Ok(())
    });
}

/// The tables of a shop with their rows, as a backup of it counts them.
async fn counted(address: &Address, into: &Path) -> anyhow::Result<BackupReport> {
    let shop = Engine::open(address).await?;
    let checked = call::app_check(&shop, &shop.owner(Door::CommandLine), Nothing {}).await?;
    assert_eq!(checked.differences, []);
    let report = backup(&shop, into).await?;
    shop.close().await;
    Ok(report)
}

async fn a_machine_that_burnt_down(shop: Shop, kind: Kind) -> anyhow::Result<()> {
    let Some(store) = Store::start(kind).await? else { return Ok(()) };
    sell(&shop).await?;
    give(&shop, SECRET);
    shop.call(call::settings_save_backup_plan, plan(store.place())).await?;
    after(&shop, 1).await?;
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("made.db");
    std::fs::copy(store.files().join(&store.names()?[0]), &made)?;
    std::fs::write(store.files().join("holiday.jpg"), "not ours")?;

    // All that is known elsewhere is how to get there.
    let place = match store.place() {
        Place::S3 { endpoint, bucket, .. } => {
            format!("s3+http://{USER}@{}/{bucket}", endpoint.trim_start_matches("http://"))
        }
        Place::Webdav { url, .. } => url.replace("http://", &format!("http://{USER}@")),
    };
    let (place, _) = parse_place(&place)?;
    assert_eq!(place, store.place());
    let secret = SECRET.to_owned().into();
    let refused = copies_in(&place, &"guessed".to_owned().into()).await.err();
    assert!(is_storage(refused.as_ref(), "wrong_secret"), "{refused:?}");
    let found = copies_in(&place, &secret).await?;
    assert_eq!(found.len(), 1);
    let fetched = fetch_copy(&place, &secret, &found[0].name, folder.path()).await?;
    let address = Address::Sqlite(folder.path().join("new").join("shop.db"));
    let restored = restore(&fetched.file, &address, false).await?;
    let temporary = fetched.file.clone();
    drop(fetched);
    assert!(!temporary.exists());
    assert_eq!(counted(&address, &folder.path().join("again.db")).await?.tables, restored.tables);
    let rows = restored.tables.iter().find(|table| table.name == "orders").map(|table| table.rows);
    assert_eq!(rows, Some(Count(3)));

    // One bit is enough to be told.
    let file = store.files().join(&found[0].name);
    let mut bytes = std::fs::read(&file)?;
    bytes[9_000] ^= 0x10;
    std::fs::write(&file, bytes)?;
    let spoilt = fetch_copy(&place, &secret, &found[0].name, folder.path()).await.err();
    assert!(is_storage(spoilt.as_ref(), "altered"), "{spoilt:?}");
    let refused = fetch_copy(&place, &secret, "../shop.db", folder.path()).await.err();
    assert_eq!(refused, Some(Error::invalid("name", "unknown")));
    Ok(())
}

story!(a_machine_burns_down_and_a_bucket_has_the_shop, async |shop| {
    a_machine_that_burnt_down(shop, Kind::S3).await
});
story!(a_machine_burns_down_and_webdav_has_the_shop, async |shop| {
    a_machine_that_burnt_down(shop, Kind::Webdav).await
});

#[test]
fn without_a_keyring_a_passphrase_keeps_the_secret() {
    tests::on_sqlite(async |shop| {
        let Some(store) = Store::start(Kind::Webdav).await? else { return Ok(()) };
        let input = SaveBackupPlan {
            secret: Some(SECRET.to_owned().into()),
            passphrase: Some("four small words".to_owned().into()),
            ..plan(store.place())
        };
        let short = SaveBackupPlan { passphrase: Some("short".to_owned().into()), ..input.clone() };
        let refused = shop.call(call::settings_save_backup_plan, short).await;
        assert_eq!(refused.err(), Some(Error::invalid("passphrase", "too_short")));
        shop.call(call::settings_save_backup_plan, input).await?;
        assert_eq!(after(&shop, 1).await?.runs[0].error, None);

        // Nothing on the disk gives it away, nor the copy on the server.
        let Address::Sqlite(path) = &shop.address else { anyhow::bail!("a file") };
        let folder = path.parent().context("a folder")?;
        for file in std::fs::read_dir(folder)?.chain(std::fs::read_dir(store.files())?) {
            let file = file?.path();
            if file.is_file() {
                let bytes = std::fs::read(&file)?;
                let found = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
                assert!(!found, "{}", file.display());
            }
        }

        // After a restart somebody must open it; the copy that waited is made then.
        let shop = shop.reopen().await?;
        assert!(after(&shop, 1).await?.plan.context("a plan")?.locked);
        shop.wait_minutes(DAY);
        assert!(is_storage(if_due(&shop.engine).await.err().as_ref(), "no_secret"));
        let wrong = UnlockBackups { passphrase: "five small words".to_owned().into() };
        assert_eq!(shop.call(call::settings_unlock_backups, wrong).await.err(), Some(Error::WrongPassphrase));
        let right = UnlockBackups { passphrase: "four small words".to_owned().into() };
        shop.call(call::settings_unlock_backups, right).await?;
        let found = after(&shop, 3).await?;
        assert!(found.runs[0].error.is_none() && !found.plan.context("a plan")?.locked, "{:?}", found.runs);
        Ok(())
    });
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    tests::on_sqlite(async |shop| {
        let Some(store) = Store::start_self_signed().await? else { return Ok(()) };
        let input = TestBackupPlace { place: store.place(), secret: Some(SECRET.to_owned().into()) };
        let refused = shop.ask(call::settings_test_backup_place, input).await.err();
        assert!(is_storage(refused.as_ref(), "certificate"), "{refused:?}");
        Ok(())
    });
}

story!(a_place_that_is_not_safe_is_refused, async |shop| {
    for (place, field, rule) in [
        (Place::Webdav { url: "http://dav.example.com/shop".into(), user: USER.into() }, "url", "not_https"),
        (Place::Webdav { url: "https://a:b@dav.example.com/".into(), user: USER.into() }, "url", "with_password"),
        (Place::Webdav { url: String::new(), user: USER.into() }, "url", "required"),
    ] {
        let refused = shop.call(call::settings_save_backup_plan, plan(place.clone())).await;
        assert_eq!(refused.err(), Some(Error::invalid(field, rule)));
        let input = TestBackupPlace { place, secret: Some(SECRET.to_owned().into()) };
        let refused = shop.ask(call::settings_test_backup_place, input).await;
        assert_eq!(refused.err(), Some(Error::invalid(field, rule)));
    }
    Ok(())
});
