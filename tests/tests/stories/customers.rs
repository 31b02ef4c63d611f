//! Who buys: one record per person, found by any part of them, with all their orders.

use std::time::Duration;

use domain::units::Count;
use engine::{
    Error,
    ctx::Meta,
    customers::{
        Address, AddressById, Customer, CustomerById, CustomerOrdersInput, CustomerSort, Erase, ListCustomers, Merge,
        ParseAddress, Save, SaveAddress, SearchCustomers,
    },
    orders::{ListOrders, OrderById, OrderFilter, PlaceOrder},
    settings::Nothing,
};
use tests::{
    Shop, call,
    sales::{cash, line},
    story,
};
use uuid::Uuid;

fn named(name: &str, phone: &str) -> Save {
    Save { name: name.into(), phone: phone.into(), ..Save::default() }
}

async fn customer(shop: &Shop, name: &str, phone: &str) -> engine::Result<Customer> {
    shop.call(call::customers_save, named(name, phone)).await
}

async fn names(shop: &Shop, query: &str) -> engine::Result<Vec<String>> {
    let found = shop.ask(call::customers_search, SearchCustomers { query: query.into(), limit: None }).await?;
    let mut names: Vec<String> = found.items.into_iter().map(|row| row.name).collect();
    names.sort();
    Ok(names)
}

story!(a_customer_is_made_changed_and_taken_back, async |shop| {
    let meta = Meta::new();
    let made = shop.call_as(meta, call::customers_save, named("  王小明 ", "138 0013 8000")).await?;
    assert_eq!((made.name.as_str(), made.version), ("王小明", Count(1)));
    assert_eq!(made.average_order, None);

    let change = Save {
        id: Some(made.id),
        version: Some(made.version),
        email: "Ming@Example.com".into(),
        note: "likes red".into(),
        ..named("王小明", "13800138000")
    };
    let change_meta = Meta::new();
    let changed = shop.call_as(change_meta, call::customers_save, change.clone()).await?;
    assert_eq!((changed.note.as_str(), changed.version), ("likes red", Count(2)));

    // Saved again from an old form.
    let stale = shop.call(call::customers_save, change).await;
    assert!(matches!(&stale, Err(Error::Stale { current: Count(2), .. })), "{stale:?}");

    shop.undo(change_meta.command_id).await?;
    let back = shop.ask(call::customers_get, CustomerById { id: made.id }).await?;
    assert_eq!((back.note.as_str(), back.email.as_str()), ("", ""));
    shop.undo(meta.command_id).await?;
    let gone = shop.ask(call::customers_get, CustomerById { id: made.id }).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
    assert!(names(&shop, "王小明").await?.is_empty());
    Ok(())
});

story!(a_phone_or_mail_address_names_one_person, async |shop| {
    let first = customer(&shop, "Li Lei", "13800138000").await?;
    for twin in ["+86 138-0013-8000", "１３８００１３８０００"] {
        let refused = customer(&shop, "Han Meimei", twin).await;
        let Err(Error::Duplicate { field, existing, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!((field.as_str(), existing), ("phone", Some(first.id.to_string())));
    }
    let mail = Save { email: "li@example.com".into(), ..named("A", "") };
    let second = shop.call(call::customers_save, mail.clone()).await?;
    let refused = shop.call(call::customers_save, Save { email: "LI@example.com ".into(), ..mail }).await;
    let Err(Error::Duplicate { field, existing, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((field.as_str(), existing), ("email", Some(second.id.to_string())));
    // Nobody has no phone twice.
    customer(&shop, "B", "").await?;
    customer(&shop, "C", "").await?;
    for (input, wrong) in [
        (named("", "13800138001"), "name"),
        (named("A", "not a phone"), "phone"),
        (Save { email: "nobody".into(), ..named("A", "") }, "email"),
        (Save { country: "China".into(), ..named("A", "") }, "country"),
        (Save { version: Some(Count(1)), ..named("A", "") }, "id"),
    ] {
        let refused = shop.call(call::customers_save, input).await;
        let Err(Error::Invalid { field, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(field, wrong);
    }
    Ok(())
});

story!(a_customer_is_found_by_any_part, async |shop| {
    customer(&shop, "欧阳娜娜", "13912345678").await?;
    customer(&shop, "Nadine Müller", "+49 30 1234567").await?;
    let mail = Save { email: "zhang.wei@example.cn".into(), ..named("张伟", "") };
    shop.call(call::customers_save, mail).await?;
    for (query, expected) in [
        ("娜娜", vec!["欧阳娜娜"]),
        ("oynn", vec!["欧阳娜娜"]),
        ("ouyang", vec!["欧阳娜娜"]),
        ("5678", vec!["欧阳娜娜"]),
        ("139123", vec!["欧阳娜娜"]),
        ("adine", vec!["Nadine Müller"]),
        ("wei@ex", vec!["张伟"]),
        ("nobody", vec![]),
    ] {
        assert_eq!(names(&shop, query).await?, expected, "{query}");
    }
    assert_eq!(names(&shop, "").await?.len(), 3);
    Ok(())
});

story!(the_list_goes_on_page_by_page, async |shop| {
    for n in 0..7 {
        customer(&shop, &format!("Customer {n}"), "").await?;
        shop.wait_minutes(i64::from(n % 2));
    }
    for (ascending, sort) in
        [(false, CustomerSort::Created), (true, CustomerSort::Created), (false, CustomerSort::Total)]
    {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let input = ListCustomers { query: String::new(), sort, ascending, cursor, limit: Some(3) };
            let page = shop.ask(call::customers_list, input).await?;
            seen.extend(page.items.iter().map(|row| row.name.clone()));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 7, "{seen:?}");
        let first = if ascending { "Customer 0" } else { "Customer 6" };
        assert_eq!(seen[0], first);
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 7);
    }
    let bad = ListCustomers {
        query: String::new(),
        sort: CustomerSort::Created,
        ascending: false,
        cursor: Some("x".into()),
        limit: None,
    };
    assert!(matches!(shop.ask(call::customers_list, bad).await, Err(Error::Invalid { .. })));
    let searched = ListCustomers {
        query: "customer 3".into(),
        sort: CustomerSort::LastOrder,
        ascending: false,
        cursor: None,
        limit: None,
    };
    assert_eq!(shop.ask(call::customers_list, searched).await?.items.len(), 1);
    Ok(())
});

story!(addresses_have_one_that_is_preferred, async |shop| {
    let who = customer(&shop, "Li Lei", "13800138000").await?;
    let address = |street: &str, preferred: bool| SaveAddress {
        customer_id: who.id,
        street: street.into(),
        region_code: "440305".into(),
        preferred,
        ..SaveAddress::default()
    };
    let first = shop.call(call::customers_save_address, address("First Road 1", false)).await?;
    assert!(first.preferred, "the only one is the preferred one");
    let second = shop.call(call::customers_save_address, address("Second Road 2", false)).await?;
    assert!(!second.preferred);
    let meta = Meta::new();
    shop.call_as(meta, call::customers_prefer_address, AddressById { id: second.id }).await?;
    let preferred = |who: &Customer| who.addresses.iter().filter(|a| a.preferred).map(|a| a.id).collect::<Vec<_>>();
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!(preferred(&now), [second.id]);
    shop.undo(meta.command_id).await?;
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!(preferred(&now), [first.id]);

    // Removed, and taken back: it is the preferred one again.
    let meta = Meta::new();
    shop.call_as(meta, call::customers_delete_address, AddressById { id: first.id }).await?;
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!(preferred(&now), [second.id]);
    shop.undo(meta.command_id).await?;
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!((preferred(&now), now.addresses.len()), (vec![first.id], 2));

    let change = SaveAddress { id: Some(second.id), ..address("Third Road 3", false) };
    let changed = shop.call(call::customers_save_address, change).await?;
    assert_eq!(changed.street, "Third Road 3");
    assert!(matches!(shop.call(call::customers_save_address, address(" ", false)).await, Err(Error::Invalid { .. })));
    let nobody = SaveAddress { customer_id: first.id, ..address("x", false) };
    assert!(matches!(shop.call(call::customers_save_address, nobody).await, Err(Error::NotFound { .. })));
    // A customer who is removed and taken back has them still.
    let meta = Meta::new();
    shop.call_as(meta, call::customers_delete, CustomerById { id: who.id }).await?;
    shop.undo(meta.command_id).await?;
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!((preferred(&now), now.addresses.len()), (vec![first.id], 2));
    Ok(())
});

story!(an_address_that_was_changed_meanwhile_is_not_written_over, async |shop| {
    let who = customer(&shop, "Li Lei", "13800138000").await?;
    let new = SaveAddress { customer_id: who.id, street: "First Road 1".into(), ..SaveAddress::default() };
    let read = shop.call(call::customers_save_address, new.clone()).await?;
    let edit = |street: &str, was: &Address| SaveAddress {
        street: street.into(),
        was: Some(was.clone()),
        ..SaveAddress::from(read.clone())
    };
    // Two people have it open; the second is told, and the first one's stands.
    let meta = Meta::new();
    let first = shop.call_as(meta, call::customers_save_address, edit("Second Road 2", &read)).await?;
    let refused = shop.call(call::customers_save_address, edit("Third Road 3", &read)).await;
    assert!(matches!(refused, Err(Error::Stale { ref kind, .. }) if kind == "address"), "{refused:?}");
    let second = shop.call(call::customers_save_address, edit("Third Road 3", &first)).await?;
    assert_eq!(second.street, "Third Road 3");
    // What was built upon is not taken back from below it.
    assert!(matches!(shop.undo(meta.command_id).await, Err(Error::Stale { .. })));
    // The usual address is a part of it: somebody else's choice is not turned back by an old form.
    let other = shop.call(call::customers_save_address, SaveAddress { preferred: true, ..new }).await?;
    let refused = shop.call(call::customers_save_address, edit("Fourth Road 4", &second)).await;
    assert!(matches!(refused, Err(Error::Stale { .. })), "{refused:?}");
    // One that is gone is not made again by whoever still has it open.
    shop.call(call::customers_delete_address, AddressById { id: read.id }).await?;
    let refused = shop.call(call::customers_save_address, edit("Fifth Road 5", &second)).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    let now = shop.ask(call::customers_get, CustomerById { id: who.id }).await?;
    assert_eq!(now.addresses, [other]);
    Ok(())
});

story!(two_records_of_one_person_become_one, async |shop| {
    let keep = customer(&shop, "Li Lei", "").await?;
    let gone = shop
        .call(
            call::customers_save,
            Save {
                email: "li@example.com".into(),
                note: "gift wrap".into(),
                addresses: vec![SaveAddress { street: "First Road 1".into(), ..SaveAddress::default() }],
                ..named("李雷", "13800138000")
            },
        )
        .await?;
    let merged = shop.call(call::customers_merge, Merge { keep: keep.id, drop: gone.id }).await?;
    assert_eq!((merged.phone.as_str(), merged.email.as_str()), ("13800138000", "li@example.com"));
    assert!(merged.note.contains("gift wrap") && merged.note.contains("李雷"), "{}", merged.note);
    assert_eq!(merged.addresses.len(), 1);
    assert!(merged.addresses[0].preferred);
    let dropped = shop.ask(call::customers_get, CustomerById { id: gone.id }).await?;
    assert_eq!(dropped.merged_into, Some(keep.id));
    assert_eq!(names(&shop, "13800138000").await?, ["Li Lei"]);
    assert_eq!(names(&shop, "李雷").await?, Vec::<String>::new());
    for (keep, drop) in [(keep.id, gone.id), (keep.id, keep.id)] {
        assert!(shop.call(call::customers_merge, Merge { keep, drop }).await.is_err());
    }
    let again = Save { id: Some(gone.id), version: Some(dropped.version), ..named("李雷", "") };
    assert!(matches!(shop.call(call::customers_save, again).await, Err(Error::WrongState { .. })));
    let in_use = shop.call(call::customers_delete, CustomerById { id: keep.id }).await;
    assert!(matches!(in_use, Err(Error::InUse { .. })), "{in_use:?}");
    let orders = CustomerOrdersInput { customer_id: keep.id, cursor: None, limit: None };
    assert!(shop.ask(call::customers_orders, orders).await?.items.is_empty());
    Ok(())
});

story!(a_pasted_address_is_taken_apart, async |shop| {
    let text = "收货人：王小明 13800138000 广东省深圳市南山区科技园路1号".to_owned();
    let parsed = shop.ask(call::customers_parse_address, ParseAddress { text }).await?.address;
    assert_eq!((parsed.name.as_str(), parsed.phone.as_str()), ("王小明", "13800138000"));
    assert_eq!((parsed.district.as_str(), parsed.region_code.as_str()), ("南山区", "440305"));
    let long = ParseAddress { text: "长".repeat(2_000) };
    assert!(matches!(shop.ask(call::customers_parse_address, long).await, Err(Error::Invalid { .. })));
    Ok(())
});

story!(orders_are_found_by_what_their_customer_is_called_now, async |shop| {
    let sku = shop.goods("TEA", 500, 100).await?;
    let place = async |name: &str, phone: &str| {
        let line = line(sku, 1);
        let order = PlaceOrder {
            lines: vec![line],
            buyer_name: name.into(),
            buyer_phone: phone.into(),
            ..PlaceOrder::default()
        };
        shop.call(call::orders_place, order).await
    };
    let found = async |text: &str| -> engine::Result<usize> {
        let filter = OrderFilter { search: Some(text.into()), ..OrderFilter::default() };
        Ok(shop.ask(call::orders_list, ListOrders { filter, ..ListOrders::default() }).await?.items.len())
    };
    let counts = async |texts: [&str; 5]| -> engine::Result<[usize; 5]> {
        let mut counts = [0; 5];
        for (count, text) in counts.iter_mut().zip(texts) {
            *count = found(text).await?;
        }
        Ok(counts)
    };
    let texts = ["王小明", "xiaoming", "大海", "zhaodahai", "悟空"];
    let first = place("王小明", "13800138000").await?;
    place("王小明", "13800138000").await?;
    place("孙悟空", "13900139000").await?;
    assert_eq!(counts(texts).await?, [2, 2, 0, 0, 1]);

    let order = shop.ask(call::orders_get, OrderById { order_id: first.order_id }).await?;
    let id = order.customer_id.expect("a customer");
    let before = shop.ask(call::customers_get, CustomerById { id }).await?;
    let change = Save { id: Some(id), version: Some(before.version), ..named("赵大海", "13800138000") };
    shop.call(call::customers_save, change).await?;
    assert_eq!(counts(texts).await?, [0, 0, 2, 2, 1]);

    let hits = shop.ask(call::customers_search, SearchCustomers { query: "悟空".into(), limit: None }).await?;
    shop.call(call::customers_merge, Merge { keep: hits.items[0].id, drop: id }).await?;
    assert_eq!(counts(texts).await?, [0, 0, 0, 0, 3]);
    // Of several words each, a single letter, and what nobody is called.
    assert_eq!(counts(["悟 空", "孙 wukong", "w", "139 悟空", "悟空大"]).await?, [3, 3, 3, 3, 0]);
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);
    Ok(())
});

/// How many wait for somebody else's rows; where one writes at a time, nobody does so inside the database.
async fn waiting(shop: &Shop) -> anyhow::Result<i64> {
    let mut tx = shop.engine.db.begin_read().await?;
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    Ok(engine::fetch_one!(tx, (i64,), sql)?.0)
}

/// Both at once: each begins while somebody else has the records, `first` before `second`.
async fn at_once<A, B>(
    shop: &Shop,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> anyhow::Result<(A, B)> {
    let mut held = shop.engine.db.begin().await?;
    held.execute_dyn("UPDATE customer SET note = note".into(), &[]).await?;
    let queue = async |many: i64| -> anyhow::Result<()> {
        while shop.engine.db.is_postgres() && waiting(shop).await? < many {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    };
    let then = async {
        queue(1).await?;
        anyhow::Ok(second.await)
    };
    let go = async {
        queue(2).await?;
        held.commit().await?;
        anyhow::Ok(())
    };
    let (first, second, gone) = tokio::join!(first, then, go);
    gone?;
    Ok((first, second?))
}

story!(an_order_placed_while_its_customer_goes_is_somebodys, async |shop| {
    let tea = shop.goods("TEA", 1000, 20).await?;
    let sale = |customer: Uuid| PlaceOrder {
        customer_id: Some(customer),
        lines: vec![line(tea, 1)],
        payments: vec![cash(1000)],
        ..PlaceOrder::default()
    };
    let sound =
        async || -> anyhow::Result<bool> { Ok(shop.ask(call::app_check, Nothing {}).await?.differences.is_empty()) };

    // Merged: the order is the one's that is kept.
    let (keep, twin) = (customer(&shop, "王小明", "").await?.id, customer(&shop, "小明", "").await?.id);
    let merge = shop.call(call::customers_merge, Merge { keep, drop: twin });
    let (merged, placed) = at_once(&shop, merge, shop.call(call::orders_place, sale(twin))).await?;
    merged?;
    let order = shop.ask(call::orders_get, OrderById { order_id: placed?.order_id }).await?;
    assert_eq!(order.customer_id, Some(keep));
    assert_eq!(shop.ask(call::customers_get, CustomerById { id: keep }).await?.order_count, Count(1));
    assert!(sound().await?);

    // Erased: it is refused, or it was first and says no more whose it was.
    let gone = customer(&shop, "欧阳询安", "").await?.id;
    let erase = shop.call(call::customers_erase, Erase { id: gone, reason: "asked for it by letter".into() });
    let (erased, placed) = at_once(&shop, erase, shop.call(call::orders_place, sale(gone))).await?;
    let stands = match (&erased, &placed) {
        (Ok(_), Err(Error::NotFound { kind, .. })) => kind == "customer",
        (Ok(erased), Ok(_)) => !shop.engine.db.is_postgres() && erased.orders == Count(1),
        _ => false,
    };
    assert!(stands, "{erased:?}, {placed:?}");
    assert!(sound().await?);

    // Each merged into the other: one of them is left.
    let (one, other) = (customer(&shop, "李四", "").await?.id, customer(&shop, "李斯", "").await?.id);
    let there = shop.call(call::customers_merge, Merge { keep: one, drop: other });
    let back = shop.call(call::customers_merge, Merge { keep: other, drop: one });
    let (there, back) = at_once(&shop, there, back).await?;
    assert_ne!(there.is_ok(), back.is_ok(), "{there:?}, {back:?}");
    assert_eq!(names(&shop, "李").await?.len(), 1);
    Ok(())
});
