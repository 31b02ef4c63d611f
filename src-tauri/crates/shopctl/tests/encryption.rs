//! An encrypted shop from the command line: with its code, and not without.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// On a machine without a keyring.
fn shopctl(db: &Path, code: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.arg("--db").arg(db).arg("--compact").args(arguments).env_remove("SHOPKEEPER_LOGIN");
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").env_remove("SHOPKEEPER_RECOVERY_CODE");
    if let Some(code) = code {
        command.env("SHOPKEEPER_RECOVERY_CODE", code);
    }
    command.output().expect("shopctl runs")
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[test]
fn an_encrypted_shop_asks_for_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("shop.db");
    let shop =
        json!({ "name": "S", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true });
    assert!(shopctl(&db, None, &["call", "settings.setup", &shop.to_string()]).status.success());
    let done = answer(&shopctl(&db, None, &["encrypt"]));
    let code = done["code"].as_str().expect("a code").to_owned();
    assert_eq!(done["kept"], json!(false));

    for other in [None, Some("0000-0000-0000-0000-0000-0000-0000")] {
        let refused = shopctl(&db, other, &["check"]);
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    }
    assert_eq!(answer(&shopctl(&db, None, &["check"]))["code"], "encrypted");
    assert!(shopctl(&db, Some(&code), &["check"]).status.success());

    // A copy of it is opened by the same code, and is a shop again.
    let copy = folder.path().join("shop.backup");
    assert!(shopctl(&db, Some(&code), &["backup", copy.to_str().unwrap()]).status.success());
    let again = folder.path().join("again.db");
    assert_eq!(answer(&shopctl(&again, None, &["restore", copy.to_str().unwrap()]))["code"], "encrypted");
    assert!(shopctl(&again, Some(&code), &["restore", copy.to_str().unwrap()]).status.success());
    assert!(shopctl(&again, Some(&code), &["decrypt"]).status.success());
    assert!(shopctl(&again, None, &["check"]).status.success());
}
