//! The command line on a shop that another program has open.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    path::Path,
    process::{Command, Output},
};

use engine::{
    Engine, Error,
    backup::{backup, restore},
    commands::call_json,
    ctx::{Door, Meta},
    db::Address,
    encryption,
};
use serde_json::{Value, json};

fn shopctl(db: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.arg("--db").arg(db).arg("--compact").args(arguments).env_remove("SHOPKEEPER_LOGIN");
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    command.output().expect("shopctl runs")
}

fn customers(db: &Path) -> usize {
    let output = shopctl(db, &["call", "customers.search", r#"{"query":"buyer","limit":20}"#]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["items"].as_array().unwrap_or_else(|| panic!("{output:?}")).len()
}

/// A program that opens the file of a database besides SQLite, and closes it again, gives up the locks that it
/// has on it (POSIX); the next one to go away takes the log along, with all that the first writes to it.
#[tokio::test]
async fn what_a_program_writes_outlives_a_look_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("shop.db");
    let shop =
        json!({ "name": "S", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true });
    assert!(shopctl(&db, &["call", "settings.setup", &shop.to_string()]).status.success());

    let engine = Engine::open(&Address::Sqlite(db.clone())).await.unwrap();
    let owner = engine.owner(Door::CommandLine);
    let call = async |name: &str, input: Value| call_json(&engine, &owner, name, Meta::new(), input).await;
    let also = folder.path().join("also.db");
    std::fs::hard_link(&db, &also).unwrap();
    for round in 0..5 {
        let what = match round {
            0 => {
                assert!(!encryption::is_encrypted(&db));
                "a look at the file"
            }
            1 => {
                backup(&engine, &folder.path().join("shop.backup")).await.unwrap();
                "a backup"
            }
            2 => {
                let refused = call("imports.inspect", json!({ "path": db, "options": {} })).await;
                assert!(matches!(refused, Err(Error::BadFile { .. })), "{refused:?}");
                "an import of the shop itself"
            }
            3 => {
                let again = Address::Sqlite(folder.path().join("again.db"));
                let refused = restore(&db, &again, false).await;
                assert!(matches!(refused, Err(Error::BadFile { .. })), "{refused:?}");
                "a copy of the open file"
            }
            _ => {
                assert!(!encryption::is_encrypted(&also));
                "a look by another name"
            }
        };
        assert_eq!(customers(&db), round, "after {what}");
        call("customers.save", json!({ "name": format!("buyer {round}") })).await.unwrap();
        assert_eq!(customers(&db), round + 1, "after {what}");
        // Whoever wants the file for itself is told to wait.
        let answer: Value = serde_json::from_slice(&shopctl(&db, &["encrypt"]).stdout).unwrap_or_default();
        assert_eq!(answer["code"], "busy", "after {what}");
    }
    engine.close().await;
    assert_eq!(customers(&db), 5);
}
