//! Who may do what: people, roles, and the proof of who somebody is.

use std::collections::HashMap;

use domain::{
    access::{Module, Permission, Preset, Sees},
    orders::DeliveryMethod,
    units::{Count, Minor},
};
use engine::{
    Engine, Error,
    access::{ChangePassword, Me, RoleById, SaveRole, SaveStaff, Staff},
    app::AuditInput,
    commands::{Kind, SPECS, call_json},
    ctx::{Caller, Meta},
    db::Address,
    orders::PlaceOrder,
    settings::{Nothing, Preferences, SavePreferences},
};
use serde_json::{Value, json};
use tests::{
    Shop, call, create_database, drop_database,
    people::{PASSWORD, of, person, sign_in, with_owner},
    postgres_server,
    sales::line,
    story,
};
use uuid::Uuid;

fn changed(staff: &Staff) -> SaveStaff {
    SaveStaff {
        id: Some(staff.id),
        version: staff.version,
        name: staff.name.clone(),
        login: staff.login.clone(),
        role_id: staff.role_id,
        active: staff.active,
        password: None,
    }
}

story!(a_shop_asks_for_names_once_it_has_people, async |shop| {
    let me: Me = shop.ask(call::access_me, Nothing {}).await?;
    assert!(!me.asks && me.person.is_none() && me.permissions.len() == Permission::ALL.len());

    // The first one is an owner, with a password that is one.
    let refused = shop.call(call::access_save_staff, person("wang", Preset::Manager.id())).await;
    assert_eq!(refused, Err(Error::invalid("role_id", "last_owner")));
    for (password, rule) in [("short", "too_short"), ("88888888", "common"), (&"x".repeat(129), "too_long")] {
        let weak = SaveStaff { password: Some(password.to_owned().into()), ..person("lin", Preset::Owner.id()) };
        assert_eq!(shop.call(call::access_save_staff, weak).await, Err(Error::invalid("password", rule)));
    }
    let nobody = shop.caller.clone();
    let shop = with_owner(shop).await?;

    let me: Me = shop.ask(call::access_me, Nothing {}).await?;
    assert_eq!(me.person.map(|p| (p.name, p.preset)), Some(("LIN".into(), Some(Preset::Owner))));
    // Whoever has not signed in sees who may, which shop it is, and nothing else.
    let me = call::access_me(&shop.engine, &nobody, Nothing {}).await?;
    assert!(me.asks && me.person.is_none());
    assert_eq!(me.permissions, [Permission::Open]);
    assert_eq!(me.names.iter().map(|n| n.login.as_str()).collect::<Vec<_>>(), ["lin"]);
    for spec in SPECS {
        let answer = call_json(&shop.engine, &nobody, spec.name, Meta::new(), json!({})).await;
        match spec.permission {
            Permission::Open => assert!(answer.is_ok(), "{}", spec.name),
            _ => assert_eq!(answer, Err(Error::SignInRequired), "{}", spec.name),
        }
    }
    Ok(())
});

story!(every_command_asks_for_its_permission, async |shop| {
    let shop = with_owner(shop).await?;
    let (address, served) = server::open(
        shop.engine.clone(),
        server::Options {
            listen: "127.0.0.1:0".parse()?,
            token: "a token of the test".into(),
            ui: None,
            certificate: None,
        },
    )
    .await?;
    tokio::spawn(served);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let rpc = async |name: &str, session: &str, input: Value| -> anyhow::Result<Value> {
        let body = json!({ "command_id": Uuid::now_v7(), "input": input });
        let request = http.post(format!("http://{address}/rpc/{name}")).bearer_auth("a token of the test");
        Ok(request.header("x-session", session).json(&body).send().await?.json().await?)
    };
    let mut refusals = 0;
    for preset in Preset::ALL {
        let login = preset.as_str();
        let caller = of(&shop, login, preset.id()).await?;
        let answer = rpc("access.sign_in", "", json!({ "login": login, "password": PASSWORD })).await?;
        let session = answer["ok"]["session"].as_str().unwrap_or_default().to_owned();
        for spec in SPECS {
            // An input that is refused for itself: what counts is whether it is looked at. Commands that
            // want nothing are done, where they may be.
            let input = json!({ "no": "such field" });
            let by_name = call_json(&shop.engine, &caller, spec.name, Meta::new(), input.clone()).await;
            let by_http = rpc(spec.name, &session, input).await?;
            let refusal = Error::Forbidden { permission: spec.permission.as_str().into() };
            if preset.permissions().has(spec.permission) {
                assert_ne!(by_name, Err(refusal.clone()), "{login} may {}", spec.name);
                assert_ne!(by_http["code"], "forbidden", "{login} may {}", spec.name);
            } else {
                refusals += 1;
                assert_eq!(by_name, Err(refusal), "{login} may not {}", spec.name);
                assert_eq!(by_http["code"], "forbidden", "{login} may not {}", spec.name);
            }
        }
        rpc("access.sign_out", &session, json!({})).await?;
        assert_eq!(rpc("orders.board", &session, json!({})).await?["code"], "sign_in_required");
    }
    assert!(refusals > 100, "{refusals}");
    Ok(())
});

story!(passwords_are_not_guessed_and_nowhere_written, async |shop| {
    let shop = with_owner(shop).await?;
    of(&shop, "wang", Preset::Service.id()).await?;
    assert_eq!(sign_in(&shop, "nobody", PASSWORD).await.err(), Some(Error::WrongPassword));
    assert!(sign_in(&shop, " WANG ", PASSWORD).await.is_ok(), "small and capital letters are one");
    for _ in 0..4 {
        assert_eq!(sign_in(&shop, "wang", "wrong horse").await.err(), Some(Error::WrongPassword));
    }
    let until = domain::units::Millis(shop.now().0 + 30_000);
    assert_eq!(sign_in(&shop, "wang", "wrong horse").await.err(), Some(Error::LockedOut { until }));
    assert_eq!(
        sign_in(&shop, "wang", PASSWORD).await.err(),
        Some(Error::LockedOut { until }),
        "not even the right one"
    );
    assert!(sign_in(&shop, "lin", PASSWORD).await.is_ok(), "others are not locked out");
    shop.wait_minutes(1);
    let wang = sign_in(&shop, "wang", PASSWORD).await?;
    assert_eq!(sign_in(&shop, "wang", "wrong horse").await.err(), Some(Error::WrongPassword), "counted anew");

    // One's own password is changed with the one there was.
    let change =
        |current: &str, new: &str| ChangePassword { current: current.to_owned().into(), new: new.to_owned().into() };
    let wrong = call::access_change_password(&shop.engine, &wang, Meta::new(), change("not it", "battery staple"));
    assert_eq!(wrong.await.err(), Some(Error::invalid("current", "wrong_password")));
    call::access_change_password(&shop.engine, &wang, Meta::new(), change(PASSWORD, "battery staple")).await?;
    assert_eq!(sign_in(&shop, "wang", PASSWORD).await.err(), Some(Error::WrongPassword));
    assert!(sign_in(&shop, "wang", "battery staple").await.is_ok());

    let all = AuditInput { limit: Some(200), ..AuditInput::default() };
    let rows = shop.ask(call::app_audit, all).await?.items;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for row in &rows {
        *times.entry(row.command.as_str()).or_default() += 1;
        for text in [&row.input, &row.changes] {
            assert!(!text.contains("horse") && !text.contains("staple") && !text.contains("argon2"), "{text}");
        }
    }
    assert_eq!(times.get("access.wrong_password"), Some(&8), "with the one within a command");
    assert_eq!(times.get("access.sign_in"), Some(&6));
    Ok(())
});

story!(a_right_taken_away_is_gone_at_once, async |shop| {
    let shop = with_owner(shop).await?;
    let role = SaveRole {
        id: None,
        version: Count(0),
        name: "Till 收银".into(),
        permissions: vec![Permission::OrdersWrite, Permission::PaymentsWrite],
        refund_limit: None,
        sees: Sees::default(),
    };
    let saved = shop.call(call::access_save_role, role.clone()).await?;
    assert!(saved.permissions.contains(&Permission::CatalogRead), "what it needs is given along: {saved:?}");
    let twice = shop.call(call::access_save_role, role.clone()).await;
    assert!(matches!(twice, Err(Error::Duplicate { .. })), "{twice:?}");
    let till = of(&shop, "zhao", saved.id).await?;
    call::orders_board(&shop.engine, &till, Nothing {}).await?;
    let in_use = shop.call(call::access_delete_role, RoleById { id: saved.id }).await;
    assert!(matches!(in_use, Err(Error::InUse { .. })), "{in_use:?}");

    let less =
        SaveRole { id: Some(saved.id), version: saved.version, permissions: vec![Permission::StockRead], ..role };
    shop.call(call::access_save_role, less.clone()).await?;
    let refused = call::orders_board(&shop.engine, &till, Nothing {}).await;
    assert_eq!(refused.err(), Some(Error::Forbidden { permission: "orders_read".into() }));
    assert!(matches!(shop.call(call::access_save_role, less).await, Err(Error::Stale { .. })));

    // Who has left is signed out everywhere.
    let zhao = shop.ask(call::access_staff, Nothing {}).await?.staff.into_iter().find(|p| p.login == "zhao").unwrap();
    shop.call(call::access_save_staff, SaveStaff { active: false, ..changed(&zhao) }).await?;
    assert_eq!(call::stock_low(&shop.engine, &till, Nothing {}).await.err(), Some(Error::SignInRequired));
    assert_eq!(sign_in(&shop, "zhao", PASSWORD).await.err(), Some(Error::WrongPassword));
    Ok(())
});

story!(nobody_gives_more_than_they_have, async |shop| {
    let shop = with_owner(shop).await?;
    let roles = SaveRole {
        id: None,
        version: Count(0),
        name: "Personnel 人事".into(),
        permissions: vec![Permission::AccessWrite, Permission::OrdersRead],
        refund_limit: None,
        sees: Sees::default(),
    };
    let personnel = shop.call(call::access_save_role, roles.clone()).await?;
    let hr = of(&shop, "sun", personnel.id).await?;
    let missing = |permission: &str| Some(Error::Forbidden { permission: permission.into() });
    let owner = person("mine", Preset::Owner.id());
    let mighty = call::access_save_staff(&shop.engine, &hr, Meta::new(), owner).await;
    assert_eq!(mighty.err(), missing("orders_write"));
    let more = SaveRole { name: "More".into(), permissions: vec![Permission::PaymentsRefund], ..roles };
    let more = call::access_save_role(&shop.engine, &hr, Meta::new(), more).await;
    assert_eq!(more.err(), missing("payments_read"));
    let lin = shop.ask(call::access_staff, Nothing {}).await?.staff.into_iter().find(|p| p.login == "lin").unwrap();
    let out = SaveStaff { active: false, ..changed(&lin) };
    let out = call::access_save_staff(&shop.engine, &hr, Meta::new(), out).await;
    assert_eq!(out.err(), missing("orders_write"));
    call::access_save_staff(&shop.engine, &hr, Meta::new(), person("peer", personnel.id)).await?;
    // The last owner stays one.
    let last = shop.call(call::access_save_staff, SaveStaff { active: false, ..changed(&lin) }).await;
    assert_eq!(last, Err(Error::invalid("role_id", "last_owner")));
    let twice = shop.call(call::access_save_staff, person("SUN", personnel.id)).await;
    assert!(matches!(twice, Err(Error::Duplicate { .. })), "{twice:?}");
    Ok(())
});

story!(an_owner_sees_what_others_see, async |shop| {
    let shop = with_owner(shop).await?;
    let service = of(&shop, "zhou", Preset::Service.id()).await?;
    let sku = shop.goods("A", 1500, 5).await?;
    let looking = Caller { view_as: Some(Preset::Service.id()), ..shop.caller.clone() };
    let me: Me = call::access_me(&shop.engine, &looking, Nothing {}).await?;
    assert_eq!(me.view_as.and_then(|role| role.preset), Some(Preset::Service));
    assert_eq!(me.permissions, call::access_me(&shop.engine, &service, Nothing {}).await?.permissions);
    for spec in SPECS.iter().filter(|spec| spec.kind == Kind::Query) {
        let theirs = call_json(&shop.engine, &service, spec.name, Meta::new(), json!({})).await;
        let seen = call_json(&shop.engine, &looking, spec.name, Meta::new(), json!({})).await;
        assert_eq!(theirs.as_ref().err(), seen.as_ref().err(), "{}", spec.name);
    }
    // A look changes nothing, not even what both may.
    let line = line(sku, 1);
    let order = PlaceOrder { delivery: DeliveryMethod::Counter, lines: vec![line], ..PlaceOrder::default() };
    let placed = call::orders_place(&shop.engine, &looking, Meta::new(), order).await;
    assert_eq!(placed.err(), Some(Error::OnlyLooking));
    // Whoever may not see roles may not take their eyes either.
    let peeping = Caller { view_as: Some(Preset::Owner.id()), ..service };
    let refused = call::orders_board(&shop.engine, &peeping, Nothing {}).await;
    assert_eq!(refused.err(), Some(Error::Forbidden { permission: "access_read".into() }));
    Ok(())
});

story!(a_module_is_switched_off_or_only_looked_at, async |shop| {
    let facts = shop.ask(call::settings_shop, Nothing {}).await?.shop.unwrap();
    let switched = |off: &[Module], read_only: &[Module], version: Count| SavePreferences {
        version,
        preferences: Preferences {
            modules_off: off.to_vec(),
            modules_read_only: read_only.to_vec(),
            ..facts.preferences.clone()
        },
    };
    let needed = shop.call(call::settings_save_preferences, switched(&[Module::Catalog], &[], facts.version)).await;
    assert_eq!(needed.err(), Some(Error::ModuleNeeded { module: Module::Orders, needed: Module::Catalog }));
    let saved = switched(&[Module::Analytics], &[Module::Catalog], facts.version);
    let saved = shop.call(call::settings_save_preferences, saved).await?;
    for spec in SPECS {
        let answer = call_json(&shop.engine, &shop.caller, spec.name, Meta::new(), json!({ "no": "such field" })).await;
        let expected = match spec.permission.module() {
            Some(Module::Analytics) => Some(Error::ModuleOff { module: Module::Analytics }),
            Some(Module::Catalog) if spec.permission == Permission::CatalogWrite => {
                Some(Error::ModuleReadOnly { module: Module::Catalog })
            }
            _ => None,
        };
        match expected {
            Some(expected) => assert_eq!(answer.err(), Some(expected), "{}", spec.name),
            None => {
                assert!(!matches!(answer, Err(Error::ModuleOff { .. } | Error::ModuleReadOnly { .. })), "{}", spec.name)
            }
        }
    }
    let me: Me = shop.ask(call::access_me, Nothing {}).await?;
    assert!(!me.permissions.contains(&Permission::AnalyticsRead), "the screen does not offer it");
    // The data are there as they were.
    shop.call(call::settings_save_preferences, switched(&[], &[], saved.version)).await?;
    shop.ask(call::analytics_recount, Nothing {}).await?;
    Ok(())
});

story!(the_history_is_sealed, async |shop| {
    let soundness = async || -> anyhow::Result<Vec<(String, i64, i64)>> {
        let report = shop.ask(call::app_check, Nothing {}).await?;
        Ok(report.differences.into_iter().map(|d| (d.what, d.expected.0, d.found.0)).collect())
    };
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.seal, None);
    // More than one seal covers.
    for n in 0..260 {
        let view = json!({ "area": format!("list {}", n % 10), "name": format!("view {n}"), "body": "{}" });
        call_json(&shop.engine, &shop.caller, "app.save_view", Meta::new(), view).await?;
    }
    let undone = Meta::new();
    let view = json!({ "area": "orders", "name": "undone", "body": "{}" });
    call_json(&shop.engine, &shop.caller, "app.save_view", undone, view).await?;
    engine::clockwork::tick(&shop.engine).await?;
    let seal = shop.ask(call::app_check, Nothing {}).await?.seal;
    assert_eq!(seal.as_ref().map(|seal| (seal.n.0, seal.digest.len())), Some((2, 64)));
    // What is done later, to a sealed command too, breaks no seal.
    shop.undo(undone.command_id).await?;
    assert_eq!(soundness().await?, []);
    engine::clockwork::tick(&shop.engine).await?;
    engine::clockwork::tick(&shop.engine).await?;
    assert_eq!(soundness().await?, []);
    let later = shop.ask(call::app_check, Nothing {}).await?.seal;
    assert_eq!(later.map(|seal| seal.n.0), Some(3));

    // A word changed and changed back.
    assert_eq!(
        shop.sql("UPDATE audit SET input = REPLACE(input, 'view 7\"', 'view 8\"') WHERE input LIKE '%view 7\"%'")
            .await?,
        1
    );
    assert_eq!(soundness().await?, [("audit_content".to_owned(), 1, 0)]);
    shop.sql("UPDATE audit SET input = REPLACE(input, 'view 8\"', 'view 7\"') WHERE result LIKE '%view 7\"%'").await?;
    assert_eq!(soundness().await?, []);
    // One put elsewhere in time.
    shop.sql("UPDATE audit SET at = at + 1 WHERE input LIKE '%view 9\"%'").await?;
    assert_eq!(soundness().await?, [("audit_content".to_owned(), 1, 0)]);
    shop.sql("UPDATE audit SET at = at - 1 WHERE input LIKE '%view 9\"%'").await?;
    assert_eq!(soundness().await?, []);
    // One taken out.
    shop.sql("DELETE FROM audit WHERE input LIKE '%view 11\"%'").await?;
    assert_eq!(soundness().await?, [("audit_rows".to_owned(), 250, 249)]);
    shop.sql("DELETE FROM audit_seal WHERE n = 1").await?;
    assert_eq!(soundness().await?, [("audit_seals".to_owned(), 1, 2)]);
    Ok(())
});

/// Each desk of a shop seals when its minute is over, and their minutes may be the same.
#[tokio::test(flavor = "multi_thread")]
async fn desks_that_seal_at_once_seal_once() -> anyhow::Result<()> {
    let Some(server) = postgres_server() else { return Ok(()) };
    let (url, name) = create_database(&server).await?;
    let address = Address::Postgres(url);
    let shop = Shop::shared(Engine::open(&address).await?, address.clone()).await?;
    let (second, third) = (Engine::open(&address).await?, Engine::open(&address).await?);
    for n in 0..40 {
        let view = json!({ "area": "orders", "name": format!("view {n}"), "body": "{}" });
        call_json(&shop.engine, &shop.caller, "app.save_view", Meta::new(), view).await?;
        let at_once = [&shop.engine, &second, &third].map(|desk| {
            let desk = desk.clone();
            tokio::spawn(async move { engine::clockwork::tick(&desk).await })
        });
        for desk in at_once {
            desk.await??;
        }
        assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    }
    for desk in [&shop.engine, &second, &third] {
        desk.close().await;
    }
    drop_database(&server, &name).await
}

story!(refunds_have_the_limit_of_the_role, async |shop| {
    let shop = with_owner(shop).await?;
    let role = SaveRole {
        id: None,
        version: Count(0),
        name: "Desk".into(),
        permissions: vec![Permission::OrdersWrite, Permission::PaymentsWrite, Permission::PaymentsRefund],
        refund_limit: Some(Minor(1000)),
        sees: Sees::default(),
    };
    let role = shop.call(call::access_save_role, role).await?;
    let desk = of(&shop, "qian", role.id).await?;
    let service = of(&shop, "zhou", Preset::Service.id()).await?;
    let sku = shop.goods("A", 1500, 5).await?;
    let line = line(sku, 1);
    let input = PlaceOrder { delivery: DeliveryMethod::Counter, lines: vec![line], ..PlaceOrder::default() };
    let order = call::orders_place(&shop.engine, &desk, Meta::new(), input).await?.order_id;
    let paid = json!({ "order_id": order, "method": "elsewhere", "amount": 1500 });
    call_json(&shop.engine, &desk, "payments.capture", Meta::new(), paid).await?;
    let refund = async |caller: &Caller, amount: i64| {
        let input = json!({ "order_id": order, "amount": amount, "method": "cash", "reason": "" });
        call_json(&shop.engine, caller, "payments.refund", Meta::new(), input).await
    };
    assert_eq!(refund(&service, 100).await.err(), Some(Error::Forbidden { permission: "payments_refund".into() }));
    assert!(refund(&desk, 600).await.is_ok());
    // In two steps it is as much as in one.
    let over = Error::OverLimit { limit: Minor(1000), wanted: Minor(1100) };
    assert_eq!(refund(&desk, 500).await.err(), Some(over));
    assert!(refund(&desk, 400).await.is_ok());
    assert!(refund(&shop.caller, 500).await.is_ok(), "the owner has no limit");
    Ok(())
});
