//! The audit log, drafts, saved views, the state of the house.

use domain::access::Preset;
use engine::{
    Error,
    app::{AuditInput, DraftId, DraftsInput, SaveDraft, SaveView, ViewId, ViewsInput},
    ctx::{Caller, Meta},
    customers::Save,
    settings::Nothing,
};
use tests::{call, people, story};
use uuid::Uuid;

story!(the_same_command_twice_at_once_is_done_once, async |shop| {
    for n in 0..40 {
        let (meta, input) = (Meta::new(), Save { name: format!("王小明 {n}"), ..Save::default() });
        let (one, other) = tokio::join!(
            shop.call_as(meta, call::customers_save, input.clone()),
            shop.call_as(meta, call::customers_save, input)
        );
        assert_eq!(one?.id, other?.id);
    }
    Ok(())
});

story!(everything_done_is_written_down, async |shop| {
    let meta = Meta::new();
    let who = shop.call_as(meta, call::customers_save, Save { name: "100%_王小明".into(), ..Save::default() }).await?;
    shop.wait_minutes(1);
    shop.undo(meta.command_id).await?;
    let ask = |input: AuditInput| shop.ask(call::app_audit, input);
    let all = ask(AuditInput::default()).await?.items;
    let commands: Vec<&str> = all.iter().map(|row| row.command.as_str()).collect();
    assert_eq!(commands, ["customers.delete", "customers.save", "settings.setup"]);
    assert_eq!((all[1].undone_by, all[1].undoable), (Some(all[0].command_id), false));
    assert_eq!(all[0].undoes, Some(meta.command_id));
    assert!(all[0].undoable, "what was taken back can be brought back");
    assert!(all[1].changes.contains("王小明") && all[1].actor_name == "owner");

    for (input, expected) in [
        (AuditInput { subject: Some(who.id), ..AuditInput::default() }, 2),
        (AuditInput { command: "customers".into(), ..AuditInput::default() }, 2),
        (AuditInput { command: "customers.save".into(), ..AuditInput::default() }, 1),
        (AuditInput { text: "王小明".into(), ..AuditInput::default() }, 2),
        (AuditInput { text: "100%_".into(), ..AuditInput::default() }, 2),
        (AuditInput { text: "1_0".into(), ..AuditInput::default() }, 0),
        (AuditInput { actor: Some(Uuid::nil()), ..AuditInput::default() }, 3),
        (AuditInput { actor: Some(Uuid::now_v7()), ..AuditInput::default() }, 0),
        (AuditInput { from: Some(shop.now()), ..AuditInput::default() }, 1),
        (AuditInput { to: Some(shop.now()), ..AuditInput::default() }, 2),
    ] {
        assert_eq!(ask(input.clone()).await?.items.len(), expected, "{input:?}");
    }
    let first = ask(AuditInput { limit: Some(2), ..AuditInput::default() }).await?;
    assert_eq!(first.items.len(), 2);
    let second = ask(AuditInput { limit: Some(2), cursor: first.next, ..AuditInput::default() }).await?;
    assert_eq!((second.items.len(), second.next), (1, None));
    Ok(())
});

story!(a_draft_outlives_the_window, async |shop| {
    let id = Uuid::now_v7();
    let draft = |body: &str| SaveDraft { id, area: "orders.new".into(), body: body.into() };
    shop.call(call::app_save_draft, draft("{\"lines\":1}")).await?;
    shop.wait_minutes(1);
    shop.call(call::app_save_draft, draft("{\"lines\":2}")).await?;
    let shop = shop.reopen().await?;
    let kept = shop.ask(call::app_drafts, DraftsInput { area: "orders.new".into() }).await?.items;
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].body.as_str(), kept[0].updated_at), ("{\"lines\":2}", shop.now()));
    assert!(shop.ask(call::app_drafts, DraftsInput { area: "other".into() }).await?.items.is_empty());
    shop.call(call::app_discard_draft, DraftId { id }).await?;
    shop.call(call::app_discard_draft, DraftId { id }).await?;
    assert!(shop.ask(call::app_drafts, DraftsInput { area: "orders.new".into() }).await?.items.is_empty());
    let huge = draft(&"x".repeat(1_000_001));
    assert!(matches!(shop.call(call::app_save_draft, huge).await, Err(Error::Invalid { .. })));
    let log = shop.ask(call::app_audit, AuditInput { command: "app".into(), ..AuditInput::default() }).await?;
    assert!(log.items.is_empty(), "typing is nobody's business");
    Ok(())
});

story!(a_draft_is_its_writers_alone, async |shop| {
    let area = || DraftsInput { area: "orders.new".into() };
    let draft = |id, body: &str| SaveDraft { id, area: "orders.new".into(), body: body.into() };
    let (before, by_zhou) = (Uuid::now_v7(), Uuid::now_v7());
    shop.call(call::app_save_draft, draft(before, "of one person's time")).await?;
    let shop = people::with_owner(shop).await?;
    for login in ["zhou", "mei"] {
        shop.call(call::access_save_staff, people::person(login, Preset::Service.id())).await?;
    }
    let zhou = people::sign_in(&shop, "zhou", people::PASSWORD).await?;
    let mei = people::sign_in(&shop, "mei", people::PASSWORD).await?;
    shop.wait_minutes(1);
    call::app_save_draft(&shop.engine, &zhou, Meta::new(), draft(by_zhou, "secret")).await?;
    let bodies = async |who: &Caller| {
        let items = call::app_drafts(&shop.engine, who, area()).await?.items;
        anyhow::Ok(items.into_iter().map(|draft| draft.body).collect::<Vec<_>>())
    };
    assert_eq!(bodies(&zhou).await?, ["secret", "of one person's time"]);
    assert_eq!(bodies(&mei).await?, ["of one person's time"]);
    // Nor is it written over or thrown away by others.
    let over = call::app_save_draft(&shop.engine, &mei, Meta::new(), draft(by_zhou, "mine")).await;
    assert!(matches!(over, Err(Error::NotFound { .. })), "{over:?}");
    call::app_discard_draft(&shop.engine, &mei, Meta::new(), DraftId { id: by_zhou }).await?;
    // Whoever goes on with an old one takes it.
    call::app_save_draft(&shop.engine, &mei, Meta::new(), draft(before, "taken")).await?;
    assert_eq!(bodies(&zhou).await?, ["secret"]);
    assert_eq!(bodies(&mei).await?, ["taken"]);
    Ok(())
});

story!(a_view_is_kept_changed_and_taken_back, async |shop| {
    let view =
        |id, name: &str| SaveView { id, area: "orders".into(), name: name.into(), body: "{}".into(), position: None };
    let first = shop.call(call::app_save_view, view(None, "Unpaid")).await?;
    let second = shop.call(call::app_save_view, view(None, "To ship")).await?;
    assert_eq!((first.position, second.position), (0, 1));
    let meta = Meta::new();
    shop.call_as(meta, call::app_save_view, view(Some(first.id), "Not paid")).await?;
    shop.undo(meta.command_id).await?;
    let meta = Meta::new();
    shop.call_as(meta, call::app_delete_view, ViewId { id: first.id }).await?;
    assert_eq!(
        shop.ask(call::app_views, ViewsInput { area: "orders".into() }).await?.items,
        std::slice::from_ref(&second)
    );
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.ask(call::app_views, ViewsInput { area: "orders".into() }).await?.items, [first, second]);
    let gone = shop.call(call::app_delete_view, ViewId { id: Uuid::now_v7() }).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    Ok(())
});

story!(the_house_says_how_it_is, async |shop| {
    let health = shop.ask(call::app_health, Nothing {}).await?;
    assert_eq!(health.database, if shop.engine.db.is_postgres() { "postgres" } else { "sqlite" });
    assert!(health.bytes.0 > 0 && health.schema_version.0 >= 10);
    let report = shop.ask(call::app_check, Nothing {}).await?;
    assert_eq!(report.differences, []);
    let list = shop.ask(call::app_commands, Nothing {}).await?.items;
    assert!(list.iter().any(|c| c.name == "customers.merge" && !c.is_query && !c.undo && c.audited));
    Ok(())
});

story!(the_program_knows_what_it_is_made_of, async |shop| {
    let about = shop.ask(call::app_about, Nothing {}).await?;
    assert_eq!(about.version, env!("CARGO_PKG_VERSION"));
    assert!(about.built_at.0 > 1_760_000_000_000, "{:?}", about.built_at);
    // As the lock files have it, and nothing of what it is only tested with.
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"))?;
    let packages = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/package-lock.json"))?;
    let packages: serde_json::Value = serde_json::from_str(&packages)?;
    for name in ["sqlx", "tauri", "rustls"] {
        let found = about.components.iter().find(|c| c.from == "crate" && c.name == name);
        let version = &found.unwrap_or_else(|| panic!("{name} is missing")).version;
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{name} {version}");
    }
    for name in ["antd", "react"] {
        let found = about.components.iter().find(|c| c.from == "npm" && c.name == name);
        let version = &found.unwrap_or_else(|| panic!("{name} is missing")).version;
        assert_eq!(packages["packages"][format!("node_modules/{name}")]["version"], **version, "{name}");
    }
    assert!(about.components.iter().all(|c| !["vitest", "vite", "engine", "xtask"].contains(&c.name.as_str())));
    let unknown: Vec<_> = about.components.iter().filter(|c| c.licence.is_empty()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    Ok(())
});
