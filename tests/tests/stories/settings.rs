//! The shop's facts, thresholds and numbers.

use domain::numbering::NumberDate;
use engine::{
    Error,
    ctx::Meta,
    settings::{Logo, Nothing, Preferences, PreviewNumber, SavePreferences, SaveShop, Setup, Shop as Facts},
};
use tests::{Shop, call, story};

async fn facts(shop: &Shop) -> engine::Result<Facts> {
    shop.ask(call::settings_shop, Nothing {}).await?.shop.ok_or(Error::NoShop)
}

fn as_saved(facts: &Facts) -> SaveShop {
    SaveShop {
        version: facts.version,
        name: facts.name.clone(),
        currency: facts.currency.clone(),
        zone: facts.zone.clone(),
        country: facts.country.clone(),
        contact: facts.contact.clone(),
        phone: facts.phone.clone(),
        address: facts.address.clone(),
        tax_id: facts.tax_id.clone(),
    }
}

story!(the_facts_are_saved_and_taken_back, async |shop| {
    let before = facts(&shop).await?;
    let meta = Meta::new();
    let change = SaveShop {
        name: "掌柜的店".into(),
        currency: "EUR".into(),
        zone: "Europe/Berlin".into(),
        tax_id: "DE1".into(),
        ..as_saved(&before)
    };
    let after = shop.call_as(meta, call::settings_save_shop, change).await?;
    assert_eq!(
        (after.name.as_str(), after.currency.as_str(), after.zone.as_str()),
        ("掌柜的店", "EUR", "Europe/Berlin")
    );
    let stale = shop.call(call::settings_save_shop, as_saved(&before)).await;
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    shop.undo(meta.command_id).await?;
    let back = facts(&shop).await?;
    assert_eq!(Facts { version: before.version, ..back }, before);
    for (change, wrong) in [
        (SaveShop { name: " ".into(), ..as_saved(&facts(&shop).await?) }, "name"),
        (SaveShop { currency: "XXZ".into(), ..as_saved(&facts(&shop).await?) }, "currency"),
        (SaveShop { zone: "Moon/Sea".into(), ..as_saved(&facts(&shop).await?) }, "zone"),
        (SaveShop { country: "Mars".into(), ..as_saved(&facts(&shop).await?) }, "country"),
    ] {
        let refused = shop.call(call::settings_save_shop, change).await;
        let Err(Error::Invalid { field, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(field, wrong);
    }
    Ok(())
});

story!(a_second_shop_is_refused, async |shop| {
    let setup = Setup {
        name: "Other".into(),
        currency: "CNY".into(),
        zone: "Asia/Shanghai".into(),
        country: "CN".into(),
        tax_inclusive: true,
    };
    assert!(matches!(shop.call(call::settings_setup, setup).await, Err(Error::Duplicate { .. })));
    Ok(())
});

story!(preferences_are_checked_and_taken_back, async |shop| {
    let before = facts(&shop).await?;
    let save = |preferences: Preferences, version| SavePreferences { version, preferences };
    let meta = Meta::new();
    let wanted = Preferences { low_stock: 12, order_prefix: " A- ".into(), ..before.preferences.clone() };
    let after = shop.call_as(meta, call::settings_save_preferences, save(wanted, before.version)).await?;
    assert_eq!((after.preferences.low_stock, after.preferences.order_prefix.as_str()), (12, "A-"));
    shop.undo(meta.command_id).await?;
    let now = facts(&shop).await?;
    assert_eq!(now.preferences, before.preferences);
    for (preferences, wrong) in [
        (Preferences { tax_ppm: -1, ..Preferences::default() }, "tax_ppm"),
        (Preferences { tax_ppm: 1_000_001, ..Preferences::default() }, "tax_ppm"),
        (Preferences { order_digits: 0, ..Preferences::default() }, "order_digits"),
        (Preferences { order_prefix: "a b".into(), ..Preferences::default() }, "order_prefix"),
        (Preferences { return_prefix: "x".repeat(13), ..Preferences::default() }, "return_prefix"),
    ] {
        let refused = shop.call(call::settings_save_preferences, save(preferences, now.version)).await;
        let Err(Error::Invalid { field, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(field, wrong);
    }
    Ok(())
});

story!(a_number_is_shown_before_it_is_given, async |shop| {
    let ask = |kind: &str, prefix: Option<&str>, date, digits| PreviewNumber {
        kind: kind.into(),
        prefix: prefix.map(str::to_owned),
        date,
        digits,
    };
    for (input, expected) in [
        (ask("order", None, None, None), "SO-20260302-0001"),
        (ask("return", None, None, None), "RT-20260302-0001"),
        (ask("order", Some("SH"), Some(NumberDate::Month), Some(6)), "SH202603-000001"),
        (ask("order", Some("#"), Some(NumberDate::None), Some(3)), "#001"),
    ] {
        assert_eq!(shop.ask(call::settings_preview_number, input).await?.number, expected);
    }
    assert!(shop.ask(call::settings_preview_number, ask("wish", None, None, None)).await.is_err());
    Ok(())
});

story!(the_logo_is_a_picture, async |shop| {
    let picture = Logo { data: Some("data:image/png;base64,AAAA".into()) };
    shop.call(call::settings_save_logo, picture.clone()).await?;
    let meta = Meta::new();
    shop.call_as(meta, call::settings_save_logo, Logo { data: None }).await?;
    assert_eq!(shop.ask(call::settings_logo, Nothing {}).await?, Logo { data: None });
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.ask(call::settings_logo, Nothing {}).await?, picture);
    let page = Logo { data: Some("data:text/html,<script>".into()) };
    assert!(matches!(shop.call(call::settings_save_logo, page).await, Err(Error::Invalid { .. })));
    Ok(())
});
