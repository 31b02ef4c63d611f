//! The shop in a file that nobody reads who has found it.

use std::path::{Path, PathBuf};

use engine::{
    Engine, Error,
    backup::{backup, restore},
    ctx::Door,
    customers::{Save, SearchCustomers},
    db::Address,
    encryption::{self, RecoveryCode},
    settings::Nothing,
};
use tests::{
    Shop, call,
    desks::{State, in_an_office},
    on_sqlite,
};

/// What nobody may read in any file of the shop.
const SECRETS: [&str; 3] = ["王小明", "13800138000", "lin@example.com"];

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

/// The files in which one of the secrets can be read.
fn readable(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in files_below(folder)? {
        let bytes = std::fs::read(&file)?;
        if SECRETS.iter().any(|secret| bytes.windows(secret.len()).any(|part| part == secret.as_bytes())) {
            found.push(file);
        }
    }
    Ok(found)
}

fn file_of(shop: &Shop) -> PathBuf {
    match &shop.address {
        Address::Sqlite(path) => path.clone(),
        Address::Postgres(_) => unreachable!("a shop in a file"),
    }
}

async fn meet(shop: &Engine) -> engine::Result<()> {
    let caller = shop.owner(Door::CommandLine);
    let [name, phone, email] = SECRETS.map(String::from);
    let input = Save { name, phone, email, ..Save::default() };
    call::customers_save(shop, &caller, engine::ctx::Meta::new(), input).await.map(drop)
}

async fn knows_them(shop: &Engine) -> engine::Result<bool> {
    let caller = shop.owner(Door::CommandLine);
    let found = call::customers_search(shop, &caller, SearchCustomers { query: "王小明".into(), limit: None }).await?;
    assert_eq!(call::app_check(shop, &caller, Nothing {}).await?.differences, []);
    Ok(found.items.len() == 1 && found.items[0].phone == SECRETS[1])
}

#[test]
fn no_file_of_an_encrypted_shop_can_be_read() {
    on_sqlite(async |shop: Shop| {
        let (file, address) = (file_of(&shop), shop.address.clone());
        let folder = file.parent().expect("a folder").to_owned();
        meet(&shop.engine).await?;
        // As an update leaves it.
        std::fs::copy(&file, folder.join("other.db"))?;
        let code = RecoveryCode::new()?;
        // Another program has it open: its log would go on in the file that is thrown away.
        assert_eq!(encryption::encrypt(&file, &code).await, Err(Error::Busy));
        assert!(!encryption::is_encrypted(&file));
        assert!(knows_them(&shop.engine).await?);
        backup(&shop.engine, &file.with_extension("before-2-after-1.db")).await?;
        shop.engine.close().await;
        std::fs::remove_file(folder.join("other.db"))?;
        assert!(!readable(&folder)?.is_empty());

        let done = encryption::encrypt(&file, &code).await?;
        assert_eq!(done.left, Vec::<String>::new());
        assert!(encryption::is_encrypted(&file));
        assert_eq!(readable(&folder)?, Vec::<PathBuf>::new());

        let shop = Engine::open(&address).await?;
        assert!(knows_them(&shop).await?);
        // With the log, a copy, and a file that had to grow.
        let copy = folder.join("shop.backup");
        backup(&shop, &copy).await?;
        assert!(encryption::is_encrypted(&copy));
        assert!(folder.join(format!("{}-wal", file.file_name().expect("a name").to_string_lossy())).exists());
        assert_eq!(readable(&folder)?, Vec::<PathBuf>::new());
        shop.close().await;

        // The copy is a shop under the same code; a shop of another code is not opened by it.
        let again = folder.join("again.db");
        restore(&copy, &Address::Sqlite(again.clone()), false).await?;
        let restored = Engine::open(&Address::Sqlite(again.clone())).await?;
        assert!(knows_them(&restored).await?);
        restored.close().await;
        let other = RecoveryCode::new()?.written()?;
        assert_eq!(encryption::unlock(&copy, &other).await, Err(Error::WrongRecoveryCode));
        assert!(matches!(encryption::unlock(&copy, "12345").await, Err(Error::Invalid { .. })));
        encryption::unlock(&copy, &code.written()?.to_lowercase()).await?;

        // A new code, as after the old one was seen by somebody.
        let newer = RecoveryCode::new()?;
        encryption::encrypt(&again, &newer).await?;
        assert_eq!(encryption::unlock(&again, &code.written()?).await, Err(Error::WrongRecoveryCode));
        encryption::unlock(&again, &newer.written()?).await?;
        encryption::decrypt(&again).await?;
        assert!(!encryption::is_encrypted(&again));
        let plain = Engine::open(&Address::Sqlite(again)).await?;
        assert!(knows_them(&plain).await?);
        plain.close().await;
        Ok(())
    });
}

#[test]
fn a_damaged_page_is_found_and_no_other_file_is_taken_for_an_encrypted_one() {
    on_sqlite(async |shop: Shop| {
        let (file, address) = (file_of(&shop), shop.address.clone());
        meet(&shop.engine).await?;
        shop.engine.close().await;
        encryption::encrypt(&file, &RecoveryCode::new()?).await?;
        let whole = std::fs::read(&file)?;
        // One byte of the third page.
        let mut spoilt = whole.clone();
        spoilt[2 * 4096 + 100] ^= 1;
        std::fs::write(&file, &spoilt)?;
        let opened = Engine::open(&address).await;
        let found = match &opened {
            Ok(shop) => call::app_check(shop, &shop.owner(Door::CommandLine), Nothing {}).await.err(),
            Err(error) => Some(error.clone()),
        };
        if let Ok(shop) = opened {
            shop.close().await;
        }
        assert!(found.as_ref().is_none_or(|error| *error == Error::Damaged), "{found:?}");
        let healthy = restore(&file, &Address::Sqlite(file.with_extension("second.db")), false).await;
        assert_eq!(healthy.map(drop), Err(Error::Damaged));

        for (name, bytes) in [
            ("short", whole[..4095].to_vec()),
            ("torn", whole[..9000].to_vec()),
            ("zero", vec![0; 8192]),
            ("text", "a list of names\n".repeat(512).into_bytes()),
        ] {
            let other = file.with_extension(name);
            std::fs::write(&other, bytes)?;
            assert!(!encryption::is_encrypted(&other), "{name}");
        }
        Ok(())
    });
}

#[test]
fn a_desk_without_a_keyring_keeps_its_copy_under_a_passphrase_or_not_at_all() {
    in_an_office(async |office| {
        let copy = office.copy_of("till");
        let folder = copy.parent().expect("a folder").to_owned();
        if !engine::secrets::available() {
            assert_eq!(encryption::ready_copy(&copy, None).await, Err(Error::NoKeyring));
            let short = encryption::ready_copy(&copy, Some("short")).await;
            assert_eq!(short, Err(Error::invalid("passphrase", "too_short")));
            assert!(!copy.exists());
        }
        encryption::ready_copy(&copy, Some("four small words")).await?;
        meet(&office.server.engine).await?;
        let (till, wire) = office.desk("till").await?;
        assert!(encryption::is_encrypted(&copy));
        assert_eq!(readable(&folder)?, Vec::<PathBuf>::new());
        till.engine.close().await;

        // It starts without its server, and sells on.
        wire.set(State::Down);
        encryption::ready_copy(&copy, Some("four small words")).await?;
        let till = office.open("till", &wire).await?;
        assert!(till.engine.is_offline());
        let found = till.ask(call::customers_search, SearchCustomers { query: "王小明".into(), limit: None }).await?;
        assert_eq!(found.items.len(), 1);
        till.engine.close().await;
        assert_eq!(readable(&folder)?, Vec::<PathBuf>::new());
        Ok(())
    });
}
