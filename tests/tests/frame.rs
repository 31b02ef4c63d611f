//! The way every command takes: asked once, done once, written down.

use engine::{
    ctx::Meta,
    settings::{Nothing, Setup},
};
use tests::{call, story};

fn setup(name: &str) -> Setup {
    Setup {
        name: name.into(),
        currency: "CNY".into(),
        zone: "Asia/Shanghai".into(),
        country: "CN".into(),
        tax_inclusive: true,
    }
}

story!(a_shop_is_set_up_once, async |shop| {
    let state = shop.ask(call::settings_shop, Nothing {}).await?;
    assert_eq!(state.shop.map(|s| s.name), Some("Test shop 测试店".into()));
    let again = shop.call(call::settings_setup, setup("Other")).await;
    assert!(matches!(again, Err(engine::Error::Duplicate { .. })), "{again:?}");
    Ok(())
});

story!(a_command_sent_twice_is_done_once, async |shop| {
    let shop = shop.reopen().await?;
    let meta = Meta::new();
    let input = serde_json::json!({"name": "", "currency": "CNY", "zone": "Asia/Shanghai", "country": "CN", "tax_inclusive": true});
    let refused = engine::commands::call_json(&shop.engine, &shop.caller, "settings.setup", meta, input).await;
    assert!(refused.is_err());
    let unknown = engine::commands::call_json(&shop.engine, &shop.caller, "no.such", meta, serde_json::json!({})).await;
    assert!(matches!(unknown, Err(engine::Error::UnknownCommand { .. })));
    Ok(())
});
