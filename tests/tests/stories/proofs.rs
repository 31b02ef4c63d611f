//! PINs at a counter, and the second step of signing in.

use domain::{
    access::{Permission, Preset, Sees},
    units::{Count, Millis},
};
use engine::{
    Error,
    access::{
        ChangePassword, Me, RenewRecoveryCodes, SaveRole, SaveStaff, SetPin, SignIn, Staff, StaffById, Switch,
        TotpOffer, TurnOffTotp, TurnOnTotp,
    },
    app::{AuditInput, AuditRow},
    commands::call_json,
    ctx::{Caller, Door, Meta},
    settings::Nothing,
};
use serde_json::{Value, json};
use tests::{
    Shop, call,
    desks::{Office, State, in_an_office},
    people::{PASSWORD, of, person, sign_in, with_owner},
    story,
};
use uuid::Uuid;

const PIN: &str = "4820";

fn set_pin(pin: Option<&str>, password: &str) -> SetPin {
    SetPin { pin: pin.map(|pin| pin.to_owned().into()), password: password.to_owned().into() }
}

async fn gives_pin(shop: &Shop, person: &Caller, pin: &str) -> engine::Result<()> {
    call::access_set_pin(&shop.engine, person, Meta::new(), set_pin(Some(pin), PASSWORD)).await.map(drop)
}

/// Somebody signs in at a desk, by password and perhaps a code.
async fn enters(shop: &Shop, login: &str, password: &str, code: Option<&str>) -> engine::Result<Caller> {
    let input =
        SignIn { login: login.into(), password: password.to_owned().into(), code: code.map(|c| c.to_owned().into()) };
    shop.engine.sign_in(Door::Window, input).await
}

async fn takes_over(shop: &Shop, at: &Caller, login: &str, pin: &str) -> engine::Result<Caller> {
    shop.engine.switch(at, Switch { login: login.into(), pin: pin.to_owned().into() }).await
}

async fn me(shop: &Shop, caller: &Caller) -> engine::Result<Me> {
    call::access_me(&shop.engine, caller, Nothing {}).await
}

async fn pins(shop: &Shop, caller: &Caller) -> anyhow::Result<Vec<String>> {
    Ok(me(shop, caller).await?.pins.into_iter().map(|person| person.login).collect())
}

async fn staff(shop: &Shop, login: &str) -> anyhow::Result<Staff> {
    let all = shop.ask(call::access_staff, Nothing {}).await?.staff;
    all.into_iter().find(|person| person.login == login).ok_or_else(|| anyhow::anyhow!("nobody is called {login}"))
}

async fn history(shop: &Shop, command: &str) -> anyhow::Result<Vec<AuditRow>> {
    let input = AuditInput { command: command.into(), limit: Some(200), ..AuditInput::default() };
    Ok(shop.ask(call::app_audit, input).await?.items)
}

/// Nothing that proves anybody stands in the history.
async fn says_no_secret(shop: &Shop, secrets: &[&str]) -> anyhow::Result<()> {
    let all = AuditInput { limit: Some(200), ..AuditInput::default() };
    for row in shop.ask(call::app_audit, all).await?.items {
        for text in [&row.input, &row.changes] {
            // A whole text of it: the digits of a PIN stand in many an id.
            for secret in secrets.iter().chain(&[PASSWORD]) {
                assert!(!text.contains(&format!("\"{secret}\"")), "{secret} in {text}");
            }
            assert!(!text.contains("argon2") && !text.contains("otpauth"), "{text}");
        }
    }
    Ok(())
}

story!(a_pin_takes_over_a_desk_that_a_password_opened, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    of(&shop, "wang", Preset::Warehouse.id()).await?;
    // One's own, proved by one's password.
    for (pin, rule) in [("482", "too_short"), ("482048204", "too_long"), ("48a0", "digits_only"), ("1234", "common")] {
        assert_eq!(gives_pin(&shop, &zhou, pin).await, Err(Error::invalid("pin", rule)));
    }
    let guess = call::access_set_pin(&shop.engine, &zhou, Meta::new(), set_pin(Some(PIN), "wrong horse")).await;
    assert_eq!(guess.err(), Some(Error::invalid("password", "wrong_password")));
    // A PIN that is no text is not told back.
    let number = json!({ "pin": 4820, "password": PASSWORD });
    let malformed = call_json(&shop.engine, &zhou, "access.set_pin", Meta::new(), number).await;
    assert!(matches!(&malformed, Err(Error::Invalid { rule, .. }) if rule == "malformed"), "{malformed:?}");
    assert!(!format!("{malformed:?}").contains(PIN), "{malformed:?}");
    gives_pin(&shop, &zhou, PIN).await?;
    assert!(staff(&shop, "zhou").await?.pin && !staff(&shop, "wang").await?.pin);

    let lin = enters(&shop, "lin", PASSWORD, None).await?;
    assert_eq!(pins(&shop, &lin).await?, ["zhou"]);
    let at_desk = takes_over(&shop, &lin, " ZHOU ", PIN).await?;
    assert_eq!((at_desk.actor, at_desk.actor_name.as_str(), at_desk.door), (zhou.actor, "ZHOU", Door::Window));
    let rights = me(&shop, &at_desk).await?.permissions;
    assert_eq!(rights, me(&shop, &zhou).await?.permissions, "no more and no less than by password");
    // A desk that locks itself shows nothing, and opens by PIN.
    let locked = shop.engine.lock(&at_desk);
    assert_eq!(call::orders_board(&shop.engine, &locked, Nothing {}).await.err(), Some(Error::SignInRequired));
    assert_eq!(pins(&shop, &locked).await?, ["zhou"]);
    takes_over(&shop, &locked, "zhou", PIN).await?;
    for (who, pin) in [("wang", PIN), ("nobody", PIN)] {
        assert_eq!(takes_over(&shop, &lin, who, pin).await.err(), Some(Error::PasswordNeeded), "{who} has none");
    }

    // By itself it opens nothing: not where nobody was, not from a command line, not on the next day.
    for stranger in [shop.engine.owner(Door::Window), shop.engine.owner(Door::Http), shop.caller.clone(), zhou.clone()]
    {
        assert_eq!(pins(&shop, &stranger).await?, [""; 0]);
        assert_eq!(takes_over(&shop, &stranger, "zhou", PIN).await.err(), Some(Error::PasswordNeeded));
    }
    let by_line = Caller { proofs: lin.proofs.clone(), ..shop.caller.clone() };
    assert_eq!(takes_over(&shop, &by_line, "zhou", PIN).await.err(), Some(Error::PasswordNeeded));
    shop.wait_minutes(12 * 60 - 1);
    takes_over(&shop, &lin, "zhou", PIN).await?;
    shop.wait_minutes(1);
    assert_eq!(takes_over(&shop, &lin, "zhou", PIN).await.err(), Some(Error::PasswordNeeded));
    assert_eq!(takes_over(&shop, &at_desk, "zhou", PIN).await.err(), Some(Error::PasswordNeeded), "no PIN proves it");
    assert_eq!(pins(&shop, &lin).await?, [""; 0]);
    let wang = enters(&shop, "wang", PASSWORD, None).await?;
    assert!(takes_over(&shop, &wang, "zhou", PIN).await.is_ok(), "whoever it was");

    let switches = history(&shop, "access.switch").await?;
    assert_eq!(switches.len(), 4);
    assert!(switches.iter().all(|row| row.actor_name == "ZHOU" && row.subject == Some(zhou.actor)), "{switches:?}");
    assert_eq!(history(&shop, "access.set_pin").await?.len(), 1);
    says_no_secret(&shop, &[PIN]).await
});

story!(wrong_pins_block_it_until_the_password_comes, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    gives_pin(&shop, &zhou, PIN).await?;
    let desk = enters(&shop, "lin", PASSWORD, None).await?;
    let tries = async |pin: &str| takes_over(&shop, &desk, "zhou", pin).await.map(drop);
    assert_eq!(tries("4821").await, Err(Error::WrongPin { left: Count(4) }));
    assert_eq!(tries(PIN).await, Ok(()), "and the next ones count anew");
    for left in [4, 3, 2, 1] {
        assert_eq!(tries("4821").await, Err(Error::WrongPin { left: Count(left) }));
    }
    assert_eq!(tries("4821").await, Err(Error::PinBlocked));
    assert_eq!(tries(PIN).await, Err(Error::PinBlocked), "not even the right one");
    shop.wait_minutes(60);
    assert_eq!(tries(PIN).await, Err(Error::PinBlocked), "time does not help");
    assert!(staff(&shop, "zhou").await?.pin_blocked);
    sign_in(&shop, "zhou", PASSWORD).await?;
    assert_eq!(tries(PIN).await, Ok(()));

    // While no password is taken, no PIN is either; and wrong passwords within commands count like those at the door.
    let change =
        || ChangePassword { current: "wrong horse".to_owned().into(), new: "battery staple".to_owned().into() };
    for n in 0..5 {
        let wrong = match n {
            0..3 => call::access_change_password(&shop.engine, &zhou, Meta::new(), change()).await.err(),
            _ => sign_in(&shop, "zhou", "wrong horse").await.err(),
        };
        assert!(wrong.is_some());
    }
    let until = Millis(shop.now().0 + 30_000);
    assert_eq!(tries(PIN).await, Err(Error::LockedOut { until }));
    let right = call::access_set_pin(&shop.engine, &zhou, Meta::new(), set_pin(None, PASSWORD)).await;
    assert_eq!(right.err(), Some(Error::LockedOut { until }));
    shop.wait_minutes(1);
    assert_eq!(tries(PIN).await, Ok(()));
    assert_eq!(history(&shop, "access.wrong_pin").await?.len(), 6);
    assert_eq!(history(&shop, "access.wrong_password").await?.len(), 5);

    // Who has left takes nothing over.
    let row = staff(&shop, "zhou").await?;
    let gone = SaveStaff {
        id: Some(row.id),
        version: row.version,
        active: false,
        password: None,
        ..person("zhou", Preset::Service.id())
    };
    shop.call(call::access_save_staff, gone).await?;
    assert_eq!(tries(PIN).await, Err(Error::PasswordNeeded));
    Ok(())
});

story!(nobody_sets_a_pin_or_a_step_for_somebody_else, async |shop| {
    // In a shop without people there is nobody to have one.
    let nobody = shop.ask(call::access_offer_totp, Nothing {}).await.err();
    assert!(matches!(nobody, Some(Error::NotFound { .. })), "{nobody:?}");
    let nobody = shop.call(call::access_set_pin, set_pin(Some(PIN), PASSWORD)).await;
    assert!(matches!(nobody, Err(Error::NotFound { .. })), "{nobody:?}");
    let shop = with_owner(shop).await?;
    let roles = SaveRole {
        id: None,
        version: Count(0),
        name: "Personnel 人事".into(),
        permissions: vec![Permission::AccessWrite, Permission::OrdersRead],
        refund_limit: None,
        sees: Sees::default(),
    };
    let personnel = shop.call(call::access_save_role, roles).await?;
    let hr = of(&shop, "sun", personnel.id).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    for caller in [&shop.caller, &hr, &zhou] {
        gives_pin(&shop, caller, PIN).await?;
        on(&shop, caller).await?;
    }
    let by = |of: &Caller| StaffById { id: of.actor };
    let missing = |permission: &str| Some(Error::Forbidden { permission: permission.into() });
    // Each takes it from no more than they may be themselves.
    for (caller, whose, permission) in
        [(&zhou, &hr, "access_write"), (&zhou, &zhou, "access_write"), (&hr, &shop.caller, "orders_write")]
    {
        let pin = call::access_remove_pin(&shop.engine, caller, Meta::new(), by(whose)).await;
        assert_eq!(pin.err(), missing(permission));
        let steps = call::access_remove_totp(&shop.engine, caller, Meta::new(), by(whose)).await;
        assert_eq!(steps.err(), missing(permission));
    }
    shop.call(call::access_remove_pin, by(&zhou)).await?;
    shop.call(call::access_remove_totp, by(&zhou)).await?;
    let row = staff(&shop, "zhou").await?;
    assert!(!row.pin && !row.two_steps && row.recovery_codes == Count(0));
    sign_in(&shop, "zhou", PASSWORD).await?;
    for (command, field) in [("access.remove_pin", "pin"), ("access.remove_totp", "two_steps")] {
        let rows = history(&shop, command).await?;
        assert_eq!((rows.len(), rows[0].actor_name.as_str(), rows[0].subject), (1, "LIN", Some(zhou.actor)));
        let changes: Value = serde_json::from_str(&rows[0].changes)?;
        assert_eq!((&changes[0]["before"][field], &changes[0]["after"][field]), (&json!(true), &json!(false)));
    }

    // A new password from somebody else opens no seal: the step is off, and the history says so.
    let row = staff(&shop, "sun").await?;
    let new = SaveStaff {
        id: Some(row.id),
        version: row.version,
        password: Some("battery staple".to_owned().into()),
        ..person("sun", personnel.id)
    };
    let saved = shop.call(call::access_save_staff, new.clone()).await?;
    assert!(!saved.two_steps && saved.pin);
    sign_in(&shop, "sun", "battery staple").await?;
    let rows = history(&shop, "access.save_staff").await?;
    let changes: Value = serde_json::from_str(&rows[0].changes)?;
    assert_eq!((&changes[0]["before"]["two_steps"], &changes[0]["after"]["two_steps"]), (&json!(true), &json!(false)));
    // Without one it stays as it is.
    let row = staff(&shop, "lin").await?;
    let same = SaveStaff {
        id: Some(row.id),
        version: row.version,
        name: "Lin".into(),
        password: None,
        ..person("lin", Preset::Owner.id())
    };
    assert!(shop.call(call::access_save_staff, same).await?.two_steps);
    Ok(())
});

/// The code that the phone shows at this moment.
fn code(offer: &TotpOffer, at: Millis) -> String {
    let secret = totp_rs::Secret::try_from_base32(&offer.secret).expect("base 32");
    let phone = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    phone.generate(u64::try_from(at.0 / 1000).expect("after 1970")).to_string()
}

fn turn_on(offer: &TotpOffer, code: &str, password: &str) -> TurnOnTotp {
    TurnOnTotp {
        secret: offer.secret.clone().into(),
        code: code.to_owned().into(),
        password: password.to_owned().into(),
    }
}

async fn on(shop: &Shop, person: &Caller) -> anyhow::Result<TotpOffer> {
    let offer = call::access_offer_totp(&shop.engine, person, Nothing {}).await?;
    let input = turn_on(&offer, &code(&offer, shop.engine.now()), PASSWORD);
    call::access_turn_on_totp(&shop.engine, person, Meta::new(), input).await?;
    Ok(offer)
}

story!(a_second_step_asks_for_the_code_of_the_phone, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    let offer = call::access_offer_totp(&shop.engine, &zhou, Nothing {}).await?;
    assert!(offer.uri.starts_with("otpauth://totp/"), "{}", offer.uri);
    assert!(offer.uri.contains(&offer.secret) && offer.uri.contains("ZHOU"), "{}", offer.uri);
    assert_eq!(offer.recovery_codes.len(), 10);
    let starts = async |code: &str, password: &str| {
        let input = turn_on(&offer, code, password);
        call::access_turn_on_totp(&shop.engine, &zhou, Meta::new(), input).await.map(drop)
    };
    let first = code(&offer, shop.now());
    assert_eq!(starts("000000", PASSWORD).await, Err(Error::invalid("code", "wrong")));
    assert_eq!(starts(&first, "wrong horse").await, Err(Error::invalid("password", "wrong_password")));
    assert!(sign_in(&shop, "zhou", PASSWORD).await.is_ok(), "not before a code proves that the phone has it");
    assert_eq!(starts(&first, PASSWORD).await, Ok(()));
    assert_eq!(starts(&first, PASSWORD).await, Err(Error::invalid("code", "existing")));

    let signs_in = async |code: Option<&str>| enters(&shop, "zhou", PASSWORD, code).await.map(drop);
    assert_eq!(signs_in(None).await, Err(Error::CodeNeeded));
    assert_eq!(signs_in(Some(&first)).await, Err(Error::CodeUsed), "the one that turned it on");
    shop.wait_minutes(1);
    let second = code(&offer, shop.now());
    let spaced = format!("{} {}", &second[..3], &second[3..]);
    assert_eq!(signs_in(Some(&spaced)).await, Ok(()));
    assert_eq!(signs_in(Some(&second)).await, Err(Error::CodeUsed));
    let before = code(&offer, Millis(shop.now().0 - 30_000));
    assert_eq!(signs_in(Some(&before)).await, Err(Error::CodeUsed), "nor an older one");
    let ahead = code(&offer, Millis(shop.now().0 + 30_000));
    assert_eq!(signs_in(Some(&ahead)).await, Ok(()), "a phone may be half a minute ahead");
    shop.wait_minutes(3);
    let late = code(&offer, Millis(shop.now().0 - 60_000));
    assert_eq!(signs_in(Some(&late)).await, Err(Error::WrongCode));
    let wrong_password = enters(&shop, "zhou", "wrong horse", Some(&code(&offer, shop.now()))).await;
    assert_eq!(wrong_password.err(), Some(Error::WrongPassword), "the code is not even looked at");

    // A recovery code opens once.
    let recovery = offer.recovery_codes[4].to_lowercase().replace('-', " ");
    assert_eq!(signs_in(Some(&recovery)).await, Ok(()));
    assert_eq!(signs_in(Some(&recovery)).await, Err(Error::WrongCode));
    assert_eq!(staff(&shop, "zhou").await?.recovery_codes, Count(9));

    // New recovery codes, with what the phone shows or with one that is left; the phone stays as it is.
    let renews = async |code: &str, password: &str| {
        let others = call::access_offer_totp(&shop.engine, &zhou, Nothing {}).await?;
        let input = RenewRecoveryCodes {
            secret: others.secret.into(),
            code: code.to_owned().into(),
            password: password.to_owned().into(),
        };
        call::access_renew_recovery_codes(&shop.engine, &zhou, Meta::new(), input).await?;
        Ok(others.recovery_codes)
    };
    shop.wait_minutes(1);
    let shown = code(&offer, shop.now());
    assert_eq!(renews(&shown, "wrong horse").await, Err(Error::invalid("password", "wrong_password")));
    assert_eq!(renews("000000", PASSWORD).await, Err(Error::WrongCode));
    let second_ten = renews(&shown, PASSWORD).await?;
    assert_eq!(signs_in(Some(&second_ten[2])).await, Ok(()));
    assert_eq!(renews(&shown, PASSWORD).await, Err(Error::CodeUsed));
    let third_ten = renews(&second_ten[0], PASSWORD).await?;
    assert_eq!(staff(&shop, "zhou").await?.recovery_codes, Count(10));
    for gone in [&offer.recovery_codes[5], &second_ten[0], &second_ten[1]] {
        assert_eq!(signs_in(Some(gone)).await, Err(Error::WrongCode), "{gone}");
    }
    assert_eq!(signs_in(Some(&third_ten[0])).await, Ok(()));
    shop.wait_minutes(1);
    assert_eq!(signs_in(Some(&code(&offer, shop.now()))).await, Ok(()));

    // The password and the seal change together.
    shop.wait_minutes(1);
    let change = ChangePassword { current: PASSWORD.to_owned().into(), new: "battery staple".to_owned().into() };
    call::access_change_password(&shop.engine, &zhou, Meta::new(), change).await?;
    let new = enters(&shop, "zhou", "battery staple", Some(&code(&offer, shop.now()))).await;
    assert!(new.is_ok(), "{new:?}");

    // It is turned off with both.
    shop.wait_minutes(1);
    let off = async |code: &str, password: &str| {
        let input = TurnOffTotp { code: code.to_owned().into(), password: password.to_owned().into() };
        call::access_turn_off_totp(&shop.engine, &zhou, Meta::new(), input).await.map(drop)
    };
    assert_eq!(off("000000", "battery staple").await, Err(Error::WrongCode));
    let now = code(&offer, shop.now());
    assert_eq!(off(&now, PASSWORD).await, Err(Error::invalid("password", "wrong_password")));
    assert_eq!(off(&now, "battery staple").await, Ok(()));
    assert_eq!(renews(&third_ten[1], "battery staple").await, Err(Error::invalid("code", "turned_off")));
    sign_in(&shop, "zhou", "battery staple").await?;

    let told: Vec<String> = history(&shop, "access.sign_in").await?.into_iter().map(|row| row.input).collect();
    assert_eq!(told.iter().filter(|input| input.contains("recovery_code")).count(), 3, "{told:?}");
    let mut secrets = vec![offer.secret.as_str(), first.as_str(), second.as_str(), "battery staple"];
    secrets.extend(offer.recovery_codes.iter().chain(&second_ten).chain(&third_ten).map(String::as_str));
    says_no_secret(&shop, &secrets).await
});

story!(codes_are_not_guessed, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    let offer = on(&shop, &zhou).await?;
    shop.wait_minutes(1);
    let right = code(&offer, shop.now());
    // The same lockout as of passwords; the right password alone does not forgive wrong codes.
    for _ in 0..2 {
        assert_eq!(enters(&shop, "zhou", PASSWORD, Some("000000")).await.err(), Some(Error::WrongCode));
        assert_eq!(enters(&shop, "zhou", PASSWORD, None).await.err(), Some(Error::CodeNeeded));
        assert_eq!(enters(&shop, "zhou", "wrong horse", None).await.err(), Some(Error::WrongPassword));
    }
    let until = Millis(shop.now().0 + 30_000);
    let locked = Some(Error::LockedOut { until });
    assert_eq!(enters(&shop, "zhou", PASSWORD, Some("AAAA-BBBB-CCCC-DDDD")).await.err(), locked);
    assert_eq!(enters(&shop, "zhou", PASSWORD, Some(&right)).await.err(), locked);
    assert_eq!(enters(&shop, "zhou", PASSWORD, None).await.err(), locked);
    assert_eq!(history(&shop, "access.wrong_code").await?.len(), 3);

    // Two at once with one code: one of them is let in.
    shop.wait_minutes(2);
    let right = code(&offer, shop.now());
    let other = engine::Engine::open_with_clock(&shop.address, {
        let now = shop.now();
        std::sync::Arc::new(move || now)
    })
    .await?;
    let input =
        || SignIn { login: "zhou".into(), password: PASSWORD.to_owned().into(), code: Some(right.clone().into()) };
    let (a, b) = tokio::join!(shop.engine.sign_in(Door::Window, input()), other.sign_in(Door::Window, input()));
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{a:?} {b:?}");
    assert!([a.err(), b.err()].contains(&Some(Error::CodeUsed)));
    other.close().await;

    // A colleague's password is no second step: where they have not been themselves their PIN is worth nothing.
    gives_pin(&shop, &zhou, PIN).await?;
    let lin = enters(&shop, "lin", PASSWORD, None).await?;
    assert_eq!(pins(&shop, &lin).await?, [""; 0]);
    assert_eq!(takes_over(&shop, &lin, "zhou", PIN).await.err(), Some(Error::PasswordNeeded));
    shop.wait_minutes(1);
    let desk = enters(&shop, "zhou", PASSWORD, Some(&code(&offer, shop.now()))).await?;
    let desk = enters(&shop, "lin", PASSWORD, None).await?.after(&desk);
    assert_eq!(pins(&shop, &desk).await?, ["zhou"]);
    assert!(takes_over(&shop, &desk, "zhou", PIN).await.is_ok());
    Ok(())
});

story!(what_lies_in_the_database_opens_nothing, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    gives_pin(&shop, &zhou, PIN).await?;
    let offer = on(&shop, &zhou).await?;
    let sql = "SELECT password || ' ' || pin || ' ' || totp || ' ' || totp_codes FROM staff WHERE login = 'zhou'";
    let text: String = match &shop.engine.db {
        engine::db::Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await?,
        engine::db::Db::Postgres(server) => sqlx::query_scalar(sql).fetch_one(&server.pool()).await?,
    };
    assert_eq!(text.matches("$argon2id$").count(), 2, "{text}");
    let key = totp_rs::Secret::try_from_base32(&offer.secret).expect("base 32");
    let hex: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in offer.recovery_codes.iter().chain([&offer.secret, &hex]) {
        assert!(!text.to_uppercase().contains(&secret.to_uppercase()), "{secret} in {text}");
    }
    // Moved to somebody else's row, whose password is known, the seal stays shut.
    let wang = of(&shop, "wang", Preset::Service.id()).await?;
    shop.sql("UPDATE staff SET totp = (SELECT totp FROM staff WHERE login = 'zhou') WHERE login = 'wang'").await?;
    shop.wait_minutes(1);
    let moved = enters(&shop, "wang", PASSWORD, Some(&code(&offer, shop.now()))).await;
    assert!(matches!(moved, Err(Error::Internal { .. })), "{moved:?}");
    // Which its owner's can put right.
    shop.call(call::access_remove_totp, StaffById { id: wang.actor }).await?;
    enters(&shop, "wang", PASSWORD, None).await?;
    Ok(())
});

story!(a_browser_takes_pins_on_this_machine_only, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    gives_pin(&shop, &zhou, PIN).await?;
    let lin = shop.caller.clone();
    let offer = on(&shop, &lin).await?;
    shop.wait_minutes(1);
    let token = "a token of the test";
    let mut names = vec!["127.0.0.1".to_owned()];
    let probe = std::net::UdpSocket::bind("0.0.0.0:0")?;
    if probe.connect("192.0.2.1:9").is_ok() && !probe.local_addr()?.ip().is_loopback() {
        names.push(probe.local_addr()?.ip().to_string());
    }
    let folder = tempfile::tempdir()?;
    let shown = rcgen::generate_simple_self_signed(names.clone())?;
    let files = server::Certificate { chain: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.chain, shown.cert.pem())?;
    std::fs::write(&files.key, shown.signing_key.serialize_pem())?;
    let opened = async |listen: &str, certificate: Option<server::Certificate>| {
        let options = server::Options { listen: listen.parse()?, token: token.into(), ui: None, certificate };
        anyhow::Ok(server::open(shop.engine.clone(), options).await)
    };
    // Beyond this machine nothing is heard that is not encrypted.
    assert_eq!(
        opened("0.0.0.0:0", None).await?.err(),
        Some(Error::invalid_because("certificate", "needed_beyond", "0.0.0.0:0"))
    );
    let (address, served) = opened("0.0.0.0:0", Some(files)).await??;
    tokio::spawn(served);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem(shown.cert.pem().as_bytes())?;
    let http = reqwest::Client::builder().tls_certs_only([trusted]).build()?;
    let rpc = async |host: &str, passed_on: bool, name: &str, session: &str, input: Value| -> anyhow::Result<Value> {
        let body = json!({ "command_id": Uuid::now_v7(), "input": input });
        let mut request = http.post(format!("https://{host}:{}/rpc/{name}", address.port())).bearer_auth(token);
        if passed_on {
            request = request.header("x-forwarded-for", "127.0.0.1");
        }
        Ok(request.header("x-session", session).json(&body).send().await?.json().await?)
    };
    let here = async |name: &str, session: &str, input: Value| rpc("127.0.0.1", false, name, session, input).await;
    let session = |answer: &Value| answer["ok"]["session"].as_str().unwrap_or_default().to_owned();
    let proof = json!({ "login": "lin", "password": PASSWORD });
    assert_eq!(here("access.sign_in", "", proof).await?["code"], "code_needed");
    let proof = json!({ "login": "lin", "password": PASSWORD, "code": code(&offer, shop.now()) });
    let owner = session(&here("access.sign_in", "", proof.clone()).await?);
    assert_eq!(here("access.sign_in", "", proof).await?["code"], "code_used");
    let pin = json!({ "login": "zhou", "pin": PIN });
    assert_eq!(here("access.switch", "", pin.clone()).await?["code"], "password_needed", "without a session");
    assert_eq!(here("access.switch", &owner, json!({ "login": "zhou", "pin": "4821" })).await?["left"], 4);
    let till = session(&here("access.switch", &owner, pin.clone()).await?);
    assert_eq!(here("access.me", &till, json!({})).await?["ok"]["person"]["login"], "zhou");
    assert_eq!(here("orders.board", &owner, json!({})).await?["code"], "sign_in_required", "the owner is not here now");
    here("access.lock", &till, json!({})).await?;
    assert_eq!(here("orders.board", &till, json!({})).await?["code"], "sign_in_required");
    assert_eq!(here("access.me", &till, json!({})).await?["ok"]["pins"][0]["login"], "zhou");
    // The same session, brought here by a program that passes on what others send, or from another machine.
    for (n, host) in names.into_iter().enumerate() {
        let passed_on = n == 0;
        let refused = rpc(&host, passed_on, "access.switch", &till, pin.clone()).await?;
        assert_eq!(refused["code"], "password_needed", "{host}");
        let me = rpc(&host, passed_on, "access.me", &till, json!({})).await?;
        assert_eq!(me["ok"]["pins"], json!([]), "{host}");
        let proof = json!({ "login": "zhou", "password": PASSWORD });
        let remote = session(&rpc(&host, passed_on, "access.sign_in", "", proof).await?);
        let refused = here("access.switch", &remote, pin.clone()).await?;
        assert_eq!(refused["code"], "password_needed", "what was proved from afar counts for nothing here: {host}");
    }
    let till = session(&here("access.switch", &till, pin.clone()).await?);
    assert_eq!(here("access.me", &till, json!({})).await?["ok"]["person"]["login"], "zhou");
    // Signing out ends it.
    here("access.sign_out", &till, json!({})).await?;
    assert_eq!(here("access.switch", &till, pin).await?["code"], "password_needed");
    Ok(())
});

#[test]
fn a_desk_without_its_server_takes_pins_and_codes_and_forgets_no_try() {
    in_an_office(async |mut office: Office| {
        office.server = with_owner(office.server).await?;
        let shop = &office.server;
        let mei = of(shop, "mei", Preset::Service.id()).await?;
        let zhou = of(shop, "zhou", Preset::Service.id()).await?;
        gives_pin(shop, &mei, PIN).await?;
        gives_pin(shop, &zhou, "7391").await?;
        let (till, wire) = office.desk("till").await?;
        let offer = on(shop, &shop.caller).await?;
        till.engine.sync().await?;
        wire.set(State::Down);

        // The code that comes after the one that turned it on; the clock is the machine's.
        let next = code(&offer, Millis(till.engine.now().0 + 30_000));
        let desk = enters(&till, "lin", PASSWORD, Some(&next)).await?;
        assert!(till.engine.is_offline());
        assert_eq!(enters(&till, "lin", PASSWORD, Some(&next)).await.err(), Some(Error::CodeUsed));
        let desk = enters(&till, "lin", PASSWORD, Some(&offer.recovery_codes[0])).await?.after(&desk);
        assert_eq!(pins(&till, &desk).await?, ["mei", "zhou"]);
        let at_till = takes_over(&till, &desk, "mei", PIN).await?;
        assert_eq!(me(&till, &at_till).await?.person.map(|person| person.login), Some("mei".into()));
        for left in (0..5).rev() {
            let wrong = takes_over(&till, &desk, "zhou", "7392").await.err();
            assert_eq!(wrong, Some(if left == 0 { Error::PinBlocked } else { Error::WrongPin { left: Count(left) } }));
        }
        let own = call::access_set_pin(&till.engine, &at_till, Meta::new(), set_pin(None, PASSWORD)).await;
        assert!(matches!(own, Err(Error::Offline { .. })), "{own:?}");

        wire.set(State::Open);
        till.engine.sync().await?;
        assert!(!till.engine.is_offline());
        // What was used up and blocked there is so everywhere.
        assert!(staff(shop, "zhou").await?.pin_blocked);
        assert_eq!(takes_over(&till, &desk, "zhou", "7391").await.err(), Some(Error::PinBlocked));
        let again = enters(shop, "lin", PASSWORD, Some(&next)).await.err();
        assert!(matches!(again, Some(Error::CodeUsed | Error::WrongCode)), "{again:?}");
        assert_eq!(enters(shop, "lin", PASSWORD, Some(&offer.recovery_codes[0])).await.err(), Some(Error::WrongCode));
        assert_eq!(staff(shop, "lin").await?.recovery_codes, Count(9));
        assert!(takes_over(&till, &desk, "mei", PIN).await.is_ok());
        for (command, times) in [("access.switch", 2), ("access.wrong_pin", 5), ("access.wrong_code", 3)] {
            assert_eq!(history(shop, command).await?.len(), times, "{command}");
        }
        let switch = history(shop, "access.switch").await?.pop().expect("one");
        assert_eq!((switch.actor_name.as_str(), switch.subject), ("MEI", Some(mei.actor)));
        assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
        till.engine.sync().await?;
        assert_eq!(office.differences("till").await?, Vec::<String>::new());
        Ok(())
    });
}
