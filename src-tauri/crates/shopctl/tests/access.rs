//! The command line asks who is there as every other door does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    path::Path,
    process::{Command, Output},
};

use domain::access::Preset;
use engine::commands::SPECS;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse";

fn shopctl(db: &Path, login: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.arg("--db").arg(db).arg("--compact").args(arguments).env_remove("SHOPKEEPER_LOGIN");
    match login {
        Some(login) => command.env("SHOPKEEPER_LOGIN", login).env("SHOPKEEPER_PASSWORD", PASSWORD),
        None => command.env_remove("SHOPKEEPER_PASSWORD"),
    };
    command.output().expect("shopctl runs")
}

/// The code of the refusal, or "" when there was none.
fn refusal(output: &Output) -> String {
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn every_command_asks_for_its_permission() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("shop.db");
    let shop =
        json!({ "name": "S", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true });
    assert!(shopctl(&db, None, &["call", "settings.setup", &shop.to_string()]).status.success());
    let person = |login: &str, role: Preset| {
        json!({ "id": null, "version": 0, "name": login, "login": login, "role_id": role.id(), "active": true,
                "password": PASSWORD })
        .to_string()
    };
    let owner = person("lin", Preset::Owner);
    assert!(shopctl(&db, None, &["call", "access.save_staff", &owner]).status.success());
    let warehouse = person("chen", Preset::Warehouse);
    assert_eq!(refusal(&shopctl(&db, None, &["call", "access.save_staff", &warehouse])), "sign_in_required");
    assert!(shopctl(&db, Some("lin"), &["call", "access.save_staff", &warehouse]).status.success());
    assert_eq!(refusal(&shopctl(&db, Some("chan"), &["call", "stock.low"])), "wrong_password");

    let rights = Preset::Warehouse.permissions();
    for spec in SPECS {
        let answer = shopctl(&db, Some("chen"), &["call", spec.name, r#"{"no":"such field"}"#]);
        let forbidden = refusal(&answer) == "forbidden";
        assert_eq!(forbidden, !rights.has(spec.permission), "{}: {answer:?}", spec.name);
    }
    // What is no command, and would hand out or take in everything.
    let copy = folder.path().join("copy.db");
    for arguments in [&["backup", copy.to_str().unwrap()][..], &["sample"], &["serve"]] {
        assert_eq!(refusal(&shopctl(&db, Some("chen"), arguments)), "forbidden", "{arguments:?}");
    }
    assert!(!copy.exists());
    assert!(shopctl(&db, Some("lin"), &["backup", copy.to_str().unwrap()]).status.success());
}
