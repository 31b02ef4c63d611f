//! What one person does out of the ordinary is told to whoever manages people.

use std::time::Duration;

use domain::{access::Preset, orders::DeliveryMethod, units::Minor};
use engine::{
    Error,
    access::{AcknowledgeAlert, Alert, AlertKind, ListAlerts},
    app::AuditInput,
    ctx::{Caller, Meta},
    customers::{OpenCustomer, Save},
    exports::{ExportId, ExportState},
    orders::PlaceOrder,
    payments::{PaymentMethod, RefundPayment},
    settings::{Nothing, Preferences, SavePreferences},
};
use serde_json::json;
use tests::{
    Shop, call,
    people::{PASSWORD, of, sign_in, with_owner},
    sales::{line, payment},
    story,
};
use uuid::Uuid;

async fn prefer(shop: &Shop, with: impl FnOnce(&mut Preferences)) -> anyhow::Result<()> {
    let now = shop.ask(call::settings_shop, Nothing {}).await?.shop.expect("a shop");
    let (version, mut preferences) = (now.version, now.preferences);
    with(&mut preferences);
    shop.call(call::settings_save_preferences, SavePreferences { version, preferences }).await?;
    Ok(())
}

/// What the owner is told: what was noticed, of whom, how many, and beyond how many.
async fn told(shop: &Shop) -> anyhow::Result<Vec<(AlertKind, String, i64, i64)>> {
    let items = shop.ask(call::access_alerts, ListAlerts::default()).await?.items;
    let counted = shop.ask(call::app_attention, Nothing {}).await?.alerts.0;
    assert_eq!(counted, items.len() as i64);
    Ok(items.into_iter().map(|a: Alert| (a.kind, a.actor_name, a.how_many.0, a.most.0)).collect())
}

async fn customer(shop: &Shop, name: &str) -> engine::Result<Uuid> {
    let input: Save =
        serde_json::from_value(json!({ "id": null, "version": null, "name": name, "phone": "" })).expect("a customer");
    Ok(shop.call(call::customers_save, input).await?.id)
}

async fn look_at(shop: &Shop, who: &Caller, id: Uuid, times: usize) -> engine::Result<()> {
    for _ in 0..times {
        let input = OpenCustomer { id, reason: "a call".into() };
        call::customers_open(&shop.engine, who, Meta::new(), input).await?;
    }
    Ok(())
}

story!(many_contacts_opened_within_an_hour_are_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    let other = of(&shop, "wu", Preset::Service.id()).await?;
    let id = customer(&shop, "Ann").await?;
    look_at(&shop, &zhou, id, 20).await?;
    look_at(&shop, &other, id, 20).await?;
    assert_eq!(told(&shop).await?, []);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Contacts, "ZHOU".into(), 21, 20)]);
    // More of it in the same hour adds to it, also when the clock strikes meanwhile.
    shop.wait_minutes(59);
    look_at(&shop, &zhou, id, 4).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Contacts, "ZHOU".into(), 25, 20)]);
    // What was told is not told again; a new hour has its own.
    shop.wait_minutes(2);
    look_at(&shop, &zhou, id, 20).await?;
    assert_eq!(told(&shop).await?.len(), 1);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?[0], (AlertKind::Contacts, "ZHOU".into(), 21, 20));
    assert_eq!(told(&shop).await?.len(), 2);
    // Slowly it is no more than anybody does.
    for _ in 0..3 {
        look_at(&shop, &other, id, 10).await?;
        shop.wait_minutes(31);
    }
    assert_eq!(told(&shop).await?.len(), 2);
    prefer(&shop, |p| p.watch_contacts = 0).await?;
    look_at(&shop, &other, id, 30).await?;
    assert_eq!(told(&shop).await?.len(), 2);
    Ok(())
});

async fn export(shop: &Shop, who: &Caller) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("customers.csv");
    let input = json!({ "what": "customers", "format": "csv", "path": path, "filter": null, "language": "en" });
    let job = call::exports_table(&shop.engine, who, Meta::new(), serde_json::from_value(input)?).await?;
    loop {
        let job = call::exports_get(&shop.engine, who, ExportId { id: job.id }).await?;
        match job.state {
            ExportState::Running => tokio::time::sleep(Duration::from_millis(5)).await,
            ExportState::Done => return Ok(()),
            _ => anyhow::bail!("{job:?}"),
        }
    }
}

story!(many_rows_exported_within_an_hour_are_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    assert_eq!(Preferences::default().watch_exports, 5000);
    prefer(&shop, |p| p.watch_exports = 10).await?;
    let finance = of(&shop, "wu", Preset::Finance.id()).await?;
    for n in 0..5 {
        customer(&shop, &format!("Customer {n}")).await?;
    }
    // In two files it is as much as in one.
    export(&shop, &finance).await?;
    export(&shop, &finance).await?;
    assert_eq!(told(&shop).await?, []);
    export(&shop, &finance).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Exports, "WU".into(), 15, 10)]);
    export(&shop, &finance).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Exports, "WU".into(), 20, 10)]);
    shop.wait_minutes(61);
    export(&shop, &finance).await?;
    export(&shop, &finance).await?;
    assert_eq!(told(&shop).await?.len(), 1);
    shop.wait_minutes(61);
    for n in 5..11 {
        customer(&shop, &format!("Customer {n}")).await?;
    }
    export(&shop, &finance).await?;
    assert_eq!(told(&shop).await?[0], (AlertKind::Exports, "WU".into(), 11, 10));
    Ok(())
});

story!(guessing_at_a_name_is_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    of(&shop, "zhou", Preset::Service.id()).await?;
    let wrong = async |times: usize| {
        for _ in 0..times {
            assert!(sign_in(&shop, "zhou", "wrong wrong").await.is_err());
        }
    };
    // Whoever mistypes and then gets it right is no case, up to ten times an hour.
    wrong(4).await;
    sign_in(&shop, "zhou", PASSWORD).await?;
    wrong(4).await;
    sign_in(&shop, "zhou", PASSWORD).await?;
    wrong(2).await;
    assert_eq!(told(&shop).await?, []);
    wrong(1).await;
    assert_eq!(told(&shop).await?, [(AlertKind::SignIns, "ZHOU".into(), 11, 10)]);
    // A name that is locked is one, and told once an hour.
    shop.wait_minutes(120);
    sign_in(&shop, "zhou", PASSWORD).await?;
    wrong(4).await;
    assert_eq!(told(&shop).await?.len(), 1);
    wrong(1).await;
    let alerts = told(&shop).await?;
    assert_eq!((alerts.len(), alerts[0].0, alerts[0].2), (2, AlertKind::SignIns, 5));
    shop.wait_minutes(10);
    wrong(1).await;
    assert_eq!(told(&shop).await?.len(), 2);
    Ok(())
});

story!(guessing_at_names_that_nobody_has_is_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    let guess = async |times: usize| {
        for n in 0..times {
            let outcome = sign_in(&shop, &format!("admin{n}"), "hunter2 hunter2").await;
            assert_eq!(outcome.err(), Some(Error::WrongPassword));
        }
    };
    guess(10).await;
    assert_eq!(told(&shop).await?, []);
    guess(1).await;
    let stranger = |n| (AlertKind::Strangers, "stranger".to_owned(), n, 10);
    assert_eq!(told(&shop).await?, [stranger(11)]);
    // From then on it is counted, and fills no history. What was typed stands nowhere.
    guess(30).await;
    assert_eq!(told(&shop).await?, [stranger(41)]);
    let asked = AuditInput { command: "access.unknown_name".into(), limit: Some(100), ..AuditInput::default() };
    let rows = shop.ask(call::app_audit, asked).await?.items;
    assert_eq!(rows.len(), 11);
    assert!(rows.iter().all(|row| !format!("{row:?}").contains("admin")), "{rows:?}");
    shop.wait_minutes(61);
    guess(11).await;
    assert_eq!(told(&shop).await?, [stranger(11), stranger(41)]);
    shop.wait_minutes(61);
    prefer(&shop, |p| p.watch_sign_ins = 0).await?;
    guess(11).await;
    assert_eq!(told(&shop).await?.len(), 2);
    Ok(())
});

story!(work_while_the_shop_is_closed_is_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    let id = customer(&shop, "Ann").await?;
    // Off until the owner sets it: at three in the night.
    shop.wait_minutes(17 * 60);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, []);
    shop.wait_minutes(7 * 60);
    prefer(&shop, |p| (p.hours_from, p.hours_to) = (9 * 60, 22 * 60)).await?;
    // From ten in the morning to a minute before closing.
    look_at(&shop, &zhou, id, 1).await?;
    shop.wait_minutes(12 * 60 - 1);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, []);
    shop.wait_minutes(1);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Hours, "ZHOU".into(), 1, 0)]);
    // Across midnight it is the same night; signing in counts, too.
    shop.wait_minutes(11 * 60 - 1);
    sign_in(&shop, "zhou", PASSWORD).await?;
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Hours, "ZHOU".into(), 3, 0)]);
    shop.wait_minutes(1);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Hours, "ZHOU".into(), 3, 0)]);
    shop.wait_minutes(14 * 60);
    look_at(&shop, &zhou, id, 1).await?;
    assert_eq!(told(&shop).await?.len(), 2);
    // Who is open over midnight is closed by day.
    prefer(&shop, |p| (p.hours_from, p.hours_to) = (18 * 60, 2 * 60)).await?;
    let other = of(&shop, "wu", Preset::Service.id()).await?;
    look_at(&shop, &other, id, 1).await?;
    assert!(told(&shop).await?.iter().all(|alert| alert.1 != "WU"));
    shop.wait_minutes(3 * 60);
    look_at(&shop, &other, id, 1).await?;
    assert!(told(&shop).await?.iter().any(|alert| alert.1 == "WU"));
    Ok(())
});

story!(many_refunds_of_a_day_are_told_of, async |shop| {
    let shop = with_owner(shop).await?;
    prefer(&shop, |p| p.watch_refunds = 3).await?;
    let finance = of(&shop, "wu", Preset::Finance.id()).await?;
    let sku = shop.goods("A", 1000, 5).await?;
    let line = line(sku, 1);
    let input = PlaceOrder { delivery: DeliveryMethod::Counter, lines: vec![line], ..PlaceOrder::default() };
    let order_id = shop.call(call::orders_place, input).await?.order_id;
    let capture = payment(order_id, PaymentMethod::Elsewhere, 1000);
    shop.call(call::payments_capture, capture).await?;
    let refund = async |times: usize| {
        for _ in 0..times {
            let input = RefundPayment {
                order_id,
                amount: Minor(1),
                method: PaymentMethod::Cash,
                reason: String::new(),
                lowers_due: None,
            };
            call::payments_refund(&shop.engine, &finance, Meta::new(), input).await?;
        }
        Ok::<(), Error>(())
    };
    // From ten in the morning to an hour before midnight is one day, whatever the hour.
    refund(2).await?;
    shop.wait_minutes(13 * 60);
    refund(1).await?;
    assert_eq!(told(&shop).await?, []);
    refund(1).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Refunds, "WU".into(), 4, 3)]);
    refund(2).await?;
    assert_eq!(told(&shop).await?, [(AlertKind::Refunds, "WU".into(), 6, 3)]);
    shop.wait_minutes(60);
    refund(3).await?;
    assert_eq!(told(&shop).await?.len(), 1);
    refund(1).await?;
    assert_eq!(told(&shop).await?.len(), 2);
    Ok(())
});

story!(an_alert_is_acknowledged_with_a_note_and_kept, async |shop| {
    // Who is alone has nobody to tell apart.
    let id = customer(&shop, "Ann").await?;
    look_at(&shop, &shop.caller, id, 21).await?;
    assert_eq!(told(&shop).await?, []);
    let shop = with_owner(shop).await?;
    let zhou = of(&shop, "zhou", Preset::Service.id()).await?;
    let manager = of(&shop, "wu", Preset::Manager.id()).await?;
    look_at(&shop, &zhou, id, 21).await?;
    let alert = shop.ask(call::access_alerts, ListAlerts::default()).await?.items.remove(0);
    assert_eq!((alert.to_at, alert.raised_at, alert.acknowledged_at), (shop.now(), shop.now(), None));
    let forbidden = Some(Error::Forbidden { permission: "access_write".into() });
    assert_eq!(call::access_alerts(&shop.engine, &manager, ListAlerts::default()).await.err(), forbidden);
    assert_eq!(call::app_attention(&shop.engine, &manager, Nothing {}).await?.alerts.0, 0);
    let seen = |note: &str| AcknowledgeAlert { id: alert.id, note: note.into() };
    let refused = call::access_acknowledge_alert(&shop.engine, &manager, Meta::new(), seen("fine")).await;
    assert_eq!(refused.err(), forbidden);
    let refused = shop.call(call::access_acknowledge_alert, seen(" ")).await;
    assert_eq!(refused.err(), Some(Error::invalid("note", "required")));
    shop.call(call::access_acknowledge_alert, seen("the newsletter")).await?;
    assert_eq!(told(&shop).await?, []);
    assert!(matches!(shop.call(call::access_acknowledge_alert, seen("again")).await, Err(Error::WrongState { .. })));
    let kept = shop.ask(call::access_alerts, ListAlerts { acknowledged: true }).await?.items;
    assert_eq!((kept[0].acknowledged_by.as_str(), kept[0].note.as_str()), ("LIN", "the newsletter"));
    // In the same hour there is no second one.
    look_at(&shop, &zhou, id, 5).await?;
    assert_eq!(told(&shop).await?, []);
    Ok(())
});
